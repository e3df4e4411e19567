//! SpreadsheetML workbooks: sheets in their order, shared strings, styles, comments on cells
//! (ECMA-376 part 1, 18.2, 18.4, 18.8, 18.7).

use std::borrow::Cow;

use super::{Reader, binary, parts, quick, sheet};
use crate::blob::Reason;
use crate::document::markup::{self, Event, Xml};
use crate::document::spreadsheet::{Strings, Styles};
use crate::document::{Area, Unit};

/// What all sheets of a workbook share.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Shared strings.
    pub strings: Strings,
    /// Cell styles.
    pub styles: Styles,
    /// Whether dates count from 1904.
    pub epoch_1904: bool,
}

struct SheetEntry {
    name: String,
    id: String,
    hidden: bool,
}

/// Reads a workbook.
pub(super) fn read(reader: &mut Reader<'_, '_, '_>) {
    let Some(main) = reader.package.main() else {
        return;
    };
    let mut sheets = Vec::new();
    let is_binary = binary::is_binary(reader, &main);
    for part in reader.package.find(&main) {
        if is_binary {
            let entries = binary::records(reader, part, binary::directory);
            sheets.extend(entries.into_iter().map(|(name, id, hidden)| SheetEntry { name, id, hidden }));
            continue;
        }
        reader.part(part, |reader, xml| {
            directory(reader, xml, &mut sheets);
            Ok(())
        });
    }
    if is_binary {
        binary::prepare(reader, &main);
    }
    for key in reader.related(&main, |kind| kind == "sharedstrings") {
        for part in reader.package.find(&key) {
            reader.part(part, shared_strings);
        }
    }
    for key in reader.related(&main, |kind| kind == "styles") {
        for part in reader.package.find(&key) {
            reader.part(part, |reader, xml| {
                styles(&mut reader.book, xml);
                Ok(())
            });
        }
    }
    let targets = reader.package.targets(&main);
    let keys: Vec<_> = sheets.iter().map(|s| targets.get(s.id.as_str()).map(|key| (*key).to_owned())).collect();
    for (entry, key) in sheets.into_iter().zip(keys) {
        let name = reader.out.text.name(&entry.name);
        reader.out.text.set_unit(Unit::Sheet(name));
        reader.out.text.aside(Area::Metadata, &entry.name);
        for part in key.map(|key| reader.package.find(&key)).unwrap_or_default() {
            one(reader, part, entry.hidden);
        }
        reader.out.text.set_unit(Unit::None);
    }
}

/// Reads a sheet that the workbook does not list.
pub(super) fn loose(reader: &mut Reader<'_, '_, '_>, part: usize) {
    let name = reader.package.name(part).to_owned();
    let name = reader.out.text.name(&name);
    reader.out.text.set_unit(Unit::Sheet(name));
    one(reader, part, true);
    reader.out.text.set_unit(Unit::None);
}

/// Reads a sheet and what belongs to it.
fn one(reader: &mut Reader<'_, '_, '_>, part: usize, hidden: bool) {
    let key = reader.package.key(part).to_owned();
    let mut book = std::mem::take(&mut reader.book);
    if binary::is_binary(reader, &key) {
        binary::records(reader, part, |reader, records| {
            binary::sheet(records, hidden, &mut book, &mut reader.out.text, reader.budget)
        });
    } else {
        reader.part(part, |reader, xml| sheet::read(xml, hidden, &mut book, &mut reader.out.text, reader.budget));
    }
    reader.book = book;
    let belongs = |kind: &str| {
        matches!(
            kind,
            "comments" | "threadedcomment" | "drawing" | "vmldrawing" | "table" | "pivottable" | "querytable"
        )
    };
    for related in reader.related(&key, belongs) {
        for part in reader.package.find(&related) {
            parts::read(reader, part);
        }
        for related in reader.related(&related, |kind| matches!(kind, "chart" | "chartex" | "diagramdata")) {
            for part in reader.package.find(&related) {
                parts::read(reader, part);
            }
        }
    }
}

/// `xl/workbook.xml`: sheets, defined names, the date system.
fn directory(reader: &mut Reader<'_, '_, '_>, xml: &mut Xml<'_>, sheets: &mut Vec<SheetEntry>) {
    while let Some(event) = xml.next() {
        let Event::Start(tag) = event else { continue };
        match tag.name {
            "workbookPr" => reader.book.epoch_1904 = tag.flag("date1904"),
            "sheet" => {
                let hidden = tag.attribute("state").is_some_and(|s| s.to_ascii_lowercase().contains("hidden"));
                let text = |name: Option<Cow<'_, str>>| name.unwrap_or_default().into_owned();
                sheets.push(SheetEntry { name: text(tag.attribute("name")), id: text(tag.prefixed("id")), hidden });
            }
            "definedName" => {
                let words = [tag.attribute("name").filter(|name| !name.starts_with("_xl")), tag.attribute("comment")];
                for word in words.into_iter().flatten() {
                    reader.out.text.aside(Area::Metadata, &word);
                }
                let formula = xml.text();
                if sheet::is_telling(&formula) {
                    reader.out.text.aside(Area::Metadata, &formula);
                }
            }
            "fileSharing" => reader.out.text.aside(Area::Metadata, &tag.attribute("userName").unwrap_or_default()),
            _ => {}
        }
    }
}

