//! Recognising delimited fields: CSV (RFC 4180, read leniently), tab-, semicolon- and bar-separated lines, Markdown
//! tables. Prose has commas too, so a table is a header line and at least two lines of the same number of fields.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one text, and lines that are counted")]

use std::ops::Range;

use crate::document::text::{Delimited, Text, fields};

/// Bytes of the text that are looked at. A table that reaches beyond them is taken to reach the end.
const SAMPLE_BYTES: usize = 64 << 10;
/// Tables of one text that are told apart.
const TABLES_MAX: usize = 32;
/// Lines in a row that may have another number of fields before a table is over (a note, a broken record).
const MISSES_MAX: usize = 2;
/// Longest field of a header line, in bytes.
const HEADER_FIELD_BYTES_MAX: usize = 64;

/// Delimiters in the order of trust: the first ones hardly occur in prose.
const DELIMITERS: &[u8] = b"\t|;,^\x01";

/// Tells `text` about the tables in it. Says whether the last one ends inside of a row: without a line end, and with
/// fewer fields than its first row has.
pub fn mark(text: &mut Text<'_>) -> bool {
    let tables = find(text.as_str());
    let cut = tables.last().is_some_and(|table| ends_inside_a_row(text.as_str(), table));
    for table in tables {
        text.set_delimited(table);
    }
    cut
}

/// Whether the last table of `text` ends inside of a row.
pub(super) fn ends_inside_a_row(text: &str, table: &Delimited) -> bool {
    let first = text.get(table.range.clone()).and_then(|rows| rows.split_once('\n')).map_or("", |(first, _)| first);
    let Some((rows, last)) = text.rsplit_once('\n') else { return false };
    // A quoted field may hold line ends: only whole lines are counted. A line without any delimiter is a remark.
    let quoted = opens_quote(first) || !count_quotes(last).is_multiple_of(2);
    let short = (2..width(first, table.delimiter)).contains(&width(last, table.delimiter));
    table.range.end > rows.len() && !quoted && short
}

/// Tells `text`, whose lines are drawn on pages with tabs between columns, about the tables that have a header.
pub fn mark_columns(text: &mut Text<'_>) {
    /// Tables of one document that are told apart.
    const DRAWN_MAX: usize = 1024;
    /// Longest head of a column, in bytes: what is longer is a column of prose.
    const HEAD_BYTES_MAX: usize = 32;
    /// Digits that a head may have: those of a year.
    const HEAD_DIGITS_MAX: usize = 4;
    let body = text.as_str();
    let is_head = |head: &Range<usize>| {
        let head = body.get(head.clone()).unwrap_or_default();
        let letters = head.chars().filter(|c| c.is_alphabetic()).count();
        let digits = head.bytes().filter(u8::is_ascii_digit).count();
        head.is_empty() || head.len() <= HEAD_BYTES_MAX && digits <= HEAD_DIGITS_MAX && letters >= digits.max(1)
    };
    let mut tables = tables(body, body, b"\t", DRAWN_MAX);
    tables.retain(|table| !table.header.is_empty() && table.header.iter().all(is_head));
    for mut table in tables {
        table.drawn = true;
        text.set_delimited(table);
    }
}

/// The tables of `text`.
pub fn find(text: &str) -> Vec<Delimited> {
    tables(text, sample(text), DELIMITERS, TABLES_MAX)
}

/// At most `most` tables with one of these delimiters that begin in `sample`, the start of `text`.
fn tables(text: &str, sample: &str, delimiters: &[u8], most: usize) -> Vec<Delimited> {
    let records = records(sample);
    let mut tables = Vec::new();
    let mut at = 0;
    while at < records.len() && tables.len() < most {
        let Some((delimiter, last)) = table_at(sample, &records, at, delimiters) else {
            at += 1;
            continue;
        };
        let start = records.get(at).map_or(0, |r| r.start);
        let mut end = records.get(last).map_or(sample.len(), |r| r.end);
        // The last line or two of the sample may be cut off.
        if last + 1 + MISSES_MAX >= records.len() && sample.len() < text.len() {
            end = text.len();
        }
        let header = header(sample, records.get(at), delimiter);
        tables.push(Delimited { range: start..end, delimiter, header, drawn: false });
        at = last + 1;
    }
    tables
}

