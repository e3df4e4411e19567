//! What must hold for every input: how it is cut makes no difference, and nothing made of good messages breaks it.

use std::sync::Arc;

use super::table::{good, malformed};
use super::{Connection, Then, run};
use crate::serve::icap::{Event, IsTag, Limits, Names, Parser, Phase};

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

fn run_cut(bytes: &[u8], then: Then, limits: Limits, mut piece: impl FnMut() -> usize) -> String {
    let mut connection = Connection::new(limits, then);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (now, behind) = rest.split_at(piece().clamp(1, rest.len()));
        connection.feed(now);
        rest = behind;
    }
    assert!(connection.body_bytes <= bytes.len());
    connection.finish()
}

#[test]
fn cuts_make_no_difference() {
    let mut random = Random(1);
    for case in good().iter().chain(&malformed()) {
        let whole = run(&case.bytes, case.then);
        assert_eq!(run_cut(&case.bytes, case.then, Limits::default(), || 1), whole, "{}", case.name);
        for _ in 0..20 {
            let most = 1 + random.below(60);
            let cut = run_cut(&case.bytes, case.then, Limits::default(), || 1 + random.below(most));
            assert_eq!(cut, whole, "{}", case.name);
        }
    }
}

/// Small, so that mutations reach them.
fn small() -> Limits {
    Limits {
        request_line_bytes: 48,
        header_bytes: 160,
        header_count: 5,
        sections: 3,
        chunk_line_bytes: 24,
        chunk_extension_bytes: 30,
        trailer_bytes: 24,
    }
}

/// Bytes that mean something.
const WORDS: [&[u8]; 22] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"0\r\n\r\n",
    b"0; ieof\r\n\r\n",
    b";",
    b"=",
    b":",
    b" ",
    b"\t",
    b",",
    b"ffffffffffffffff",
    b"-1",
    b"null-body=0",
    b"Encapsulated: req-body=0\r\n",
    b"Preview: 0\r\n",
    b"\x16",
    b"\x80",
    b"REQMOD",
    b"HTTP/1.1",
    b"\"",
];

fn mutate(random: &mut Random, messages: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = messages[random.below(messages.len())].clone();
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(20)).min(bytes.len());
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = random.next() as u8,
            2 => drop(bytes.drain(at..end)),
            3 => {
                let word = WORDS[random.below(WORDS.len())];
                bytes.splice(at..at, word.iter().copied());
            }
            4 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            5 => {
                let other = &messages[random.below(messages.len())];
                let from = random.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                let word = WORDS[random.below(WORDS.len())];
                bytes.splice(at..end, word.iter().copied());
            }
        }
    }
    bytes
}

#[test]
fn mutations_neither_panic_nor_make_bytes() {
    let mut random = Random(2);
    let messages: Vec<_> = good().into_iter().map(|case| case.bytes).collect();
    let mut refused = 0;
    for round in 0..20_000 {
        let bytes = mutate(&mut random, &messages);
        let then = if round % 2 == 0 { Then::GoOn } else { Then::Answer };
        let limits = if round % 4 < 2 { Limits::default() } else { small() };
        let whole = run_cut(&bytes, then, limits.clone(), || bytes.len());
        let cut = run_cut(&bytes, then, limits.clone(), || 1 + random.below(9));
        assert_eq!(cut, whole, "{}", bytes.escape_ascii());
        if round % 8 == 0 {
            assert_eq!(run_cut(&bytes, then, limits, || 1), whole, "{}", bytes.escape_ascii());
        }
        refused += usize::from(whole.contains("close"));
    }
    // Were all refused or none, the test would see nothing.
    assert!((2_000..19_000).contains(&refused), "{refused}");
}

#[test]
fn bytes_without_sense() {
    let mut random = Random(3);
    for _ in 0..2_000 {
        let bytes: Vec<u8> = (0..random.below(200)).map(|_| random.next() as u8).collect();
        let whole = run(&bytes, Then::GoOn);
        assert_eq!(run_cut(&bytes, Then::GoOn, Limits::default(), || 1), whole);
    }
}

#[test]
fn calls_at_any_time() {
    let (mut random, tag) = (Random(5), IsTag::of_digest(1));
    let messages: Vec<_> = good().into_iter().map(|case| case.bytes).collect();
    let mut said = [0; 5];
    for round in 0..10_000 {
        let mut bytes = mutate(&mut random, &messages);
        if round % 2 == 0 {
            bytes = [messages[random.below(messages.len())].as_slice(), &bytes].concat();
        }
        let mut parser = Parser::new(Limits::default(), Arc::new(Names::default()));
        let mut input = &bytes[..];
        let mut is_waiting = false;
        let mut body_bytes = 0;
        for _ in 0..40 {
            match random.below(6) {
                0 => {
                    let asked = parser.go_on().is_some();
                    assert!(!asked || is_waiting, "100 is for a client that waits");
                    is_waiting &= !asked;
                    said[0] += usize::from(asked);
                }
                1 => {
                    parser.answered();
                    is_waiting = false;
                }
                2 => {
                    let Some(reply) = parser.reply(&tag) else { continue };
                    let request = parser.request().unwrap();
                    let (may_204, may_206) = (reply.may_leave_unmodified(), reply.may_be_partial());
                    assert!(!may_204 || request.allow_204 || request.preview_hint.is_some());
                    assert!(!may_206 || request.allow_206 && (request.allow_204 || is_waiting));
                    assert!(!is_waiting || may_204 && !reply.may_be_original());
                    for (count, may) in said[1..].iter_mut().zip([may_204, may_206, reply.may_be_original()]) {
                        *count += usize::from(may);
                    }
                }
                _ => {
                    let most = input.len().min(1 + random.below(200));
                    let mut piece = &input[..most];
                    match parser.next(&mut piece) {
                        Some(Event::PreviewEnd { ieof: false }) => {
                            is_waiting = true;
                            assert_eq!(parser.phase(), Phase::Turn);
                        }
                        Some(Event::Error { .. }) => is_waiting = false,
                        Some(Event::MessageEnd) => said[4] += 1,
                        Some(Event::Body(bytes)) => {
                            body_bytes += bytes.len();
                            assert!(!is_waiting);
                        }
                        _ => (),
                    }
                    input = &input[most - piece.len()..];
                }
            }
        }
        assert!(body_bytes <= bytes.len());
    }
    assert!(said.iter().all(|count| *count > 100), "{said:?}");
}
