//! The exchange of the test: rings at the desk through the local intake.
//!
//! Not here: what the desk makes of it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use serde_json::{Value, json};

/// Posts one event to the intake of a home; the answer, which must be good.
pub(crate) fn post(home: &Path, event: &Value) -> Value {
    let place = std::fs::read_to_string(home.join("intake.json")).unwrap();
    let place: Value = serde_json::from_str(&place).unwrap();
    let (address, token) = (
        place["address"].as_str().unwrap(),
        place["token"].as_str().unwrap(),
    );
    let body = event.to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "POST /intake/call HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{event}: {answer}");
    let answer: Value = serde_json::from_str(body).unwrap();
    answer["ok"].clone()
}

/// A call rings; where a handset says where it is, the location comes with it.
pub(crate) fn ring(home: &Path, line: &str, number: &str, at: Option<(f64, f64)>) {
    let mut event = json!({ "event": "ringing", "line": line, "number": number });
    if let Some((lon, lat)) = at {
        event["fix"] = json!({ "lon": lon, "lat": lat, "radius_m": 20.0, "source": "handset" });
    }
    post(home, &event);
}
