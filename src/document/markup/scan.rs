//! The scanner: tags are told apart at a glance where they are written as every writer writes them, byte by byte else.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one slice: no sum of two exceeds usize::MAX; tags are counted, which take up bytes"
)]

use std::borrow::Cow;

use super::{Chars, Event, Tag};

/// A scanner over one part.
#[derive(Clone, Debug)]
pub struct Xml<'x> {
    source: &'x str,
    at: usize,
    depth: usize,
    /// End of an empty element that is still to be told.
    owed: Option<Tag<'x>>,
    flaw: Option<&'static str>,
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
            flaw: None,
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

    /// What is left, if the next event starts with it: `None` while the end of an empty element is still to be told,
    /// and once nothing is skipped any more.
    pub fn rest(&self) -> Option<&'x str> {
        if self.owed.is_some() || self.walk_all { None } else { self.source.get(self.at..) }
    }

    /// Goes on behind `length` bytes of [`Xml::rest`], which a reader has told by itself: whole elements, or text.
    pub fn pass_over(&mut self, length: usize) {
        self.at += length;
    }

    /// The first thing so far that was not well-formed.
    pub fn flaw(&self) -> Option<&'static str> {
        self.flaw
    }

    #[cold]
    fn flawed(&mut self, flaw: &'static str) {
        self.flaw.get_or_insert(flaw);
    }

    /// What comes next; `None` at the end.
    #[allow(clippy::should_implement_trait, reason = "a scanner is also asked to skip; a for loop would hold it")]
    pub fn next(&mut self) -> Option<Event<'x>> {
        loop {
            if let Some(Tag { name, qualified, .. }) = self.owed.take() {
                self.depth = self.depth.saturating_sub(1);
                return Some(Event::End { name, qualified });
            }
            let rest = self.source.get(self.at..).unwrap_or_default();
            let bytes = rest.as_bytes();
            let event = match bytes {
                [] => {
                    if self.depth > 0 {
                        self.flawed("ends with open elements");
                    }
                    return None;
                }
                [b'<', b'/', ..] => Some(self.end_tag(rest)),
                [b'<', b'!', ..] => self.declaration(rest),
                [b'<', b'?', ..] => self.pass(rest, INSTRUCTION).map(Event::Instruction),
                [b'<', c, ..] if is_name_start(*c) => Some(self.start_tag(rest)),
                [b'<', ..] => {
                    self.flawed("stray <");
                    Some(self.chars(rest, 1))
                }
                _ => Some(self.chars(rest, memchr::memchr(b'<', bytes).unwrap_or(bytes.len()))),
            };
            if event.is_some() {
                return event;
            }
        }
    }

    fn chars(&mut self, rest: &'x str, length: usize) -> Event<'x> {
        self.at += length;
        Event::Text(Chars { raw: rest.get(..length).unwrap_or_default(), cdata: false })
    }

    fn end_tag(&mut self, rest: &'x str) -> Event<'x> {
        let bytes = rest.as_bytes();
        let (mut local, mut end) = (2, 2);
        let closed = loop {
            match bytes.get(end) {
                Some(b'>') => break true,
                Some(b':') => local = end + 1,
                Some(b'<') => break false,
                Some(_) => {}
                None => {
                    self.flawed("ends inside a tag");
                    return self.chars(rest, bytes.len());
                }
            }
            end += 1;
        };
        self.at += end + usize::from(closed);
        if !closed {
            self.flawed("tag is not closed");
        }
        if self.depth == 0 {
            self.flawed("end tag without a start tag");
        }
        self.depth = self.depth.saturating_sub(1);
        let name = |from: usize| rest.get(from..end).unwrap_or_default().trim_ascii_end();
        Event::End { name: name(local), qualified: name(2) }
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
        let qualified = rest.get(1..name_end).unwrap_or_default();
        let mut tag = Tag { name, qualified, attributes: rest.get(name_end..end).unwrap_or_default() };
        if let Some(open) = tag.attributes.strip_suffix('/').filter(|_| next > end) {
            tag.attributes = open;
            self.owed = Some(tag);
        }
        Event::Start(tag)
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
                    self.flawed(if quote == 0 { "tag is not closed" } else { "attribute value is not closed" });
                    let inside = if quote == 0 { &[][..] } else { bytes.get(opened..i).unwrap_or_default() };
                    let close = memchr::memchr(b'>', inside);
                    return close.map_or((i, i), |close| (opened + close, opened + close + 1));
                }
                _ => {}
            }
        }
        self.flawed("tag is not closed");
        let tail = bytes.get(opened.max(from)..).unwrap_or_default();
        match memchr::memchr(b'>', tail) {
            Some(close) => (opened.max(from) + close, opened.max(from) + close + 1),
            None => (bytes.len(), bytes.len()),
        }
    }

    /// A comment, CDATA or a declaration; `None` if it has no end.
    #[cold]
    #[inline(never)]
    fn declaration(&mut self, rest: &'x str) -> Option<Event<'x>> {
        if let Some(inside) = rest.strip_prefix(CDATA) {
            let end = memchr::memmem::find(inside.as_bytes(), b"]]>");
            if end.is_none() {
                self.flawed("CDATA section is not closed");
            }
            let raw = inside.get(..end.unwrap_or(inside.len())).unwrap_or_default();
            self.at = (self.at + CDATA.len() + raw.len() + 3).min(self.source.len());
            return Some(Event::Text(Chars { raw, cdata: true }));
        }
        if rest.starts_with(COMMENT.open) {
            return self.pass(rest, COMMENT).map(Event::Comment);
        }
        let length = if self.no_doctype { None } else { doctype_length(rest.as_bytes()) };
        if length.is_none() {
            self.flawed("declaration is not closed");
            self.no_doctype = true;
        }
        self.at += length.unwrap_or(2);
        length.and_then(|length| rest.get(..length)).map(Event::Doctype)
    }

    /// Goes behind a closer and gives what stands in front of it. If it is missing, goes only behind the opening, so that
    /// text after it is still read.
    #[cold]
    #[inline(never)]
    fn pass(&mut self, rest: &'x str, Enclosing { open, close, missing, flaw }: Enclosing) -> Option<&'x str> {
        let inside = rest.get(open.len()..).unwrap_or_default();
        let known = self.missing.get(missing) == Some(&true);
        match memchr::memmem::find(if known { &[] } else { inside.as_bytes() }, close.as_bytes()) {
            Some(end) => {
                self.at += open.len() + end + close.len();
                inside.get(..end)
            }
            None => {
                self.flawed(flaw);
                self.at += open.len();
                if let Some(missing) = self.missing.get_mut(missing) {
                    *missing = true;
                }
                None
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
                let flaw = self.flaw;
                *self = Self { flaw, walk_all: true, ..start };
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
                    *self = before;
                    if !container {
                        self.flawed("element inside of text");
                    }
                    return if container { Cow::Borrowed("") } else { text };
                }
                Some(Event::End { .. }) | None => return text,
                Some(_) => {}
            }
        }
    }
}

