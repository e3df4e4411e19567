//! Questions whose answer is the same for every input, whatever is in it: each function asserts some.
//!
//! `fuzz/` asks them of what a fuzzer makes up, a target each; `tests/it/hostile.rs` of the corpus, of damaged copies of
//! it and of everything a fuzzer ever found. No part of the library's interface.

use std::sync::LazyLock;
use std::time::Duration;

use super::{Context, Scanner};
use crate::blob::{Budget, Family, Gap, Kind, Limits, Reason, Source};
use crate::container::{self, cfb, zip};
use crate::document::{self, Document, Options, Properties, Text};
use crate::find::{Match, Package, Ruleset, Score};
use crate::label;
use crate::policy::{Facts, Policy, Situation};
use crate::report::{Date, Outcome, Record, Status, Suppressions};

/// What asserts something of any bytes.
pub type Question = fn(&[u8]);

/// Every question, by the name of its fuzz target.
pub const ALL: [(&str, Question); 17] = [
    ("container_cfb", container_cfb),
    ("container_packed", container_packed),
    ("container_zip", container_zip),
    ("document_data", document_data),
    ("document_mail", document_mail),
    ("document_ole", document_ole),
    ("document_ooxml", document_ooxml),
    ("document_ooxml_part", document_ooxml_part),
    ("document_package", document_package),
    ("document_pdf", document_pdf),
    ("document_plain", document_plain),
    ("find_text", find_text),
    ("labels", labels),
    ("policy_toml", policy_toml),
    ("rules_toml", rules_toml),
    ("rules_xml", rules_xml),
    ("scan_any", scan_any),
];

/// Any file, the whole way.
pub fn scan_any(bytes: &[u8]) {
    scan_is_consistent(bytes);
    slice_and_reader_agree(bytes);
}

/// Zip, gzip and tar.
pub fn container_zip(bytes: &[u8]) {
    for kind in [Kind::Zip, Kind::Gzip, Kind::Tar] {
        unpacking_is_bounded(kind, bytes);
    }
    zip_members_do_not_depend_on_each_other(bytes);
}

/// Compound files.
pub fn container_cfb(bytes: &[u8]) {
    unpacking_is_bounded(Kind::Ole, bytes);
    compound_file_is_told(bytes);
}

/// Every other container.
pub fn container_packed(bytes: &[u8]) {
    for kind in Kind::ALL.iter().filter(|kind| kind.family() == Family::Container) {
        unpacking_is_bounded(*kind, bytes);
    }
}

/// Documents in compound files, and those that were one before there were any.
pub fn document_ole(bytes: &[u8]) {
    for kind in [Kind::Doc, Kind::Xls, Kind::Ppt, Kind::Pub, Kind::Vsd, Kind::Msg, Kind::Ole, Kind::SealedOffice] {
        document_is_consistent(kind, bytes);
    }
}

/// Mail and what comes with it.
pub fn document_mail(bytes: &[u8]) {
    for kind in [Kind::Mail, Kind::Tnef, Kind::Rtf] {
        document_is_consistent(kind, bytes);
    }
}

/// Packages of other makers, whatever their content says.
pub fn document_package(bytes: &[u8]) {
    for kind in [Kind::Odt, Kind::Ods, Kind::Odp, Kind::Odg, Kind::Epub, Kind::Vsdx, Kind::Xlsb] {
        document_is_consistent(kind, bytes);
    }
}

/// Data, pictures, and kinds that are only carved or told.
pub fn document_data(bytes: &[u8]) {
    for kind in [Kind::Sqlite, Kind::Plist, Kind::OneNote] {
        document_is_consistent(kind, bytes);
    }
    let others = |kind: &&Kind| matches!(kind.family(), Family::Media | Family::Sealed | Family::Opaque);
    for kind in Kind::ALL.iter().filter(others) {
        document_is_consistent(*kind, bytes);
    }
}

/// Word, Excel and PowerPoint packages, whatever their content says.
pub fn document_ooxml(bytes: &[u8]) {
    for kind in [Kind::Docx, Kind::Xlsx, Kind::Pptx] {
        document_is_consistent(kind, bytes);
    }
}

