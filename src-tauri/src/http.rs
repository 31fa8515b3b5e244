//! What the local intake and the loopback share: who may ask, and how a
//! server runs until the program ends.
//!
//! Not here: their own routes.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

/// A secret of 32 random bytes, as hex.
///
/// # Errors
/// The system gives no randomness.
pub(crate) fn new_token() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Compares without telling by its time how much fits.
pub(crate) fn is_token(given: &str, token: &str) -> bool {
    blake3::hash(given.as_bytes()) == blake3::hash(token.as_bytes())
}

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
/// The home cannot be written.
pub(crate) fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&fresh)?.write_all(text.as_bytes())?;
    std::fs::rename(fresh, path)
}

/// Serves until the desk's runtime ends.
///
/// # Errors
/// The socket cannot be used.
pub(crate) fn serve(listener: TcpListener, router: axum::Router) -> anyhow::Result<()> {
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let router = router.layer(middleware::from_fn_with_state(address, guard));
    tauri::async_runtime::spawn(async move {
        let served = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => axum::serve(listener, router).await,
            Err(error) => Err(error),
        };
        if let Err(error) = served {
            tracing::error!(%error, "http.ended");
        }
    });
    Ok(())
}

/// A page of another origin must not reach us through a browser on this
/// machine, nor by a name that somebody points here (DNS rebinding).
async fn guard(State(address): State<SocketAddr>, request: Request<Body>, next: Next) -> Response {
    if may_ask(request.headers(), address) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

fn may_ask(headers: &HeaderMap, address: SocketAddr) -> bool {
    let port = address.port();
    // Bound to every address of the machine, any of them is the right name.
    let is_ours = |host: &str| {
        host == address.to_string()
            || (address.ip().is_loopback() && host == format!("localhost:{port}"))
            || (address.ip().is_unspecified()
                && host
                    .parse::<SocketAddr>()
                    .is_ok_and(|host| host.port() == port))
    };
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let host_is_ours = text(header::HOST).is_some_and(is_ours);
    let origin_is_ours = text(header::ORIGIN)
        .is_none_or(|origin| origin.strip_prefix("http://").is_some_and(is_ours));
    host_is_ours && origin_is_ours
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(host: &str, origin: Option<&str>, address: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        may_ask(&headers, address.parse().unwrap())
    }

    #[test]
    fn only_our_own_page_may_ask() {
        let here = "127.0.0.1:4711";
        assert!(asks(here, None, here));
        assert!(asks("localhost:4711", Some("http://localhost:4711"), here));
        assert!(asks(here, Some("http://127.0.0.1:4711"), here));
        for (host, origin) in [
            ("evil.example:4711", None),
            ("127.0.0.1", None),
            ("127.0.0.1:80", None),
            (here, Some("http://evil.example")),
            (here, Some("https://127.0.0.1:4711")),
            (here, Some("null")),
        ] {
            assert!(!asks(host, origin, here), "{host} {origin:?}");
        }
        assert!(!may_ask(&HeaderMap::new(), here.parse().unwrap()));
    }

    #[test]
    fn a_listener_on_every_address_still_wants_an_address_for_a_name() {
        assert!(asks("10.0.0.7:700", None, "0.0.0.0:700"));
        assert!(!asks("evil.example:700", None, "0.0.0.0:700"));
        assert!(!asks("10.0.0.7:701", None, "0.0.0.0:700"));
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, two) = (new_token().unwrap(), new_token().unwrap());
        assert!(one.len() == 64 && one != two);
        assert!(is_token(&one, &one) && !is_token(&two, &one) && !is_token("", &one));
    }
}
