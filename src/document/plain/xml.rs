//! XML of any vocabulary, read for its text. An element that holds text and nothing else gives a line `name: text`, as
//! the name is what a rule has for a label; attributes give the same as metadata; mixed content runs on as written.
//! Names that came up in none of these lines are told at the end.
//! Tables of the common vocabularies (OpenDocument, SpreadsheetML, DocBook) are cells. Damage is read past and noted.

use std::collections::HashSet;

use super::entities::Entities;
use super::flow::Flow;
use super::names::Names;
use crate::blob::{Budget, Gap, Reason};
use crate::document::markup::{Event, Tag, Xml, local, unescape};
use crate::document::{Area, Document};

/// Local names of elements that do not break a word, in the vocabularies of documents.
const INLINE: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "del",
    "dfn",
    "em",
    "emphasis",
    "font",
    "i",
    "ins",
    "kbd",
    "mark",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "subscript",
    "sup",
    "superscript",
    "tspan",
    "tt",
    "u",
    "var",
];
/// Names that are inline only in a namespace: runs of Word and drawings, ruby and spaces of OpenDocument.
const INLINE_PREFIXED: &[&str] = &["r", "t", "ruby", "ruby-base", "bookmark", "bookmark-start", "bookmark-end", "rPr"];
/// Elements between two looks at the clock.
const EVENTS_PER_CHECK: u32 = 4096;
/// Open elements among which the partner of an end tag is looked for.
const PARTNERS_MAX: usize = 64;

/// Reads an XML text.
pub fn read(xml: &str, budget: &mut Budget) -> Document<'static> {
    let mut reader = Reader {
        flow: Flow::new(),
        open: Vec::new(),
        run: String::new(),
        cells: 0,
        names: Names::new(),
        spaces: HashSet::new(),
        entities: Entities::default(),
    };
    let mut scanner = Xml::new(xml);
    let mut flaw = None;
    let mut gaps = Vec::new();
    let mut events = 0u32;
    while let Some(event) = scanner.next() {
        flaw = flaw.or(reader.event(event).err());
        events = events.wrapping_add(1);
        if events.is_multiple_of(EVENTS_PER_CHECK)
            && let Err(reason) = budget.time()
        {
            gaps.push(Gap::new(reason, "", "XML was read in part"));
            break;
        }
    }
    reader.flush(false);
    reader.names();
    if reader.names.is_overflowing() {
        gaps.push(Gap::new(Reason::TooLarge, "", "more different names of elements than are examined"));
    }
    gaps.extend(reader.entities.gap());
    if let Some(flaw) = flaw.or(scanner.flaw()) {
        gaps.push(Gap::new(Reason::Corrupt, "", format!("XML is not well-formed: {flaw}")));
    }
    Document { text: reader.flow.finish(), gaps, ..Document::default() }
}

/// An open element.
struct Element<'a> {
    name: &'a str,
    /// Its local name among the names.
    number: Option<usize>,
    /// What it says it is called, if its name says nothing.
    title: Option<&'a str>,
    /// Text stands in it beside elements.
    mixed: bool,
    /// It has child elements.
    parent: bool,
    /// It does not break the text around it.
    inline: bool,
    /// Its label is written.
    labelled: bool,
    grid: Grid,
}

/// What an element is of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grid {
    No,
    Table,
    Row,
    Cell,
}

struct Reader<'a> {
    flow: Flow,
    open: Vec<Element<'a>>,
    /// Text since the last tag.
    run: String,
    /// Open cells.
    cells: usize,
    names: Names<'a>,
    /// Namespaces that are told.
    spaces: HashSet<&'a str>,
    entities: Entities<'a>,
}

/// Elements whose text is base64 of keys, digests and certificates (XML Signature 1.1, XAdES).
const SIGNED: &[&str] = &[
    "SignatureValue",
    "DigestValue",
    "X509Certificate",
    "X509CRL",
    "Modulus",
    "EncapsulatedTimeStamp",
    "EncapsulatedX509Certificate",
    "EncapsulatedCRLValue",
    "EncapsulatedOCSPValue",
];
/// Namespaces that are told.
const SPACES_MAX: usize = 256;

