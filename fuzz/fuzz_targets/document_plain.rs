//! Text, HTML, XML and JSON in any encoding.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::document_plain(bytes));
