//! Parts of workbooks in binary records (MS-XLSB, BIFF12): the workbook, shared strings, styles, comments, and words of
//! parts that need no reader of their own. Section numbers are those of MS-XLSB.

mod records;
mod sheet;

use std::collections::HashMap;

use super::{Reader, workbook};
use crate::blob::{Gap, Kind, Reason};
use crate::document::spreadsheet::{Dialect, constants};
use crate::document::{Area, Text};
use records::{Body, Records};

pub(super) use sheet::read as sheet;

/// Whether a part is made of binary records.
pub(super) fn is_binary(reader: &Reader<'_, '_, '_>, key: &str) -> bool {
    reader.kind == Kind::Xlsb && key.ends_with(".bin")
}

/// Reads a part that is made of binary records; `false` for any other.
pub(super) fn read(reader: &mut Reader<'_, '_, '_>, part: usize) -> bool {
    let key = reader.package.key(part).to_owned();
    if !is_binary(reader, &key) {
        return false;
    }
    let content_type = reader.package.content_type(&key);
    let token = content_type.strip_prefix("application/vnd.ms-excel.").unwrap_or_default();
    let token = if token.is_empty() { reader.package.pointed_at(&key) } else { token };
    match token {
        "worksheet" | "chartsheet" | "macrosheet" | "intlmacrosheet" | "dialogsheet" | "xlmacrosheet" => {
            workbook::loose(reader, part);
        }
        "comments" => comments(reader, part),
        "sharedstrings" => records(reader, part, shared_strings),
        "calcchain" | "binindexws" | "sheetmetadata" | "styles" | "xlbinaryindex" => reader.package.set_done(part),
        "sheet.binary.macroenabled.main" | "officedocument" => records(reader, part, |reader, records| {
            let _ = directory(reader, records)?;
            Ok(())
        }),
        "table"
        | "tablesinglecells"
        | "pivotcachedefinition"
        | "pivotcacherecords"
        | "pivottable"
        | "externallink"
        | "connections"
        | "querytable"
        | "usernames"
        | "revisionheaders"
        | "revisionlog"
        | "slicer"
        | "slicercache"
        | "timeline"
        | "timelinecache"
        | "externallinkpath"
        | "volatiledependencies"
        | "customdata" => {
            records(reader, part, words);
        }
        _ => return false,
    }
    true
}

/// Unpacks a part and has `read` walk its records. What goes wrong is a gap at the part.
pub(super) fn records<T: Default>(
    reader: &mut Reader<'_, '_, '_>,
    part: usize,
    read: impl FnOnce(&mut Reader<'_, '_, '_>, &mut Records<'_>) -> Result<T, Reason>,
) -> T {
    let mut bytes = std::mem::take(&mut reader.buffer);
    bytes.clear();
    reader.package.read(part, reader.budget, &mut reader.out.gaps, &mut bytes);
    let mut records = Records::new(&bytes);
    let end = read(reader, &mut records);
    let is_cut = records.is_cut();
    if let Err(reason) = end {
        reader.out.gaps.push(Gap::new(reason, reader.package.name(part), ""));
    } else if is_cut {
        reader.out.gaps.push(Gap::new(Reason::Corrupt, reader.package.name(part), "a record is cut off"));
    }
    reader.buffer = bytes;
    end.unwrap_or_default()
}

/// Reads shared strings and styles, which sheets need.
pub(super) fn prepare(reader: &mut Reader<'_, '_, '_>, main: &str) {
    for key in reader.related(main, |kind| kind == "sharedstrings") {
        for part in reader.package.find(&key) {
            records(reader, part, shared_strings);
        }
    }
    for key in reader.related(main, |kind| kind == "styles") {
        for part in reader.package.find(&key) {
            records(reader, part, styles);
        }
    }
}

/// The workbook (2.1.7.61): its sheets (name, id of the relationship, whether hidden), names, the date system.
pub(super) fn directory(
    reader: &mut Reader<'_, '_, '_>,
    records: &mut Records<'_>,
) -> Result<Vec<(String, String, bool)>, Reason> {
    let mut sheets = Vec::new();
    while let Some((kind, mut body)) = records.next() {
        match kind {
            // BrtBundleSh (2.4.304).
            156 => {
                let state = body.u32().unwrap_or(0);
                let entry = body.u32().and_then(|_| Some((body.string()?, body.string()?)));
                if let Some((id, name)) = entry {
                    sheets.push((name, id, state != 0));
                }
            }
            // BrtWbProp (2.4.822).
            153 => reader.book.epoch_1904 = body.u32().is_some_and(|flags| flags & 1 == 1),
            // BrtName (2.4.707).
            39 => defined_name(body, &mut reader.out.text),
            _ => {}
        }
    }
    Ok(sheets)
}

