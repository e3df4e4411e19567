//! XML as a part of a Word, Excel or PowerPoint package.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::document_ooxml_part(bytes));
