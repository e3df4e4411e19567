//! Scanned pages, read with Tesseract where it is installed. Where it is not, the tests say so and pass.

use std::path::Path;
use std::process::{Command, Output};

fn frisk(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frisk")).args(args).output().unwrap()
}

fn corpus(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name).display().to_string()
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn is_installed() -> bool {
    let there = Command::new("tesseract").arg("--version").output().is_ok_and(|out| out.status.success());
    if !there {
        eprintln!("SKIPPED: tesseract is not installed (Debian package tesseract-ocr), scanned pages are not tested");
    }
    there
}

#[test]
fn scanned_pages_are_read_with_tesseract() {
    if !is_installed() {
        return;
    }
    for name in ["pdf/honest/scanned-page.pdf", "pdf/honest/scanned-page-in-black-and-white.pdf"] {
        let out = frisk(&["text", "--ocr", &corpus(name)]);
        let (text, messages) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(text.contains("22-8467") && !messages.contains("image_only"), "{name}: {text} {messages}");
    }
}

#[test]
fn a_language_that_is_missing_is_a_usage_error() {
    if !is_installed() {
        return;
    }
    let out = frisk(&["text", "--ocr", "--ocr-lang", "tlh", &corpus("pdf/honest/scanned-page.pdf")]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("tesseract-ocr-tlh"));
}

#[test]
fn without_the_program_its_package_is_named() {
    let file = corpus("pdf/honest/scanned-page.pdf");
    let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
    let out = command.args(["text", "--ocr", &file]).env("PATH", "/nowhere").output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("Debian package tesseract-ocr"));
}
