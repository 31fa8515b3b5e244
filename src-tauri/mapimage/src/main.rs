//! Draws one-colour layers of a vector tile with maplibre-rs, without a window: one process,
//! many tiles. `--check` says which graphics adapter there is and ends.
//! Not here: style, names, anything that knows a county; the desk sends finished layers
//! (`crates/documents/src/mapimage/helper.rs` has the protocol).
//!
//! A panic of the old libraries ends this process; the desk notices and draws by itself.
// tidy: prints

mod map;

use serde::Deserialize;
use std::io::{BufRead as _, Read as _, Write as _};
use std::process::ExitCode;

/// A request's first line; the tile's bytes follow it.
#[derive(Deserialize)]
struct Request {
    size_px: u32,
    /// `#RRGGBB` of the layers from the lowest up; none is transparent.
    colors: Vec<Option<String>>,
    bytes: usize,
}

/// Nothing larger is read or drawn.
const TILE_BYTES_MOST: usize = 256 << 20;
const SIZE_MOST_PX: u32 = 4096;
const COLORS_MOST: usize = 256;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => serve(),
        Some("--check") => check(),
        Some(other) => {
            println!("unknown argument {other}; there is only --check");
            ExitCode::from(2)
        }
    }
}

fn check() -> ExitCode {
    match map::adapter() {
        Some(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        None => {
            println!("no graphics adapter: neither Vulkan nor OpenGL ES");
            ExitCode::from(3)
        }
    }
}

fn serve() -> ExitCode {
    let mut input = std::io::stdin().lock();
    let mut map: Option<map::Map> = None;
    loop {
        let mut line = String::new();
        match input.read_line(&mut line) {
            Ok(0) => return ExitCode::SUCCESS,
            Ok(_) => {}
            Err(_) => return ExitCode::FAILURE,
        }
        let request: Request = match serde_json::from_str(&line) {
            Ok(request) => request,
            // What follows cannot be told from a request any more.
            Err(why) => return refuse(&format!("not a request: {why}")),
        };
        let is_sensible = (1..=SIZE_MOST_PX).contains(&request.size_px)
            && request.bytes <= TILE_BYTES_MOST
            && request.colors.len() <= COLORS_MOST;
        if !is_sensible {
            return refuse("a request of no sensible size");
        }
        let mut tile = vec![0; request.bytes];
        if input.read_exact(&mut tile).is_err() {
            return ExitCode::FAILURE;
        }
        if map.is_none() && map::adapter().is_none() {
            return refuse("no graphics adapter");
        }
        let fitting = map.take().filter(|map| map.size_px() == request.size_px);
        let mut current = fitting.unwrap_or_else(|| map::Map::new(request.size_px));
        let pixels = current.draw(&tile, &request.colors);
        map = Some(current);
        if answer(&pixels).is_err() {
            return ExitCode::FAILURE;
        }
    }
}

fn answer(pixels: &[u8]) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{{\"bytes\":{}}}", pixels.len())?;
    output.write_all(pixels)?;
    output.flush()
}

fn refuse(why: &str) -> ExitCode {
    println!("{}", serde_json::json!({ "error": why }));
    ExitCode::FAILURE
}