/// Kinds of packages, with their main part and another one that is read.
const PARTS: [(Kind, &str, &str); 4] = [
    (Kind::Docx, "word/document.xml", "word/footnotes.xml"),
    (Kind::Xlsx, "xl/workbook.xml", "xl/worksheets/sheet1.xml"),
    (Kind::Xlsx, "xl/workbook.xml", "xl/sharedStrings.xml"),
    (Kind::Pptx, "ppt/presentation.xml", "ppt/slides/slide1.xml"),
];

/// XML as a part of a Word, Excel or PowerPoint package, as fuzzers are bad at making up packages, and as a document by
/// itself.
pub fn document_ooxml_part(bytes: &[u8]) {
    for (kind, main, part) in PARTS {
        document_is_consistent(kind, &package(main, part, bytes));
    }
    quick_readers_tell_the_same(bytes);
    for kind in [Kind::WordXml, Kind::SheetXml, Kind::FlatOpc, Kind::Vdx] {
        document_is_consistent(kind, bytes);
    }
}

/// PDF.
pub fn document_pdf(bytes: &[u8]) {
    document_is_consistent(Kind::Pdf, bytes);
}

/// Text, HTML, XML and JSON in any encoding.
pub fn document_plain(bytes: &[u8]) {
    for kind in [Kind::Text, Kind::Html, Kind::Xml, Kind::Json, Kind::Svg] {
        document_is_consistent(kind, bytes);
    }
}

/// Text, as the rules see it.
pub fn find_text(bytes: &[u8]) {
    let text = characters(bytes);
    matches_stand_in_the_text(text);
    other_digits_and_dashes_change_nothing(text);
}

/// Labels from any properties.
pub fn labels(bytes: &[u8]) {
    labels_are_told_once(characters(bytes));
}

/// Policies, and suppression lists, which have the same form.
pub fn policy_toml(bytes: &[u8]) {
    policy_is_taken_or_refused(characters(bytes));
    suppressions_are_taken_or_refused(characters(bytes));
}

/// Rule files.
pub fn rules_toml(bytes: &[u8]) {
    rules_are_taken_or_refused(characters(bytes));
}

/// Rule packages of Microsoft Purview.
pub fn rules_xml(bytes: &[u8]) {
    package_is_taken_or_refused(bytes);
}

/// The bytes as far as they are UTF-8.
fn characters(bytes: &[u8]) -> &str {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    bytes.get(..valid).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default()
}

// ---- setup ---------------------------------------------------------------------------------------------------------

/// Limits that keep one question below a second or two: what an input may cost is part of every one of them.
pub fn limits() -> Limits {
    Limits {
        file_bytes_max: 1 << 20,
        unpacked_bytes_max: 1 << 20,
        members_max: 200,
        depth_max: 4,
        matches_max: 100,
        time_max: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// Reasons that depend on how fast the machine is or on how much was read before.
const OF_LIMITS: [Reason; 4] =
    [Reason::Timeout, Reason::ExpandedTooLarge, Reason::RatioExceeded, Reason::MembersExceeded];

static RULESET: LazyLock<Ruleset> = LazyLock::new(|| {
    let keywords = "Project Falcon\nstrictly confidential\nversión 2\n";
    match Ruleset::builder().builtin().and_then(|builder| builder.keywords(keywords).build()) {
        Ok(ruleset) => ruleset,
        Err(error) => unreachable!("{error}"),
    }
});

/// Reports whatever it finds, so that nothing about a match stays unexamined.
static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let ruleset = Ruleset::builtin().map(|ruleset| Scanner::builder().ruleset(ruleset));
    match ruleset.map(|builder| builder.limits(limits()).min_confidence(Score::new(0)).build()) {
        Ok(Ok(scanner)) => scanner,
        Ok(Err(error)) => unreachable!("{error}"),
        Err(error) => unreachable!("{error}"),
    }
});

// ---- the whole way -------------------------------------------------------------------------------------------------

/// No reader dies on it, and its record does not contradict itself.
fn scan_is_consistent(bytes: &[u8]) {
    let record = SCANNER.scan(bytes, &Context::named("input"));
    assert!(record.reasons.iter().all(|r| r.code != Reason::Crashed.code()), "a reader died: {:?}", record.reasons);
    consistent(&record, bytes.len());
}

