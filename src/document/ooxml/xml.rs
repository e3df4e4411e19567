//! XML 1.0 as office packages use it: a pull scanner over one part, lenient where a strict parser would stop.
//!
//! Why not a general parser: a worksheet is tens of megabytes of tiny elements, and what is wanted of them is the
//! local name, an attribute or two and the text. Being lenient is a duty here: text behind a fault must still be read,
//! so a fault is only remembered ([`Xml::fault`]) and scanning goes on behind it. Namespaces are not resolved: local
//! names are the same in the transitional and the strict vocabulary. A DOCTYPE is passed over; entities it declares
//! are never expanded.

use std::borrow::Cow;

/// What comes next in a part.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event<'x> {
    /// A start tag. An empty element gives one too, and its end right after it.
    Start(Tag<'x>),
    /// An end tag: its local name.
    End(&'x str),
    /// Character data between two tags; comments and CDATA borders may split it.
    Text(Chars<'x>),
}

/// Character data as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chars<'x> {
    raw: &'x str,
    cdata: bool,
}

impl<'x> Chars<'x> {
    /// The characters meant: references resolved, line ends as `\n`.
    pub fn decode(&self) -> Cow<'x, str> {
        if self.cdata { Cow::Borrowed(self.raw) } else { unescape(self.raw) }
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.raw.bytes().all(|b| b.is_ascii_whitespace())
    }
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'x> {
    /// Local name.
    pub name: &'x str,
    attributes: &'x str,
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
pub(super) struct Attributes<'x> {
    rest: &'x str,
}

impl<'x> Iterator for Attributes<'x> {
    type Item = (&'x str, &'x str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_ascii_start();
        let bytes = rest.as_bytes();
        let name_end = bytes.iter().position(|b| *b == b'=' || b.is_ascii_whitespace())?;
        let name = rest.get(..name_end)?;
        let mut value = rest.get(name_end..)?;
        value = value.strip_prefix('=').or_else(|| value.trim_ascii_start().strip_prefix('=')).unwrap_or_default();
        value = value.trim_ascii_start();
        let quote = value.bytes().next();
        if quote != Some(b'"') && quote != Some(b'\'') {
            let end = value.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(value.len());
            // A name without a value: go on behind the name.
            self.rest = if quote.is_none() { rest.get(name_end + 1..)? } else { value.get(end..)? };
            return Some((name, value.get(..end)?));
        }
        let value = value.get(1..)?;
        let end = value.bytes().position(|b| Some(b) == quote).unwrap_or(value.len());
        self.rest = value.get(end + 1..).unwrap_or_default();
        Some((name, value.get(..end)?))
    }
}

/// The part of a qualified name behind its prefix.
pub(super) fn local(name: &str) -> &str {
    match name.bytes().rposition(|b| b == b':') {
        Some(colon) => name.get(colon + 1..).unwrap_or(name),
        None => name,
    }
}

/// A scanner over one part.
#[derive(Clone, Debug)]
pub(super) struct Xml<'x> {
    source: &'x str,
    at: usize,
    depth: usize,
    /// End of an empty element that is still to be told.
    owed: Option<&'x str>,
    fault: bool,
    /// Skipping failed once (an end tag is missing): from then on everything is walked.
    walk_all: bool,
    /// Closers known to be missing from here on (of an instruction, of a comment): not searched for again.
    missing: [bool; 2],
    /// The same for a DOCTYPE.
    no_doctype: bool,
}

impl<'x> Xml<'x> {
    /// Starts at the top of `source`.
    pub fn new(source: &'x str) -> Self {
        Self {
            source,
            at: 0,
            depth: 0,
            owed: None,
            fault: false,
            walk_all: false,
            missing: [false; 2],
            no_doctype: false,
        }
    }

    /// Where the next event starts, as an offset in the source.
    pub fn at(&self) -> usize {
        self.at
    }

