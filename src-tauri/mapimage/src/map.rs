//! The one thing maplibre-rs 0.0.3 is used for: filling polygons without a window.
//! Not here: the pipe to the desk (`main`).
//!
//! Its headless map draws one tile into a square texture. Two systems of our own are put into
//! its schedule: one sets the style of the request, one takes the pixels; the library itself
//! can only write a PNG into the working directory.

use maplibre::context::MapContext;
use maplibre::headless::environment::HeadlessEnvironment;
use maplibre::headless::map::HeadlessMap;
use maplibre::headless::{HeadlessPlugin, create_headless_renderer};
use maplibre::kernel::Kernel;
use maplibre::plugin::Plugin;
use maplibre::render::graph::RenderGraph;
use maplibre::render::resource::Head;
use maplibre::render::{RenderPlugin, RenderStageLabel};
use maplibre::schedule::Schedule;
use maplibre::style::Style;
use maplibre::tcs::system::{System, SystemContainer};
use maplibre::tcs::world::World;
use maplibre::vector::{DefaultVectorTransferables, VectorPlugin};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// The adapter that would be used, in words; `None` when there is none. The library panics
/// without one, so this is asked first.
pub(crate) fn adapter() -> Option<String> {
    let backends = wgpu::util::backend_bits_from_env().unwrap_or(wgpu::Backends::all());
    let instance = wgpu::Instance::new(backends);
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        force_fallback_adapter: false,
        compatible_surface: None,
    };
    let adapter = runtime().block_on(instance.request_adapter(&options))?;
    let info = adapter.get_info();
    Some(format!(
        "{} ({:?}, {:?})",
        info.name, info.backend, info.device_type
    ))
}

fn runtime() -> tokio::runtime::Runtime {
    // Without a runtime nothing here can run; the desk sees the process end.
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
}

/// A map of one size.
pub(crate) struct Map {
    size_px: u32,
    runtime: tokio::runtime::Runtime,
    map: HeadlessMap,
    shared: Rc<RefCell<Shared>>,
}

/// What our systems and the map have in common.
#[derive(Default)]
struct Shared {
    style: Style,
    pixels: Vec<u8>,
}

impl Map {
    /// Makes device and pipelines; panics without an adapter, as the library does.
    pub(crate) fn new(size_px: u32) -> Self {
        let runtime = runtime();
        let (kernel, renderer) = runtime.block_on(create_headless_renderer(size_px, None));
        let shared = Rc::new(RefCell::new(Shared::default()));
        let plugins: Vec<Box<dyn Plugin<HeadlessEnvironment>>> = vec![
            Box::new(RenderPlugin::default()),
            Box::new(VectorPlugin::<DefaultVectorTransferables>::default()),
            Box::new(HeadlessPlugin::new(false)),
            Box::new(Ours(Rc::clone(&shared))),
        ];
        let map = HeadlessMap::new(Style::default(), renderer, kernel, plugins);
        Self {
            size_px,
            runtime,
            map: map.expect("a headless map"),
            shared,
        }
    }

    pub(crate) fn size_px(&self) -> u32 {
        self.size_px
    }

    /// Draws a tile whose layers are named 0, 1, …, each in its colour: RGBA with alpha
    /// multiplied in.
    pub(crate) fn draw(&mut self, tile: &[u8], colors: &[Option<String>]) -> Vec<u8> {
        self.shared.borrow_mut().style = style(colors);
        let names: Vec<String> = (0..colors.len()).map(|i| i.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let tessellate = self.map.process_tile(tile.into(), &names);
        let mut layers = self.runtime.block_on(tessellate);
        // Polygons too small to have a triangle: an empty layer would be an error over there.
        layers.retain(|layer| layer.buffer.usable_indices > 0);
        self.map.render_tile(layers);
        let mut shared = self.shared.borrow_mut();
        std::mem::take(&mut shared.pixels)
    }
}

/// A style of plain fills in their order.
fn style(colors: &[Option<String>]) -> Style {
    let layers: Vec<_> = colors
        .iter()
        .enumerate()
        .map(|(i, color)| {
            let color = color.as_deref().unwrap_or("transparent");
            serde_json::json!({
                "id": i.to_string(), "type": "fill", "source_layer": i.to_string(),
                "paint": { "fill-color": color },
            })
        })
        .collect();
    let style = serde_json::json!({
        "version": 8, "name": "tile", "metadata": {}, "sources": {}, "layers": layers,
    });
    let mut style: Style = serde_json::from_value(style).expect("a style");
    // The number is the layer's depth, and what is at depth 0 is taken for hidden.
    for (number, layer) in (1..).zip(&mut style.layers) {
        layer.index = number;
    }
    style
}

/// Puts our systems into the library's schedule.
struct Ours(Rc<RefCell<Shared>>);

impl Plugin<HeadlessEnvironment> for Ours {
    fn build(
        &self,
        schedule: &mut Schedule,
        _kernel: Rc<Kernel<HeadlessEnvironment>>,
        _world: &mut World,
        _graph: &mut RenderGraph,
    ) {
        let set = SystemContainer::new(SetStyle(Rc::clone(&self.0)));
        schedule.add_system_to_stage(RenderStageLabel::Prepare, set);
        let take = SystemContainer::new(TakePixels(Rc::clone(&self.0)));
        schedule.add_system_to_stage(RenderStageLabel::Cleanup, take);
    }
}

struct SetStyle(Rc<RefCell<Shared>>);

impl System for SetStyle {
    fn name(&self) -> Cow<'static, str> {
        "set_style".into()
    }

    fn run(&mut self, context: &mut MapContext) {
        context.style = self.0.borrow().style.clone();
    }
}

struct TakePixels(Rc<RefCell<Shared>>);

impl System for TakePixels {
    fn name(&self) -> Cow<'static, str> {
        "take_pixels".into()
    }

    fn run(&mut self, context: &mut MapContext) {
        let surface = context.renderer.surface();
        let Head::Headless(head) = surface.head() else {
            return;
        };
        let (width, height) = (
            surface.size().width() as usize,
            surface.size().height() as usize,
        );
        let slice = head.map_async(context.renderer.device());
        let view = slice.get_mapped_range();
        let padded = head.bytes_per_row().get() as usize;
        let mut pixels = Vec::with_capacity(width * height * 4);
        for row in view.chunks(padded).take(height) {
            pixels.extend_from_slice(&row[..width * 4]);
        }
        drop(view);
        head.unmap();
        self.0.borrow_mut().pixels = pixels;
    }
}
