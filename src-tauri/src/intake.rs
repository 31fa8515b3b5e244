//! The local intake: whoever knows the telephones (an exchange, a script, a
//! test) posts what happens to a call, and it rings at the desk.
//!
//! `POST /intake/call`, `Authorization: Bearer <token>`, one JSON object:
//! `{"event": "ringing", "line": "110", "number": …, "subscriber": …, "fix": …, "id": …}`,
//! `{"event": "located", "id" | "call": …, "fix": …}`,
//! `{"event": "answered" | "ended", "id" | "call": …}`. `id` is the sender's own
//! name of the call. The answer is the command's: `{"ok": …}` or `{"failure": …}`.
//! Address and token stand in `intake.json` in the home while the program runs.
//!
//! Not here: telephony, and what the events mean (commands `call.*`).

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use fengsui_wire::failure::{Failure, FailureCode};
use serde_json::{Map, Value, json};

use crate::core::Answer;
use crate::desk::Desk;
use crate::http;

const BODY_BYTES_MAX: usize = 64 * 1024;
/// Calls whose outside names are remembered; the oldest go first.
const NAMES_MAX: usize = 4_096;
const TOKEN_FILE: &str = "intake.token";
const PORT_FILE: &str = "intake.json";

struct Intake {
    desk: Arc<Desk>,
    token: String,
    names: Mutex<Names>,
}

/// Opens the intake and writes down where it is.
///
/// # Errors
/// The address is taken, or the home cannot be written.
pub(crate) fn open(desk: &Arc<Desk>, address: SocketAddr) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(address)
        .with_context(|| format!("接入口无法打开 / the intake cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    let token = kept_token(desk.home())?;
    let place = json!({ "address": address.to_string(), "token": token });
    http::write_secret(&desk.home().join(PORT_FILE), &place.to_string())?;
    http::serve(listener, router(Arc::clone(desk), token))?;
    if !address.ip().is_loopback() {
        tracing::warn!("intake.open_beyond_this_machine");
    }
    Ok(address)
}

/// Takes down the sign with the address.
pub(crate) fn close(home: &Path) {
    let _ = std::fs::remove_file(home.join(PORT_FILE));
}

/// The token outlives restarts, so that an exchange need not be told again.
fn kept_token(home: &Path) -> anyhow::Result<String> {
    let path = home.join(TOKEN_FILE);
    if let Ok(token) = std::fs::read_to_string(&path)
        && token.trim().len() >= 32
    {
        return Ok(token.trim().to_owned());
    }
    let token = http::new_token()?;
    http::write_secret(&path, &token)?;
    Ok(token)
}

fn router(desk: Arc<Desk>, token: String) -> Router {
    Router::new()
        .route("/intake/call", post(call))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Arc::new(Intake {
            desk,
            token,
            names: Mutex::default(),
        }))
}

async fn call(
    State(intake): State<Arc<Intake>>,
    headers: HeaderMap,
    body: Result<Json<Value>, axum::extract::rejection::JsonRejection>,
) -> Response {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let given = given
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or("");
    if !http::is_token(given, &intake.token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let answer = match body {
        Ok(Json(body)) => intake.take(body).await,
        Err(_) => malformed("body"),
    };
    let status = match &answer {
        Answer::Ok(_) => StatusCode::OK,
        Answer::Failure(failure) => status_of(failure.code),
    };
    (status, Json(answer)).into_response()
}

impl Intake {
    async fn take(&self, body: Value) -> Answer {
        let asked = {
            let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            translated(body, &names)
        };
        let Asked {
            name,
            request,
            outside,
        } = match asked {
            Ok(asked) => asked,
            Err(failure) => return Answer::Failure(failure),
        };
        let core = match self.desk.core().await {
            Ok(core) => core,
            Err(failure) => return Answer::Failure(failure),
        };
        let done = tokio::task::spawn_blocking(move || core.device_call(name, request)).await;
        let answer =
            done.unwrap_or_else(|_| Answer::Failure(Failure::new(FailureCode::InternalPanic)));
        if let (Answer::Ok(reply), Some(outside)) = (&answer, outside)
            && let Some(call) = reply["call"].as_str()
        {
            let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            names.remember(outside, call.to_owned());
        }
        answer
    }
}

/// An event as a command.
#[derive(Debug, PartialEq)]
struct Asked {
    name: &'static str,
    request: Value,
    /// Name to remember the call by, once it rang.
    outside: Option<String>,
}

/// What the senders call the calls.
#[derive(Debug, Default)]
struct Names {
    calls: HashMap<String, String>,
    order: std::collections::VecDeque<String>,
}

impl Names {
    fn remember(&mut self, outside: String, call: String) {
        if self.calls.insert(outside.clone(), call).is_none() {
            self.order.push_back(outside);
        }
        if self.order.len() > NAMES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.calls.remove(&oldest);
        }
    }
}

