//! Pictures of the window, kept with the build.
//!
//! Not here: whether they are beautiful; somebody looks at them.

use std::path::{Path, PathBuf};

use fantoccini::Client;
use fengsui_tests::desk::root;

/// Where they lie.
pub(crate) fn folder() -> PathBuf {
    let target = super::driver::program();
    let target = target.parent().and_then(Path::parent).unwrap().to_owned();
    let folder = if target.exists() {
        target
    } else {
        root().join("target")
    };
    let folder = folder.join("ci/window");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Takes one.
pub(crate) async fn take(client: &Client, path: &Path) {
    let png = client.screenshot().await.unwrap();
    assert!(png.starts_with(b"\x89PNG"), "no picture");
    std::fs::write(path, png).unwrap();
}

/// A picture of that size with more than a few colours in it.
pub(crate) fn is_no_blank(path: &Path, width: u32, height: u32) {
    let bytes = std::fs::read(path).unwrap();
    // Width and height stand in the first chunk of every PNG.
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(
        (number(16), number(20)),
        (width, height),
        "{}",
        path.display()
    );
    // One colour packs into a few kilobytes; a desk with a map does not.
    assert!(bytes.len() > 40_000, "{} is empty", path.display());
}
