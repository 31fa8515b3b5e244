//! Answers every call and says what it heard; made to be killed in the middle of one. Lines:
//! `open ADDRESS`, `answered`, `ended`.
//!
//! Not here: any judgement of what is left behind.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use fengsui_telephony::{Event, Phone};
use fengsui_tests::telephony::phone::config;

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.context("phone_worker FOLDER")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(answer(folder))
}

async fn answer(folder: PathBuf) -> Result<()> {
    let (phone, mut told) = Phone::open(config(&folder)?).await?;
    let handle = phone.handle();
    say(&format!("open {}", phone.address()))?;
    while let Some(event) = told.recv().await {
        match event {
            Event::Ringing { call, .. } => handle.answer(&call).await?,
            Event::Answered { .. } => say("answered")?,
            Event::Ended { .. } => say("ended")?,
            _ => {}
        }
    }
    Ok(())
}

fn say(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
