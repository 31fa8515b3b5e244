//! A file on a stick: any bytes are a bundle or a refusal, and a refusal changes nothing.
//! The first byte says whether the rest is a whole file, or changes to one that is good:
//! (place in two bytes, new byte) again and again.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fengsui_fuzz::{THEM, US, station};
use fengsui_link::bundle::{Recipient, export, import, preview};
use libfuzzer_sys::fuzz_target;

fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder").keep())
}

/// A bundle of the other station for us.
fn good() -> &'static [u8] {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let them = station(THEM);
        let peers = them.peers().expect("a toy answers");
        let us = peers.into_iter().find(|peer| peer.number == US);
        let recipient = Recipient {
            peer: us.expect("it is enrolled"),
            has: None,
        };
        let file = folder().join("good.fsbd");
        export(them.as_ref(), &file, &[recipient], None).expect("it is written");
        fs::read(file).expect("it is there")
    })
}

fn changed(changes: &[u8]) -> Vec<u8> {
    let mut file = good().to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % file.len();
        file[at] = change[2];
    }
    file
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let file = match kind % 2 {
        0 => bytes.to_vec(),
        _ => changed(bytes),
    };
    let path = folder().join("exchange.fsbd");
    fs::write(&path, &file).expect("it is written");
    let us = station(US);
    let before = us.view().expect("a toy answers");
    let looked = preview(us.as_ref(), &path);
    let taken = import(us.as_ref(), &path);
    assert_eq!(looked.is_ok(), taken.is_ok());
    let is_good = file == good();
    assert_eq!(taken.is_ok(), is_good, "{taken:?}");
    assert_eq!(us.view().expect("a toy answers") != before, is_good);
});
