use super::*;
use crate::blob::Limits;

fn read_rtf(bytes: &[u8]) -> Document<'_> {
    let mut out = Document::default();
    read(bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
    out
}

fn text(bytes: &[u8]) -> String {
    read_rtf(bytes).text.as_str().to_owned()
}

/// The text in `area`.
fn in_area(bytes: &[u8], area: Area) -> String {
    let document = read_rtf(bytes);
    let pieces = document.text.pieces().filter(|(_, location)| location.area == area);
    pieces.map(|(range, _)| document.text.as_str()[range].trim_end().to_owned()).collect::<Vec<_>>().join("|")
}

#[test]
fn runs_of_a_paragraph_are_joined() {
    assert_eq!(text(b"{\\rtf1\\ansi Card {\\b 4111}{\\i 1111}\\par next\\line line}"), "Card 41111111\nnext\nline\n");
    assert_eq!(text(b"{\\rtf1 a\\~b\\_c\\-d\\tab e\\emdash f\\{\\}\\\\}"), "a\u{a0}b-cd\te\u{2014}f{}\\\n");
    assert_eq!(text(b"{\\rtf1 a\\\nb}"), "a\nb\n");
}

#[test]
fn code_pages_of_document_and_fonts() {
    assert_eq!(text(b"{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'f0}"), "Пр\n");
    let fonts = b"{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial Cyr;}{\\f2\\fcharset128 MS;}{\\f3\\fcharset2 Symbol;}}\\f0\\'e9{\\f1\\'cf}\\f2\\'93\\'fa\\'96{\\b }\\f2\\'93\\'fa\\f3 a\\u-3913 ?}";
    assert!(text(fonts).starts_with("éП日"), "{}", text(fonts));
    assert!(text(fonts).ends_with("日α•\n"), "{}", text(fonts));
    assert_eq!(text(b"{\\rtf1\\mac \\'8e}"), "é\n");
    assert_eq!(text(b"{\\rtf1\\pc \\'82}"), "é\n");
    assert_eq!(text(b"{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0\\fcharset0 x;}}\\f0 \\'93\\'fa}"), "日\n");
}

#[test]
fn unicode_and_its_fallbacks() {
    assert_eq!(text(b"{\\rtf1\\uc1 a\\u233 ?b\\u-10179?\\u-8704 ?c}"), "aéb😀c\n");
    assert_eq!(text(b"{\\rtf1{\\uc2 \\u26085\\'93\\'fax}\\u233\\'e9y\\uc0\\u233 z}"), "日xéyéz\n");
    assert_eq!(text(b"{\\rtf1\\u8212\\emdash x}"), "\u{2014}x\n");
    assert_eq!(text(b"{\\rtf1{\\upr{plain}{\\*\\ud{\\u233 ?}}} x}"), "é x\n");
}

#[test]
fn tables_have_cells() {
    let table = b"{\\rtf1 before\\par\\trowd\\pard\\intbl a\\cell b\\par b2\\cell\\row\\trowd\\pard\\intbl c\\cell\\cell\\row\\pard after\\par}";
    assert_eq!(text(table), "before\na\tb\nb2\nc\nafter\n");
    let document = read_rtf(table);
    let at = |word: &str| document.text.location(document.text.as_str().find(word).unwrap()).cell;
    assert_eq!(at("b2").as_deref(), Some("R1C2"));
    assert_eq!(at("c").as_deref(), Some("R2C1"));
    assert_eq!(at("after"), None);
    let nested = b"{\\rtf1\\trowd\\pard\\intbl a\\par\\pard\\intbl\\itap2 x\\nestcell y\\nestcell{\\*\\nesttableprops\\trowd\\nestrow}{\\nonesttables\\par}\\pard\\intbl z\\cell b\\cell\\row}";
    assert_eq!(text(nested), "a\nx\ty\nz\tb\n");
}

#[test]
fn areas_are_told_apart() {
    let rtf = b"{\\rtf1{\\info{\\title A title}{\\author Ann}}{\\header Head\\par}{\\footerf Foot}Value 4111{\\footnote {\\super 1} note} 1111 {\\*\\atnid AB}{\\*\\atnauthor Ann B}{\\*\\annotation{\\*\\atnref 1}comment}{\\v secret}{\\deleted gone}\\par{\\field{\\*\\fldinst{HYPERLINK \"https://a.example/\"}}{\\fldrslt shown}}}";
    assert_eq!(in_area(rtf, Area::Header), "Head");
    assert_eq!(in_area(rtf, Area::Footer), "Foot");
    assert_eq!(in_area(rtf, Area::Footnote), "1 note");
    assert_eq!(in_area(rtf, Area::Comment), "comment");
    assert_eq!(in_area(rtf, Area::Hidden), "secret");
    assert_eq!(in_area(rtf, Area::TrackedChange), "gone");
    assert_eq!(in_area(rtf, Area::Metadata), "A title\nAnn\nAB\nAnn B|https://a.example/");
    assert!(text(rtf).starts_with("Value 4111 1111"), "{}", text(rtf));
}

