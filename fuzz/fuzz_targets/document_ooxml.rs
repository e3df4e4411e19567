//! Word, Excel and PowerPoint packages, whatever their content says.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frisk::scan::oracle::document_ooxml(bytes));
