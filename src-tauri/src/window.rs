//! The desk's window: opened at once, while the core opens in its own thread;
//! one command, one event, one scheme for tiles.
//!
//! Not here: the wall's window (`wall`), files that are handed out
//! (`handing`), anything the desk does (the page in `ui/`, the router below), and
//! the same doors in a browser (`twin`).

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use fengsui_mappack::unpacked;
use fengsui_wire::failure::{Failure, FailureCode};
use fengsui_wire::session::Changed;
use serde_json::Value;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::webview::{NewWindowResponse, WebviewWindowBuilder};
use tauri::{
    AppHandle, Emitter, Manager, RunEvent, State, UriSchemeResponder, Url, WebviewUrl, WindowEvent,
};
use tokio::sync::broadcast::error::RecvError;

use crate::args::DeskWish;
use crate::console::complain;
use crate::core::Answer;
use crate::desk::{Desk, Startup};
use crate::exit::Exit;
use crate::tiles::{self, TileName};
use crate::{bells, handing, intake, serve, wall, watchful};

pub(crate) const LABEL: &str = "main";
const SCHEME: &str = "tiles";
/// Size where the window is not maximised; smaller screens get all of theirs.
pub(crate) const SIZE: (f64, f64) = (1600.0, 1000.0);
const SIZE_MIN: (f64, f64) = (1024.0, 640.0);

/// Opens the desk and stays until the window is closed.
pub(crate) fn run(wish: DeskWish, home: PathBuf) -> Exit {
    let is_taken = is_taken(&home);
    if is_taken && bells::come_forward(&home) {
        return serve::refused(&Failure::new(FailureCode::HomeInUse), &home);
    }
    let desk = if is_taken {
        // The other copy has no window or does not answer: a person who
        // clicked an icon must see why nothing opens.
        let failure = Failure::new(FailureCode::HomeInUse);
        let _ = serve::refused(&failure, &home);
        Desk::failed(wish, home, failure)
    } else {
        serve::log_into(&home);
        Desk::new(wish, home)
    };
    match open(&desk, is_taken) {
        Ok(()) if is_taken => Exit::HomeInUse,
        Ok(()) => Exit::Good,
        Err(error) => {
            complain(&format!("窗口无法打开 / the window cannot open: {error:#}"));
            desk.close();
            Exit::Failed
        }
    }
}

/// Whether another program holds the home. Only asked: the core takes it.
fn is_taken(home: &std::path::Path) -> bool {
    let home = fengsui_store::Home::at(home);
    home.root().is_dir() && matches!(home.lock(), Err(fengsui_store::StoreError::HomeInUse))
}

fn open(desk: &Arc<Desk>, is_taken: bool) -> anyhow::Result<()> {
    if !is_taken {
        desk.open();
    }
    let tiles = Arc::clone(desk);
    let setup = Arc::clone(desk);
    let app = tauri::Builder::default()
        .manage(Arc::clone(desk))
        .invoke_handler(tauri::generate_handler![
            call,
            startup,
            quit,
            handing::save_text,
            wall::open_wall
        ])
        .register_asynchronous_uri_scheme_protocol(SCHEME, move |_, request, responder| {
            answer_tile(&tiles, &request, responder);
        })
        .setup(move |app| {
            build(app.handle())?;
            tell_changes(app.handle(), &setup);
            if !is_taken {
                listen(app.handle(), &setup);
                go_public(app.handle(), &setup);
            }
            Ok(())
        })
        .build(tauri::generate_context!())?;
    let ending = Arc::clone(desk);
    app.run_return(move |_, event| {
        if matches!(event, RunEvent::Exit) {
            ending.close();
            if !is_taken {
                intake::close(ending.home());
            }
        }
    });
    Ok(())
}

fn build(app: &AppHandle) -> tauri::Result<()> {
    let size = app
        .primary_monitor()
        .ok()
        .flatten()
        .map_or(SIZE, |monitor| {
            let screen = monitor.size().to_logical::<f64>(monitor.scale_factor());
            (SIZE.0.min(screen.width), SIZE.1.min(screen.height))
        });
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("烽燧")
        .inner_size(size.0, size.1)
        .min_inner_size(SIZE_MIN.0, SIZE_MIN.1)
        .maximized(true)
        .incognito(is_private())
        .general_autofill_enabled(false)
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    // The wall hangs only as long as a desk stands behind it.
    let ending = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            ending.exit(0);
        }
    });
    watchful::watch(&window);
    Ok(())
}

