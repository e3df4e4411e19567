//! HTML (WHATWG HTML, 13.2.5 tokenization, by html5gum), read for its text: blocks are lines, table cells are cells,
//! inline elements break nothing. Attributes that hold text, titles and scripts are metadata, comments are comments,
//! what is not displayed is marked hidden. No tree is built, so nesting costs nothing.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "elements are counted, and closed as often as they were opened; depth is held against a limit"
)]

use html5gum::Tokenizer;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};

use super::data_uri;
use super::flow::Flow;
use crate::blob::{Budget, Gap, Reason};
use crate::document::{Area, Document, Embedded, percent};

/// HTML inside HTML (comments, `noscript`, `srcdoc`) that is read as such; deeper it is read as plain text.
const DEPTH_MAX: u32 = 3;
/// Tags between two looks at the clock.
const EVENTS_PER_CHECK: u32 = 4096;

/// Elements that begin and end lines.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "menu",
    "meta",
    "nav",
    "noscript",
    "ol",
    "optgroup",
    "option",
    "p",
    "plaintext",
    "pre",
    "search",
    "section",
    "select",
    "summary",
    "tbody",
    "textarea",
    "tfoot",
    "thead",
    "title",
    "ul",
    "xmp",
];
/// Elements without content.
const VOID: &[&str] = &[
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
    "meta", "param", "source", "track", "wbr",
];
/// Attributes that hold text for people.
const TEXTS: &[&str] = &[
    "abbr",
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-valuetext",
    "caption",
    "content",
    "default",
    "label",
    "placeholder",
    "summary",
    "title",
    "value",
];
/// Attributes that hold nothing but presentation.
const LOOKS: &[&str] = &[
    "align",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "charset",
    "class",
    "color",
    "colspan",
    "dir",
    "face",
    "height",
    "http-equiv",
    "lang",
    "rel",
    "rowspan",
    "size",
    "style",
    "type",
    "valign",
    "width",
    "xmlns",
];

/// Reads an HTML text.
pub fn read(html: &str, budget: &mut Budget) -> Document<'static> {
    let mut out = Document::default();
    out.text = walk(html, 0, budget, &mut out).finish();
    out
}

/// What the characters that come next are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Content {
    #[default]
    Text,
    /// Program or style text, a title: beside the flow.
    Aside,
    /// Rules of style: beside the flow, as far as they hold more than looks.
    Style,
    /// Text in which white space counts.
    Verbatim,
    /// HTML that the tokenizer hands over as characters.
    Nested,
}

struct Reader {
    flow: Flow,
    name: String,
    attributes: Vec<(String, String)>,
    content: Content,
    preformatted: u32,
    /// The outermost element that is not displayed, and how many of its name are open.
    hidden: Option<(String, u32)>,
    /// HTML to be read on its own, and what it is.
    nested: Vec<(Area, String)>,
    /// Files in addresses.
    embedded: Vec<Embedded>,
    depth: u32,
    events: u32,
    in_tag: bool,
    /// The element that holds all others (`html`, or `body` without one) while it is open: nobody who writes its start
    /// leaves its end out.
    root: Option<&'static str>,
}

fn walk(html: &str, depth: u32, budget: &mut Budget, out: &mut Document<'static>) -> Flow {
    let mut reader = Reader {
        flow: Flow::new(),
        name: String::new(),
        attributes: Vec::new(),
        content: Content::Text,
        preformatted: 0,
        hidden: None,
        nested: Vec::new(),
        embedded: Vec::new(),
        depth,
        events: 0,
        in_tag: false,
        root: None,
    };
    {
        let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: html5gum::Span<()>| reader.event(event));
        emitter.naively_switch_states(true);
        for Ok(()) in Tokenizer::new_with_emitter(html, emitter) {
            if let Err(reason) = budget.time() {
                out.gaps.push(Gap::new(reason, "", "HTML was read in part"));
                break;
            }
        }
    }
    let dropped = dropped(html, reader.in_tag.then_some(reader.name.as_str()));
    if let Some(tail) = dropped {
        reader.flow.aside(Area::Metadata, tail);
    }
    if depth == 0 && (reader.root.is_some() || dropped.is_some()) {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "the end of the page is missing"));
    }
    out.embedded.append(&mut reader.embedded);
    for (area, html) in std::mem::take(&mut reader.nested) {
        let text = walk(&html, depth + 1, budget, out).finish();
        reader.flow.aside(area, text.as_str());
    }
    reader.flow
}

