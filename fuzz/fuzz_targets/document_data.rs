//! Databases, property lists, notebooks and pictures.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::document_data(bytes));
