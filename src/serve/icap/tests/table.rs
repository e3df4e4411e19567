//! Messages, good and malformed, and what is read of them.

use super::{GET, OK, PUT, Then, reqmod, respmod, run};

/// A name, the bytes, what is done behind a preview, and what comes of it.
pub(crate) struct Case {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub then: Then,
    /// What comes behind the line of the request, or all if it begins with `=`.
    pub log: &'static str,
}

fn case(name: &'static str, bytes: impl Into<Vec<u8>>, log: &'static str) -> Case {
    Case { name, bytes: bytes.into(), then: Then::GoOn, log }
}

fn at_once(name: &'static str, bytes: impl Into<Vec<u8>>, log: &'static str) -> Case {
    Case { then: Then::Answer, ..case(name, bytes, log) }
}

/// A message without a body whose ICAP head is `head`.
fn bare(head: &str) -> String {
    format!("{head}\r\n\r\n")
}

pub(crate) fn good() -> Vec<Case> {
    let null = format!("Encapsulated: req-hdr=0, null-body={}", GET.len());
    let squid_get = format!(
        "REQMOD icap://127.0.0.1:1344/reqmod ICAP/1.0\r\nHost: 127.0.0.1:1344\r\nDate: Sun, 22 Nov 2026 13:00:00 GMT\r\n\
         {null}\r\nPreview: 0\r\nAllow: 204, 206, trailers\r\nX-Client-IP: 127.0.0.1\r\n\r\n{GET}"
    );
    let not_modified = "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n";
    let squid_304 = format!(
        "RESPMOD icap://h/resp ICAP/1.0\r\nHost: h\r\nEncapsulated: req-hdr=0, res-hdr={}, null-body={}\r\n\
         Preview: 0\r\nAllow: 204\r\n\r\n{GET}{not_modified}",
        GET.len(),
        GET.len() + not_modified.len()
    );
    let mut eight_bit = reqmod("", "3\r\n\0\r\n").into_bytes();
    eight_bit.extend(b"\r\n1\r\n\xFF\r\n0\r\n\r\n");
    vec![
        case(
            "OPTIONS as Squid sends it",
            bare("OPTIONS icap://h/resp ICAP/1.0\r\nHost: h\r\nAllow: 206, trailers"),
            "=OPTIONS resp 206\nend\n",
        ),
        case(
            "OPTIONS with null-body",
            bare("OPTIONS icap://h/a ICAP/1.0\r\nEncapsulated: null-body=0"),
            "=OPTIONS a\nend\n",
        ),
        case(
            "OPTIONS with a body",
            "OPTIONS icap://h/a ICAP/1.0\r\nEncapsulated: opt-body=0\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "=OPTIONS a\nbody hi\nbody end\nend\n",
        ),
        case("OPTIONS ignores Preview", bare("OPTIONS icap://h/a ICAP/1.0\r\nPreview: x"), "=OPTIONS a\nend\n"),
        case(
            "a GET as Squid sends it",
            squid_get,
            "=REQMOD reqmod req(GET http://a.example/b.txt HTTP/1.1, 56) preview 0 204 206\nend\n",
        ),
        case(
            "a 304 as Squid sends it",
            squid_304,
            "=RESPMOD resp req(GET http://a.example/b.txt HTTP/1.1, 56) res(HTTP/1.1 304 Not Modified, 40) preview 0 204\nend\n",
        ),
        case("a body in one chunk", reqmod("", "5\r\nhello\r\n0\r\n\r\n"), "body hello\nbody end\nend\n"),
        case("a body of no bytes", reqmod("", "0\r\n\r\n"), "body end\nend\n"),
        case("bytes of every kind", eight_bit, "body \\x00\\r\\n\\xff\nbody end\nend\n"),
        case(
            "many chunks",
            respmod("", "1\r\na\r\n2\r\nbc\r\n00003\r\ndef\r\n0\r\n\r\n"),
            "body abcdef\nbody end\nend\n",
        ),
        case(
            "a size in capitals with zeros",
            reqmod("", "00000000000000000000000A\r\n0123456789\r\n000\r\n\r\n"),
            "body 0123456789\nbody end\nend\n",
        ),
        case(
            "chunk data that looks like chunks",
            reqmod("", "7\r\n0\r\n\r\nab\r\n0\r\n\r\n"),
            "body 0\\r\\n\\r\\nab\nbody end\nend\n",
        ),
        case("unknown extensions", reqmod("", "1;a=b; c=\"d;e\"\r\nx\r\n0;f\r\n\r\n"), "body x\nbody end\nend\n"),
        case(
            "ieof outside of a preview says nothing",
            reqmod("", "1;ieof\r\nx\r\n0; ieof\r\n\r\n"),
            "body x\nbody end\nend\n",
        ),
        case(
            "trailers",
            reqmod("", "1\r\nx\r\n0\r\nX-Sum: 1\r\nX-B:2\r\n\r\n"),
            "body x\nbody end X-Sum=1 X-B=2\nend\n",
        ),
        case(
            "preview, then the rest",
            reqmod("Preview: 4\r\n", "4\r\nabcd\r\n0\r\n\r\n2\r\nef\r\n0\r\n\r\n"),
            "body abcd\npreview end\nbody ef\nbody end\nend\n",
        ),
        at_once(
            "preview, answered at once",
            reqmod("Preview: 4\r\n", "4\r\nabcd\r\n0\r\n\r\n"),
            "body abcd\npreview end\nend\n",
        ),
        case(
            "preview that is the whole body",
            reqmod("Preview: 1024\r\n", "4\r\nabcd\r\n0; ieof\r\n\r\n"),
            "body abcd\nwhole in preview\nbody end\nend\n",
        ),
        case(
            "preview of the whole body with trailers",
            reqmod("Preview: 9\r\n", "1\r\na\r\n0; ieof\r\nA: b\r\n\r\n"),
            "body a\nwhole in preview\nbody end A=b\nend\n",
        ),
        at_once(
            "preview with 206",
            reqmod("Preview: 2\r\nAllow: 206, trailers\r\n", "2\r\nab\r\n0\r\n\r\n"),
            "body ab\npreview end\nend\n",
        ),
        case("204 and 206", respmod("Allow: 204, 206\r\n", "2\r\nab\r\n0\r\n\r\n"), "body ab\nbody end\nend\n"),
        case(
            "preview of no bytes",
            reqmod("Preview: 0\r\n", "0\r\n\r\n2\r\nef\r\n0\r\n\r\n"),
            "preview end\nbody ef\nbody end\nend\n",
        ),
        case(
            "preview of an empty body",
            reqmod("Preview: 0\r\n", "0; ieof\r\n\r\n"),
            "whole in preview\nbody end\nend\n",
        ),
        case(
            "preview shorter than announced",
            reqmod("Preview: 99\r\n", "1\r\na\r\n0\r\n\r\n0\r\n\r\n"),
            "body a\npreview end\nbody end\nend\n",
        ),
        case(
            "preview longer than announced",
            reqmod("Preview: 1\r\n", "2\r\nab\r\n0; ieof\r\n\r\n"),
            "body ab\nwhole in preview\nbody end\nend\n",
        ),
        case(
            "ieof behind the preview says nothing",
            reqmod("Preview: 1\r\n", "1\r\na\r\n0\r\n\r\n1\r\nb\r\n0; ieof\r\n\r\n"),
            "body a\npreview end\nbody b\nbody end\nend\n",
        ),
        case(
            "two in a row",
            [bare("OPTIONS icap://h/a ICAP/1.0"), reqmod("", "1\r\nx\r\n0\r\n\r\n"), respmod("", "0\r\n\r\n")].concat(),
            "=OPTIONS a\nend\nREQMOD req req(PUT http://a.example/up HTTP/1.1, 53)\nbody x\nbody end\nend\nRESPMOD resp req(GET http://a.example/b.txt HTTP/1.1, 56) res(HTTP/1.1 200 OK, 45)\nbody end\nend\n",
        ),
        at_once(
            "the next one behind an answered preview",
            [reqmod("Preview: 1\r\n", "1\r\na\r\n0\r\n\r\n"), bare("OPTIONS icap://h/a ICAP/1.0")].concat(),
            "body a\npreview end\nend\nOPTIONS a\nend\n",
        ),
        case("empty lines before a request", bare("\r\n\n\r\n\r\nOPTIONS icap://h/a ICAP/1.0"), "=OPTIONS a\nend\n"),
        case(
            "bare LF in heads",
            "OPTIONS icap://h/a ICAP/1.0\nHost: h\nConnection: Close\n\n",
            "=OPTIONS a close\nend\n",
        ),
        case(
            "nothing behind Connection: close is read",
            bare("OPTIONS icap://h/a ICAP/1.0\r\nConnection: close") + "GET / HTTP/1.1\r\n",
            "=OPTIONS a close\nend\n",
        ),
        case(
            "names in any case, no blanks",
            bare("OPTIONS icap://h/a ICAP/1.0\r\nALLOW:204\r\nconnection:keep-alive, CLOSE"),
            "=OPTIONS a 204 close\nend\n",
        ),
        case(
            "Allow in two lines",
            bare("OPTIONS icap://h/a ICAP/1.0\r\nAllow: 204\r\nAllow: 206"),
            "=OPTIONS a 204 206\nend\n",
        ),
        case(
            "a body without a head",
            "REQMOD icap://h/req ICAP/1.0\r\nEncapsulated: req-body=0\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            "=REQMOD req\nbody x\nbody end\nend\n",
        ),
        case(
            "a response without its request",
            format!("RESPMOD /resp ICAP/1.0\r\nEncapsulated: res-hdr=0, res-body={}\r\n\r\n{OK}0\r\n\r\n", OK.len()),
            "=RESPMOD resp res(HTTP/1.1 200 OK, 45)\nbody end\nend\n",
        ),
        case(
            "an odd head inside",
            "RESPMOD /r ICAP/1.0\r\nEncapsulated: res-hdr=0, null-body=37\r\n\r\nHTTP/1.1 200 OK\r\nA : b\r\nodd\r\n c: d\n\r\n",
            "=RESPMOD r res(HTTP/1.1 200 OK, 37)\nend\n",
        ),
        case("not all there yet", reqmod("", "5\r\nhel"), "body hel\nwaits\n"),
        case("nothing", "", "="),
        case(
            "an unknown method, and the next",
            [bare("LOGMOD icap://h/a ICAP/1.0\r\nEncapsulated: null-body=0"), bare("OPTIONS icap://h/a ICAP/1.0")]
                .concat(),
            "=501 Method\nOPTIONS a\nend\n",
        ),
    ]
}

