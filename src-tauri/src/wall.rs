//! The wall's window (大屏): opened when a desk asks, on another screen where
//! there is one. It can ask the core and hear what changed, no more.
//!
//! Not here: what hangs there (the page's `#wall`) and what it may know
//! (`wall.view`).

use tauri::webview::{NewWindowResponse, WebviewWindowBuilder};
use tauri::{AppHandle, Manager, Monitor, WebviewUrl};

use crate::window;

pub(crate) const LABEL: &str = "wall";

/// Opens the wall with the session of the desk that asks; one that is open
/// already is opened anew, since its session may have ended.
#[tauri::command]
pub(crate) async fn open_wall(app: AppHandle, session: String) -> Result<(), String> {
    build(&app, &session).map_err(|error| {
        tracing::warn!(%error, "wall.not_opened");
        error.to_string()
    })
}

fn build(app: &AppHandle, session: &str) -> tauri::Result<()> {
    if let Some(open) = app.get_webview_window(LABEL) {
        open.destroy()?;
    }
    // JSON is a literal of the page's language, whatever stands in the text.
    let session = serde_json::Value::from(session);
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html#wall".into()))
        .title("烽燧·大屏")
        .inner_size(window::SIZE.0, window::SIZE.1)
        .initialization_script(format!("globalThis.fengsuiWall = {session};"))
        .incognito(window::is_private())
        .general_autofill_enabled(false)
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions))
        .on_navigation(window::is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    if let Some(screen) = other_screen(app) {
        window.set_position(*screen.position())?;
        window.set_fullscreen(true)?;
    }
    Ok(())
}

/// A screen the desk is not on.
fn other_screen(app: &AppHandle) -> Option<Monitor> {
    let desk = app
        .get_webview_window(window::LABEL)?
        .current_monitor()
        .ok()??;
    let screens = app.available_monitors().ok()?;
    screens
        .into_iter()
        .find(|screen| screen.position() != desk.position())
}