fn defined_name(mut body: Body<'_>, text: &mut Text<'_>) {
    let flags = body.u32().unwrap_or(0);
    let Some(name) = body.skip(5).and_then(|()| body.string()) else { return };
    if flags & 0x20 == 0 && !name.starts_with("_xl") {
        text.aside(Area::Metadata, &name);
    }
    formula(&mut body, &mut |words| text.aside(Area::Metadata, words));
    for words in std::iter::from_fn(|| body.string()).take(5) {
        text.aside(Area::Metadata, &words);
    }
}

/// Takes a formula (2.5.97.9) and tells its constants.
fn formula(body: &mut Body<'_>, say: &mut dyn FnMut(&str)) {
    let tokens = body.u32().and_then(|length| body.take(length as usize));
    let Some(tokens) = tokens else { return };
    constants(tokens, Dialect::Biff12, &|_| String::new(), say);
    let more = body.u32().unwrap_or(0);
    let _ = body.skip(more as usize);
}

/// Shared strings (2.1.7.45).
fn shared_strings(reader: &mut Reader<'_, '_, '_>, records: &mut Records<'_>) -> Result<(), Reason> {
    while let Some((kind, mut body)) = records.next() {
        // BrtSSTItem (2.4.763).
        if kind != 19 {
            continue;
        }
        let (text, phonetic) = body.rich();
        reader.book.strings.text().push_str(&text);
        reader.book.strings.end();
        reader.out.text.aside(Area::Metadata, &phonetic);
        if reader.book.strings.len().is_multiple_of(4096) {
            reader.budget.time()?;
        }
    }
    Ok(())
}

/// Styles (2.1.7.50), as far as they say how numbers look.
fn styles(reader: &mut Reader<'_, '_, '_>, records: &mut Records<'_>) -> Result<(), Reason> {
    let mut codes = HashMap::new();
    let mut in_cells = false;
    while let Some((kind, mut body)) = records.next() {
        match kind {
            // BrtFmt (2.4.657).
            44 => {
                if let (Some(id), Some(code)) = (body.u16(), body.string()) {
                    codes.insert(u32::from(id), code);
                }
            }
            617 => in_cells = true,
            618 => in_cells = false,
            // BrtXF (2.4.848).
            47 if in_cells => {
                let id = body.u16().and_then(|_| body.u16()).unwrap_or(0);
                reader.book.styles.add(u32::from(id), &codes);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Comments on cells (2.1.7.11): each stands at its cell.
fn comments(reader: &mut Reader<'_, '_, '_>, part: usize) {
    records(reader, part, |reader, records| {
        let text = &mut reader.out.text;
        let before = text.position();
        let mut started = false;
        while let Some((kind, mut body)) = records.next() {
            match kind {
                // BrtCommentAuthor (2.4.328).
                632 => text.aside(Area::Metadata, &body.string().unwrap_or_default()),
                // BrtBeginComment (2.4.29).
                635 => {
                    if !std::mem::replace(&mut started, true) {
                        text.line();
                        text.start_table();
                        text.set_area(Area::Comment);
                    }
                    let row = body.u32().and_then(|_| body.u32());
                    let column = body.u32().and_then(|_| body.u32());
                    text.set_cell(row.unwrap_or(0), column.unwrap_or(0));
                }
                // BrtCommentText (2.4.329).
                637 => {
                    let (words, _) = body.rich();
                    text.push(words.trim_end());
                    text.line();
                }
                _ => {}
            }
        }
        text.line();
        text.set_position(before);
        Ok(())
    });
}

/// The words in the records of any other part: whatever is stored as a string is told, each string once.
fn words(reader: &mut Reader<'_, '_, '_>, records: &mut Records<'_>) -> Result<(), Reason> {
    let mut told = std::collections::HashSet::new();
    let mut count = 0_u32;
    while let Some((_, body)) = records.next() {
        count = count.wrapping_add(1);
        if count.is_multiple_of(1024) {
            reader.budget.time()?;
        }
        for words in body.strings() {
            let is_id = words.strip_prefix("rId").is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit()));
            if !is_id && told.insert(words.clone()) {
                reader.out.text.aside(Area::Metadata, &words);
            }
        }
    }
    Ok(())
}
