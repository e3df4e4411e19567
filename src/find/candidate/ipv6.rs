//! IPv6 addresses (RFC 4291 section 2.2), reported in their canonical form (RFC 5952).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::net::Ipv6Addr;
use std::ops::Range;

use super::run::glues;

/// Bytes of the longest text form, with an IPv4 address at its end.
const BYTES_MAX: usize = 45;

/// Reports every address. One outside the ranges in use (2000::/3, fc00::/7, fe80::/10, ff00::/8) is reported with a
/// value that begins with `?` if it has four groups at least, and not at all if it has fewer: scopes of programming
/// languages (`a::b`), times and fingerprints look like that.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut next = 0;
    for colon in memchr::memchr_iter(b':', bytes) {
        if colon < next {
            continue;
        }
        let front = bytes.get(next..colon).unwrap_or_default();
        let start = colon - front.iter().rev().take(5).take_while(|b| b.is_ascii_hexdigit()).count();
        let run =
            bytes.get(start..).unwrap_or_default().iter().take_while(|b| b.is_ascii_hexdigit() || **b == b':').count();
        let mut end = start + run;
        next = end;
        if !(4..=BYTES_MAX).contains(&run) {
            continue;
        }
        // An IPv4 address at the end: the last group read is its first octet.
        if bytes.get(end) == Some(&b'.') {
            let rest = bytes.get(end..).unwrap_or_default();
            let tail = rest.iter().take(BYTES_MAX).take_while(|b| b.is_ascii_digit() || **b == b'.').count();
            let whole = text.get(start..end + tail).unwrap_or_default().trim_end_matches('.');
            if whole.parse::<Ipv6Addr>().is_ok() {
                end = start + whole.len();
                next = end;
            }
        }
        // A single colon at the end is the sentence's: "2001:db8::1: unreachable".
        let written = text.get(start..end).unwrap_or_default();
        let written = if written.ends_with("::") { written } else { written.trim_end_matches(':') };
        end = start + written.len();
        let Ok(address) = written.parse::<Ipv6Addr>() else { continue };
        if joined_left(text, start) || joined_right(text, end) {
            continue;
        }
        match judge(written, address) {
            Some(true) => found(start..end, &address.to_string()),
            Some(false) => found(start..end, &format!("?{address}")),
            None => {}
        }
    }
}

/// Whether this is an address for sure (`true`), perhaps (`false`), or something else.
fn judge(written: &str, address: Ipv6Addr) -> Option<bool> {
    let groups: Vec<&str> = written.split(':').filter(|g| !g.is_empty()).collect();
    let [first, ..] = address.segments();
    let fingerprint = groups.len() == 8 && groups.iter().all(|g| g.len() <= 2);
    if address.is_unspecified() || address.is_loopback() || fingerprint || !written.bytes().any(|b| b.is_ascii_digit())
    {
        return None;
    }
    let in_use = matches!(first, 0x2000..=0x3FFF | 0xFC00..=0xFDFF | 0xFE80..=0xFEBF | 0xFF00..=0xFFFF);
    let mapped = address.to_ipv4_mapped().is_some() && written.contains('.');
    let sure =
        mapped || in_use && groups.len() >= 2 || first == 0x64 && written.to_ascii_lowercase().starts_with("64:ff9b:");
    (sure || groups.len() >= 4).then_some(sure)
}

fn joined_left(text: &str, start: usize) -> bool {
    let mut before = text.get(..start).unwrap_or_default().chars().rev();
    match before.next() {
        None => false,
        Some('_' | '.' | ':' | '@' | '$') => true,
        Some('-') => before.next().is_some_and(glues),
        Some(c) => glues(c),
    }
}

fn joined_right(text: &str, end: usize) -> bool {
    let mut after = text.get(end..).unwrap_or_default().chars();
    let (first, second) = (after.next(), after.next());
    match first {
        None => false,
        Some('_' | '<' | '(') => true,
        Some('.' | '-' | ':') => second.is_some_and(glues),
        Some(c) => glues(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(text, &mut |range, value| {
            assert!(text.get(range).is_some());
            out.push(value.to_owned());
        });
        out
    }

    #[test]
    fn addresses_in_canonical_form() {
        assert_eq!(
            all("2001:0DB8::0001, fe80::1%eth0, [2a02:1:2:3:4:5:6:7]:443"),
            ["2001:db8::1", "fe80::1", "2a02:1:2:3:4:5:6:7"]
        );
        assert_eq!(
            all("ip6=2001:db8:12:34::ab:cd/64; ::ffff:192.0.2.1."),
            ["2001:db8:12:34::ab:cd", "::ffff:192.0.2.1"]
        );
        assert_eq!(all("2001:db8::1: unreachable"), ["2001:db8::1"]);
        assert_eq!(all("listen6: 2001:db8::1"), ["2001:db8::1"]);
        assert_eq!(all("1:2:3:4:5:6:7:abcd"), ["?1:2:3:4:5:6:7:abcd"]);
    }

    #[test]
    fn times_scopes_hardware_addresses_and_words_are_none() {
        for text in [
            "12:34:56",
            "2024-01-02T12:34:56",
            "a::b",
            "face::b00c",
            "std::abc",
            "dead::beef",
            "00:1a:2b:3c:4d:5e",
            "00:11:22:33:44:55:66:77",
            "::1",
            "::",
            "b::a::c",
            "12345::1",
            "2001:db8::g",
            "x2001:db8::1",
            "2001:db8::1::2",
            "2001:db8::1x",
            "f::from(2)",
            "12:34:56:78",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
        assert!(all(&"a:".repeat(100_000)).is_empty());
        assert!(all(&":".repeat(100_000)).is_empty());
        assert!(all(&"1:a.".repeat(100_000)).is_empty());
    }
}
