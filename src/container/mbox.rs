//! Mailboxes of messages one after the other (RFC 4155 and its relatives): a line `From …` stands in front of each,
//! lines of messages that begin so are quoted with `>` (mboxo, mboxrd).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one slice, and quotes that are counted backwards from where they end"
)]

use super::{Part, Visit, ends_all};
use crate::blob::{Budget, Gap};

/// Shows every message of a mailbox.
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let mut message = Vec::new();
    for (index, (envelope, raw)) in messages(bytes).enumerate() {
        let name = format!("message {}", index + 1);
        if let Err(reason) = budget.member().and_then(|()| budget.unpack(raw.len() as u64)) {
            gaps.push(Gap::new(reason, name, "stopped at this message"));
            if ends_all(reason) {
                return;
            }
            continue;
        }
        message.clear();
        // Who sent it is told by nothing else when the header does not say so.
        if !envelope.trim_ascii().is_empty() {
            message.extend_from_slice(b"Return-Path: ");
            message.extend_from_slice(envelope.trim_ascii());
            message.push(b'\n');
        }
        unquote(raw, &mut message);
        visit(Part { name: &name, bytes: &message }, budget);
    }
}

/// What stands on the line in front of each message behind `From `, and the message.
fn messages(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut starts = memchr::memmem::find_iter(bytes, b"From ").filter(move |at| starts_message(bytes, *at));
    let mut next = starts.next();
    // Without a line in front (a damaged start), everything up to the first one is a message too.
    let head = bytes.get(..next.unwrap_or(bytes.len())).unwrap_or_default();
    let head = (!head.trim_ascii().is_empty()).then_some((&b""[..], head));
    head.into_iter().chain(std::iter::from_fn(move || {
        let start = next?;
        next = starts.next();
        let whole = bytes.get(start..next.unwrap_or(bytes.len()))?;
        let (line, message) = whole.split_at_checked(line_bytes(whole))?;
        let message = message.strip_suffix(b"\n").filter(|_| next.is_some()).unwrap_or(message);
        Some((line.get(5..).unwrap_or_default(), message))
    }))
}

/// Whether the `From ` at `at` starts a line in front of a message: a field follows, and a blank line or a time of day
/// tells it from a sentence.
fn starts_message(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    if !(before.is_empty() || before.ends_with(b"\n")) {
        return false;
    }
    let here = bytes.get(at..).unwrap_or_default();
    let (line, mut after) = here.split_at(line_bytes(here));
    while matches!(after, [b'>', ..]) && after.starts_with(b">From ") {
        after = after.get(line_bytes(after)..).unwrap_or_default();
    }
    let blank = before.is_empty() || before.ends_with(b"\n\n") || before.ends_with(b"\r\n\r\n");
    let timed =
        line.windows(5).any(|w| matches!(w, [a, b, b':', c, d] if [a, b, c, d].iter().all(|x| x.is_ascii_digit())));
    (blank || timed) && (is_field(after) || blank && timed)
}

fn line_bytes(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1)
}

fn is_field(line: &[u8]) -> bool {
    let name = memchr::memchr(b':', line.get(..100).unwrap_or(line)).and_then(|colon| line.get(..colon));
    name.is_some_and(|name| !name.is_empty() && name.trim_ascii_end().iter().all(u8::is_ascii_graphic))
}

/// Appends a message, one `>` fewer in front of lines that are `From ` behind such.
fn unquote(raw: &[u8], out: &mut Vec<u8>) {
    let mut from = 0;
    for at in memchr::memmem::find_iter(raw, b">From ") {
        let line = raw.get(..at).unwrap_or_default();
        let quotes = line.iter().rev().take_while(|b| **b == b'>').count();
        let start = at - quotes;
        if start >= from && (start == 0 || raw.get(start - 1) == Some(&b'\n')) {
            out.extend_from_slice(raw.get(from..start).unwrap_or_default());
            from = start + 1;
        }
    }
    out.extend_from_slice(raw.get(from..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::parts_of;

    #[test]
    fn messages_are_told_apart_and_unquoted() {
        let mailbox = b"From ann@example.com Tue Jan  1 10:00:00 2030\nSubject: one\n\nHi\n>From me\n>>From you\n\
            From here on it is a sentence.\n\nFrom now on too.\n\nFrom bo Tue Jan  1 10:00:00 2030\nSubject: two\n\nbye\n";
        let (parts, gaps) = parts_of(unpack, mailbox);
        let one = "Return-Path: ann@example.com Tue Jan  1 10:00:00 2030\nSubject: one\n\nHi\nFrom me\n>From you\n\
            From here on it is a sentence.\n\nFrom now on too.\n";
        let two = "Return-Path: bo Tue Jan  1 10:00:00 2030\nSubject: two\n\nbye\n";
        let parts: Vec<_> = parts.iter().map(|(n, b)| (n.as_str(), String::from_utf8_lossy(b))).collect();
        assert_eq!(parts, [("message 1", one.into()), ("message 2", two.into())]);
        assert!(gaps.is_empty());
        let (parts, _) = parts_of(unpack, b"Subject: no envelope\n\nx\n\nFrom a 10:00\nSubject: y\n\nz");
        assert_eq!(parts.len(), 2);
    }

    #[test]
    fn cuts_and_limits_end_it_in_order() {
        let mailbox = b"From a 10:00\nA: b\n\n>From x\n\n".repeat(20);
        for end in 0..mailbox.len() {
            let (parts, _) = parts_of(unpack, mailbox.get(..end).unwrap());
            assert!(parts.iter().map(|(_, b)| b.len()).sum::<usize>() <= end * 4);
        }
        let mut budget = Budget::new(&crate::blob::Limits { members_max: 3, ..Default::default() });
        let mut gaps = Vec::new();
        unpack(&mailbox, &mut budget, &mut gaps, &mut |_, _| {});
        assert_eq!(gaps.len(), 1);
    }
}