/// The start of `text`, whole lines only.
fn sample(text: &str) -> &str {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let head = text.as_bytes().get(..SAMPLE_BYTES).unwrap_or_default();
    let end = memchr::memrchr(b'\n', head).map_or(0, |at| at + 1);
    text.get(..end).unwrap_or_default()
}

/// Lines with their line ends. A quoted field may hold line ends: lines are joined until its quote is closed, unless it
/// is not within the next few.
fn records(sample: &str) -> Vec<Range<usize>> {
    /// Lines that one record may span.
    const LINES_MAX: usize = 32;
    let mut records: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    let lines: Vec<&str> = sample.split_inclusive('\n').collect();
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        let mut length = line.len();
        let mut taken = 1;
        if opens_quote(line) {
            let mut quotes = count_quotes(line);
            let more = lines.get(index + 1..).unwrap_or_default().iter().take(LINES_MAX);
            let mut longer = length;
            for (i, next) in more.enumerate() {
                longer += next.len();
                quotes += count_quotes(next);
                if quotes.is_multiple_of(2) {
                    length = longer;
                    taken = i + 2;
                    break;
                }
            }
        }
        records.push(at..at + length);
        at += length;
        index += taken;
    }
    records
}

fn count_quotes(line: &str) -> usize {
    memchr::memchr_iter(b'"', line.as_bytes()).count()
}

/// Whether a quoted field starts on the line and does not end on it.
fn opens_quote(line: &str) -> bool {
    let starts = |at: usize| at == 0 || line.as_bytes().get(at - 1).is_some_and(|b| DELIMITERS.contains(b));
    !count_quotes(line).is_multiple_of(2) && memchr::memchr_iter(b'"', line.as_bytes()).any(starts)
}

/// Delimiter and last record of a table that starts at record `first`.
fn table_at(sample: &str, records: &[Range<usize>], first: usize, delimiters: &[u8]) -> Option<(u8, usize)> {
    let line = record(sample, records, first)?;
    if line.trim().is_empty() || is_rule(line) {
        return None;
    }
    delimiters.iter().find_map(|delimiter| {
        let width = width(line, *delimiter);
        if width < 2 || !is_header_like(line, *delimiter) {
            return None;
        }
        let last = last_record(sample, records, first, *delimiter, width)?;
        Some((*delimiter, last))
    })
}

/// The last record of the table of `width` columns that starts at `first`; at least two lines must follow the first.
fn last_record(sample: &str, records: &[Range<usize>], first: usize, delimiter: u8, width: usize) -> Option<usize> {
    let (mut last, mut rows, mut filled, mut spaced, mut misses) = (first, 0usize, 0usize, 0usize, 0usize);
    for at in first + 1..records.len() {
        let line = record(sample, records, at)?;
        if line.trim().is_empty() || is_rule(line) {
            // Blank lines and drawn rules stand between rows of some tables, at most one at a time.
            misses += usize::from(line.trim().is_empty());
            if rows == 0 && misses > 0 {
                return None;
            }
        } else if self::width(line, delimiter) == width {
            rows += 1;
            misses = 0;
            last = at;
            filled += usize::from(filled_fields(line, delimiter) >= 2);
            spaced += usize::from(delimiter == b',' && line.contains(", "));
        } else {
            misses += 1;
            // A table that is just starting has no broken records yet.
            if rows < 2 {
                return None;
            }
        }
        if misses > MISSES_MAX {
            break;
        }
    }
    // Prose puts a blank behind each comma, and seldom the same number of them on three lines in a row.
    let prose = spaced * 2 > rows && (width < 3 || rows < 3);
    (rows >= 2 && filled * 2 >= rows && !prose).then_some(last)
}

fn record<'a>(sample: &'a str, records: &[Range<usize>], at: usize) -> Option<&'a str> {
    sample.get(records.get(at)?.clone()).map(|line| line.trim_end_matches(['\r', '\n']))
}