/// A slice and a reader of the same bytes give the same record.
fn slice_and_reader_agree(bytes: &[u8]) {
    let slice = comparable(SCANNER.scan(bytes, &Context::named("input")));
    let reader = comparable(SCANNER.scan(Source::reader(Drops { bytes, asked: 0 }), &Context::named("input")));
    let late = |record: &str| record.contains("\"timeout\"");
    assert!(slice == reader || late(&slice) || late(&reader), "slice:  {slice}\nreader: {reader}");
}

fn consistent(record: &Record, bytes: usize) {
    let reasons = &record.reasons;
    assert_eq!(record.status == Status::Ok, reasons.is_empty(), "{:?} {reasons:?}", record.status);
    assert_eq!(record.verdict == Outcome::Match, !record.matches.is_empty(), "{:?}", record.verdict);
    assert_eq!(record.verdict == Outcome::Clean, reasons.is_empty() && record.matches.is_empty(), "{reasons:?}");
    assert!(record.hits.is_empty() || !record.matches.is_empty(), "hits without matches");
    assert!(record.stats.members <= limits().members_max, "{:?}", record.stats);
    for hit in &record.hits {
        assert!(hit.start < hit.end, "{hit:?}");
        assert!(hit.offsets != "file" || !hit.container.is_empty() || hit.end <= bytes, "{hit:?} of {bytes} bytes");
    }
    for entry in &record.matches {
        assert!(0 < entry.unique_count && entry.unique_count <= entry.count, "{entry:?}");
        assert!(!entry.samples.is_empty(), "{entry:?}");
    }
    let line = serde_json::to_string(record).unwrap_or_default();
    assert!(line.starts_with('{') && !line.contains('\n'), "no line of JSON: {line}");
}

/// The record as JSON, but for what depends on the clock.
fn comparable(mut record: Record) -> String {
    record.timing = crate::report::Timing::default();
    serde_json::to_string(&record).unwrap_or_default()
}

/// A reader that gives few bytes at a time, never the same number, and is interrupted now and then.
struct Drops<'a> {
    bytes: &'a [u8],
    asked: usize,
}

impl std::io::Read for Drops<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.asked += 1;
        let most = (self.asked * 769) % 4099 + 1;
        let drop = self.bytes.get(..most).unwrap_or(self.bytes);
        let most = drop.len().min(out.len());
        std::io::Read::read(&mut self.bytes, out.get_mut(..most).unwrap_or_default())
    }
}

// ---- containers ----------------------------------------------------------------------------------------------------

/// Unpacking it as `kind` keeps to the budget, and leaves a gap wherever it stops.
fn unpacking_is_bounded(kind: Kind, bytes: &[u8]) {
    let mut budget = Budget::new(&limits());
    let (mut gaps, mut seen) = (Vec::new(), 0);
    container::unpack(kind, bytes, &Default::default(), &mut budget, &mut gaps, &mut |part, _| {
        seen += part.bytes.len() as u64
    });
    assert!(budget.members() <= limits().members_max, "{} members", budget.members());
    // A limit is noticed at most one read of 64 KiB after it was passed.
    let most = limits().unpacked_bytes_max + (64 << 10) + bytes.len() as u64;
    assert!(seen <= most, "{seen} bytes out of {}", bytes.len());
    if kind == Kind::Zip && zip::Archive::open(bytes).is_err() {
        assert!(!gaps.is_empty(), "no archive, and no gap");
    }
}

/// A member reads the same whatever was read before it.
fn zip_members_do_not_depend_on_each_other(bytes: &[u8]) {
    let Ok(mut archive) = zip::Archive::open(bytes) else { return };
    let entries: Vec<_> = archive.entries().iter().take(16).cloned().collect();
    let read = |archive: &mut zip::Archive<'_>, entry: &zip::Entry| {
        let mut out = Vec::new();
        let end = archive.read(entry, &mut Budget::new(&limits()), &mut out);
        (end, out)
    };
    for entry in entries {
        let after_others = read(&mut archive, &entry);
        let Ok(mut fresh) = zip::Archive::open(bytes) else { unreachable!("it opened before") };
        let alone = read(&mut fresh, &entry);
        let late = after_others.0 == Err(Reason::Timeout) || alone.0 == Err(Reason::Timeout);
        assert!(late || after_others == alone, "{}: {:?}, alone {:?}", entry.name, after_others.0, alone.0);
    }
}