fn translated(body: Value, names: &Names) -> Result<Asked, Failure> {
    let refused = |detail: &str| Failure::new(FailureCode::RequestMalformed).with("detail", detail);
    let Value::Object(mut fields) = body else {
        return Err(refused("object"));
    };
    let event = fields.remove("event");
    let outside = match fields.remove("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id),
        Some(_) => return Err(refused("id")),
    };
    let name = match event.as_ref().and_then(Value::as_str) {
        Some("ringing") => {
            if let Some(id) = &outside {
                fields.insert("outside_id".to_owned(), id.clone().into());
            }
            fields.entry("number").or_insert(Value::Null);
            return Ok(Asked {
                name: "call.ring",
                request: fields.into(),
                outside,
            });
        }
        Some("located") => "call.locate",
        Some("answered") => "call.answer",
        Some("ended") => "call.end",
        _ => return Err(refused("event")),
    };
    named_call(&mut fields, outside.as_deref(), names)?;
    Ok(Asked {
        name,
        request: fields.into(),
        outside: None,
    })
}

/// Puts our name of the call where the sender only knew its own.
fn named_call(
    fields: &mut Map<String, Value>,
    outside: Option<&str>,
    names: &Names,
) -> Result<(), Failure> {
    if fields.contains_key("call") {
        return Ok(());
    }
    let call = outside.and_then(|id| names.calls.get(id));
    let call = call.ok_or_else(|| Failure::new(FailureCode::NotFound).with("what", "call"))?;
    fields.insert("call".to_owned(), call.clone().into());
    Ok(())
}

fn malformed(detail: &str) -> Answer {
    Answer::Failure(Failure::new(FailureCode::RequestMalformed).with("detail", detail))
}

/// The rules said no (4xx) or the machine failed (5xx): a sender may try the
/// second kind again.
fn status_of(code: FailureCode) -> StatusCode {
    let text = code.text();
    if text.starts_with("store.") || text.starts_with("key.") || text.starts_with("internal.") {
        StatusCode::SERVICE_UNAVAILABLE
    } else if code == FailureCode::NotFound {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: Value) -> Result<Asked, Failure> {
        let mut names = Names::default();
        names.remember("pbx-7".to_owned(), "1.2.3.4".to_owned());
        translated(body, &names)
    }

    #[test]
    fn an_event_becomes_the_command_it_means() {
        let rang = told(json!({"event": "ringing", "line": "110", "id": "pbx-8"})).unwrap();
        let request = json!({"line": "110", "number": null, "outside_id": "pbx-8"});
        let outside = Some("pbx-8".to_owned());
        assert_eq!(
            rang,
            Asked {
                name: "call.ring",
                request,
                outside
            }
        );
        let fix = json!({"lon": 1.0, "lat": 2.0, "radius_m": null, "source": "handset"});
        let located = told(json!({"event": "located", "id": "pbx-7", "fix": fix})).unwrap();
        assert_eq!(located.name, "call.locate");
        assert_eq!(located.request, json!({"call": "1.2.3.4", "fix": fix}));
        for (event, name) in [("answered", "call.answer"), ("ended", "call.end")] {
            let asked = told(json!({"event": event, "call": "9.9.9.9"})).unwrap();
            assert_eq!(
                (asked.name, asked.request),
                (name, json!({"call": "9.9.9.9"}))
            );
        }
    }

    #[test]
    fn what_is_not_an_event_is_refused() {
        for (body, code) in [
            (json!([]), FailureCode::RequestMalformed),
            (json!({}), FailureCode::RequestMalformed),
            (json!({"event": "exploded"}), FailureCode::RequestMalformed),
            (
                json!({"event": "ringing", "id": 7}),
                FailureCode::RequestMalformed,
            ),
            (json!({"event": "ended"}), FailureCode::NotFound),
            (
                json!({"event": "ended", "id": "pbx-9"}),
                FailureCode::NotFound,
            ),
        ] {
            assert_eq!(told(body.clone()).unwrap_err().code, code, "{body}");
        }
    }

    #[test]
    fn names_are_bounded() {
        let mut names = Names::default();
        for i in 0..NAMES_MAX + 10 {
            names.remember(format!("id-{i}"), "1.1.1.1".to_owned());
        }
        assert_eq!(
            (names.calls.len(), names.order.len()),
            (NAMES_MAX, NAMES_MAX)
        );
        assert!(!names.calls.contains_key("id-9") && names.calls.contains_key("id-10"));
    }

    #[test]
    fn the_token_outlives_a_restart() {
        let home = tempfile::tempdir().unwrap();
        let token = kept_token(home.path()).unwrap();
        assert_eq!(kept_token(home.path()).unwrap(), token);
        std::fs::write(home.path().join(TOKEN_FILE), "short").unwrap();
        assert_ne!(kept_token(home.path()).unwrap(), token);
    }
}
