//! Text of the XML inside a PDF: rich text (ISO 32000-2 section 12.7.4.4), XFA forms, XMP packets.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Character data of `xml`, a line break where an element that is not one of `inline` starts or ends. Elements that
/// `skipped` names are left out with all they hold.
#[allow(clippy::arithmetic_side_effects, reason = "open elements are counted")]
pub(super) fn text(xml: &str, inline: fn(&[u8]) -> bool, skipped: fn(&[u8]) -> bool) -> String {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_unmatched_ends) = (false, true);
    let (mut out, mut skip_depth) = (String::new(), 0usize);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => {
                let name = e.name();
                if skip_depth > 0 || skipped(name.as_ref().as_bytes()) {
                    skip_depth += 1;
                } else if !inline(name.as_ref().as_bytes()) {
                    break_line(&mut out);
                }
            }
            Ok(Event::End(e)) => {
                if skip_depth > 0 {
                    skip_depth -= 1;
                } else if !inline(e.name().as_ref().as_bytes()) {
                    break_line(&mut out);
                }
            }
            Ok(Event::Empty(e)) if skip_depth == 0 && !inline(e.name().as_ref().as_bytes()) => break_line(&mut out),
            Ok(Event::Text(t)) if skip_depth == 0 => out.push_str(&t),
            Ok(Event::CData(t)) if skip_depth == 0 => out.push_str(&t),
            Ok(Event::GeneralRef(r)) if skip_depth == 0 => match r.resolve_char_ref() {
                Ok(Some(c)) => out.push(c),
                _ => out.push_str(match &*r {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" => "'",
                    "nbsp" => " ",
                    _ => "",
                }),
            },
            // What stands before the damage is kept.
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    out
}

fn break_line(out: &mut String) {
    let kept = out.trim_end_matches([' ', '\t', '\r', '\n']).len();
    out.truncate(kept);
    if !out.is_empty() {
        out.push('\n');
    }
}

/// Text of rich text strings: everything but block elements is inline.
pub(super) fn rich_text(xml: &str) -> String {
    text(xml, |name| !matches!(name, b"p" | b"br" | b"div" | b"body" | b"li" | b"tr"), |_| false)
}

/// Values of an XMP packet that say something to a person: identifiers, dates, history and thumbnails are left out.
pub(super) fn xmp_text(xml: &str) -> String {
    let skipped = |name: &[u8]| {
        let prefix = name.split(|b| *b == b':').next().unwrap_or_default();
        let technical: [&[u8]; 14] = [
            b"xmpMM",
            b"xapMM",
            b"stEvt",
            b"stRef",
            b"stMfs",
            b"xmpGImg",
            b"xmpTPg",
            b"pdfaid",
            b"pdfaExtension",
            b"crs",
            b"exif",
            b"exifEX",
            b"tiff",
            b"aux",
        ];
        technical.contains(&prefix)
            || memchr::memmem::find(name, b"MSIP_Label_").is_some()
            || matches!(name, b"dc:format" | b"pdf:Trapped" | b"pdf:PDFVersion")
            || name.ends_with(b"Date")
            || name.ends_with(b"Thumbnails")
    };
    let mut out = text(xml, |_| false, skipped);
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e)) => {
                for attribute in e.attributes().with_checks(false).flatten() {
                    let key = attribute.key.as_ref().as_bytes();
                    if key.contains(&b':') && !noise(key) && !skipped(key) {
                        break_line(&mut out);
                        out.push_str(&attribute.value);
                    }
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    out
}

/// Attributes of XMP that are syntax.
fn noise(key: &[u8]) -> bool {
    [&b"xmlns:"[..], b"rdf:", b"xml:", b"x:"].iter().any(|prefix| key.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rich_text_joins_spans_and_breaks_paragraphs() {
        let xml = "<?xml version=\"1.0\"?><body><p>4111 <span>1111</span>&#32;11<b>11</b></p><p>a &amp; b</p></body>";
        assert_eq!(rich_text(xml).trim(), "4111 1111 1111\na & b");
    }

    #[test]
    fn xmp_gives_values_without_identifiers() {
        let xml = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description rdf:about='' pdf:Producer='Ann'>
            <dc:title><rdf:Alt><rdf:li xml:lang='x'>Plan</rdf:li></rdf:Alt></dc:title>
            <xmpMM:DocumentID>uuid:1</xmpMM:DocumentID></rdf:Description></x:xmpmeta>";
        assert_eq!(xmp_text(xml).trim(), "Plan\nAnn");
    }

    #[test]
    fn damage_keeps_what_stands_before_it() {
        assert_eq!(rich_text("<p>before</p><p>x</ <<").trim(), "before\nx");
    }
}