const CDATA: &str = "<![CDATA[";

/// What stands between two fixed strings.
#[derive(Clone, Copy)]
struct Enclosing {
    open: &'static str,
    close: &'static str,
    /// Its index in [`Xml::missing`].
    missing: usize,
    flaw: &'static str,
}

const INSTRUCTION: Enclosing =
    Enclosing { open: "<?", close: "?>", missing: 0, flaw: "processing instruction is not closed" };
const COMMENT: Enclosing = Enclosing { open: "<!--", close: "-->", missing: 1, flaw: "comment is not closed" };

/// Offset of the `>` that ends a tag, when that can be told at a glance: no `<` and no `'` in front of it, and right
/// before it a `"` that closes. Anything else is looked at byte by byte.
fn quick_tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let inside = bytes.get(from..)?;
    let end = memchr::memchr2(b'>', b'<', inside).filter(|end| inside.get(*end) == Some(&b'>'))?;
    let inside = inside.get(..end)?;
    let attributes = inside.strip_suffix(b"/").unwrap_or(inside).trim_ascii_end();
    let closes = match attributes {
        [] => true,
        [.., before, b'"'] => *before != b'=' && !before.is_ascii_whitespace(),
        _ => false,
    };
    (closes && memchr::memchr(b'\'', attributes).is_none()).then_some(from + inside.len())
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
        let end = memchr::memchr2(b'>', b'<', inside).filter(|end| inside.get(*end) == Some(&b'>'))?;
        let inside = inside.get(..end)?;
        let next = at + inside.len() + 2;
        if first == b'/' {
            depth -= 1;
            if depth == 0 {
                return Some((at, next));
            }
        } else if is_name_start(first) {
            let open = inside.strip_suffix(b"/").unwrap_or(inside);
            let plain = match open.trim_ascii_end() {
                [.., before, b'"'] if *before != b'=' && !before.is_ascii_whitespace() => {
                    memchr::memchr(b'\'', open).is_none()
                }
                open => memchr::memchr2(b'\'', b'"', open).is_none(),
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
fn doctype_length(bytes: &[u8]) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use super::super::unescape;
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
                Event::End { name, .. } => out.push_str(&format!("</{name}>")),
                Event::Text(chars) => out.push_str(&chars.decode()),
                Event::Comment(text) => out.push_str(&format!("<!--{text}>")),
                Event::Instruction(text) => out.push_str(&format!("<?{text}>")),
                Event::Doctype(text) => out.push_str(&format!("<!{}>", text.len())),
            }
        }
        (out, xml.flaw().is_some())
    }

    #[test]
    fn well_formed_parts() {
        let source = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x \"y>\">]><w:a b:c = 'd>\"' e=\"&#65;&amp;\"><!-- <t> -->\
                      4111&#32;1&#x31;&x;<b/><![CDATA[<&amp;]]>\r\n</w:a >";
        assert_eq!(
            told(source),
            ("<?xml version='1.0'><!31><a b:c=d>\" e=A&><!-- <t> >4111 11&x;<b></b><&amp;\n</a>".to_owned(), false)
        );
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
            let (out, flawed) = told(hiding);
            assert!(!flawed && out.contains("><t>secret"), "{hiding}: {out}");
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
            "<a>secret</a",
            "<a x='1><b>secret</b>",
            "<a>secret<b",
            "<a secret",
            "<!DOCTYPE secret",
            "<?secret",
        ] {
            let (out, flawed) = told(source);
            assert!(flawed && out.contains("secret"), "{source}: {out}");
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
        assert!(xml.flaw().is_some());
        let mut xml = Xml::new("<a/>b");
        xml.next();
        xml.skip();
        assert!(matches!(xml.next(), Some(Event::Text(t)) if t.decode() == "b"));
    }

    #[test]
    fn damage_costs_no_second_look() {
        for piece in ["<a", "<a x=\"", "</a", "<!--", "<?", "<!D", "<![CDATA[", "<", "<a b=' ", "<!D[\"", "&#"] {
            let source = format!("<r>{}", piece.repeat(200_000));
            let mut xml = Xml::new(&source);
            xml.next();
            xml.skip();
            let start = std::time::Instant::now();
            while let Some(event) = xml.next() {
                if let Event::Start(_) = event {
                    xml.skip();
                }
            }
            assert!(xml.flaw().is_some() && start.elapsed().as_secs() < 5, "{piece}");
        }
    }
}
