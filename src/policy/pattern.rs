//! Patterns of names, addresses of networks: what a condition compares words with.

use std::net::IpAddr;

/// A word with `*` (any characters) and `?` (one), compared in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    chars: Vec<char>,
    /// Without `*` and `?`.
    plain: bool,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let lower = text.trim().to_lowercase();
        let plain = !lower.contains(['*', '?']);
        Self { chars: lower.chars().collect(), text: lower, plain }
    }

    /// As it was written, in small letters.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is all of `value`.
    pub(super) fn matches(&self, value: &str) -> bool {
        let value = value.trim().to_lowercase();
        if self.plain {
            return self.text == value;
        }
        wild(&self.chars, &value.chars().collect::<Vec<_>>())
    }

    /// Whether it matches at least what `other` matches, as far as that is easily told.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self == other || self.text == "*" || (other.plain && self.matches(&other.text))
    }
}

/// The last `*` is where to go back to: an earlier one need not be tried again.
fn wild(pattern: &[char], value: &[char]) -> bool {
    let (mut p, mut v) = (0_usize, 0_usize);
    let mut back: Option<(usize, usize)> = None;
    while let Some(c) = value.get(v) {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p, v));
                p = p.saturating_add(1);
            }
            Some(w) if *w == '?' || w == c => (p, v) = (p.saturating_add(1), v.saturating_add(1)),
            _ => {
                let Some((star, from)) = back else { return false };
                let from = from.saturating_add(1);
                back = Some((star, from));
                (p, v) = (star.saturating_add(1), from);
            }
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

/// An address or a network (CIDR, RFC 4632 and RFC 4291).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. Bits behind the prefix must be zero: they are a typing error.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
            None => bits,
        };
        let network = Self { address, prefix };
        (prefix <= bits && network.cut(address) == Some(number(address))).then_some(network)
    }

    /// Whether an address is in it. An IPv4 address inside of IPv6 (`::ffff:192.0.2.7`) is the IPv4 address.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && self.cut(address) == Some(number(self.address))
    }

    /// The address without the bits behind the prefix.
    fn cut(&self, address: IpAddr) -> Option<u128> {
        let bits: u32 = if address.is_ipv4() { 32 } else { 128 };
        let rest = bits.checked_sub(self.prefix)?;
        let number = number(address);
        Some(number.checked_shr(rest).unwrap_or(0).checked_shl(rest).unwrap_or(0))
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The host of an address, in small letters, without user, port and brackets.
pub(super) fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next()?,
        None => host.split(':').next()?,
    };
    // `example.com.` is the same name.
    let host = host.trim_end_matches('.');
    (!host.is_empty()).then(|| host.to_lowercase())
}

/// Whether `name` is one of the domains or below one.
pub(super) fn within(name: &str, domains: &[String]) -> bool {
    let name = name.trim_end_matches('.').to_lowercase();
    domains.iter().any(|domain| {
        name.strip_suffix(domain.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, value, yes) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("A*C", "abbcd", false),
            ("*@example.com", "Lee@Example.com", true),
            ("*@example.com", "lee@example.com.evil.test", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b", "abab", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("ünï*", "ÜNÏcode", true),
            ("[a-z]", "b", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(value), yes, "{pattern} {value}");
        }
        let long = "a".repeat(20_000);
        assert!(!Pattern::new("*a*a*a*a*b").matches(&long), "in no time");
        assert!(Pattern::new("*.com").covers(&Pattern::new("a.com")));
        assert!(!Pattern::new("a.com").covers(&Pattern::new("*.com")));
    }

    #[test]
    fn networks_of_both_kinds() {
        let contains = |network: &str, address: &str| {
            Network::parse(network)
                .unwrap_or_else(|| panic!("{network} is a network"))
                .contains(address.parse().unwrap())
        };
        assert!(contains("192.0.2.0/24", "192.0.2.255") && !contains("192.0.2.0/24", "192.0.3.0"));
        assert!(contains("192.0.2.7", "192.0.2.7") && !contains("192.0.2.7", "192.0.2.8"));
        assert!(contains("0.0.0.0/0", "203.0.113.9") && !contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1") && !contains("2001:db8::/32", "2001:db9::1"));
        assert!(contains("::/0", "2001:db8::1"));
        assert!(contains("192.0.2.0/24", "::ffff:192.0.2.1"), "an IPv4 address in IPv6");
        for wrong in ["", "192.0.2.0/33", "192.0.2.1/24", "192.0.2/24", "2001:db8::/129", "192.0.2.0/+8", "office"] {
            assert!(Network::parse(wrong).is_none(), "{wrong} is no network");
        }
    }

    #[test]
    fn hosts_of_addresses() {
        for (url, wanted) in [
            ("https://Files.Example.com:8443/a?b#c", Some("files.example.com")),
            ("https://user:word@example.com./", Some("example.com")),
            ("example.com/path", Some("example.com")),
            ("https://[2001:db8::1]:443/", Some("2001:db8::1")),
            ("https:///nothing", None),
            ("https://example.com\\@evil.test/", Some("example.com")),
        ] {
            assert_eq!(host(url).as_deref(), wanted, "{url}");
        }
        let own = ["example.com".to_owned()];
        assert!(within("Mail.Example.com", &own) && within("example.com", &own));
        assert!(!within("notexample.com", &own) && !within("example.com.evil.test", &own));
    }
}
