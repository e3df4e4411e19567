//! A scanner of XML markup (W3C XML 1.0, fifth edition) that never gives up: what is malformed is told apart as well as
//! it can be and noted as a flaw. It borrows, expands no entities of the document's own and fetches nothing.

use std::borrow::Cow;

/// A piece of an XML text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Characters, references in them not yet resolved.
    Text(&'a str),
    /// A CDATA section.
    Cdata(&'a str),
    /// A comment.
    Comment(&'a str),
    /// A processing instruction.
    Instruction(&'a str),
    /// A document type declaration with everything in it.
    Doctype(&'a str),
    /// A start tag.
    Start {
        /// Name with its prefix.
        name: &'a str,
        /// Everything behind the name.
        attributes: &'a str,
        /// Whether it is an end tag too.
        empty: bool,
    },
    /// An end tag.
    End(&'a str),
}

/// The scanner.
#[derive(Debug)]
pub struct Scanner<'a> {
    rest: &'a str,
    /// The first thing that is not well-formed.
    pub flaw: Option<&'static str>,
}

impl<'a> Scanner<'a> {
    /// A scanner of `xml`.
    pub fn new(xml: &'a str) -> Self {
        Self { rest: xml, flaw: None }
    }

    fn flawed(&mut self, flaw: &'static str) {
        self.flaw.get_or_insert(flaw);
    }

    /// Takes `length` bytes (the whole rest if that is no border of characters).
    fn take(&mut self, length: usize) -> &'a str {
        let (head, tail) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = tail;
        head
    }

    /// Takes what stands between an `open` that is known to be there and `close`.
    fn enclosed(&mut self, open: &str, close: &str, flaw: &'static str) -> &'a str {
        self.take(open.len());
        match memchr::memmem::find(self.rest.as_bytes(), close.as_bytes()) {
            Some(at) => {
                let inside = self.take(at);
                self.take(close.len());
                inside
            }
            None => {
                self.flawed(flaw);
                self.take(self.rest.len())
            }
        }
    }

    fn doctype(&mut self) -> Event<'a> {
        let mut depth = 0u32;
        let mut quote = None;
        let end = self.rest.bytes().position(|b| {
            match (b, quote) {
                (_, Some(open)) if b == open => quote = None,
                (_, Some(_)) => {}
                (b'"' | b'\'', None) => quote = Some(b),
                (b'[', None) => depth += 1,
                (b']', None) => depth = depth.saturating_sub(1),
                _ => {}
            }
            b == b'>' && quote.is_none() && depth == 0
        });
        let all = match end.or_else(|| memchr::memchr(b'>', self.rest.as_bytes())) {
            Some(at) => self.take(at + 1),
            None => self.take(self.rest.len()),
        };
        if end.is_none() {
            self.flawed("document type declaration is not closed");
        }
        Event::Doctype(all)
    }

    fn start(&mut self) -> Event<'a> {
        let end = tag_end(self.rest.as_bytes());
        let (length, closed) = match end {
            TagEnd::Closed(at) => (at + 1, true),
            TagEnd::OpenQuote(at) => {
                self.flawed("attribute value is not closed");
                (at + 1, true)
            }
            TagEnd::Broken(at) => {
                self.flawed("tag is not closed");
                (at, false)
            }
        };
        let tag = self.take(length);
        let inside = tag.get(1..).unwrap_or_default();
        let inside = if closed { inside.strip_suffix('>').unwrap_or(inside) } else { inside };
        let (inside, empty) = match inside.strip_suffix('/') {
            Some(inside) if closed => (inside, true),
            _ => (inside, false),
        };
        let border = inside.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=').unwrap_or(inside.len());
        let (name, attributes) = inside.split_at_checked(border).unwrap_or((inside, ""));
        Event::Start { name, attributes, empty }
    }
}

enum TagEnd {
    Closed(usize),
    OpenQuote(usize),
    Broken(usize),
}

/// Where the tag at the start of `bytes` ends. Quoted values may hold `>` but never `<`: a quote that is open at a `<`
/// is a damaged one.
fn tag_end(bytes: &[u8]) -> TagEnd {
    let mut quote = None;
    let mut first = None;
    for (at, b) in bytes.iter().enumerate().skip(1) {
        match (*b, quote) {
            (b'>', None) => return TagEnd::Closed(at),
            (b'>', Some(_)) => first = first.or(Some(at)),
            (b'<', _) => return first.map_or(TagEnd::Broken(at), TagEnd::OpenQuote),
            (b'"' | b'\'', None) => quote = Some(*b),
            (b, Some(open)) if b == open => quote = None,
            _ => {}
        }
    }
    first.map_or(TagEnd::Broken(bytes.len()), TagEnd::OpenQuote)
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let Some(0) = memchr::memchr(b'<', self.rest.as_bytes()) else {
            let length = memchr::memchr(b'<', self.rest.as_bytes()).unwrap_or(self.rest.len());
            return Some(Event::Text(self.take(length)));
        };
        Some(match self.rest.as_bytes().get(1) {
            Some(b'/') => match memchr::memchr2(b'>', b'<', self.rest.get(2..).unwrap_or_default().as_bytes()) {
                Some(at) => {
                    let tag = self.take(at + 2);
                    if self.rest.starts_with('>') {
                        self.take(1);
                    } else {
                        self.flawed("tag is not closed");
                    }
                    Event::End(tag.get(2..).unwrap_or_default().trim())
                }
                None => {
                    self.flawed("ends inside a tag");
                    Event::Text(self.take(self.rest.len()))
                }
            },
            Some(b'!') if self.rest.starts_with("<!--") => {
                Event::Comment(self.enclosed("<!--", "-->", "comment is not closed"))
            }
            Some(b'!') if self.rest.starts_with("<![CDATA[") => {
                Event::Cdata(self.enclosed("<![CDATA[", "]]>", "CDATA section is not closed"))
            }
            Some(b'!') => self.doctype(),
            Some(b'?') => Event::Instruction(self.enclosed("<?", "?>", "processing instruction is not closed")),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' | 0x80..) => self.start(),
            _ => {
                self.flawed("stray <");
                Event::Text(self.take(1))
            }
        })
    }
}

/// Name and raw value of each attribute in a start tag. Values without quotes and names without values are taken too.
pub fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let border = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(border)?;
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (held, after) = match quote {
            Some(quote) => {
                let inside = value.get(1..)?;
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            None => value.split_at_checked(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()))?,
        };
        rest = after;
        Some((name, held))
    })
}

