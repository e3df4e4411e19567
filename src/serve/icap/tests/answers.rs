//! Answers, read back by a small parser of responses.

use std::sync::Arc;

use super::random::Random;
use super::{GET, OK, PUT, reqmod, respmod};
use crate::serve::icap::chunk::ChunkLine;
use crate::serve::icap::fields::{Fields, lines};
use crate::serve::icap::{
    Event, Infection, IsTag, Limits, Method, Names, Notes, Options, Page, Parser, Partial, Phase, Status, Violation,
    put_refusal,
};

/// An answer taken apart; making one checks that it is right.
#[derive(Debug)]
struct Answer {
    status: u16,
    fields: Fields,
    /// Name and bytes of the HTTP head.
    head: Option<(String, Vec<u8>)>,
    /// Name and bytes of the body.
    body: Option<(String, Vec<u8>)>,
    original_from: Option<u64>,
    trailers: Fields,
    rest: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
        let (line, block) = bytes[..end].split_at(bytes.iter().position(|b| *b == b'\n').unwrap() + 1);
        let line = std::str::from_utf8(line).unwrap().strip_prefix("ICAP/1.0 ").unwrap();
        let fields = Fields::lenient(block);
        assert_eq!(fields.odd_lines(), 0);
        assert!(bytes[..end].split(|b| *b == b'\n').all(|l| l.is_empty() || l.ends_with(b"\r")));
        let status: u16 = line[..3].parse().unwrap();
        let mut answer = Self {
            status,
            head: None,
            body: None,
            original_from: None,
            trailers: Fields::default(),
            rest: bytes[end..].to_vec(),
            fields,
        };
        assert!(status == 100 || answer.field("ISTag").is_some_and(|tag| tag.starts_with('"') && tag.len() <= 34));
        let Some(encapsulated) = answer.field("Encapsulated") else { return answer };
        let sections: Vec<(String, usize)> = encapsulated
            .split(", ")
            .map(|entry| entry.split_once('=').unwrap())
            .map(|(name, offset)| (name.to_owned(), offset.parse().unwrap()))
            .collect();
        let (body_name, body_at) = sections.last().unwrap();
        let rest = answer.rest.clone();
        if let [(name, 0), _] = &sections[..] {
            let head = &rest[..*body_at];
            let ends: Vec<_> = lines(head).filter(|(_, line)| line.is_empty()).collect();
            assert!(ends.len() == 1 && lines(head).last() == ends.last().copied(), "the head fills its section");
            answer.head = Some((name.clone(), head.to_vec()));
        } else {
            assert_eq!((sections.len(), *body_at), (1, 0));
        }
        let mut rest = &rest[*body_at..];
        if body_name != "null-body" {
            let mut body = Vec::new();
            loop {
                let (line, behind) = rest.split_at(rest.iter().position(|b| *b == b'\n').unwrap() + 1);
                let line = ChunkLine::read(line).unwrap();
                let (data, behind) = behind.split_at(line.bytes as usize);
                body.extend_from_slice(data);
                if line.bytes == 0 {
                    answer.original_from = line.original_from;
                    answer.trailers = Fields::strict(behind).unwrap();
                    rest = lines(behind).find(|l| l.1.is_empty()).map(|(at, _)| &behind[at + 2..]).unwrap();
                    break;
                }
                rest = behind.strip_prefix(b"\r\n").unwrap();
            }
            answer.body = Some((body_name.clone(), body));
        }
        answer.rest = rest.to_vec();
        answer
    }

    fn field(&self, name: &str) -> Option<String> {
        self.fields.text(name)
    }
}

/// A parser that has read `message` up to its first stop, and whether the rest was asked for there.
fn parser(message: &str, go_on: bool) -> Parser {
    let mut parser = Parser::new(Limits::default(), Arc::new(Names::default()));
    let mut input = message.as_bytes();
    while let Some(event) = parser.next(&mut input) {
        if matches!(event, Event::PreviewEnd { ieof: false }) && go_on {
            assert!(parser.go_on().is_some());
        }
        assert!(!matches!(event, Event::Error { .. }), "{event:?}");
    }
    parser
}

