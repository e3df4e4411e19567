//! Every container but zip, gzip and tar, whatever its content says.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::container_packed(bytes));
