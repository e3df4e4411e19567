//! Every limit: one byte or line below is read, one above is refused.

use super::{Connection, Then, reqmod};
use crate::serve::icap::Limits;

fn run(limits: Limits, bytes: &str) -> String {
    let mut connection = Connection::new(limits, Then::GoOn);
    connection.feed(bytes.as_bytes());
    let log = connection.finish();
    log.lines().last().unwrap_or_default().to_owned()
}

fn options(fields: &str) -> String {
    format!("OPTIONS icap://h/a ICAP/1.0\r\n{fields}\r\n")
}

#[test]
fn each_is_kept() {
    let base = Limits::default();
    // 27 bytes and the CR.
    let line = |max| run(Limits { request_line_bytes: max, ..base.clone() }, &options(""));
    assert_eq!((line(28).as_str(), line(27).as_str()), ("end", "414 RequestLineTooLong close"));
    // 6 bytes of a field, and the CR of the empty line.
    let block = |max| run(Limits { header_bytes: max, ..base.clone() }, &options("A: b\r\n"));
    assert_eq!((block(7).as_str(), block(6).as_str()), ("end", "431 FieldsTooLarge close"));
    let count = |max| run(Limits { header_count: max, ..base.clone() }, &options("A: b\r\nC: d\r\n"));
    assert_eq!((count(2).as_str(), count(1).as_str()), ("end", "431 TooManyFields close"));
    // The HTTP head has 53 bytes; the ICAP one is shorter than that here.
    let head = |max| {
        let message = "REQMOD /r ICAP/1.0\r\nEncapsulated: req-hdr=0, null-body=53\r\n\r\n";
        run(Limits { header_bytes: max, ..base.clone() }, &[message, super::PUT].concat())
    };
    assert_eq!((head(53).as_str(), head(52).as_str()), ("end", "431 HttpHeadTooLarge close"));
    let sections = |max| run(Limits { sections: max, ..base.clone() }, &reqmod("", "0\r\n\r\n"));
    assert_eq!((sections(2).as_str(), sections(1).as_str()), ("end", "400 TooManySections close"));
    let size = |max| run(Limits { chunk_line_bytes: max, ..base.clone() }, &reqmod("", "0000\r\n\r\n"));
    assert_eq!((size(5).as_str(), size(4).as_str()), ("end", "400 ChunkLineTooLong close"));
    let extension =
        |max| run(Limits { chunk_extension_bytes: max, ..base.clone() }, &reqmod("", "1;ab\r\nx\r\n0;cd\r\n\r\n"));
    assert_eq!((extension(6).as_str(), extension(5).as_str()), ("end", "400 ChunkExtensionsTooLarge close"));
    let trailers = |max| run(Limits { trailer_bytes: max, ..base.clone() }, &reqmod("", "0\r\nA: b\r\n\r\n"));
    assert_eq!((trailers(7).as_str(), trailers(6).as_str()), ("end", "431 TrailersTooLarge close"));
    let lines =
        |max| run(Limits { header_count: max, ..base.clone() }, &reqmod("", "0\r\nA: b\r\nC: d\r\nE: f\r\n\r\n"));
    assert_eq!((lines(3).as_str(), lines(2).as_str()), ("end", "431 TooManyFields close"));
}

#[test]
fn what_has_no_end_ends() {
    let mut connection = Connection::new(Limits::default(), Then::GoOn);
    connection.feed(b"OPTIONS icap://h/a ICAP/1.0\r\n");
    let mut fed = 0_usize;
    while connection.log.is_empty() {
        connection.feed(b"X-Endless: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
        fed += 1;
        assert!(fed < 2_000);
    }
    assert_eq!(connection.finish(), "431 TooManyFields close\n");
    for (start, log) in
        [("", "414 RequestLineTooLong close\n"), ("OPTIONS /a ICAP/1.0\r\nA: ", "431 FieldsTooLarge close\n")]
    {
        let mut connection = Connection::new(Limits::default(), Then::GoOn);
        connection.feed(start.as_bytes());
        for _ in 0..70_000 {
            connection.feed(b"a");
            if !connection.log.is_empty() {
                break;
            }
        }
        assert_eq!(connection.finish(), log);
    }
}