#[test]
fn custom_properties_are_for_labels() {
    let document = read_rtf(b"{\\rtf1{\\*\\userprops {\\propname Class}\\proptype30{\\staticval Secret}}}");
    assert_eq!(document.properties.custom, [("Class".to_owned(), "Secret".to_owned())]);
    assert_eq!(document.text.as_str(), "Class: Secret\n");
}

#[test]
fn data_is_embedded() {
    let rtf = b"{\\rtf1{\\*\\shppict{\\pict\\pngblip{\\*\\picprop{\\sp{\\sn wzDescription}{\\sv A map}}}8950 4e470d0a1a0a\n00}}{\\nonshppict{\\pict 00}}{\\object\\objemb{\\*\\objclass X}{\\*\\objdata {\\*\\z 12}4\\'31142\\bin2 CD}{\\result shown}}}";
    let document = read_rtf(rtf);
    let seen: Vec<_> = document.embedded.iter().map(|e| (e.name.as_str(), e.bytes.as_slice())).collect();
    let wanted: [(&str, &[u8]); 2] = [("picture1.png", b"\x89PNG\r\n\x1a\n\0"), ("object1", b"A\x14CD")];
    assert_eq!(seen.first(), wanted.first());
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!(document.text.as_str(), "shown\nA map\n");
}

#[test]
fn html_in_rtf_is_html() {
    let rtf = b"{\\rtf1\\ansi\\fromhtml1 \\deff0{\\fonttbl{\\f0 Arial;}}{\\*\\htmltag64 <p title=\"tip\">}\\htmlrtf {\\htmlrtf0 Card &{\\*\\htmltag84 &eacute;}\\htmlrtf \\'e9\\htmlrtf0 \\htmlrtf\\par}\\htmlrtf0{\\*\\htmltag <b>}4111{\\*\\mhtmltag x}{\\*\\htmltag </b></p>}}";
    assert!(text(rtf).contains("Card &é4111"), "{}", text(rtf));
    assert!(!text(rtf).contains('<'));
}

#[test]
fn what_stands_outside_is_read() {
    assert_eq!(in_area(b"in front {\\rtf1 a}behind", Area::Hidden), "in front|behind");
    assert_eq!(text(b"{\\rtf1 a}{\\rtf1 b}"), "a\nb\n");
    assert_eq!(in_area(b"{\\rtf1 a}} b\\par c}", Area::Hidden), " b\nc");
    assert_eq!(in_area(b"{\\rtf1 a{\\*\\nobody knows this}}", Area::Hidden), "knows this");
    assert_eq!(read_rtf(b"{\\rtf1 a}PK\x03\x04\0\0\0").embedded.len(), 1);
}

#[test]
fn damage_leaves_gaps() {
    assert_eq!(read_rtf(b"{\\rtf1 a{\\b c").gaps.len(), 1);
    assert_eq!(text(b"{\\rtf1 a{\\b c"), "ac\n");
    let lie = read_rtf(b"{\\rtf1 a\\bin999 4111}");
    assert_eq!((lie.text.as_str(), lie.gaps.len()), ("a4111\n", 1));
    let deep = ["{\\rtf1 ", &"{".repeat(40_000), "4111", &"}".repeat(40_000), "}"].concat();
    let document = read_rtf(deep.as_bytes());
    assert_eq!(document.text.as_str(), "4111\n");
    assert_eq!(document.gaps.first().map(|gap| gap.reason), Some(Reason::DepthExceeded));
}

#[test]
fn mutations_neither_panic_nor_grow() {
    let good = b"{\\rtf1\\ansi\\fromhtml1{\\fonttbl{\\f0\\fcharset128 a;}}{\\*\\htmltag <p>}\\trowd\\intbl a\\cell\\itap2 b\\nestcell\\row{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt y}}{\\footnote z\\bin3 abc}{\\object{\\*\\objdata 0105000002000000}}{\\pict 89504e47}\\u-10179?\\'93\\'fa}";
    let plain: Vec<u8> = String::from_utf8_lossy(good).replace("\\fromhtml1", "").into_bytes();
    let mut state = 1u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    };
    for round in 0..4000 {
        let mut bytes = if round % 2 == 0 { good.to_vec() } else { plain.clone() };
        for _ in 0..1 + round % 6 {
            let at = next() % bytes.len();
            match next() % 3 {
                0 => bytes[at] = b"{}\\*'u09 \0\xFF\n"[next() % 12],
                1 => drop(bytes.drain(at..(at + next() % 9).min(bytes.len() - 1))),
                _ => drop(bytes.splice(at..at, bytes.clone())),
            }
            bytes.truncate(2000);
        }
        let document = read_rtf(&bytes);
        assert!(document.text.len() < bytes.len() * 6 + 200);
        for at in (0..document.text.len()).step_by(7) {
            let _ = (document.text.cell(at), document.text.location(at));
        }
    }
}
