//! An empty window with one colour in it, made like the desk's own: the peer that the desk's
//! start and memory are held against (`cargo xtask bench --only window`).
//!
//! Not here: anything of the desk.

use std::borrow::Cow;
use std::io::Write;

use tauri::http::{HeaderValue, Response, header};
use tauri::webview::PageLoadEvent;
use tauri::{Url, WebviewUrl, WebviewWindowBuilder};

const PAGE: &[u8] = b"<!doctype html><html><head><meta charset=\"utf-8\"><title>empty</title>\
    <style>html{background:#1c3d5a}</style></head><body></body></html>";

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_, _| {
            let mut response = Response::new(Cow::Borrowed(PAGE));
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            response
        })
        .setup(|app| {
            let url = WebviewUrl::CustomProtocol(Url::parse("empty://localhost/")?);
            WebviewWindowBuilder::new(app, "empty", url)
                .title("empty")
                .inner_size(1600.0, 1000.0)
                .maximized(true)
                .incognito(true)
                .disable_drag_drop_handler()
                .on_page_load(|_, page| {
                    if page.event() == PageLoadEvent::Finished {
                        let _ = writeln!(std::io::stdout(), "loaded");
                    }
                })
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
