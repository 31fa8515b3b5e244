//! A session with an enrolled station that says anything: it comes to rest after each message,
//! its own entries stay as they are, and nothing unsigned gets in.
#![no_main]

use fengsui_fuzz::{Side, THEM, US, cut, station};
use fengsui_replication::message::Message;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let us = station(US);
    let before = us.view().expect("a toy answers").summary;
    let mut side = Side::begin(us.clone(), THEM);
    for (count, message) in cut(bytes).into_iter().take(64).enumerate() {
        let Ok(message) = Message::decode(message) else {
            break;
        };
        if !side.hear(message) {
            break;
        }
        side.wait(if count % 8 == 7 { 2_500 } else { 5 });
        assert!(side.said.len() < 4_096, "it talks without end");
    }
    let after = us.view().expect("a toy answers").summary;
    for (writer, head) in before.iter() {
        assert_eq!(after.head(writer), Some(head), "its own log moved");
    }
    for (writer, _) in after.iter() {
        let station = writer.station;
        assert!(
            station == US || station == THEM,
            "entries of {station}, whom nobody knows"
        );
    }
});