    /// All of it.
    pub fn source(&self) -> &'x str {
        self.source
    }

    /// Whether something was not well-formed so far.
    pub fn fault(&self) -> bool {
        self.fault
    }

    /// What comes next; `None` at the end.
    #[allow(clippy::should_implement_trait, reason = "a scanner is also asked to skip; a for loop would hold it")]
    pub fn next(&mut self) -> Option<Event<'x>> {
        loop {
            if let Some(name) = self.owed.take() {
                self.depth = self.depth.saturating_sub(1);
                return Some(Event::End(name));
            }
            let rest = self.source.get(self.at..).unwrap_or_default();
            let bytes = rest.as_bytes();
            match bytes {
                [] => {
                    self.fault |= self.depth > 0;
                    return None;
                }
                [b'<', b'/', ..] => return Some(self.end_tag(rest)),
                [b'<', b'!', ..] => {
                    if let Some(event) = self.declaration(rest) {
                        return Some(event);
                    }
                }
                [b'<', b'?', ..] => self.pass(rest, 2, INSTRUCTION),
                [b'<', c, ..] if is_name_start(*c) => return Some(self.start_tag(rest)),
                [b'<', ..] => {
                    self.fault = true;
                    self.at += 1;
                    return Some(Event::Text(Chars { raw: "<", cdata: false }));
                }
                _ => {
                    let end = memchr::memchr(b'<', bytes).unwrap_or(bytes.len());
                    self.at += end;
                    return Some(Event::Text(Chars { raw: rest.get(..end).unwrap_or_default(), cdata: false }));
                }
            }
        }
    }

    fn end_tag(&mut self, rest: &'x str) -> Event<'x> {
        let bytes = rest.as_bytes();
        let (mut local, mut end) = (2, 2);
        let closed = loop {
            match bytes.get(end) {
                Some(b'>') => break true,
                Some(b':') => local = end + 1,
                Some(b'<') | None => break false,
                _ => {}
            }
            end += 1;
        };
        self.at += end + usize::from(closed);
        self.fault |= !closed || self.depth == 0;
        self.depth = self.depth.saturating_sub(1);
        Event::End(rest.get(local..end).unwrap_or_default().trim_ascii_end())
    }

    fn start_tag(&mut self, rest: &'x str) -> Event<'x> {
        let bytes = rest.as_bytes();
        let (mut local, mut name_end) = (1, 1);
        loop {
            match bytes.get(name_end) {
                Some(b' ' | b'>' | b'/' | b'\n' | b'\r' | b'\t' | b'<') | None => break,
                Some(b':') => local = name_end + 1,
                _ => {}
            }
            name_end += 1;
        }
        let name = rest.get(local..name_end).unwrap_or_default();
        let (end, next) = match bytes.get(name_end) {
            Some(b'>') => (name_end, name_end + 1),
            _ => match quick_tag_end(bytes, name_end) {
                Some(end) => (end, end + 1),
                None => self.tag_end(bytes, name_end),
            },
        };
        self.at += next;
        self.depth += 1;
        let mut attributes = rest.get(name_end..end).unwrap_or_default();
        if let Some(open) = attributes.strip_suffix('/') {
            attributes = open;
            self.owed = Some(name);
        }
        Event::Start(Tag { name, attributes })
    }

    /// Where the tag's inside ends, and where scanning goes on.
    #[cold]
    #[inline(never)]
    fn tag_end(&mut self, bytes: &[u8], from: usize) -> (usize, usize) {
        let mut quote = 0;
        let mut opened = 0;
        for (i, b) in bytes.iter().enumerate().skip(from) {
            match *b {
                b'>' if quote == 0 => return (i, i + 1),
                b'"' | b'\'' if quote == 0 => (quote, opened) = (*b, i),
                b if b == quote => quote = 0,
                b'<' => {
                    // Not allowed in a tag, quoted or not: the tag (or the quote in it) was never closed.
                    self.fault = true;
                    let inside = if quote == 0 { &[][..] } else { bytes.get(opened..i).unwrap_or_default() };
                    let close = memchr::memchr(b'>', inside);
                    return close.map_or((i, i), |close| (opened + close, opened + close + 1));
                }
                _ => {}
            }
        }
        self.fault = true;
        let tail = bytes.get(opened.max(from)..).unwrap_or_default();
        match memchr::memchr(b'>', tail) {
            Some(close) => (opened.max(from) + close, opened.max(from) + close + 1),
            None => (bytes.len(), bytes.len()),
        }
    }

    /// A comment, CDATA or DOCTYPE; only CDATA is an event.
    #[cold]
    #[inline(never)]
    fn declaration(&mut self, rest: &'x str) -> Option<Event<'x>> {
        if let Some(inside) = rest.strip_prefix("<![CDATA[") {
            let end = memchr::memmem::find(inside.as_bytes(), b"]]>");
            self.fault |= end.is_none();
            let raw = inside.get(..end.unwrap_or(inside.len())).unwrap_or_default();
            self.at = (self.at + 9 + raw.len() + 3).min(self.source.len());
            return Some(Event::Text(Chars { raw, cdata: true }));
        }
        if rest.starts_with("<!--") {
            self.pass(rest, 4, COMMENT);
        } else if let Some(end) = if self.no_doctype { None } else { doctype_end(rest.as_bytes()) } {
            self.at += end;
        } else {
            (self.fault, self.no_doctype) = (true, true);
            self.at += 2;
        }
        None
    }

    #[cold]
    #[inline(never)]
    /// Goes behind a closer; if it is missing, only behind the opening, so that text after it is still read.
    fn pass(&mut self, rest: &str, open: usize, (kind, close): (usize, &str)) {
        let inside = rest.as_bytes().get(open..).unwrap_or_default();
        let known = self.missing.get(kind) == Some(&true);
        match memchr::memmem::find(if known { &[] } else { inside }, close.as_bytes()) {
            Some(end) => self.at += open + end + close.len(),
            None => {
                self.fault = true;
                self.at += open.min(rest.len());
                if let Some(missing) = self.missing.get_mut(kind) {
                    *missing = true;
                }
            }
        }
    }

    /// Passes over the element that just started.
    pub fn skip(&mut self) {
        self.inner();
    }

    /// Passes over the element that just started and gives what is inside of it.
    pub fn inner(&mut self) -> &'x str {
        if self.walk_all {
            return "";
        }
        if self.owed.is_none()
            && let Some((end, next)) = leap(self.source.as_bytes(), self.at)
        {
            let inside = self.source.get(self.at..end).unwrap_or_default();
            (self.at, self.depth) = (next, self.depth.saturating_sub(1));
            return inside;
        }
        let start = self.clone();
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            let at = self.at;
            if self.next().is_none() {
                // The end tag is missing. Reading it after all loses less than dropping the rest of the part.
                *self = Self { fault: true, walk_all: true, ..start };
                return "";
            }
            if self.depth == outside {
                return self.source.get(start.at..at).unwrap_or_default();
            }
        }
        ""
    }

    /// The text of the element that just started, up to its end tag. A tag inside (there should be none) ends it too.
    pub fn text(&mut self) -> Cow<'x, str> {
        let mut text = Cow::Borrowed("");
        loop {
            let before = self.clone();
            match self.next() {
                Some(Event::Text(chars)) if text.is_empty() => text = chars.decode(),
                Some(Event::Text(chars)) => text.to_mut().push_str(&chars.decode()),
                Some(Event::Start(_)) => {
                    // Containers of the same name (`dgm:t`) have no text of their own.
                    let container = text.trim().is_empty();
                    *self = Self { fault: before.fault || !container, ..before };
                    return if container { Cow::Borrowed("") } else { text };
                }
                Some(Event::End(_)) | None => return text,
            }
        }
    }
}

