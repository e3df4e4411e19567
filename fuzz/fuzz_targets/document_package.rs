//! OpenDocument, EPUB, Visio and binary workbooks.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::document_package(bytes));
