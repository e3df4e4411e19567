//! Showing values: hidden by default, fingerprinted before they are hidden.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::find::Value;
use crate::report::encode::hex;

/// How much of a value is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Rule name and length: `[card:16]`.
    #[default]
    Nothing,
    /// The last four characters, fewer of short values: `************1111`.
    Last4,
    /// The value. Fingerprints are left out: a value and its fingerprint must not be in one report.
    Full,
}

/// Hides values and fingerprints them, with one key a deployment. Cheap to clone; shared by threads.
#[derive(Clone)]
pub struct Masker {
    show: Show,
    keyed: Option<Hmac<Sha256>>,
}

/// Rules whose values are never shown, masked or not: sensitive authentication data (PCI DSS 3.3.1).
const NEVER_SHOWN: &[&str] = &["card-cvv", "card-magstripe"];

/// Whether nothing of a rule's values may be shown or kept.
pub(super) fn is_never_shown(rule: &str) -> bool {
    NEVER_SHOWN.contains(&rule)
}

impl Masker {
    /// A masker whose fingerprints are keyed by `key`. An empty key gives no fingerprints.
    pub fn new(show: Show, key: &[u8]) -> Self {
        let keyed = if key.is_empty() { None } else { Hmac::new_from_slice(key).ok() };
        Self { show, keyed }
    }

    /// How much it shows.
    pub fn show(&self) -> Show {
        self.show
    }

    /// The value of a rule (id and short name) as reports may show it.
    pub fn mask(&self, rule: &str, short_name: &str, value: &Value) -> String {
        let text = value.reveal();
        let length = text.chars().count();
        match self.show {
            _ if is_never_shown(rule) => format!("[{short_name}]"),
            Show::Nothing => format!("[{short_name}:{length}]"),
            Show::Full => text.to_owned(),
            Show::Last4 => {
                let hidden = length - 4.min(length / 2);
                let shown = |(i, c): (usize, char)| if i < hidden || c.is_control() { '*' } else { c };
                text.chars().enumerate().map(shown).collect()
            }
        }
    }

    /// 64 bits of HMAC-SHA-256 over the rule id and the normalised value: equal values of one rule have equal
    /// fingerprints, and without the key nobody can try values out. `None` without a key.
    pub fn fingerprint(&self, rule: &str, value: &Value) -> Option<u64> {
        let mut mac = self.keyed.clone()?;
        mac.update(rule.as_bytes());
        mac.update(&[0]);
        mac.update(value.reveal().as_bytes());
        let code = mac.finalize().into_bytes();
        code.first_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))
    }

    /// The fingerprint as reports may show it: not beside a full value, and never of authentication data.
    pub(super) fn shown_fingerprint(&self, rule: &str, fingerprint: Option<u64>) -> Option<String> {
        let allowed = self.show != Show::Full && !is_never_shown(rule);
        fingerprint.filter(|_| allowed).map(|f| hex(&f.to_be_bytes()))
    }
}

impl fmt::Debug for Masker {
    /// Never shows the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker").field("show", &self.show).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        Value::new(text.to_owned())
    }

    #[test]
    fn masks() {
        let card = value("4111111111111111");
        let mask = |show, rule: &str, value: &Value| Masker::new(show, b"key").mask(rule, "card", value);
        assert_eq!(mask(Show::Nothing, "credit-card-number", &card), "[card:16]");
        assert_eq!(mask(Show::Last4, "credit-card-number", &card), "************1111");
        assert_eq!(mask(Show::Full, "credit-card-number", &card), "4111111111111111");
        assert_eq!(mask(Show::Last4, "custom-keyword", &value("pin")), "**n");
        assert_eq!(mask(Show::Last4, "custom-keyword", &value("")), "");
        assert_eq!(mask(Show::Full, "card-cvv", &value("123")), "[card]");
    }

    #[test]
    fn fingerprints_are_keyed_by_rule_and_deployment() {
        let one = value("4111111111111111");
        let masker = Masker::new(Show::Nothing, b"key");
        let print = masker.fingerprint("credit-card-number", &one);
        assert_eq!(print, masker.fingerprint("credit-card-number", &one));
        assert_ne!(print, masker.fingerprint("us-ssn", &one));
        assert_ne!(print, Masker::new(Show::Nothing, b"other").fingerprint("credit-card-number", &one));
        assert_eq!(masker.shown_fingerprint("us-ssn", print).map(|f| f.len()), Some(16));
        assert_eq!(Masker::new(Show::Full, b"key").shown_fingerprint("us-ssn", print), None);
        assert!(!format!("{masker:?}").contains("key"));
    }
}