const INSTRUCTION: (usize, &str) = (0, "?>");
const COMMENT: (usize, &str) = (1, "-->");

/// Offset of the `>` that ends a tag, when that can be told at a glance: no `<` and no `'` in front of it, and right
/// before it a `"` that closes. Anything else is looked at byte by byte.
fn quick_tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let inside = bytes.get(from..)?;
    let inside = inside.get(..memchr::memchr(b'>', inside)?)?;
    let attributes = inside.strip_suffix(b"/").unwrap_or(inside).trim_ascii_end();
    let closes = match attributes {
        [] => true,
        [.., before, b'"'] => *before != b'=' && !before.is_ascii_whitespace(),
        _ => false,
    };
    (closes && memchr::memchr2(b'<', b'\'', attributes).is_none()).then_some(from + inside.len())
}

/// Finds the end tag of the element that is open at `at`: its offset and the one behind it. `None` if there is anything
/// on the way that takes a closer look.
fn leap(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut depth = 1_usize;
    loop {
        if bytes.get(at) != Some(&b'<') {
            at += memchr::memchr(b'<', bytes.get(at..)?)?;
        }
        let first = *bytes.get(at + 1)?;
        let inside = bytes.get(at + 1..)?;
        let inside = inside.get(..memchr::memchr(b'>', inside)?)?;
        let next = at + inside.len() + 2;
        if first == b'/' {
            depth -= 1;
            if memchr::memchr(b'<', inside).is_some() {
                return None;
            } else if depth == 0 {
                return Some((at, next));
            }
        } else if is_name_start(first) {
            let open = inside.strip_suffix(b"/").unwrap_or(inside);
            let plain = match open.trim_ascii_end() {
                [.., before, b'"'] if *before != b'=' && !before.is_ascii_whitespace() => {
                    memchr::memchr2(b'<', b'\'', open).is_none()
                }
                open => memchr::memchr3(b'<', b'\'', b'"', open).is_none(),
            };
            if !plain {
                return None;
            }
            depth += usize::from(open.len() == inside.len());
        } else {
            return None;
        }
        at = next;
    }
}