/// What a compound file is and whether it is protected can be told of anything.
fn compound_file_is_told(bytes: &[u8]) {
    let kind = cfb::kind(bytes);
    assert!(kind.is_ole(), "{kind:?}");
    let _ = cfb::protection(bytes);
    for name in ["WordDocument", "Workbook", "EncryptionInfo", "\u{6}DataSpaces/DataSpaceMap"] {
        let stream = cfb::stream(bytes, name);
        assert!(stream.is_none_or(|stream| stream.len() <= bytes.len()), "{name} is longer than the file");
    }
}

// ---- documents -----------------------------------------------------------------------------------------------------

/// Reading it as `kind` gives text whose locations fit, and reading it for labels alone gives the same properties.
fn document_is_consistent(kind: Kind, bytes: &[u8]) {
    let read =
        |text: bool| document::read(kind, bytes, &Options { text, ..Options::default() }, &mut Budget::new(&limits()));
    let (whole, labels_only) = (read(true), read(false));
    text_is_consistent(&whole.text);
    assert!(labels_only.embedded.is_empty() && labels_only.text.is_empty(), "labels alone were asked for");
    let limited = |document: &Document<'_>| document.gaps.iter().any(|gap| OF_LIMITS.contains(&gap.reason));
    if !limited(&whole) && !limited(&labels_only) {
        assert_eq!(whole.properties, labels_only.properties);
    }
}

/// A package whose main part is `main`, and whose part `part` holds `bytes`; its relationships are the plainest ones.
/// Cells, strings and runs that are told at a glance say what the general reader says. A blank in an end tag, which means
/// nothing, is what makes them look at all of it.
pub fn quick_readers_tell_the_same(bytes: &[u8]) {
    let source = characters(bytes);
    if source.contains("<![CDATA[") {
        return;
    }
    let slow = with_blanks(source);
    for (kind, main, part) in PARTS {
        let told = [source, &slow].map(|source| {
            let (package, mut budget) = (package(main, part, source.as_bytes()), Budget::new(&limits()));
            let document = document::read(kind, &package, &Options::default(), &mut budget);
            let places: Vec<_> = document.text.pieces().take(2000).collect();
            let timed_out = document.gaps.iter().any(|gap| gap.reason == Reason::Timeout);
            (document.text.as_str().to_owned(), places, document.gaps, timed_out)
        });
        let [quick, general] = told;
        assert!(quick.3 || general.3 || quick == general, "{part} is told in two ways");
    }
}

/// `source` with a blank at the end of each end tag.
fn with_blanks(source: &str) -> String {
    let mut out = String::with_capacity(source.len().saturating_mul(2));
    for (number, piece) in source.split("</").enumerate() {
        if number == 0 {
            out.push_str(piece);
            continue;
        }
        let name = piece.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b':').count();
        let (name, rest) = piece.split_at(name);
        let blank = if !name.is_empty() && rest.starts_with('>') { " " } else { "" };
        out.extend(["</", name, blank, rest]);
    }
    out
}

