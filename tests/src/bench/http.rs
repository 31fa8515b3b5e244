//! One kept connection to a server on this machine with as little around it as can be: what is
//! timed through it is the server. Also carries the few requests by which a window is driven.
//!
//! Not here: any other kind of server; what it does not understand is an error.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// The longest a server may be silent.
const PATIENCE: Duration = Duration::from_secs(120);
/// A line of a head is never longer.
const LINE_MAX: u64 = 16 * 1024;
/// A body is never longer.
const BODY_MAX: usize = 64 << 20;
/// Between two tries to reach a server that is starting.
const AGAIN: Duration = Duration::from_millis(20);

/// The connection.
pub struct Http {
    stream: BufReader<TcpStream>,
    host: String,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its number, e.g. 200.
    pub status: u16,
    /// The body is packed by gzip.
    pub is_gzip: bool,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// A port nobody listens on at this moment.
///
/// # Errors
/// None is free.
pub fn free_port() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

impl Http {
    /// Connects as soon as somebody listens there.
    ///
    /// # Errors
    /// Nobody does in time.
    pub fn connect(address: SocketAddr, patience: Duration) -> Result<Http> {
        let until = Instant::now() + patience;
        let stream = loop {
            match TcpStream::connect(address) {
                Ok(stream) => break stream,
                Err(why) if Instant::now() > until => {
                    return Err(why).with_context(|| format!("nobody listens on {address}"));
                }
                Err(_) => std::thread::sleep(AGAIN),
            }
        };
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Http {
            stream: BufReader::with_capacity(256 * 1024, stream),
            host: address.to_string(),
        })
    }

    /// Asks for a path; gzip is welcome.
    ///
    /// # Errors
    /// The connection ended, or the answer is not understood.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        let host = &self.host;
        let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n");
        self.stream.get_mut().write_all(head.as_bytes())?;
        self.reply()
    }

    /// Sends JSON with a method and gives the JSON that comes back with its number.
    ///
    /// # Errors
    /// The connection ended, or the answer is not understood.
    pub fn json(&mut self, method: &str, path: &str, body: &Value) -> Result<(u16, Value)> {
        let (host, body) = (&self.host, body.to_string());
        let long = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Content-Length: {long}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(head.as_bytes())?;
        let reply = self.reply()?;
        let value = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
        Ok((reply.status, value))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stream
            .by_ref()
            .take(LINE_MAX)
            .read_line(&mut line)
            .context("no answer")?;
        ensure!(line.ends_with('\n'), "the connection ended");
        Ok(line.trim_end().to_owned())
    }

    fn reply(&mut self) -> Result<Reply> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status: u16 = status.with_context(|| format!("no HTTP: {first}"))?;
        let (mut long, mut is_gzip) = (None, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':').map(|(name, is)| (name, is.trim())) {
                None => break,
                Some(("content-length", is)) => long = is.parse().ok(),
                Some(("content-encoding", is)) => is_gzip = is == "gzip",
                Some(("transfer-encoding", is)) => bail!("transfer encoding {is}"),
                Some(_) => {}
            }
        }
        let long: usize = match (long, status) {
            (Some(long), _) => long,
            (None, 204 | 304) => 0,
            (None, _) => bail!("an answer of unknown length"),
        };
        ensure!(long <= BODY_MAX, "an answer of {long} bytes");
        let mut body = vec![0; long];
        self.stream.read_exact(&mut body)?;
        Ok(Reply {
            status,
            is_gzip,
            body,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that has these words ready, whatever is asked.
    fn said(words: &'static str) -> Http {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(words.as_bytes()).unwrap();
            let mut asked = Vec::new();
            let _ = stream.read_to_end(&mut asked);
        });
        Http::connect(address, Duration::from_secs(10)).unwrap()
    }

    #[test]
    fn two_answers_on_one_connection_are_two() {
        let mut http = said(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc\
             HTTP/1.1 204 No Content\r\n\r\n",
        );
        let first = http.get("/a").unwrap();
        assert_eq!((first.status, first.is_gzip), (200, true));
        assert_eq!(first.body, b"abc");
        assert_eq!(http.get("/b").unwrap().status, 204);
    }

    #[test]
    fn what_is_not_understood_is_no_answer() {
        for words in [
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "gibberish\r\n\r\n",
        ] {
            assert!(said(words).get("/").is_err(), "{words}");
        }
    }
}
