//! What no message may do to the front ends, for fuzz targets: never panic, and mean the same however it is cut.

use std::fmt::Write;
use std::sync::Arc;

use crate::scan::oracle::Question;
use crate::serve::config::Config;
use crate::serve::form;
use crate::serve::icap::{Event, Limits, Names, Params, Parser};

/// Questions by the name of their fuzz target.
pub const QUESTIONS: &[(&str, Question)] =
    &[("serve_icap", serve_icap), ("serve_form", serve_form), ("serve_config", serve_config)];

/// A stream of ICAP messages: the same events whole and in pieces of one and of seven bytes.
pub fn serve_icap(bytes: &[u8]) {
    let whole = events(bytes, bytes.len().max(1));
    for piece in [1, 7] {
        assert_eq!(events(bytes, piece), whole, "pieces of {piece} bytes mean something else");
    }
}

/// What a stream says, a line an event, pieces of a body joined. Everything is answered at once, previews in turn with
/// "go on" and with an answer.
fn events(bytes: &[u8], piece: usize) -> String {
    let mut parser = Parser::new(Limits::default(), Arc::new(Names::default()));
    let (mut held, mut out, mut previews) = (Vec::new(), String::new(), 0_u32);
    let (mut body_bytes, mut closed) = (0_usize, false);
    for part in bytes.chunks(piece) {
        held.extend_from_slice(part);
        let taken = std::mem::take(&mut held);
        let mut input = taken.as_slice();
        while let Some(event) = parser.next(&mut input) {
            assert!(!closed, "nothing comes behind an end");
            if let Event::Body(piece) = event {
                assert!(!piece.is_empty(), "a piece of a body has bytes");
                body_bytes = body_bytes.saturating_add(piece.len());
                continue;
            }
            let _ = writeln!(out, "{body_bytes} bytes");
            match event {
                Event::Body(_) => {}
                Event::Request(request) => {
                    let _ = writeln!(out, "{} {}", request.method.name(), request.service());
                    let names = [
                        request.http_request.as_ref().and_then(|head| head.file_name()),
                        request.http_response.as_ref().and_then(|head| head.file_name(request.http_request.as_ref())),
                    ];
                    let _ = writeln!(out, "{names:?} {:?} {:?}", request.who.user.is_some(), request.preview_hint);
                }
                Event::PreviewEnd { ieof } => {
                    let _ = writeln!(out, "preview {ieof}");
                    previews = previews.wrapping_add(1);
                    if !ieof && previews.is_multiple_of(2) {
                        parser.answered();
                    } else {
                        let _ = parser.go_on();
                    }
                }
                Event::BodyEnd { trailers } => {
                    let _ = writeln!(out, "body end, {} trailers", trailers.iter().count());
                }
                Event::MessageEnd => {
                    out.push_str("end\n");
                    parser.answered();
                }
                Event::Error { status, close, .. } => {
                    let _ = writeln!(out, "{} {close}", status.code());
                    closed = close;
                    parser.answered();
                }
            }
        }
        held = if closed { Vec::new() } else { input.to_vec() };
    }
    let _ = writeln!(out, "{body_bytes} bytes");
    out
}

/// A body of a form: what is taken out of it stands in it.
pub fn serve_form(bytes: &[u8]) {
    let (head, body) = bytes.split_at(bytes.iter().position(|b| *b == b'\n').unwrap_or(0));
    let params = Params::read(head);
    let boundary = params.get("boundary").unwrap_or(b"X");
    if let Some(parts) = form::multipart(body, boundary) {
        let all: usize = parts.parts.iter().map(|part| part.bytes.len()).sum();
        assert!(all <= body.len(), "parts are pieces of the body");
    }
    let text = form::urlencoded(body);
    assert!(
        text.len() <= body.len().saturating_mul(4).saturating_add(16),
        "text of a form is not longer than the form"
    );
}

/// A configuration is taken or refused, with a place.
pub fn serve_config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = Config::parse("frisk.toml", &text) {
        assert!(!error.to_string().is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every question answers what it is made for, and pieces of it.
    #[test]
    fn questions_are_asked_of_good_input_and_of_its_pieces() {
        let http = "GET http://a.example/b.txt HTTP/1.1\r\nHost: a.example\r\n\r\n";
        let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
        let (first, second) = (http.len(), http.len() + answer.len());
        let icap = format!(
            "RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\nPreview: 4\r\nAllow: 204\r\nEncapsulated: req-hdr=0, res-hdr={first}, res-body={second}\r\n\r\n{http}{answer}4\r\nabcd\r\n0\r\n\r\n3\r\nefg\r\n0\r\n\r\n"
        );
        let form =
            "multipart/form-data; boundary=X\n--X\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--X--\r\n";
        let config = "[listen]\nicap = \"127.0.0.1:1344\"\n[log]\npath = \"a.db\"\n";
        for (text, (_, ask)) in [icap.as_str(), form, config].into_iter().zip(QUESTIONS) {
            for end in 0..=text.len() {
                ask(text.as_bytes().get(..end).unwrap_or_default());
            }
        }
        assert!(events(icap.as_bytes(), 1000).contains("b.txt"), "{}", events(icap.as_bytes(), 1000));
    }
}
