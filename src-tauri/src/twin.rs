//! The desk in a plain browser on this machine: the same page, the same router
//! and the same changes as the window, over loopback HTTP and a token.
//!
//! Not here: any other machine (the address must be a loopback one), and
//! release builds (feature `loopback`).

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use fengsui_wire::common::Topic;
use fengsui_wire::session::Changed;
use serde::Deserialize;
use serde_json::Value;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt};
use tower_http::services::ServeDir;

use crate::desk::Desk;
use crate::http;
use crate::tiles::TileName;

const BODY_BYTES_MAX: usize = 1024 * 1024;
const TOKEN_HEADER: &str = "x-fengsui-token";
/// As strict as the window's: the page talks to where it came from only.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data: blob:; \
    media-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; \
    base-uri 'none'; form-action 'none'; frame-src 'none'; frame-ancestors 'none'";

struct Twin {
    desk: Arc<Desk>,
    token: String,
}

/// Opens the twin; the address to be opened in a browser, token included.
///
/// # Errors
/// The port is taken, or no page was found.
pub(crate) fn open(
    desk: &Arc<Desk>,
    address: SocketAddr,
    page: Option<PathBuf>,
) -> anyhow::Result<String> {
    let page = page.context("找不到界面文件；请用 --ui / no built page found; use --ui")?;
    let listener = TcpListener::bind(address)
        .with_context(|| format!("回环地址无法打开 / the loopback cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    let token = http::new_token()?;
    let url = format!("http://{address}/?token={token}");
    http::serve(listener, router(Arc::clone(desk), token, page))?;
    Ok(url)
}

fn router(desk: Arc<Desk>, token: String, page: PathBuf) -> Router {
    let twin = Arc::new(Twin { desk, token });
    let doors = Router::new()
        .route("/call", post(call))
        .route("/startup", post(startup))
        .route("/events", get(events))
        .route("/tiles/{*name}", get(tile))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&twin),
            token_only,
        ))
        .with_state(twin);
    doors
        .fallback_service(ServeDir::new(page))
        .layer(middleware::map_response(strictly))
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
}

/// The page itself holds no secret; every door behind it wants the token.
async fn token_only(
    State(twin): State<Arc<Twin>>,
    Query(query): Query<Token>,
    request: Request,
    next: Next,
) -> Response {
    let header = request
        .headers()
        .get(TOKEN_HEADER)
        .and_then(|value| value.to_str().ok());
    let given = header.or(query.token.as_deref()).unwrap_or("");
    if http::is_token(given, &twin.token) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

async fn strictly(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn call(State(twin): State<Arc<Twin>>, Json(envelope): Json<Value>) -> Response {
    Json(Arc::clone(&twin.desk).call(envelope).await).into_response()
}

async fn startup(State(twin): State<Arc<Twin>>) -> Response {
    Json(Arc::clone(&twin.desk).startup().await).into_response()
}

async fn events(
    State(twin): State<Arc<Twin>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = BroadcastStream::new(twin.desk.changes());
    let events = changes.filter_map(|change| {
        let topics = match change {
            Ok(topics) => topics,
            // Fell behind: no topics means "ask for everything again".
            Err(BroadcastStreamRecvError::Lagged(_)) => Vec::<Topic>::new(),
        };
        Event::default()
            .event("changed")
            .json_data(Changed { topics })
            .ok()
            .map(Ok)
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn tile(State(twin): State<Arc<Twin>>, Path(name): Path<String>) -> Response {
    let Some(name) = TileName::of_path(&format!("/{name}")) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match Arc::clone(&twin.desk).tile(name).await {
        Ok(Some(tile)) if tile.is_gzip => (
            [
                (header::CONTENT_TYPE, tile.media_type.as_str()),
                (header::CONTENT_ENCODING, "gzip"),
            ],
            tile.bytes,
        )
            .into_response(),
        Ok(Some(tile)) => (
            [(header::CONTENT_TYPE, tile.media_type.as_str())],
            tile.bytes,
        )
            .into_response(),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