fn width(line: &str, delimiter: u8) -> usize {
    // Most lines hold no delimiter at all: look before parsing.
    if memchr::memchr(delimiter, line.as_bytes()).is_none() {
        return 1;
    }
    fields(line, delimiter).count()
}

fn filled_fields(line: &str, delimiter: u8) -> usize {
    fields(line, delimiter).filter(|field| !line.get(field.clone()).unwrap_or_default().trim().is_empty()).count()
}

/// A line drawn of rules: `+----+----+`, `|---|:--:|`.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.chars().all(|c| matches!(c, '-' | '+' | '|' | '=' | ':' | ' ' | '_'))
}

/// Whether a line could be the first of a table: at least two of its fields hold something, all are short, and it is no
/// sentence.
fn is_header_like(line: &str, delimiter: u8) -> bool {
    // Most lines of prose are told by their ends.
    let ends = line.trim_end().ends_with(['.', ':', '?', '!', ',']);
    // A header may end in an abbreviation (`Name,Invoice no.`), but has no blanks behind its commas then.
    if delimiter == b',' && ends && (line.contains(", ") || !line.trim_end().ends_with('.')) {
        return false;
    }
    let texts = || fields(line, delimiter).map(|field| line.get(field).unwrap_or_default().trim());
    texts().all(|text| text.len() <= HEADER_FIELD_BYTES_MAX && text.split_whitespace().nth(7).is_none())
        && texts().filter(|text| !text.is_empty()).nth(1).is_some()
}