fn tag() -> IsTag {
    IsTag::new("rules-7.policy_2").unwrap()
}

#[test]
fn unmodified_and_partial_only_where_allowed() {
    let whole = "1\r\na\r\n0\r\n\r\n";
    let ieof = "1\r\na\r\n0; ieof\r\n\r\n";
    let twice = "1\r\na\r\n0\r\n\r\n1\r\nb\r\n0\r\n\r\n";
    let null = |fields: &str| {
        format!("REQMOD /r ICAP/1.0\r\n{fields}Encapsulated: req-hdr=0, null-body={}\r\n\r\n{GET}", GET.len())
    };
    for (name, message, go_on, may_204, may_206) in [
        ("no Allow, no preview", reqmod("", whole), false, false, false),
        ("Allow: 204", reqmod("Allow: 204\r\n", whole), false, true, false),
        ("Allow: trailers", reqmod("Allow: trailers\r\n", whole), false, false, false),
        ("Allow: 206 without preview", reqmod("Allow: 206\r\n", whole), false, false, false),
        ("Allow: 204, 206", reqmod("Allow: 204, 206, trailers\r\n", whole), false, true, true),
        ("behind a preview", reqmod("Preview: 1\r\n", whole), false, true, false),
        ("behind a preview, 206", reqmod("Preview: 1\r\nAllow: 206\r\n", whole), false, true, true),
        ("preview was all", reqmod("Preview: 9\r\n", ieof), false, true, false),
        ("preview was all, 206", reqmod("Preview: 9\r\nAllow: 206\r\n", ieof), false, true, false),
        ("preview was all, both", reqmod("Preview: 9\r\nAllow: 204, 206\r\n", ieof), false, true, true),
        ("went on", reqmod("Preview: 1\r\n", twice), true, false, false),
        ("went on, 206", reqmod("Preview: 1\r\nAllow: 206\r\n", twice), true, false, false),
        ("went on, 204", reqmod("Preview: 1\r\nAllow: 204\r\n", twice), true, true, false),
        ("still sending", reqmod("Allow: 204, 206\r\n", "5\r\na"), false, false, false),
        ("still sending the preview", reqmod("Preview: 9\r\n", "5\r\na"), false, false, false),
        ("no body, no preview", null(""), false, false, false),
        ("no body, Preview: 0", null("Preview: 0\r\nAllow: 206\r\n"), false, true, false),
        ("OPTIONS", "OPTIONS /a ICAP/1.0\r\nAllow: 204\r\n\r\n".into(), false, false, false),
    ] {
        let (parser, tag) = (parser(&message, go_on), tag());
        let reply = || parser.reply(&tag).unwrap();
        assert_eq!((reply().may_leave_unmodified(), reply().may_be_partial()), (may_204, may_206), "{name}");
        let mut out = Vec::new();
        assert_eq!(reply().unmodified(&mut out).is_ok(), may_204, "{name}");
        assert_eq!(out.is_empty(), !may_204);
        if may_204 {
            let answer = Answer::read(&out);
            assert_eq!((answer.status, answer.rest.len(), answer.field("Encapsulated")), (204, 0, None));
        }
        let may_be_original = reply().may_be_original();
        assert!(may_be_original || may_204 || name == "OPTIONS", "{name}: something can be said");
        assert_eq!(reply().original(&[], &mut Vec::new()).is_ok(), may_be_original);
        assert_eq!(may_be_original, !name.starts_with("behind") && name != "OPTIONS", "{name}");
        out.clear();
        assert_eq!(reply().partial(&Partial::default(), &mut out).is_ok(), may_206, "{name}");
        assert_eq!(out.is_empty(), !may_206);
        let beyond = Partial { original_from: 2, ..Partial::default() };
        assert!(reply().partial(&beyond, &mut Vec::new()).is_err(), "{name}: one byte was read");
    }
}