/// `xl/sharedStrings.xml`: plain and rich strings (18.4.8); phonetic hints are told beside the cells.
fn shared_strings(reader: &mut Reader<'_, '_, '_>, xml: &mut Xml<'_>) -> Result<(), Reason> {
    let mut phonetic = String::new();
    let mut in_phonetic = false;
    let strings = &mut reader.book.strings;
    loop {
        while let Some((text, length)) = xml.rest().filter(|_| !in_phonetic).and_then(quick::string) {
            xml.pass_over(length);
            strings.text().push_str(&unescape_cell(&markup::unescape(text)));
            strings.end();
            if strings.len().is_multiple_of(4096) {
                reader.budget.time()?;
            }
        }
        let Some(event) = xml.next() else { break };
        match event {
            Event::Start(tag) if tag.name == "t" => {
                let text = xml.text();
                let into = if in_phonetic { &mut phonetic } else { strings.text() };
                into.push_str(&unescape_cell(&text));
            }
            Event::Start(tag) if tag.name == "rPh" => in_phonetic = true,
            Event::End { name: "rPh", .. } => {
                in_phonetic = false;
                phonetic.push('\n');
            }
            Event::End { name: "si", .. } => {
                strings.end();
                if strings.len().is_multiple_of(4096) {
                    reader.budget.time()?;
                }
            }
            _ => {}
        }
    }
    for line in phonetic.lines() {
        reader.out.text.aside(Area::Metadata, line);
    }
    Ok(())
}

/// Tells the shared strings that no cell showed.
pub(super) fn unused_strings(reader: &mut Reader<'_, '_, '_>) {
    let strings = std::mem::take(&mut reader.book.strings);
    for string in strings.unused() {
        reader.out.text.aside(Area::Metadata, string);
    }
}

/// `_x000D_` stands for a character XML cannot hold (ECMA-376 part 1, 22.9.2.19).
pub(super) fn unescape_cell(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'_', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let code = rest.get(2..6).filter(|_| rest.as_bytes().get(6) == Some(&b'_'));
        match code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                rest = rest.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = rest.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// `xl/styles.xml`, as far as it says how numbers look (18.8.30, 18.8.10).
fn styles(book: &mut Book, xml: &mut Xml<'_>) {
    let mut ids: Vec<u32> = Vec::new();
    let mut custom = std::collections::HashMap::new();
    let mut in_cells = false;
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) => match tag.name {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (tag.number("numFmtId"), tag.attribute("formatCode")) {
                        custom.entry(id).or_insert_with(|| code.into_owned());
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => ids.push(tag.number("numFmtId").unwrap_or(0)),
                "fonts" | "fills" | "borders" | "cellStyleXfs" => xml.skip(),
                _ => {}
            },
            // What follows is about conditional formats.
            Event::End { name: "cellXfs", .. } => break,
            _ => {}
        }
    }
    for id in ids {
        book.styles.add(id, &custom);
    }
}

/// Comments on cells (18.7): each stands at its cell.
pub(super) fn comments(reader: &mut Reader<'_, '_, '_>, part: usize) {
    reader.part(part, |reader, xml| {
        let text = &mut reader.out.text;
        let before = text.position();
        let mut threaded = false;
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => match tag.name {
                    "author" => text.aside(Area::Metadata, &xml.text()),
                    "commentList" | "ThreadedComments" => {
                        text.line();
                        text.start_table();
                        text.set_area(Area::Comment);
                    }
                    "comment" | "threadedComment" => {
                        threaded = tag.name == "threadedComment";
                        let (row, column) = tag.attribute("ref").map_or((None, None), |at| sheet::cell_name(&at));
                        text.set_cell(row.unwrap_or(0), column.unwrap_or(0));
                    }
                    "t" => text.push(&unescape_cell(&xml.text())),
                    "text" if threaded => text.push(&xml.text()),
                    "rPh" => xml.skip(),
                    _ => {}
                },
                Event::End { name: "comment" | "threadedComment", .. } => text.line(),
                _ => {}
            }
        }
        text.line();
        text.set_position(before);
        Ok(())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_cells() {
        assert_eq!(unescape_cell("a_x000D_b_x005F_x0041_ _xZZ_"), "a\rb_x0041_ _xZZ_");
    }

    #[test]
    fn styles_name_formats() {
        let mut book = Book::default();
        let source = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"000\\-00\\-0000\"/></numFmts><cellStyleXfs>\
            <xf numFmtId=\"9\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"14\"/></cellXfs>";
        styles(&mut book, &mut Xml::new(source));
        assert!(book.styles.format(0).is_none() && book.styles.format(1).is_some() && book.styles.format(9).is_none());
        let mut out = String::new();
        book.styles.format(1).unwrap().show("219099999", false, &mut out);
        assert_eq!(out, "219-09-9999  219099999");
    }
}
