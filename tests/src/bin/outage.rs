//! Tells the story of an outage with two real stations: `outage`. Needs root, for networks of
//! their own; prints each step as it is done.
//!
//! Not here: the story (the library's `stations::outage`).

use std::io::Write;

use anyhow::{Result, bail};
use fengsui_tests::desk::Scratch;
use fengsui_tests::stations::net::can_be_made;
use fengsui_tests::stations::outage::tell;

fn main() -> Result<()> {
    if !can_be_made() {
        bail!("networks of their own need root");
    }
    let homes = Scratch::new("outage");
    let began = std::time::Instant::now();
    tell(homes.path(), &mut |line| {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{:7.3} s  {line}", began.elapsed().as_secs_f64());
    })
}