/// What the tokenizer dropped: a tag that is never closed goes with everything behind it, as in a browser.
fn dropped<'a>(html: &'a str, open: Option<&str>) -> Option<&'a str> {
    let last = html.rfind('<')?;
    let tail = html.get(last..)?;
    match open {
        Some(name) => {
            let starts = |at: &usize| {
                let rest = html.as_bytes().get(at + 1..at + 1 + name.len());
                rest.is_some_and(|b| b.eq_ignore_ascii_case(name.as_bytes()))
            };
            let at = memchr::memrchr_iter(b'<', html.as_bytes()).take(1000).find(starts)?;
            html.get(at..)
        }
        None => (!tail.contains('>') && tail.len() > 3).then_some(tail),
    }
}

fn utf8(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

impl Reader {
    /// Takes one event; now and then it asks the caller to look at the clock.
    fn event(&mut self, event: CallbackEvent<'_>) -> Option<()> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.name.clear();
                self.name.push_str(&utf8(name));
                self.attributes.clear();
                self.in_tag = true;
            }
            CallbackEvent::AttributeName { name } => self.attributes.push((utf8(name).into_owned(), String::new())),
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, held)) = self.attributes.last_mut() {
                    held.push_str(&utf8(value));
                }
            }
            CallbackEvent::CloseStartTag { .. } => {
                self.in_tag = false;
                self.start();
            }
            CallbackEvent::EndTag { name } => self.end(&utf8(name)),
            CallbackEvent::String { value } => self.characters(&utf8(value)),
            CallbackEvent::Comment { value } => self.comment(&utf8(value)),
            CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => return None,
        }
        self.events = self.events.wrapping_add(1);
        self.events.is_multiple_of(EVENTS_PER_CHECK).then_some(())
    }

    fn characters(&mut self, text: &str) {
        match self.content {
            Content::Text if self.preformatted > 0 => self.flow.verbatim(text),
            Content::Text => self.flow.inline(text),
            Content::Verbatim => self.flow.verbatim(text),
            Content::Aside => self.flow.aside(Area::Metadata, text),
            Content::Style => {
                for rule in text.split(['{', '}', ';']).filter(|rule| style_says(rule)) {
                    self.flow.aside(Area::Metadata, rule);
                }
            }
            Content::Nested => self.nest(self.flow.area(), text),
        }
    }

    fn comment(&mut self, text: &str) {
        let text = text.trim();
        // Conditions of Internet Explorer and Word are no text, what they enclose is.
        let text = match text.strip_prefix("[if").and_then(|rest| rest.split_once("]>")) {
            Some((_, enclosed)) => enclosed,
            None if text.starts_with("[if") || text.starts_with("[endif") => return,
            None => text,
        };
        if text.contains('<') {
            self.nest(Area::Comment, text);
        } else {
            self.flow.aside(Area::Comment, text);
        }
    }

    fn nest(&mut self, area: Area, html: &str) {
        if self.depth < DEPTH_MAX && !html.trim().is_empty() {
            self.nested.push((area, html.to_owned()));
        } else {
            self.flow.aside(area, html);
        }
    }

    fn start(&mut self) {
        let name = std::mem::take(&mut self.name);
        let attributes = std::mem::take(&mut self.attributes);
        let void = VOID.contains(&name.as_str());
        self.hide(&name, &attributes, void);
        if BLOCKS.contains(&name.as_str()) {
            self.flow.line();
        }
        match name.as_str() {
            "table" => self.flow.start_table(),
            "tr" => self.flow.row(),
            "td" | "th" => self.flow.cell(attribute(&attributes, "colspan").and_then(|v| v.parse().ok()).unwrap_or(1)),
            "pre" | "listing" => self.preformatted += 1,
            "textarea" | "plaintext" | "xmp" => self.content = Content::Verbatim,
            "script" | "title" => self.content = Content::Aside,
            "style" => self.content = Content::Style,
            "noscript" | "iframe" | "noembed" | "noframe" => self.content = Content::Nested,
            "html" => self.root = Some("html"),
            "body" => self.root = self.root.or(Some("body")),
            "input" | "button" | "object" | "embed" | "video" | "audio" => self.flow.space(),
            _ => {}
        }
        self.describe(&name, &attributes);
        self.attributes = attributes;
        self.name = name;
    }

    fn end(&mut self, name: &str) {
        if let Some((hidden, open)) = &mut self.hidden
            && hidden == name
        {
            *open -= 1;
            if *open == 0 {
                self.hidden = None;
                self.flow.set_area(Area::Body);
            }
        }
        self.content = Content::Text;
        match name {
            "html" | "body" => self.root = self.root.filter(|root| *root != name),
            "table" => self.flow.end_table(),
            "pre" | "listing" => self.preformatted = self.preformatted.saturating_sub(1),
            // A label and its field are apart on the screen, whatever stands between them in the source.
            "label" => self.flow.space(),
            _ => {}
        }
        if BLOCKS.contains(&name) {
            self.flow.line();
        }
    }

    /// Keeps account of elements that are not displayed.
    fn hide(&mut self, name: &str, attributes: &[(String, String)], void: bool) {
        if void {
            return;
        }
        match &mut self.hidden {
            Some((hidden, open)) => *open += u32::from(hidden == name),
            None if name == "template" || is_hidden(attributes) => {
                self.hidden = Some((name.to_owned(), 1));
                self.flow.set_area(Area::Hidden);
            }
            None => {}
        }
    }

    /// Writes what the attributes of an element say.
    fn describe(&mut self, element: &str, attributes: &[(String, String)]) {
        let area = match attribute(attributes, "type") {
            Some(kind) if element == "input" && kind.eq_ignore_ascii_case("hidden") => Area::Hidden,
            _ => Area::Metadata,
        };
        let label = ["name", "property", "itemprop", "id"].iter().find_map(|name| attribute(attributes, name));
        for (name, value) in attributes {
            if value.trim().is_empty() || LOOKS.contains(&name.as_str()) {
                continue;
            }
            if let Some(part) = data_uri::decode(value, self.embedded.len() + 1) {
                self.embedded.push(part);
            } else if name == "srcdoc" {
                self.nest(Area::Embedded, value);
            } else if matches!(name.as_str(), "value" | "content" | "default") {
                match label {
                    Some(label) if !label.is_empty() => self.flow.aside(area, format!("{label}: {value}")),
                    _ => self.flow.aside(area, value.as_str()),
                }
            } else if TEXTS.contains(&name.as_str()) {
                self.flow.aside(area, value.as_str());
            } else if let Some(data) = name.strip_prefix("data-") {
                self.flow.aside(area, format!("{data}: {value}"));
            } else {
                let target = percent::text(value);
                if could_hold_value(&target) {
                    self.flow.aside(area, target);
                }
            }
        }
    }
}

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
}

