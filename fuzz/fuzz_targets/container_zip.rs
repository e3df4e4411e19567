//! Zip, gzip and tar.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::container_zip(bytes));
