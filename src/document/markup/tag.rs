//! Start tags and their attributes (XML 1.0, 3.1); values without quotes and names without values are taken too.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]

use std::borrow::Cow;

use super::unescape;

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'x> {
    /// Local name.
    pub name: &'x str,
    /// Name with its prefix.
    pub qualified: &'x str,
    pub(super) attributes: &'x str,
}

impl<'x> Tag<'x> {
    /// Qualified name and raw value of every attribute.
    pub fn attributes(&self) -> Attributes<'x> {
        Attributes { rest: self.attributes }
    }

    /// Value of the first attribute with this local name.
    pub fn attribute(&self, local_name: &str) -> Option<Cow<'x, str>> {
        let found = self.attributes().find(|(name, _)| local(name) == local_name);
        found.map(|(_, value)| unescape(value))
    }

    /// Value of the first attribute with this local name and a prefix: `r:id` beside a plain `id`.
    pub fn prefixed(&self, local_name: &str) -> Option<Cow<'x, str>> {
        let found = self.attributes().find(|(name, _)| name.len() > local_name.len() && local(name) == local_name);
        found.map(|(_, value)| unescape(value))
    }

    /// Whether a boolean attribute is there and true (`1`, `true`, `on`, `t`).
    pub fn flag(&self, local_name: &str) -> bool {
        self.attribute(local_name).is_some_and(|v| matches!(v.as_ref(), "1" | "true" | "on" | "t" | "True"))
    }

    /// Whether an on/off property is on: present, and not switched off by `val` (ECMA-376 part 1, 17.17.4).
    pub fn on(&self) -> bool {
        !self.attribute("val").is_some_and(|v| matches!(v.as_ref(), "0" | "false" | "off"))
    }

    /// A number in an attribute.
    pub fn number(&self, local_name: &str) -> Option<u32> {
        self.attribute(local_name)?.trim().parse().ok()
    }
}

/// The attributes of one tag.
#[derive(Clone, Debug)]
pub struct Attributes<'x> {
    rest: &'x str,
}

impl<'x> Iterator for Attributes<'x> {
    type Item = (&'x str, &'x str);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.rest.bytes().position(|b| !b.is_ascii_whitespace() && b != b'/')?;
        let rest = self.rest.get(start..)?;
        let name_end = rest.bytes().position(|b| b == b'=' || b.is_ascii_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(name_end)?;
        let value = after.strip_prefix('=').or_else(|| after.trim_ascii_start().strip_prefix('='));
        let Some(value) = value else {
            self.rest = after;
            return Some((name, ""));
        };
        let value = value.trim_ascii_start();
        let quote = value.bytes().next().filter(|b| matches!(b, b'"' | b'\''));
        let inside = value.get(usize::from(quote.is_some())..)?;
        let end = inside.bytes().position(|b| quote.map_or(b.is_ascii_whitespace(), |quote| b == quote));
        let end = end.unwrap_or(inside.len());
        self.rest = inside.get(end + usize::from(quote.is_some())..).unwrap_or_default();
        Some((name, inside.get(..end)?))
    }
}

/// The part of a qualified name behind its prefix.
pub fn local(name: &str) -> &str {
    match name.bytes().rposition(|b| b == b':') {
        Some(colon) => name.get(colon + 1..).unwrap_or(name),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_in_any_shape() {
        let told = |attributes| Attributes { rest: attributes }.collect::<Vec<_>>();
        assert_eq!(told(" x='1>2' y=z q"), [("x", "1>2"), ("y", "z"), ("q", "")]);
        assert_eq!(told(" x = \"1\"y='2'/z "), [("x", "1"), ("y", "2"), ("z", "")]);
        assert_eq!(told(" a \n b=\"never closed"), [("a", ""), ("b", "never closed")]);
        assert_eq!(told(" =\"4111\" =4 ="), [("", "4111"), ("", "4"), ("", "")]);
        assert_eq!(told("/ "), []);
    }
}