/// The text with its references resolved: the five predefined entities, numbers, and the no-break space of HTML.
/// Entities that the document declares stay as they are written.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let length = rest.bytes().take(12).position(|b| b == b';');
        let resolved = length.and_then(|end| rest.get(1..end)).and_then(reference);
        match (resolved, length) {
            (Some(c), Some(end)) => {
                out.push(c);
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            _ => {
                out.push('&');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn reference(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => number.parse().ok(),
        },
        None => {
            return match name {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                "apos" => Some('\''),
                "nbsp" => Some('\u{a0}'),
                _ => None,
            };
        }
    };
    number.and_then(char::from_u32).filter(|c| *c != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_told_apart() {
        let xml =
            "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b \"]>\">]><a x='1>2' y=z q><![CDATA[<c>]]>t<!-- n --><d/></a>";
        let events: Vec<_> = Scanner::new(xml).collect();
        assert_eq!(
            events,
            [
                Event::Instruction("xml version='1.0'"),
                Event::Doctype("<!DOCTYPE a [<!ENTITY b \"]>\">]>"),
                Event::Start { name: "a", attributes: " x='1>2' y=z q", empty: false },
                Event::Cdata("<c>"),
                Event::Text("t"),
                Event::Comment(" n "),
                Event::Start { name: "d", attributes: "", empty: true },
                Event::End("a"),
            ]
        );
        assert_eq!(attributes(" x='1>2' y=z q").collect::<Vec<_>>(), [("x", "1>2"), ("y", "z"), ("q", "")]);
    }

    #[test]
    fn damage_is_noted_and_read_past() {
        for (xml, held) in [
            ("<a x='1><b>4111</b>", "4111"),
            ("<a>4111<b", "4111"),
            ("<a>1 < 4111</a>", "4111"),
            ("<a><!-- 4111", "4111"),
            ("<a 4111", "4111"),
            ("</a 4111", "4111"),
            ("<![CDATA[4111", "4111"),
            ("<!DOCTYPE 4111", "4111"),
        ] {
            let mut scanner = Scanner::new(xml);
            let all = format!("{:?}", scanner.by_ref().collect::<Vec<_>>());
            assert!(all.contains(held) && scanner.flaw.is_some(), "{xml}: {all}");
        }
    }

    #[test]
    fn references_are_resolved_once() {
        assert_eq!(
            unescape("&#52;1&#x31;1&amp;#52;&lt;&foo;&;& &#0;&#99999999;"),
            "4111&#52;<&foo;&;& &#0;&#99999999;"
        );
    }
}