/// Length of a DOCTYPE with all that it declares, or of any other declaration.
fn doctype_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    let mut depth = 0_usize;
    loop {
        let rest = bytes.get(at..)?;
        at += match rest {
            [] => return None,
            [b'>', ..] if depth == 0 => return Some(at + 1),
            [quote @ (b'"' | b'\''), inside @ ..] => memchr::memchr(*quote, inside)? + 2,
            [b'<', b'!', b'-', b'-', inside @ ..] => memchr::memmem::find(inside, b"-->")? + 7,
            [b'<', b'?', inside @ ..] => memchr::memmem::find(inside, b"?>")? + 4,
            [b'[', ..] => {
                depth += 1;
                1
            }
            [b']', ..] => {
                depth = depth.saturating_sub(1);
                1
            }
            _ => 1,
        };
    }
}

fn is_name_start(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b == b':' || b >= 0x80
}

/// Resolves the five predefined entities and numeric references, and makes line ends `\n`. Others stay as written.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr2(b'&', b'\r', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    out.push_str(raw.get(..first).unwrap_or_default());
    let mut rest = raw.get(first..).unwrap_or_default();
    while let Some(at) = memchr::memchr2(b'&', b'\r', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('\r') {
            if !after.starts_with('\n') {
                out.push('\n');
            }
            rest = after;
            continue;
        }
        // `&#x10FFFF;` is the longest reference worth resolving; leading zeros may stretch it.
        let end = rest.bytes().take(24).position(|b| b == b';');
        match end.and_then(|end| Some((reference(rest.get(1..end)?)?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn reference(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// The characters of a part, and whether all of its bytes meant some. UTF-8 is the rule; a byte order mark, NULs
/// or a declaration tell others.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let encoding = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return utf8(rest),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => encoding_rs::UTF_16LE,
        [0xFE, 0xFF, ..] | [0, b'<', ..] => encoding_rs::UTF_16BE,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => return (Cow::Borrowed(text), true),
            Err(_) => declared(bytes).unwrap_or(encoding_rs::UTF_8),
        },
    };
    let (text, _, bad) = encoding.decode(bytes);
    (text, !bad)
}

fn utf8(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let text = String::from_utf8_lossy(bytes);
    let whole = matches!(text, Cow::Borrowed(_));
    (text, whole)
}

fn declared(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = bytes.get(..bytes.len().min(200))?;
    let at = memchr::memmem::find(head, b"encoding=")? + 10;
    let label = head.get(at..)?.split(|b| *b == b'"' || *b == b'\'').next()?;
    encoding_rs::Encoding::for_label(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: &str) -> (String, bool) {
        let mut xml = Xml::new(source);
        let mut out = String::new();
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => {
                    out.push_str(&format!("<{}", tag.name));
                    for (name, value) in tag.attributes() {
                        out.push_str(&format!(" {name}={}", unescape(value)));
                    }
                    out.push('>');
                }
                Event::End(name) => out.push_str(&format!("</{name}>")),
                Event::Text(chars) => out.push_str(&chars.decode()),
            }
        }
        (out, xml.fault())
    }

    #[test]
    fn well_formed_parts() {
        let source = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x \"y>\">]><w:a b:c = 'd>\"' e=\"&#65;&amp;\"><!-- <t> -->\
                      4111&#32;1&#x31;&x;<b/><![CDATA[<&amp;]]>\r\n</w:a >";
        assert_eq!(told(source), ("<a b:c=d>\" e=A&>4111 11&x;<b></b><&amp;\n</a>".to_owned(), false));
    }

    #[test]
    fn quotes_and_declarations_hide_nothing() {
        for hiding in [
            "<a x='\">'><t>secret</t></a>",
            "<a x=\"'>\"><t>secret</t></a>",
            "<a x=\"'\" y=\">\"><t>secret</t></a>",
            "<a x = \">\" ><t>secret</t></a>",
            "<a x=\"\"><t>secret</t></a>",
            "<!DOCTYPE a SYSTEM \"><!--\"><a><t>secret</t></a>",
            "<!DOCTYPE a [<!-- \" --><!ENTITY x '<!--'>]><a><t>secret \" ]></t></a>",
        ] {
            let (out, fault) = told(hiding);
            assert!(!fault && out.contains("><t>secret"), "{hiding}: {out}");
        }
    }

    #[test]
    fn faults_lose_no_text() {
        for source in [
            "<a><t>secret</t>",
            "<a><t x=\"1>secret</t><b y=\"2\"/></a>",
            "<a><!-- never closed <t>secret</t></a>",
            "<a><t><![CDATA[secret",
            "<a>1 < 2 <t>secret</t></a>",
            "<a></b></c></d><t>secret</t>",
            "<a <t>secret</t></a>",
        ] {
            let (out, fault) = told(source);
            assert!(fault && out.contains("secret"), "{source}: {out}");
        }
    }

    #[test]
    fn skipping_ends_at_the_end_tag_or_not_at_all() {
        let mut xml = Xml::new("<a><b><b>x</b></b>rest</a>");
        assert!(matches!(xml.next(), Some(Event::Start(_))));
        assert!(matches!(xml.next(), Some(Event::Start(_))));
        assert_eq!(xml.inner(), "<b>x</b>");
        assert!(matches!(xml.next(), Some(Event::Text(t)) if t.decode() == "rest"));
        let mut xml = Xml::new("<a><b>x<b>rest");
        xml.next();
        xml.next();
        assert_eq!(xml.inner(), "");
        assert!(matches!(xml.next(), Some(Event::Text(t)) if t.decode() == "x"));
        assert!(xml.fault());
        let mut xml = Xml::new("<a/>b");
        xml.next();
        xml.skip();
        assert!(matches!(xml.next(), Some(Event::Text(t)) if t.decode() == "b"));
    }

    #[test]
    fn encodings() {
        let utf16: Vec<u8> = "<a>ü</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16), (Cow::Borrowed("<a>ü</a>"), true));
        assert_eq!(decode(b"\xEF\xBB\xBF<a/>"), (Cow::Borrowed("<a/>"), true));
        let latin = b"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\xFC";
        assert!(decode(latin).0.ends_with('ü') && decode(latin).1);
        assert!(!decode(b"<a>\xFF</a>").1);
    }
}