fn package(main: &str, part: &str, bytes: &[u8]) -> Vec<u8> {
    let folder = main.split('/').next().unwrap_or_default();
    let relations = |targets: &[&str]| {
        let one = |(i, target): (usize, &&str)| {
            let word = target.rsplit('/').next().unwrap_or_default().trim_end_matches("1.xml").trim_end_matches(".xml");
            let word = if *target == main { "officeDocument" } else { word };
            let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
            format!(r#"<Relationship Id="rId{i}" Type="{base}/{word}" Target="/{target}"/>"#)
        };
        let all: String = targets.iter().enumerate().map(one).collect();
        format!("<Relationships>{all}</Relationships>")
    };
    let (root, own) = (relations(&[main]), relations(&[part]));
    let names = format!("{folder}/_rels/{}.rels", main.rsplit('/').next().unwrap_or_default());
    let sheets = r#"<workbook><sheets><sheet name="A" sheetId="1" r:id="rId0"/></sheets></workbook>"#;
    let slides = r#"<p:presentation><p:sldIdLst><p:sldId id="256" r:id="rId0"/></p:sldIdLst></p:presentation>"#;
    let body = match folder {
        "word" => bytes,
        "xl" => sheets.as_bytes(),
        _ => slides.as_bytes(),
    };
    let parts = [("_rels/.rels", root.as_bytes()), (main, body), (&names, own.as_bytes()), (part, bytes)];
    let mut writer = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        let written = writer.start_file(name, stored).map(|()| std::io::Write::write_all(&mut writer, bytes));
        assert!(matches!(written, Ok(Ok(()))), "{name} is not written");
    }
    writer.finish().map(std::io::Cursor::into_inner).unwrap_or_default()
}

fn text_is_consistent(text: &Text<'_>) {
    let mut covered = 0;
    for (piece, location) in text.pieces().take(2000) {
        assert_eq!(piece.start, covered, "pieces leave a hole");
        assert!(text.as_str().is_char_boundary(piece.end), "a piece ends inside a character");
        covered = piece.end;
        if piece.is_empty() {
            continue;
        }
        assert_eq!(location, text.location(piece.start), "a piece has two places");
        if let Some(cell) = text.cell(piece.start) {
            // A quote before a delimited field is not part of its cell.
            assert!(cell.range.start <= piece.start + 1 && piece.start <= cell.range.end, "{cell:?} {piece:?}");
            assert!(text.as_str().get(cell.range.clone()).is_some(), "{cell:?} is no text");
            for head in text.headers(&cell, 2) {
                assert!(text.as_str().get(head.clone()).is_some(), "a header {head:?} is no text");
            }
        }
    }
}

// ---- finding -------------------------------------------------------------------------------------------------------

/// Matches stand in the text, in order, and no two of a rule overlap.
fn matches_stand_in_the_text(text: &str) {
    let found = find(text);
    let mut last = vec![0; RULESET.rules().len()];
    for m in &found {
        assert!(text.get(m.range.clone()).is_some_and(|t| !t.is_empty()), "{m:?} is no text");
        assert!(!m.value.reveal().is_empty(), "{m:?} has no value");
        let end = last.get_mut(m.rule);
        assert!(end.as_ref().is_some_and(|end| **end <= m.range.start), "{m:?} overlaps or is out of order");
        end.into_iter().for_each(|end| *end = m.range.end);
    }
    assert!(found.windows(2).all(|pair| matches!(pair, [a, b] if a.range.start <= b.range.start)), "out of order");
}

/// Digits and dashes are what they are in any script and width: the same is found.
fn other_digits_and_dashes_change_nothing(text: &str) {
    if text.contains('\x1B') {
        // The codes of a terminal are written in ASCII alone.
        return;
    }
    let foreign = text.chars().map(|c| match c {
        '0'..='9' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        '-' => '\u{2011}',
        c => c,
    });
    let foreign: String = foreign.collect();
    let essence =
        |found: &[Match]| -> Vec<_> { found.iter().map(|m| (m.rule, m.value.reveal().to_owned(), m.score)).collect() };
    assert_eq!(essence(&find(text)), essence(&find(&foreign)), "of {text:?}");
}

fn find(text: &str) -> Vec<Match> {
    RULESET.find(&Text::owned(text.to_owned()), limits().matches_max).matches
}

// ---- what users write ----------------------------------------------------------------------------------------------

/// A rule file is taken, and then it finds without dying, or refused with a reason that names it.
fn rules_are_taken_or_refused(toml: &str) {
    match Ruleset::builder().toml("its-name.toml", toml).and_then(|builder| builder.build()) {
        Ok(ruleset) => {
            let text = Text::borrowed("SSN: 219-09-9999, card 4539 5787 6362 1486; mail a.b@example.org", 0);
            let _ = ruleset.find(&text, 10);
            let _ = ruleset.find(&Text::borrowed(toml, 0), 10);
        }
        Err(error) => assert!(!error.to_string().trim().is_empty(), "refused without a word"),
    }
}