/// WebDriver needs the shared web context; a private one leaves nothing of
/// what a caller said in a cache on the disk.
pub(crate) fn is_private() -> bool {
    std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_none()
}

/// A window never goes anywhere but to the program's own pages.
pub(crate) fn is_own(url: &Url) -> bool {
    url.scheme() == "tauri" || url.as_str() == "about:blank"
}

/// Passes on what became stale.
fn tell_changes(app: &AppHandle, desk: &Arc<Desk>) {
    let app = app.clone();
    let mut changes = desk.changes();
    tauri::async_runtime::spawn(async move {
        loop {
            let topics = match changes.recv().await {
                Ok(topics) => topics,
                // Fell behind: no topics means "ask for everything again".
                Err(RecvError::Lagged(_)) => Vec::new(),
                Err(RecvError::Closed) => return,
            };
            for label in [LABEL, wall::LABEL] {
                let changed = Changed {
                    topics: topics.clone(),
                };
                if let Err(error) = app.emit_to(label, "changed", changed) {
                    tracing::warn!(%error, label, "changed.not_told");
                }
            }
        }
    });
}

/// Shows the window when a second copy asks for it, and answers other bells.
fn listen(app: &AppHandle, desk: &Arc<Desk>) {
    let app = app.clone();
    bells::listen(desk, move || {
        let window = app.get_webview_window(LABEL)?;
        window.unminimize().and_then(|()| window.show()).ok()?;
        window.set_focus().ok()
    });
}

/// Once the core is there: intake and loopback; and the signals at any time.
fn go_public(app: &AppHandle, desk: &Arc<Desk>) {
    let public = Arc::clone(desk);
    tauri::async_runtime::spawn(async move {
        match public.core().await {
            Ok(_) => {
                if let Err(error) = serve::open_doors(&public) {
                    tracing::error!(%error, "doors.not_open");
                    complain(&format!("{error:#}"));
                }
            }
            Err(failure) => {
                let _ = serve::refused(&failure, public.home());
            }
        }
    });
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        serve::asked_to_end().await;
        app.exit(0);
    });
}

/// The one door to the core.
#[tauri::command]
async fn call(desk: State<'_, Arc<Desk>>, envelope: Value) -> Result<Answer, ()> {
    Ok(Arc::clone(&desk).call(envelope).await)
}

/// What the desk has to know when it starts; waits while the core opens.
#[tauri::command]
async fn startup(desk: State<'_, Arc<Desk>>) -> Result<Startup, ()> {
    Ok(Arc::clone(&desk).startup().await)
}

/// Ends the program.
#[tauri::command]
fn quit(app: AppHandle) {
    app.exit(0);
}

/// Reads and unpacks a tile off the window's thread.
fn answer_tile(desk: &Arc<Desk>, request: &Request<Vec<u8>>, responder: UriSchemeResponder) {
    let name = TileName::of_path(request.uri().path());
    let desk = Arc::clone(desk);
    tauri::async_runtime::spawn(async move {
        let mut media_type = tiles::VECTOR_TYPE.to_owned();
        let (status, body) = match name {
            None => (StatusCode::BAD_REQUEST, Vec::new()),
            Some(name) => match desk.tile(name).await {
                Ok(None) => (StatusCode::NO_CONTENT, Vec::new()),
                Ok(Some(tile)) => {
                    media_type = tile.media_type;
                    // The scheme is not HTTP: nobody there would undo a content encoding.
                    match tile.is_gzip.then(|| unpacked(&tile.bytes)) {
                        None => (StatusCode::OK, tile.bytes),
                        Some(Ok(plain)) => (StatusCode::OK, plain),
                        Some(Err(error)) => {
                            tracing::warn!(?name, %error, "tile.broken");
                            (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
                        }
                    }
                }
                Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Vec::new()),
            },
        };
        responder.respond(tile_response(status, &media_type, body));
    });
}

fn tile_response(
    status: StatusCode,
    media_type: &str,
    body: Vec<u8>,
) -> Response<Cow<'static, [u8]>> {
    let mut response = Response::new(Cow::Owned(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let fixed = header::HeaderValue::from_static;
    if let Ok(media_type) = header::HeaderValue::from_str(media_type) {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    // The page's own origin is another scheme (`tauri:`).
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*"));
    headers.insert(header::CACHE_CONTROL, fixed("no-store"));
    response
}