#[test]
fn the_original_comes_back_as_it_was() {
    let tag = tag();
    let trailers = Fields::lenient(b"X-Sum: 1\r\n");
    for (message, name, body, head) in
        [(reqmod("", "0\r\n\r\n"), "req-hdr", "req-body", PUT), (respmod("", "0\r\n\r\n"), "res-hdr", "res-body", OK)]
    {
        let parser = parser(&message, false);
        let mut out = Vec::new();
        let mut writer = parser.reply(&tag).unwrap().original(&[], &mut out).unwrap().unwrap();
        writer.write(b"abc", &mut out);
        writer.write(b"", &mut out);
        let (before, behind) = writer.frame(3).unwrap();
        out.extend([before.as_bytes(), b"def", behind].concat());
        assert!(writer.frame(0).is_none());
        writer.end(Some(&trailers), &mut out);
        let answer = Answer::read(&out);
        assert_eq!((answer.status, answer.rest.len(), answer.field("Connection")), (200, 0, None));
        assert_eq!(answer.head.unwrap(), (name.to_owned(), head.as_bytes().to_vec()));
        assert_eq!(answer.body.unwrap(), (body.to_owned(), b"abcdef".to_vec()));
        assert_eq!(answer.trailers.get("x-sum"), Some(&b"1"[..]));

        let mut out = Vec::new();
        let reply = parser.reply(&tag).unwrap().closing();
        assert!(reply.closes());
        reply.original(&[("X-DLP-Verdict", "monitor\r\nX: y")], &mut out).unwrap().unwrap().end(None, &mut out);
        let answer = Answer::read(&out);
        assert_eq!(answer.field("Connection").unwrap(), "close");
        let expected = head.replace("\r\n\r\n", "\r\nX-DLP-Verdict: monitor  X: y\r\n\r\n");
        assert_eq!(answer.head.unwrap().1, expected.as_bytes());
    }
    let message = format!(
        "RESPMOD /r ICAP/1.0\r\nConnection: close\r\nEncapsulated: req-hdr=0, res-hdr={}, null-body={}\r\n\r\n{GET}HTTP/1.1 304 a\n\n",
        GET.len(),
        GET.len() + 16
    );
    let parser = parser(&message, false);
    let mut out = Vec::new();
    assert!(parser.reply(&tag).unwrap().original(&[("A", "b")], &mut out).unwrap().is_none());
    let answer = Answer::read(&out);
    assert_eq!(answer.head.unwrap().1, b"HTTP/1.1 304 a\nA: b\r\n\n");
    assert!(answer.body.is_none() && answer.rest.is_empty() && !parser.keeps_alive());
    assert_eq!(answer.fields.get("connection"), Some(&b"close"[..]));
    let headless = self::parser("REQMOD /r ICAP/1.0\r\nEncapsulated: req-body=0\r\n\r\n0\r\n\r\n", false);
    let mut out = Vec::new();
    headless.reply(&tag).unwrap().original(&[], &mut out).unwrap().unwrap().end(None, &mut out);
    let answer = Answer::read(&out);
    assert_eq!((answer.head, answer.body), (None, Some(("req-body".to_owned(), Vec::new()))));
}

