//! An entry: whatever is read from bytes is written back as it was understood, and rows of
//! registers likewise.
#![no_main]

use fengsui_domain::log::entry::Entry;
use fengsui_domain::log::register::Registers;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entry) = Entry::decode(bytes) {
        assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
    }
    if let Ok(rows) = Registers::decode(bytes) {
        let again = Registers::decode(&rows.encode()).expect("what was written is read");
        assert_eq!(again.encode(), rows.encode());
    }
});
