//! Streams of ICAP messages.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::serve::oracle::serve_icap(bytes));
