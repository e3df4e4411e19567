//! Text, as the rules see it.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::find_text(bytes));