/// A rule package is taken, and then it finds without dying, or refused with reasons that name it.
fn package_is_taken_or_refused(bytes: &[u8]) {
    match Package::read("its-name.xml", bytes) {
        Ok(package) => {
            if let Ok(ruleset) = Ruleset::builder().package(package).and_then(|builder| builder.build()) {
                let text = "badge NW-1234565, invoice 4539 5787 6362 1486; 12/31/2025 ID aaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
                let _ = ruleset.find(&Text::borrowed(text, 0), 10);
            }
        }
        Err(errors) => assert!(!errors.is_empty() && errors.iter().all(|e| !e.to_string().trim().is_empty())),
    }
}

/// A list is taken, and then every entry has a condition, or refused whole with a reason that names it.
fn suppressions_are_taken_or_refused(toml: &str) {
    let mut list = Suppressions::default();
    match list.add("its-name.toml", toml, Date::new(2026, 1, 1)) {
        Ok(()) => {
            assert!(list.entries().iter().all(|entry| entry.conditions().next().is_some()), "{list:?}");
            let known = RULESET.rules().iter().map(|rule| (rule.id.as_str(), rule.category.name()));
            let _ = list.unknown_rules(known);
        }
        Err(error) => assert!(list.is_empty() && error.to_string().contains("its-name.toml"), "{error}"),
    }
}

/// A policy is taken, and then it decides without dying, or refused with a reason that names it.
fn policy_is_taken_or_refused(toml: &str) {
    match Policy::parse("its-name.toml", toml) {
        Ok(policy) => {
            let gaps = [Gap::new(Reason::Corrupt, "", ""), Gap::new(Reason::PasswordProtected, "a", "b")];
            let situation = Situation { time: Some(std::time::UNIX_EPOCH), ..Situation::UNKNOWN };
            for gaps in [&gaps[..], &[]] {
                let facts = Facts { kind: Kind::Docx, size: 1, gaps, ..Facts::unknown(&situation, "a.docx") };
                let _ = policy.decide(&facts);
            }
            let known = RULESET.rules().iter().map(|rule| (rule.id.as_str(), rule.category.name()));
            let _ = policy.check_rules(known);
        }
        Err(error) => assert!(error.to_string().contains("its-name.toml"), "{error}"),
    }
}

// ---- labels --------------------------------------------------------------------------------------------------------

/// Labels read from any properties have an id and stand there once. `text` becomes properties: lines `name=value`,
/// lines that start with `<` are XML.
fn labels_are_told_once(text: &str) {
    let mut properties = Properties::default();
    for line in text.lines() {
        match line.split_once('=') {
            _ if line.starts_with("<r") || line.starts_with("<x") => properties.xmp.push(line.to_owned()),
            _ if line.starts_with('<') => properties.label_info.push(line.to_owned()),
            Some((name, value)) => properties.custom.push((name.to_owned(), value.to_owned())),
            None => {}
        }
    }
    for kind in [Kind::Docx, Kind::Pdf] {
        let labels = label::read(&properties, kind);
        for (i, label) in labels.iter().enumerate() {
            assert!(!label.id.is_empty(), "a label without an id");
            assert!(!labels.iter().skip(i + 1).any(|other| other == label), "a label is told twice: {label:?}");
        }
        let _ = label::protection(&[], &properties);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_package_is_read() {
        let xml = br#"<w:document><w:body><w:p><w:r><w:t>read me</w:t></w:r></w:p></w:body></w:document>"#;
        let bytes = package("word/document.xml", "word/footnotes.xml", xml);
        let document = document::read(Kind::Docx, &bytes, &Options::default(), &mut Budget::new(&limits()));
        assert!(document.text.as_str().starts_with("read me") && document.gaps.is_empty(), "{:?}", document.gaps);
        let xml = br#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>cell</t></is></c></row></sheetData></worksheet>"#;
        let bytes = package("xl/workbook.xml", "xl/worksheets/sheet1.xml", xml);
        let document = document::read(Kind::Xlsx, &bytes, &Options::default(), &mut Budget::new(&limits()));
        assert_eq!(document.text.location(0).sheet.as_deref(), Some("A"), "{:?}", document.gaps);
    }
}
