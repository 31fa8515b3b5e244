//! A message between stations: whatever is read is written back as it was understood, and takes
//! no more memory than its bytes allow.
#![no_main]

use fengsui_replication::message::Message;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = Message::decode(bytes) {
        assert_eq!(Message::decode(&message.encode()), Ok(message));
    }
});