fn is_hidden(attributes: &[(String, String)]) -> bool {
    let hidden = |style: &str| {
        let style: String = style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        style.contains("display:none") || style.contains("visibility:hidden") || style.contains("mso-hide:all")
    };
    attributes.iter().any(|(name, value)| name == "hidden" || (name == "style" && hidden(value)))
}

/// Whether a rule of style holds text (`content`, comments of more than a few words), or what could be a value.
fn style_says(rule: &str) -> bool {
    let rule = rule.trim();
    let comment = rule.contains("/*") && rule.split_whitespace().count() > 4;
    rule.starts_with("content:") || comment || could_hold_value(rule) && !rule.starts_with(['@', '#', '.'])
}

/// Whether an attribute that is not meant as text could hold a value: enough digits, or an address. Pictures put into
/// the page as base64 do not count.
fn could_hold_value(value: &str) -> bool {
    let picture =
        value.starts_with("data:image") || value.starts_with("data:font") || value.starts_with("data:application");
    !picture && (value.contains('@') || value.bytes().filter(u8::is_ascii_digit).count() >= 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn document(html: &str) -> Document<'static> {
        read(html, &mut Budget::new(&Limits::default()))
    }

    fn text(html: &str) -> String {
        document(html).text.as_str().to_owned()
    }

    #[test]
    fn inline_elements_and_entities_do_not_break_a_value() {
        assert_eq!(
            text("<p>Card 4111<b>11</b>11<!-- x --> &#49;1&#x31;1<span>22</span>33</p><p>next"),
            "Card 41111111 11112233\nx\nnext\n"
        );
        assert_eq!(text("a<br>b<div>c</div>d<ul><li>e<li>f</ul>"), "a\nb\nc\nd\ne\nf\n");
        assert_eq!(text("<pre>a\n  b</pre>"), "a\n  b\n");
    }

    #[test]
    fn tables_have_cells() {
        let d = document(
            "<table><tr><th>Name</th><th>Card</th></tr><tr><td><p>Ann</p></td><td>4111</td></tr></table>after",
        );
        assert_eq!(d.text.as_str(), "Name\tCard\nAnn\t4111\nafter\n");
        let cell = d.text.cell(d.text.as_str().find("4111").unwrap()).unwrap();
        assert_eq!((cell.row, cell.column), (1, 1));
    }

    #[test]
    fn everything_that_holds_text_is_kept_with_its_area() {
        let html = "<html><head><title>T1</title><meta name=author content=\"A1\"><script>var c=\"S1\";</script></head>\
            <body><!-- C1 <b>4111</b>1111 --><p style=\"display: none\">H<p>1</p></p><img alt=L1 src='x.png'>\
            <input type=hidden name=iban value='DE89'><a href='mailto:a%40b.example'>link</a><i data-card=42>z</i>\
            <noscript><p>N1</noscript><template>E1</template></body></html>";
        let d = document(html);
        for (needle, area) in [
            ("T1", Area::Metadata),
            ("author: A1", Area::Metadata),
            ("S1", Area::Metadata),
            ("41111111", Area::Comment),
            ("L1", Area::Metadata),
            ("iban: DE89", Area::Hidden),
            ("a@b.example", Area::Metadata),
            ("card: 42", Area::Metadata),
            ("N1", Area::Body),
            ("E1", Area::Hidden),
            ("link", Area::Body),
        ] {
            let at = d.text.as_str().find(needle);
            assert_eq!(at.map(|at| d.text.location(at).area), Some(area), "{needle} in {}", d.text.as_str());
        }
        assert!(!d.text.as_str().contains("x.png"));
        assert!(d.gaps.is_empty());
        for cut in ["<html><body><p>4111", "<p>4111 <a href='x", "<body>4111<table>"] {
            let d = document(cut);
            assert_eq!(d.gaps.first().map(|gap| gap.reason), Some(Reason::Corrupt), "{cut}");
            assert!(d.text.as_str().contains("4111"));
        }
        assert!(document("<p>a piece<table><tr><td>of a page").gaps.is_empty());
    }

    #[test]
    fn depth_and_rubbish_cost_nothing() {
        assert!(text(&("<div>".repeat(200_000) + "4111")).contains("4111"));
        assert!(text(&("<".repeat(200_000) + "\n4111")).contains("4111"));
        assert!(text(&("<table><tr><td>".repeat(20_000) + "4111")).contains("4111"));
        assert!(text("<!-- <!-- <p>4111").contains("4111"));
        assert!(text("<p title='4111").contains("4111"));
        assert!(text("<p>x<p title='>Card 4111 <b>1111</b>").contains("4111"));
        assert!(text("<p>x<p 4111").contains("4111"));
    }
}
