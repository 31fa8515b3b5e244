//! Carries envelopes to a station's loopback from within its network: one JSON line in, one out.
//! `door PORT TOKEN`; it ends when its input does.
//!
//! Not here: what is asked.

use std::io::{BufRead, Read, Write};
use std::net::TcpStream;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let port: u16 = args.next().context("port")?.parse()?;
    let token = args.next().context("token")?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = ask(port, &token, &line?)?;
        writeln!(out, "{}", answer.replace('\n', " "))?;
        out.flush()?;
    }
    Ok(())
}

fn ask(port: u16, token: &str, body: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).context("the loopback")?;
    write!(
        stream,
        "POST /call HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nx-fengsui-token: {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    let status = head.lines().next().unwrap_or_default();
    anyhow::ensure!(status.contains(" 200"), "{status}");
    let chunked = head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked");
    Ok(if chunked {
        joined(body)?
    } else {
        body.to_owned()
    })
}

/// The chunks of a chunked body, joined.
fn joined(mut body: &str) -> Result<String> {
    let mut out = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n").context("chunk")?;
        let size = usize::from_str_radix(size.trim(), 16)?;
        if size == 0 {
            return Ok(out);
        }
        out.push_str(rest.get(..size).context("chunk")?);
        body = rest.get(size + 2..).context("chunk")?;
    }
}