/// Names of elements and attributes that say nothing about the value: it is what another attribute calls it.
const VAGUE: &[&str] = &[
    "add",
    "attribute",
    "column",
    "content",
    "data",
    "entry",
    "field",
    "item",
    "no",
    "number",
    "param",
    "parameter",
    "property",
    "setting",
    "str",
    "string",
    "text",
    "val",
    "value",
    "variable",
];
/// Attributes that call the value of another one.
const NAMES: &[&str] = &["name", "key", "label", "title", "caption"];

/// What a tag calls its value.
fn title<'a>(tag: &Tag<'a>) -> Option<&'a str> {
    let short = |value: &str| (2..=64).contains(&value.len()) && value.chars().any(char::is_alphabetic);
    tag.attributes().find(|(name, value)| NAMES.contains(&local(name)) && short(value)).map(|(_, value)| value)
}

impl<'a> Reader<'a> {
    fn event(&mut self, event: Event<'a>) -> Result<(), &'static str> {
        match event {
            Event::Text(chars) => {
                let text = self.entities.expand(chars.decode());
                self.run.push_str(&text);
            }
            Event::Comment(text) => self.flow.aside(Area::Comment, text),
            Event::Instruction(text) if text.starts_with("xml ") => {}
            Event::Instruction(text) => self.flow.aside(Area::Metadata, text),
            // Entities that are declared and never used are text all the same.
            Event::Doctype(text) if text.contains('[') => {
                self.entities.declare(text);
                self.flow.aside(Area::Metadata, text);
            }
            Event::Doctype(_) => {}
            Event::Start(tag) => self.start(&tag),
            Event::End { qualified, .. } => {
                let partner = self.open.iter().rev().take(PARTNERS_MAX).position(|element| element.name == qualified);
                for _ in 0..=partner.ok_or("end tag without a start tag")? {
                    self.end();
                }
                if partner != Some(0) {
                    return Err("element is not closed");
                }
            }
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'a>) {
        let (short, name) = (tag.name, tag.qualified);
        let known = INLINE.contains(&short) || (name.len() > short.len() && INLINE_PREFIXED.contains(&short));
        let number = self.names.add(short);
        let blank = self.run.trim().is_empty();
        let spaced = blank && !self.run.is_empty();
        self.flush(known);
        let mixed = self.open.last().is_some_and(|parent| parent.mixed || parent.inline);
        if let Some(parent) = self.open.last_mut() {
            parent.parent = true;
        }
        let grid = self.grid(short, tag);
        if grid == Grid::No {
            match (known, mixed) {
                _ if short == "Glyphs" => {}
                (true, _) if spaced => self.flow.space(),
                (true, _) => {}
                (false, true) => self.flow.space(),
                (false, false) => self.flow.line(),
            }
        }
        self.spacing(short, name.len() > short.len());
        self.attributes(tag);
        let inline = known || mixed || short == "Glyphs";
        let title = if VAGUE.contains(&short) { title(tag) } else { None };
        self.open.push(Element { name, number, title, mixed: false, parent: false, inline, labelled: false, grid });
    }

    /// Elements that stand for white space.
    fn spacing(&mut self, short: &str, prefixed: bool) {
        match short {
            "br" | "line-break" | "lb" | "cr" => self.flow.line(),
            "tab" | "s" | "c" | "ptab" if prefixed => self.flow.space(),
            _ => {}
        }
    }

    fn grid(&mut self, short: &str, tag: &Tag<'a>) -> Grid {
        let span = |names: &[&str]| {
            let wanted = |(name, _): &(&str, &str)| names.contains(&local(name));
            tag.attributes().find(wanted).and_then(|(_, value)| value.parse().ok()).unwrap_or(1)
        };
        match short {
            "table" | "Table" | "tbl" | "tgroup" => {
                self.flow.start_table();
                Grid::Table
            }
            "table-row" | "Row" | "row" | "tr" if self.flow.in_table() => {
                self.flow.row();
                Grid::Row
            }
            "table-cell" | "covered-table-cell" | "Cell" | "cell" | "td" | "th" | "tc" | "entry"
                if self.flow.in_table() =>
            {
                self.flow.cell(span(&["number-columns-repeated", "colspan"]));
                self.cells = self.cells.saturating_add(1);
                Grid::Cell
            }
            _ => Grid::No,
        }
    }

    fn attributes(&mut self, tag: &Tag<'a>) {
        // A line of a page of OpenXPS (ECMA-388, 12.1) is written in several pieces; the rest is where they are drawn.
        if tag.name == "Glyphs"
            && let Some((_, words)) = tag.attributes().find(|(name, _)| *name == "UnicodeString")
        {
            self.flow.inline(&unescape(words));
            return self.flow.space();
        }
        let title = title(tag);
        for (name, value) in tag.attributes() {
            let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
            let looks = matches!(prefix, "xmlns" | "fo" | "svg" | "style" | "xml" | "xsi") || name == "xmlns";
            let number = if prefix == "xmlns" { None } else { self.names.add(local(name)) };
            let space = prefix == "xmlns" || name == "xmlns";
            if space && self.spaces.len() < SPACES_MAX && self.spaces.insert(value) {
                self.flow.aside(Area::Metadata, format!("{name}: {}", unescape(value)));
            }
            if value.len() >= 3 && !looks && !name.ends_with("style-name") {
                let name = local(name);
                let value = self.entities.expand(unescape(value));
                let line = match title.map(unescape) {
                    _ if !VAGUE.contains(&name) => format!("{name}: {value}"),
                    Some(title) => format!("{title}: {value}"),
                    None => format!("{} {name}: {value}", tag.name),
                };
                self.flow.aside(Area::Metadata, line);
                self.names.set_told(number);
            }
        }
    }

    fn end(&mut self) {
        self.flush(true);
        let Some(element) = self.open.pop() else { return };
        match element.grid {
            Grid::Table => self.flow.end_table(),
            Grid::Cell => self.cells = self.cells.saturating_sub(1),
            Grid::Row => {}
            Grid::No if element.inline => {
                let glued = INLINE.contains(&local(element.name)) || INLINE_PREFIXED.contains(&local(element.name));
                if !glued {
                    self.flow.space();
                }
            }
            Grid::No => self.flow.line(),
        }
    }

    /// Writes the text since the last tag. White space alone counts only inside mixed content; in front of an inline
    /// element it is left to the caller.
    fn flush(&mut self, keep_blank: bool) {
        if self.open.last().is_some_and(|element| SIGNED.contains(&local(element.name))) {
            self.run.clear();
        }
        if self.run.is_empty() {
            return;
        }
        let labels = self.cells == 0;
        let blank = self.run.trim().is_empty();
        if let Some(element) = self.open.last_mut() {
            if blank && keep_blank && (element.mixed || element.inline) {
                self.flow.space();
            }
            if !blank {
                let name = local(element.name);
                let letters = name.chars().filter(|c| c.is_alphabetic()).count();
                if labels && !element.inline && !element.parent && !element.labelled && letters >= 2 {
                    let title = element.title.map(unescape);
                    self.flow.inline(title.as_deref().unwrap_or(name));
                    self.flow.inline(": ");
                    self.names.set_told(element.number);
                }
                element.labelled = true;
                element.mixed = true;
            }
        }
        if !blank {
            self.write_run();
        }
        self.run.clear();
    }

    /// Tells the names that no line has. Those of runs and spans are nobody's own.
    fn names(&mut self) {
        let common = |name: &str| INLINE.contains(&name) || INLINE_PREFIXED.contains(&name) || name == "xmlns";
        let names = self.names.untold(common);
        self.flow.line();
        self.flow.aside(Area::Metadata, names);
    }

    /// Lines of the text stay lines (a log, a letter in an element), their indentation goes.
    fn write_run(&mut self) {
        for (i, line) in self.run.split('\n').enumerate() {
            if i > 0 {
                match line.trim().is_empty() {
                    true => self.flow.space(),
                    false => self.flow.line(),
                }
            }
            self.flow.inline(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn document(xml: &str) -> Document<'static> {
        read(xml, &mut Budget::new(&Limits::default()))
    }

    fn text(xml: &str) -> String {
        document(xml).text.as_str().to_owned()
    }

    #[test]
    fn leaves_are_lines_with_their_names() {
        let xml =
            "<?xml version='1.0'?><r>\n <p:ssn xmlns:p='u'>536-22-8467</p:ssn>\n <a>x</a><note>one\n   two</note></r>";
        assert_eq!(text(xml), "xmlns:p: u\nssn: 536-22-8467\nx\nnote: one\ntwo\n");
        assert_eq!(text("<r><v>&#x34;111<![CDATA[ <1111>]]></v></r>"), "4111 <1111>\n");
    }

    #[test]
    fn inline_markup_does_not_break_a_value() {
        let odf = "<t:p>Card <t:span>4111</t:span><t:span>1111</t:span> x<t:s/>y</t:p><t:p>z</t:p>";
        assert_eq!(text(odf), "Card 41111111 x y\nz\n");
        assert_eq!(text("<svg><text>41<tspan>11</tspan></text></svg>"), "text: 4111\nsvg\n");
        assert_eq!(text("<w:p><w:r><w:t>41</w:t></w:r><w:r><w:t>11</w:t></w:r></w:p><w:p/>"), "4111\n");
        assert_eq!(text("<row>x<aa>1</aa><bb>2</bb></row>"), "row: x 1 2\n");
    }

    #[test]
    fn vague_names_give_way_to_what_the_value_is_called() {
        assert_eq!(text("<r><card number='4111'/></r>"), "card number: 4111\ncard\n");
        assert_eq!(text("<r><add key='card no' value='4111'/></r>"), "key: card no\ncard no: 4111\nadd\n");
        assert_eq!(text("<r><field name='ssn'>536-22-8467</field></r>"), "name: ssn\nssn: 536-22-8467\n");
    }

    #[test]
    fn attributes_comments_and_tables_are_kept_apart() {
        let d = document("<d><e card='4111 &amp; 1'/><!-- note --><T><row>x</row></T></d>");
        assert_eq!(d.text.as_str(), "card: 4111 & 1\nnote\nrow: x\n");
        assert_eq!(d.text.location(0).area, Area::Metadata);
        assert_eq!(d.text.location(16).area, Area::Comment);
        let sheet = "<o><t:table><t:table-row><t:table-cell><t:p>Name</t:p></t:table-cell><t:table-cell><t:p>Card</t:p></t:table-cell>\
            </t:table-row><t:table-row><t:table-cell t:number-columns-repeated='1'/><t:table-cell><t:p>4111</t:p></t:table-cell></t:table-row></t:table></o>";
        let d = document(sheet);
        assert_eq!(d.text.as_str(), "Name\tCard\n\t4111\ntable | table-row | table-cell | number-columns-repeated\n");
        let cell = d.text.cell(d.text.as_str().find("4111").unwrap()).unwrap();
        assert_eq!((cell.row, cell.column), (1, 1));
    }

    #[test]
    fn names_without_a_line_of_their_own_are_told_at_the_end() {
        let d = document(
            "<doc xmlns:ab='urn:x'><n4111111111111111/><Person Age='7' name='Ann'><ssn>1</ssn><Person/></Person></doc>",
        );
        assert_eq!(d.text.as_str(), "xmlns:ab: urn:x\nname: Ann\nssn: 1\ndoc | n4111111111111111 | Person | Age\n");
        assert_eq!(d.text.location(d.text.len() - 2).area, Area::Metadata);
        let many: String = (0..10_001).map(|i| format!("<name{i}/>")).collect();
        assert_eq!(document(&format!("<r>{many}</r>")).gaps.first().map(|gap| gap.reason), Some(Reason::TooLarge));
    }

    #[test]
    fn damage_is_a_gap_and_the_text_is_read() {
        for xml in
            ["<a><b>4111</b>", "<a><b>4111</a>", "<a>4111", "<a x='1><b>4111</b></a>", "<a>1 < 4111</a>", "</x>4111"]
        {
            let d = document(xml);
            assert!(d.text.as_str().contains("4111"), "{xml}");
            assert_eq!(d.gaps.first().map(|gap| gap.reason), Some(Reason::Corrupt), "{xml}");
        }
        assert!(document("<a>fine</a>").gaps.is_empty());
    }

    #[test]
    fn depth_costs_nothing_and_entities_are_put_in_where_they_are_used() {
        let deep = "<p>".repeat(200_000) + "4111" + &"</p>".repeat(200_000);
        let d = document(&deep);
        assert!(d.text.as_str().contains("4111") && d.gaps.is_empty());
        let laughs = document("<!DOCTYPE a [<!ENTITY b \"4111\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>");
        assert!(laughs.text.len() < 100 && laughs.text.as_str().contains("41114111"));
    }
}