/// Fields of the header line, if the first line is one: labels, with no long run of digits anywhere.
fn header(sample: &str, first: Option<&Range<usize>>, delimiter: u8) -> Vec<Range<usize>> {
    /// Digits of the longest run a label may have (a year and a bit).
    const LABEL_DIGITS_MAX: usize = 4;
    let Some(range) = first else { return Vec::new() };
    let line = sample.get(range.clone()).unwrap_or_default().trim_end_matches(['\r', '\n']);
    let mut header = Vec::new();
    let (mut labels, mut others) = (0, 0);
    for field in fields(line, delimiter) {
        let text = line.get(field.clone()).unwrap_or_default();
        let trimmed = text.trim();
        let lead = text.len() - text.trim_start().len();
        let start = range.start + field.start + lead;
        header.push(start..start + trimmed.len());
        if trimmed.is_empty() {
            continue;
        }
        let longest = trimmed.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
        if longest > LABEL_DIGITS_MAX || trimmed.contains('@') {
            return Vec::new();
        }
        let letters = trimmed.chars().filter(|c| c.is_alphabetic()).count();
        let digits = trimmed.chars().filter(char::is_ascii_digit).count();
        if letters > 0 && letters >= digits { labels += 1 } else { others += 1 }
    }
    if labels > others { header } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(char, String, Vec<String>)> {
        let show = |r: &Range<usize>| text[r.clone()].to_owned();
        find(text)
            .iter()
            .map(|t| (char::from(t.delimiter), show(&t.range), t.header.iter().map(show).collect()))
            .collect()
    }

    #[test]
    fn a_table_that_was_cut_off_ends_inside_a_row() {
        let cut = |text: &str| mark(&mut Text::borrowed(text, 0));
        let whole = "name,card,city\nAnn,4111,Rome\nBo,4222,Oslo\n";
        assert!(!cut(whole) && !cut(whole.trim_end()));
        assert!(cut("name,card,city\nAnn,4111,Rome\nBo,4222,Oslo\nCy,43"));
        assert!(
            !cut("name,card,city\nAnn,4111,Rome\nBo,4222,\"Os\nlo\"") && !cut("two words, and\nmore, of them\nend")
        );
    }

    #[test]
    fn tables_of_every_delimiter_are_found() {
        for (delimiter, text) in [
            (',', "Name,SSN,City\nAnn,536-22-8467,Rome\nBo,,Oslo\n"),
            (';', "Name;SSN;City\r\nAnn;536-22-8467;Rome\r\nBo;;Oslo\r\n"),
            ('\t', "Name\tSSN\tCity\nAnn\t536-22-8467\tRome\nBo\t\tOslo\n"),
            ('|', "Name|SSN|City\nAnn|536-22-8467|Rome\nBo||Oslo"),
        ] {
            let tables = shown(text);
            assert_eq!(tables.len(), 1, "{text}");
            assert_eq!(tables[0].0, delimiter);
            assert_eq!(tables[0].1, text);
            assert_eq!(tables[0].2, ["Name", "SSN", "City"]);
        }
    }

    #[test]
    fn a_header_may_end_in_an_abbreviation() {
        let tables = shown("Name,EIN,Taxpayer no.\nAnn,43-0879937,944772538\nBo,32-9715452,901510866\n");
        assert_eq!(tables[0].2, ["Name", "EIN", "Taxpayer no."]);
    }

    #[test]
    fn a_table_may_start_late_and_end_early() {
        let text =
            "Staff, as of 2024\n\nName,Card\nAnn,4111\nBo,\"42, or so\"\n\nKind regards, all of them, and so on.\n";
        assert_eq!(
            shown(text),
            [(',', "Name,Card\nAnn,4111\nBo,\"42, or so\"\n".into(), vec!["Name".into(), "Card".into()])]
        );
        let drawn = "Title\n| Name | Card |\n|------|:----:|\n| Ann  | 4111 |\n| Bo   | 42   |\n";
        let tables = shown(drawn);
        assert_eq!((tables[0].0, tables[0].2[1].as_str(), tables[0].2[2].as_str()), ('|', "Name", "Card"));
    }

    #[test]
    fn columns_of_a_page_need_short_heads_and_may_wrap() {
        let drawn =
            "A list\nName\tSSN\tCard\nAl\t1\t2\nAnn\t536-22-8467\t4111 1111\n1111 1111\nBo\t536-22-8468\t42\nEnd.\n";
        let mut text = Text::owned(drawn.to_owned());
        mark_columns(&mut text);
        let at = |part| drawn.find(part).unwrap();
        let cell = text.cell(at("536-22-8467")).unwrap();
        assert_eq!(text.headers(&cell, 2).into_iter().map(|head| &drawn[head]).collect::<Vec<_>>(), ["SSN"]);
        assert!(text.same_place(at("4111")..at("\nBo")) && text.cell(at("End.")).is_none());
        let data = Text::owned("172-32-1176\tm\tWhite\n514-14-8905\tf\tBorden\n213-46-8915\tf\tGreen\n".to_owned());
        let mut text = data;
        mark_columns(&mut text);
        assert!(text.cell(15).is_none());
        let prose = "the first column goes on for long here\tand the second\nx y\tz\na b\tc\n";
        let mut text = Text::owned(prose.to_owned());
        mark_columns(&mut text);
        assert!(text.cell(prose.find("x y").unwrap()).is_none());
    }

    #[test]
    fn prose_and_code_are_no_tables() {
        for text in [
            "Dear Ann, thank you for the card.\nI hope, dear friend, all is well.\nHere, it rains, and rains.\nBye, Bo\n",
            "Hello, world\nGoodbye, moon\nWelcome, sun\n",
            "fn main() {\n\tlet a = 1;\n\tlet b = 2;\n\tlet c = 3;\n}\n",
            "a;\nb;\nc;\nd;\n",
            "one line, with commas, only\n",
            "",
        ] {
            assert_eq!(shown(text), [], "{text}");
        }
    }

    #[test]
    fn data_in_the_first_line_is_no_header() {
        let tables = shown("Ann,536228467,Rome\nBo,536228468,Oslo\nCy,536228469,Bonn\n");
        assert_eq!((tables.len(), tables[0].2.len()), (1, 0));
    }

    #[test]
    fn a_long_table_reaches_the_end() {
        let mut text = String::from("id,name,card\n");
        for i in 0..9000 {
            text.push_str(&format!("{i},\"a\nb\",4111\n"));
        }
        let tables = find(&text);
        assert_eq!((tables.len(), tables[0].range.clone()), (1, 0..text.len()));
    }
}
