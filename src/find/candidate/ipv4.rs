//! IPv4 addresses (RFC 791) in dotted decimal notation, without leading zeros.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

use super::run::glues;

/// Reports every address; one that could as well be the number of a version or section (four small numbers) is
/// reported with a value that begins with `?`. Network masks, the unspecified address and version numbers of products
/// are not reported.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut next = 0;
    for dot in memchr::memchr_iter(b'.', bytes) {
        if dot < next || dot == 0 {
            continue;
        }
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        if !digit(dot - 1) || !digit(dot + 1) {
            continue;
        }
        let left = bytes.get(..dot).unwrap_or_default().iter().rev().take(4).take_while(|b| b.is_ascii_digit()).count();
        let start = dot - left;
        // The whole run of digits and dots, so that no part of a longer one is taken.
        let run =
            bytes.get(start..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        let mut end = start + run;
        next = end;
        while end > start && bytes.get(end - 1) == Some(&b'.') {
            end -= 1;
        }
        let Some(value) = text.get(start..end) else { continue };
        let Some(octets) = octets(value) else { continue };
        if joined_left(text, start) || joined_right(text, end) || !is_host(octets) {
            continue;
        }
        if is_version_like(octets) {
            found(start..end, &format!("?{value}"));
        } else {
            found(start..end, value);
        }
    }
}

fn octets(value: &str) -> Option<[u8; 4]> {
    let mut parts = value.split('.');
    let mut octets = [0; 4];
    for slot in &mut octets {
        let part = parts.next()?;
        if part.len() > 1 && part.starts_with('0') {
            return None;
        }
        *slot = part.parse().ok()?;
    }
    parts.next().is_none().then_some(octets)
}

/// Whether a machine can have this address: no mask, no reserved range, no unspecified address.
fn is_host([a, b, c, d]: [u8; 4]) -> bool {
    (1..240).contains(&a) && [b, c, d] != [0, 0, 0]
}

/// Whether all numbers are as small as those of versions and sections are. Private networks (10.x) are none.
fn is_version_like([a, b, c, d]: [u8; 4]) -> bool {
    let small = a < 30 && b < 30 && c < 30 && d < 100 || a < 10 && b < 10;
    a != 10 && small || a == 127
}

fn joined_left(text: &str, start: usize) -> bool {
    let mut before = text.get(..start).unwrap_or_default().chars().rev();
    let (first, second) = (before.next(), before.next());
    match first {
        None => false,
        Some('_' | '.' | '#' | '$') => true,
        // "Chrome/120.0.0.1" is a version, "http://10.1.2.3" and "[/10.1.2.3" are not; "a-1.2.3.4" is a package.
        Some('/') => second.is_some_and(glues),
        Some('-') => second.is_some_and(char::is_alphabetic),
        // "::ffff:10.1.2.3" belongs to IPv6.
        Some(':') => {
            let head = text.get(..start).unwrap_or_default();
            head.ends_with("::")
                || head.get(head.len().saturating_sub(7)..).is_some_and(|t| t.eq_ignore_ascii_case("::ffff:"))
        }
        Some(c) => glues(c),
    }
}

fn joined_right(text: &str, end: usize) -> bool {
    let mut after = text.get(end..).unwrap_or_default().chars();
    let (first, second) = (after.next(), after.next());
    match first {
        None => false,
        Some('_') => true,
        // A name goes on ("4.3.2.1.in-addr.arpa"); a sentence ends.
        Some('.') => second.is_some_and(char::is_lowercase),
        Some('-') => second.is_some_and(char::is_alphabetic),
        // A new sentence stuck to it: its blank was lost.
        Some(c) if c.is_uppercase() && second.is_some_and(char::is_lowercase) => false,
        Some(c) => glues(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(text, &mut |range, value| {
            assert_eq!(&text[range], value.trim_start_matches('?'));
            out.push(value.to_owned());
        });
        out
    }

    #[test]
    fn addresses() {
        assert_eq!(
            all("from 192.168.4.17:8080 to http://81.2.69.142/x, 10.0.0.1/8."),
            ["192.168.4.17", "81.2.69.142", "10.0.0.1"]
        );
        assert_eq!(
            all("10.1.2.3-10.1.2.9 (172.16.0.5) [203.0.113.7]. ip=198.51.100.2;"),
            ["10.1.2.3", "10.1.2.9", "172.16.0.5", "203.0.113.7", "198.51.100.2"]
        );
        assert_eq!(all("see 2.1.3.4 and 8.8.8.8, localhost 127.0.0.1"), ["?2.1.3.4", "?8.8.8.8", "?127.0.0.1"]);
        assert_eq!(all("IP是192.168.4.17。"), ["192.168.4.17"]);
    }

    #[test]
    fn versions_masks_parts_and_leading_zeros_are_none() {
        for text in [
            "Chrome/120.0.6099.109",
            "Chrome/120.0.99.109",
            "v81.2.69.142",
            "81.2.69.142.5",
            "1.81.2.69.142",
            "081.2.69.142",
            "81.2.69.256",
            "255.255.255.0",
            "0.0.0.0",
            "10.0.0.0",
            "lib-81.2.69.142",
            "81.2.69.142-rc",
            "142.69.2.81.in-addr.arpa",
            "::ffff:10.1.2.3",
            "1.2.3",
            "a_81.2.69.142",
            "81.2.69.142_b",
            "81..2.69",
            "10.1000/abc.2001.123456",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
        assert!(all(&"1.".repeat(100_000)).is_empty());
        assert!(all(&"1".repeat(100_000)).is_empty());
    }
}
