//! Entities that a document declares in itself (XML 1.0, 4.2.1). Short ones are put where they are used, as every
//! program that reads the document does; long ones, and those that lead outside, stay as written and leave a gap.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::blob::{Gap, Reason};
use crate::document::markup::unescape;

/// Entities of one document.
const DECLARED_MAX: usize = 1024;
/// Bytes that one may come to: a value, a sentence. Bombs are made of long ones.
const VALUE_BYTES_MAX: usize = 256;
/// Entities inside entities.
const DEPTH_MAX: u32 = 8;
/// Bytes that are put into one document.
const BYTES_MAX: usize = 256 << 10;

/// What a document declares.
#[derive(Debug, Default)]
pub(super) struct Entities<'a> {
    declared: HashMap<&'a str, &'a str>,
    /// Bytes put into the text so far.
    put: usize,
    /// Whether one stayed as written.
    left_out: bool,
}

impl<'a> Entities<'a> {
    /// Takes the declarations of a document type.
    pub(super) fn declare(&mut self, doctype: &'a str) {
        let mut rest = doctype;
        while let Some((_, after)) = rest.split_once("<!ENTITY") {
            rest = after;
            let declaration = after.trim_start();
            let Some((name, value)) = declaration.split_once(|c: char| c.is_whitespace()) else { break };
            let value = value.trim_start();
            let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
            let Some((value, after)) = value.get(1..).and_then(|value| value.split_once(quote)) else { continue };
            rest = after;
            if name != "%" && self.declared.len() < DECLARED_MAX {
                // The first declaration of a name counts.
                self.declared.entry(name).or_insert(value);
            }
        }
    }

    /// The text with entities put in.
    pub(super) fn expand<'t>(&mut self, text: Cow<'t, str>) -> Cow<'t, str> {
        if self.declared.is_empty() || !text.contains('&') {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        let mut rest: &str = &text;
        while let Some((before, after)) = rest.split_once('&') {
            out.push_str(before);
            rest = after;
            let reference = after.split_once(';').filter(|(name, _)| self.declared.contains_key(name));
            match reference.map(|(name, after)| (self.value(name, 0, &mut 0), after)) {
                Some((Some(value), after)) if self.put.saturating_add(value.len()) <= BYTES_MAX => {
                    self.put = self.put.saturating_add(value.len());
                    out.push_str(&value);
                    rest = after;
                }
                found => {
                    self.left_out |= found.is_some();
                    out.push('&');
                }
            }
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    /// What an entity comes to; `None` if that is too long, or takes too many `steps`.
    fn value(&self, name: &str, depth: u32, steps: &mut usize) -> Option<String> {
        *steps = steps.saturating_add(1);
        let declared = self.declared.get(name).filter(|_| depth < DEPTH_MAX && *steps <= VALUE_BYTES_MAX)?;
        let mut out = String::new();
        let mut rest = *declared;
        while let Some((before, after)) = rest.split_once('&') {
            out.push_str(before);
            let inner = after.split_once(';').filter(|(name, _)| self.declared.contains_key(name));
            match inner {
                Some((name, after)) => {
                    out.push_str(&self.value(name, depth.saturating_add(1), steps)?);
                    rest = after;
                }
                None => {
                    out.push('&');
                    rest = after;
                }
            }
            if out.len() > VALUE_BYTES_MAX {
                return None;
            }
        }
        out.push_str(rest);
        (out.len() <= VALUE_BYTES_MAX).then(|| unescape(&out).into_owned())
    }

    /// What was not put in.
    pub(super) fn gap(&self) -> Option<Gap> {
        self.left_out.then(|| Gap::new(Reason::RatioExceeded, "", "long entities of its own are not put in"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(doctype: &'static str, text: &'static str) -> (String, bool) {
        let mut entities = Entities::default();
        entities.declare(doctype);
        let out = entities.expand(Cow::Borrowed(text)).into_owned();
        (out, entities.gap().is_some())
    }

    #[test]
    fn short_entities_are_put_in() {
        let doctype =
            r#"a [<!ENTITY one "4539"><!ENTITY two '&one;&#53;7'><!ENTITY % p "no"><!ENTITY out SYSTEM "f">]"#;
        assert_eq!(
            expanded(doctype, "x &one; &two;87 &p; &out; & &amp;"),
            ("x 4539 45395787 &p; &out; & &amp;".to_owned(), false)
        );
    }

    #[test]
    fn long_ones_and_rings_stay_as_written() {
        let laughs =
            r#"a [<!ENTITY a "hahahahahahahahahaha"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]"#;
        assert_eq!(expanded(laughs, "&c;"), ("&c;".to_owned(), true));
        let ring = r#"a [<!ENTITY a "&b;"><!ENTITY b "&a;">]"#;
        assert_eq!(expanded(ring, "&a; 4111"), ("&a; 4111".to_owned(), true));
        let fan = r#"a [<!ENTITY a "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]"#;
        assert!(expanded(fan, "&a;").1);
        let empty: String =
            (0..7).map(|i| format!("<!ENTITY e{i} \"{}\">", format!("&e{};", i + 1).repeat(40))).collect();
        let empty = format!("a [{empty}<!ENTITY e7 \"\">]");
        assert!(expanded(empty.leak(), "&e0;").1);
    }
}