#[test]
fn a_block_page_in_place_of_either() {
    let tag = tag();
    let violations = [Violation { file: "kunden ä.docx", threat: "credit-card", problem: 1, resolution: 2 }];
    let notes = Notes {
        infection: Some(Infection { kind: 1, resolution: 2, threat: "DLP.credit-card" }),
        violations: &violations,
        response_info: Some("Blocked"),
        others: &[],
    };
    let page = Page {
        status: 403,
        reason: "Forbidden",
        fields: &[
            ("Content-Type", "text/plain; charset=utf-8"),
            ("content-length", "1"),
            ("Cache-Control", "no-store"),
        ],
        body: b"Download blocked.",
    };
    for message in [reqmod("", "0\r\n\r\n"), respmod("", "5\r\nhel")] {
        let parser = parser(&message, false);
        let mut out = Vec::new();
        parser.reply(&tag).unwrap().with_notes(notes).replacement(&page, &mut out);
        let answer = Answer::read(&out);
        assert_eq!((answer.status, answer.rest.len()), (200, 0));
        assert_eq!(answer.field("X-Infection-Found").unwrap(), "Type=1; Resolution=2; Threat=DLP.credit-card;");
        let found: Vec<_> =
            answer.field("X-Violations-Found").unwrap().split_ascii_whitespace().map(str::to_owned).collect();
        assert_eq!(found, ["1", "kunden", "ä.docx", "credit-card", "1", "2"]);
        let (name, head) = answer.head.unwrap();
        let head = String::from_utf8(head).unwrap();
        assert_eq!(name, "res-hdr");
        assert!(
            head.starts_with("HTTP/1.1 403 Forbidden\r\n") && head.contains("\r\nContent-Length: 17\r\n"),
            "{head}"
        );
        assert_eq!(head.to_ascii_lowercase().matches("content-length").count(), 1);
        assert_eq!(answer.body.unwrap(), ("res-body".to_owned(), b"Download blocked.".to_vec()));
    }
    let head = "HEAD http://a/ HTTP/1.1\r\n\r\n";
    let message = format!("REQMOD /r ICAP/1.0\r\nEncapsulated: req-hdr=0, null-body={}\r\n\r\n{head}", head.len());
    let mut out = Vec::new();
    parser(&message, false).reply(&tag).unwrap().replacement(&page, &mut out);
    let answer = Answer::read(&out);
    assert!(answer.body.is_none() && answer.rest.is_empty());
}

#[test]
fn a_part_of_the_original() {
    let (tag, mut out) = (tag(), Vec::new());
    let parser = parser(&respmod("Preview: 3\r\nAllow: 206\r\n", "3\r\nabc\r\n0\r\n\r\n"), false);
    let partial = Partial { fields: &[("X-Seen", "1")], prefix: b"AB", original_from: 2 };
    parser.reply(&tag).unwrap().partial(&partial, &mut out).unwrap();
    let answer = Answer::read(&out);
    assert_eq!((answer.status, answer.original_from, answer.rest.len()), (206, Some(2), 0));
    assert_eq!(answer.body.unwrap(), ("res-body".to_owned(), b"AB".to_vec()));
    assert!(answer.head.unwrap().1.ends_with(b"X-Seen: 1\r\n\r\n"));
}

#[test]
fn what_a_service_can_do() {
    let tag = IsTag::of_digest(7);
    let parser = parser("OPTIONS icap://h/resp ICAP/1.0\r\nHost: h\r\n\r\n", false);
    let options = Options {
        connections_max: Some(200),
        allow_206: true,
        include: vec!["X-Client-IP".into(), "X-Authenticated-User".into()],
        date_s: Some(784_111_777),
        service_id: Some("frisk".into()),
        ..Options::new(Method::Respmod, "frisk/1", 1024)
    };
    let mut out = Vec::new();
    parser.reply(&tag).unwrap().options(&options, &mut out);
    let expected = "ICAP/1.0 200 OK\r\nISTag: \"0000000000000007\"\r\nMethods: RESPMOD\r\nService: frisk/1\r\n\
        Service-ID: frisk\r\nMax-Connections: 200\r\nOptions-TTL: 3600\r\nPreview: 1024\r\nTransfer-Preview: *\r\n\
        Allow: 204, 206\r\nX-Include: X-Client-IP, X-Authenticated-User\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
        Encapsulated: null-body=0\r\n\r\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    assert_eq!(Answer::read(expected.as_bytes()).rest.len(), 0);
}