pub(crate) fn malformed() -> Vec<Case> {
    let head = |fields: &str| bare(&format!("OPTIONS icap://h/a ICAP/1.0\r\n{fields}"));
    let sections =
        |value: String, rest: &str| format!("REQMOD icap://h/req ICAP/1.0\r\nEncapsulated: {value}\r\n\r\n{rest}");
    let long = PUT.len();
    let chunked = |chunks: &str| reqmod("", chunks);
    vec![
        case("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03".to_vec(), "=400 Tls close\n"),
        case("an HTTP request", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "=400 Http close\n"),
        case("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "=400 Http close\n"),
        case("ICAP/2.0", bare("OPTIONS icap://h/a ICAP/2.0"), "=505 Version close\n"),
        case("ICAP/1.1", bare("REQMOD icap://h/a ICAP/1.1"), "=505 Version close\n"),
        case("two words", bare("OPTIONS icap://h/a"), "=400 RequestLine close\n"),
        case("four words", bare("OPTIONS icap://h/a b ICAP/1.0"), "=400 RequestLine close\n"),
        case("a NUL in the first line", bare("OPTIONS icap://h/\0a ICAP/1.0"), "=400 RequestLine close\n"),
        case("a CR in the first line", bare("OPTIONS icap://h/\ra ICAP/1.0"), "=400 RequestLine close\n"),
        case("a response", bare("ICAP/1.0 200 OK"), "=400 RequestLine close\n"),
        case("an unknown method", bare("FROB icap://h/a ICAP/1.0\r\nHost: h"), "=501 Method\n"),
        case("a method in small letters", bare("options icap://h/a ICAP/1.0"), "=501 Method\n"),
        case(
            "an unknown method with a body",
            bare("FROB icap://h/a ICAP/1.0\r\nEncapsulated: req-body=0"),
            "=501 Method close\n",
        ),
        case("an unknown method with a bad head", bare("FROB icap://h/a ICAP/1.0\r\nbad"), "=400 NoColon close\n"),
        case("a folded field", head("A: b\r\n c"), "=400 Folded close\n"),
        case("a field folded at once", head(" A: b"), "=400 Folded close\n"),
        case("a NUL", head("A: \0"), "=400 Control close\n"),
        case("a control character", head("A: b\x01c"), "=400 Control close\n"),
        case("a CR within a field", head("A: b\rEncapsulated: opt-body=0"), "=400 Control close\n"),
        case("a blank before the colon", head("Encapsulated : null-body=0"), "=400 BlankBeforeColon close\n"),
        case("no colon", head("Encapsulated"), "=400 NoColon close\n"),
        case("no name", head(": b"), "=400 FieldName close\n"),
        case("a name with a blank", head("A B: c"), "=400 FieldName close\n"),
        case(
            "REQMOD without Encapsulated",
            bare("REQMOD icap://h/a ICAP/1.0\r\nHost: h"),
            "=400 NoEncapsulated close\n",
        ),
        case("RESPMOD without Encapsulated", bare("RESPMOD icap://h/a ICAP/1.0"), "=400 NoEncapsulated close\n"),
        case(
            "Encapsulated twice",
            sections(format!("req-hdr=0, req-body={long}\r\nEncapsulated: null-body=0"), PUT),
            "=400 Repeated close\n",
        ),
        case("Preview twice", reqmod("Preview: 0\r\npreview: 0\r\n", "0\r\n\r\n"), "=400 Repeated close\n"),
        case("Preview that is no number", reqmod("Preview: -1\r\n", "0\r\n\r\n"), "=400 Preview close\n"),
        case("Preview with a sign", reqmod("Preview: +1\r\n", "0\r\n\r\n"), "=400 Preview close\n"),
        case("Preview with nothing", reqmod("Preview:\r\n", "0\r\n\r\n"), "=400 Preview close\n"),
        case(
            "Preview that overflows",
            reqmod("Preview: 99999999999999999999\r\n", "0\r\n\r\n"),
            "=400 Preview close\n",
        ),
        case("Encapsulated with nothing", sections(String::new(), ""), "=400 Encapsulated close\n"),
        case(
            "Encapsulated with a name of its own",
            sections("req-hdr=0, my-body=9".into(), ""),
            "=400 Encapsulated close\n",
        ),
        case(
            "offsets that overflow",
            sections("req-hdr=0, req-body=18446744073709551616".into(), ""),
            "=400 Encapsulated close\n",
        ),
        case(
            "offsets too large",
            sections("req-hdr=0, req-body=18446744073709551615".into(), ""),
            "=431 HttpHeadTooLarge close\n",
        ),
        case("offsets that fall", sections("req-hdr=9, req-body=0".into(), ""), "=400 Offsets close\n"),
        case(
            "an offset too small",
            sections(format!("req-hdr=0, req-body={}", long - 1), PUT),
            "=400 HttpHeadCutOff close\n",
        ),
        case(
            "an offset too large",
            sections(format!("req-hdr=0, req-body={}", long + 3), &[PUT, "0\r\n\r\n"].concat()),
            "=400 HttpHeadOverrun close\n",
        ),
        case("null-body alone", sections("null-body=0".into(), ""), "=400 Sections close\n"),
        case("a head and no body entry", sections("req-hdr=0".into(), PUT), "=400 Sections close\n"),
        case(
            "a response in REQMOD",
            sections(format!("res-hdr=0, res-body={}", OK.len()), OK),
            "=400 Sections close\n",
        ),
        case(
            "a request body in RESPMOD",
            bare("RESPMOD icap://h/a ICAP/1.0\r\nEncapsulated: req-body=0"),
            "=400 Sections close\n",
        ),
        case(
            "four sections",
            sections("req-hdr=0, req-hdr=1, req-hdr=2, req-body=3".into(), ""),
            "=400 Sections close\n",
        ),
        case(
            "a head that is none",
            sections("req-hdr=0, null-body=9".into(), "nonsense\n"),
            "=400 HttpHeadCutOff close\n",
        ),
        case(
            "a start line that is none",
            sections("req-hdr=0, null-body=12".into(), "nonsense\r\n\r\n"),
            "=400 HttpStartLine close\n",
        ),
        case(
            "a request where a response must be",
            format!("RESPMOD /r ICAP/1.0\r\nEncapsulated: res-hdr=0, null-body={long}\r\n\r\n{PUT}"),
            "=400 HttpStartLine close\n",
        ),
        case("a size that is none", chunked("xyz\r\n"), "400 ChunkSize close\n"),
        case("an empty size", chunked("\r\n"), "400 ChunkSize close\n"),
        case("a size with a sign", chunked("+5\r\nhello\r\n0\r\n\r\n"), "400 ChunkSize close\n"),
        case("a negative size", chunked("-1\r\n"), "400 ChunkSize close\n"),
        case("a size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), "400 ChunkSize close\n"),
        case("a blank before the size", chunked(" 5\r\nhello\r\n0\r\n\r\n"), "400 ChunkSize close\n"),
        case("a blank behind the size", chunked("5 \r\nhello\r\n0\r\n\r\n"), "400 ChunkSize close\n"),
        case("a blank within the size", chunked("1 0\r\n"), "400 ChunkSize close\n"),
        case(
            "a size that overflows",
            chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"),
            "400 ChunkSizeOverflow close\n",
        ),
        case("a size without CR", chunked("5\nhello\r\n0\r\n\r\n"), "400 ChunkLineEnd close\n"),
        case("no CR LF behind a chunk", chunked("5\r\nhello0\r\n\r\n"), "body hello\n400 ChunkEnd close\n"),
        case("LF alone behind a chunk", chunked("5\r\nhello\n0\r\n\r\n"), "body hello\n400 ChunkEnd close\n"),
        case("CR alone behind a chunk", chunked("5\r\nhello\r0\r\n\r\n"), "body hello\n400 ChunkEnd close\n"),
        case("a chunk longer than its size", chunked("4\r\nhello\r\n0\r\n\r\n"), "body hell\n400 ChunkEnd close\n"),
        case(
            "a chunk shorter than its size",
            chunked("6\r\nhello\r\n0\r\n\r\n"),
            "body hello\\r\n400 ChunkEnd close\n",
        ),
        case("an extension without a name", chunked("0;\r\n\r\n"), "400 ChunkExtension close\n"),
        case("an extension with an open string", chunked("0;a=\"b\r\n\r\n"), "400 ChunkExtension close\n"),
        case("a bad use-original-body", chunked("0; use-original-body=x\r\n\r\n"), "400 ChunkExtension close\n"),
        case(
            "an error in the second message",
            [reqmod("", "0\r\n\r\n"), "GET / HTTP/1.0\r\n".into()].concat(),
            "body end\nend\n400 Http close\n",
        ),
        case("five empty lines", "\r\n\r\n\r\n\r\n\r\nOPTIONS icap://h/a ICAP/1.0\r\n\r\n", "=400 RequestLine close\n"),
    ]
}

#[test]
fn every_message_is_read_as_told() {
    let (good, malformed) = (good(), malformed());
    assert!(good.len() + malformed.len() >= 100);
    for case in good.iter().chain(&malformed) {
        let log = run(&case.bytes, case.then);
        let got = if case.log.starts_with('=') { log.as_str() } else { log.split_once('\n').unwrap().1 };
        assert_eq!(got, case.log.trim_start_matches('='), "{}", case.name);
    }
}
