//! Mail, TNEF and RTF.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::document_mail(bytes));
