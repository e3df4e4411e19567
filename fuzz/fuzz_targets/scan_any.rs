//! Any file, the whole way.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::scan_any(bytes));