#[test]
fn refusals() {
    let tag = tag();
    for (status, line) in [
        (Status::BadRequest, "400 Bad request"),
        (Status::ServiceNotFound, "404 ICAP Service not found"),
        (Status::MethodNotAllowed, "405 Method not allowed for service"),
        (Status::RequestTimeout, "408 Request timeout"),
        (Status::BodyTooLarge, "413 Body too large"),
        (Status::BadComposition, "418 Bad composition"),
        (Status::ServerError, "500 Server error"),
        (Status::BadGateway, "502 Bad Gateway"),
        (Status::Overloaded, "503 Service overloaded"),
    ] {
        let mut out = Vec::new();
        put_refusal(status, &tag, &Notes::default(), true, &mut out);
        assert!(out.starts_with(format!("ICAP/1.0 {line}\r\n").as_bytes()));
        let answer = Answer::read(&out);
        assert_eq!((answer.status, answer.field("Connection").as_deref()), (status.code(), Some("close")));
    }
    let mut out = Vec::new();
    let parser = parser(&reqmod("", "5\r\nab"), false);
    parser.reply(&tag).unwrap().refuse(Status::Overloaded, &mut out);
    assert_eq!((Answer::read(&out).status, Answer::read(&out).field("connection")), (503, None));
    for wrong in ["", "a b", "a\"", "a\r\n", &"a".repeat(33), "\u{e4}"] {
        assert_eq!(IsTag::new(wrong), None);
    }
}

#[test]
fn an_answer_in_the_middle_of_the_body() {
    let (tag, mut out) = (tag(), Vec::new());
    let mut parser = parser(&reqmod("", "5\r\nab"), false);
    let page = Page { status: 403, reason: "", fields: &[], body: b"no" };
    parser.reply(&tag).unwrap().replacement(&page, &mut out);
    parser.answered();
    assert!(parser.reply(&tag).is_none(), "once");
    assert!(!parser.stands_still() && parser.phase() == Phase::Body);
    let mut input = &b"cde\r\n0\r\n\r\nOPTIONS /a ICAP/1.0\r\n\r\n"[..];
    let mut names = Vec::new();
    while let Some(event) = parser.next(&mut input) {
        let name = format!("{event:?}");
        names.push(name.split([' ', '(']).next().unwrap_or_default().to_owned());
    }
    assert_eq!(names, ["Body", "BodyEnd", "MessageEnd", "Request", "MessageEnd"]);
    // Before a message nothing can be answered, and that changes nothing.
    let mut parser = Parser::new(Limits::default(), Arc::new(Names::default()));
    parser.answered();
    assert!(parser.phase() == Phase::Idle && parser.reply(&tag).is_none() && parser.go_on().is_none());
}

#[test]
fn random_words_make_no_wrong_answer() {
    let mut random = Random(4);
    let tag = tag();
    let parser = parser(&respmod("", "0\r\n\r\n"), false);
    let mut words: Vec<String> = Vec::new();
    for _ in 0..300 {
        let characters = ['a', '\r', '\n', '\0', ' ', ':', ';', '\t', '"', 'ä', '\u{7f}', '0'];
        words.push((0..random.below(12)).map(|_| characters[random.below(characters.len())]).collect());
    }
    for _ in 0..2_000 {
        let mut word = || words[random.below(words.len())].as_str();
        let violations = [Violation { file: word(), threat: word(), problem: 1, resolution: 2 }];
        let others = [(word(), word()), ("X-A", word())];
        let infection = Some(Infection { kind: 1, resolution: 2, threat: word() });
        let notes = Notes { infection, violations: &violations, response_info: Some(word()), others: &others };
        let fields = [(word(), word()), ("Content-Type", word())];
        let page = Page { status: 403, reason: word(), fields: &fields, body: word().as_bytes() };
        let mut out = Vec::new();
        parser.reply(&tag).unwrap().with_notes(notes).replacement(&page, &mut out);
        let answer = Answer::read(&out);
        assert_eq!((answer.status, answer.rest.len()), (200, 0));
        assert_eq!(answer.body.map(|(_, body)| body).unwrap_or_default(), page.body);
    }
}
