//! Rule packages of Microsoft Purview.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::rules_xml(bytes));
