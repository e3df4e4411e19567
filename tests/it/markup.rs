//! The scanner of markup and its checked twin: on well-formed XML it tells what quick-xml tells.

use std::path::Path;

use frisk::blob::{Budget, Limits};
use frisk::container::zip::Archive;
use frisk::document::markup::{self, Xml, unescape};
use proptest::prelude::*;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

#[test]
fn parts_of_the_corpus_are_told_alike() {
    let (mut parts, mut well_formed) = (0, 0);
    for_each_part(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"), &mut |name, bytes| {
        parts += 1;
        let (source, _) = markup::decode(bytes);
        if let Some(theirs) = quick(&source) {
            well_formed += 1;
            let (ours, flaw) = ours(&source);
            assert_eq!(flaw, None, "{name}");
            let differs = ours.iter().zip(&theirs).position(|(a, b)| a != b);
            let at = differs.unwrap_or(ours.len().min(theirs.len()));
            assert!(ours == theirs, "{name}: {:?} and {:?}", ours.get(at), theirs.get(at));
        }
    });
    assert!(parts > 500 && well_formed * 20 > parts * 19, "{well_formed} of {parts} parts are well-formed");
}

#[test]
fn parts_of_the_corpus_are_read_alike_at_a_glance_and_in_full() {
    let mut read = 0;
    for_each_part(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"), &mut |_, bytes| {
        let holds = |what: &[u8]| memchr::memmem::find(bytes, what).is_some();
        if bytes.len() < 1 << 16 && (holds(b"<c ") || holds(b":t>") || holds(b"<si>")) {
            read += 1;
            frisk::scan::oracle::quick_readers_tell_the_same(bytes);
        }
    });
    assert!(read > 100, "{read} parts");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_documents_are_told_alike(prolog in prolog(), root in element()) {
        let source = prolog + &root;
        let theirs = quick(&source);
        prop_assert!(theirs.is_some(), "not well-formed: {source}");
        prop_assert_eq!(ours(&source), (theirs.unwrap_or_default(), None), "{}", source);
    }

    #[test]
    fn damaged_documents_keep_their_ends(root in element(), cut in any::<prop::sample::Index>(), with in "[<>&'\"/!?= a-]{0,3}") {
        let mut at = cut.index(root.len());
        while !root.is_char_boundary(at) {
            at -= 1;
        }
        let source = format!("{}{with}{}\"'<t>4111</t>", &root[..at], &root[at..]);
        let (told, _) = ours(&source);
        let lost = !format!("{told:?}").contains("4111");
        // Behind an opening that may hold anything, it may be held.
        prop_assert!(!lost || ["<!", "<?"].iter().any(|open| source.contains(open)), "{}", source);
    }
}

/// What both are asked to tell. Comments and the like split text; neighbouring pieces of it are one.
#[derive(Debug, PartialEq)]
enum Told {
    Start(String, Vec<(String, String)>),
    End(String),
    Text(String),
    Comment(String),
    Instruction(String),
    Doctype,
}

fn push_text(told: &mut Vec<Told>, more: &str) {
    match told.last_mut() {
        Some(Told::Text(text)) => text.push_str(more),
        _ if more.is_empty() => {}
        _ => told.push(Told::Text(more.to_owned())),
    }
}

fn ours(source: &str) -> (Vec<Told>, Option<&'static str>) {
    let mut told = Vec::new();
    let mut xml = Xml::new(source);
    while let Some(event) = xml.next() {
        match event {
            markup::Event::Start(tag) => {
                assert_eq!(tag.name, markup::local(tag.qualified));
                let attributes = tag.attributes().map(|(name, value)| (name.to_owned(), blanks(&unescape(value))));
                told.push(Told::Start(tag.qualified.to_owned(), attributes.collect()));
            }
            markup::Event::End { name, qualified } => {
                assert_eq!(name, markup::local(qualified));
                told.push(Told::End(qualified.to_owned()));
            }
            markup::Event::Text(chars) => push_text(&mut told, &chars.decode()),
            markup::Event::Comment(text) => told.push(Told::Comment(text.to_owned())),
            markup::Event::Instruction(text) => told.push(Told::Instruction(text.to_owned())),
            markup::Event::Doctype(_) => told.push(Told::Doctype),
        }
    }
    (told, xml.flaw())
}

/// The same by quick-xml; `None` if it finds `source` malformed.
fn quick(source: &str) -> Option<Vec<Told>> {
    let mut told = Vec::new();
    let mut reader = quick_xml::Reader::from_str(source);
    let mut depth = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                depth += 1;
                told.push(start(&tag)?);
            }
            Event::Empty(tag) => {
                told.push(start(&tag)?);
                told.push(Told::End(tag.name().as_ref().to_owned()));
            }
            Event::End(tag) => {
                depth -= 1;
                told.push(Told::End(tag.name().as_ref().to_owned()));
            }
            Event::Text(text) => push_text(&mut told, &text.xml10_content()),
            Event::CData(text) => push_text(&mut told, &text.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(c) => push_text(&mut told, c.encode_utf8(&mut [0; 4])),
                None => match quick_xml::escape::resolve_predefined_entity(&name) {
                    Some(text) => push_text(&mut told, text),
                    None => push_text(&mut told, &format!("&{};", &*name)),
                },
            },
            Event::Comment(text) => told.push(Told::Comment((*text).to_owned())),
            Event::PI(text) => told.push(Told::Instruction((*text).to_owned())),
            Event::Decl(text) => told.push(Told::Instruction((*text).to_owned())),
            Event::DocType(_) => told.push(Told::Doctype),
            Event::Eof => return (depth == 0).then_some(told),
        }
    }
}

fn start(tag: &BytesStart<'_>) -> Option<Told> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        attributes.push((attribute.key.as_ref().to_owned(), blanks(&value)));
    }
    Some(Told::Start(tag.name().as_ref().to_owned(), attributes))
}

/// Lines in values are told as written, where the standard makes them blanks.
fn blanks(value: &str) -> String {
    value.replace(['\n', '\t', '\r'], " ")
}

#[expect(clippy::disallowed_methods, reason = "a test opens its files itself")]
fn for_each_part(path: &Path, tell: &mut dyn FnMut(&str, &[u8])) {
    if path.is_dir() {
        let mut children: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        children.sort();
        return children.iter().for_each(|child| for_each_part(child, tell));
    }
    let name = path.display().to_string();
    if path.extension().is_some_and(|e| e == "xml") {
        return tell(&name, &std::fs::read(path).unwrap());
    }
    let bytes = std::fs::read(path).unwrap();
    let Ok(mut archive) = Archive::open(&bytes) else { return };
    let mut budget = Budget::new(&Limits { unpacked_bytes_max: 16 << 20, ..Limits::default() });
    for entry in archive.entries().to_vec() {
        let mut part = Vec::new();
        let xml = [".xml", ".rels", ".vml"].iter().any(|end| entry.name.to_ascii_lowercase().ends_with(end));
        if xml && archive.read(&entry, &mut budget, &mut part).is_ok() {
            tell(&format!("{name}!{}", entry.name), &part);
        }
    }
}

// ---- well-formed XML -----------------------------------------------------------------------------------------------

fn prolog() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "<?xml version=\"1.0\" encoding='UTF-8'?>\r\n",
        "<!DOCTYPE a>",
        "<!DOCTYPE a SYSTEM \"x>y\" [<!ENTITY x '<!--'> <!-- ' ]> --> <?p ]> ?> <!ELEMENT a ANY>]>\n",
        "<!-- <a> --><?style x=\">\"?>",
    ])
    .prop_map(str::to_owned)
}

fn element() -> impl Strategy<Value = String> {
    let empty =
        (name(), attributes(), blank()).prop_map(|(name, attributes, end)| format!("<{name}{attributes}{end}/>"));
    let leaf = prop_oneof![3 => empty, 1 => Just("<w:t>4</w:t>".to_owned())];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let content = prop_oneof![3 => inner, 3 => text(), 1 => aside()];
        (name(), attributes(), blank(), prop::collection::vec(content, 0..6), blank()).prop_map(
            |(name, attributes, end, content, close)| {
                format!("<{name}{attributes}{end}>{}</{name}{close}>", content.concat())
            },
        )
    })
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "w:p", "_x", "x:Row-1.b", "größe", "名", "c"])
}

fn blank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "", " ", "\n", "\t\r\n"])
}

fn attributes() -> impl Strategy<Value = String> {
    let value = r#"([a-z0-9 />=\n\t:ü]|&#60;|&#x4e00;|&amp;|&quot;){0,6}"#;
    let quoted = (value, any::<bool>(), blank()).prop_map(|(value, double, blank)| match double {
        true => format!("{blank}={blank}\"'{value}\""),
        false => format!("{blank}={blank}'{value}\"'"),
    });
    prop::collection::vec(quoted, 0..4).prop_map(|values| {
        let names = ["r:id", "val", "größe", "_"];
        names.iter().zip(values).map(|(name, value)| format!(" {name}{value}")).collect()
    })
}

fn text() -> impl Strategy<Value = String> {
    r#"([a-z0-9 >"'/=\r\n\]ü]|&#32;|&#x34;|&amp;|&lt;|&own;){1,8}"#
}

fn aside() -> impl Strategy<Value = String> {
    prop_oneof![
        r#"[a-z <>&'"/\r\n\]]{0,8}"#.prop_map(|inside| format!("<![CDATA[{inside}]]>")),
        r#"[a-z <>&'"/]{0,8}"#.prop_map(|inside| format!("<!--{inside}-->")),
        r#"[a-z]{1,3} [a-z <>&'"/]{0,8}"#.prop_map(|inside| format!("<?{inside}?>")),
    ]
}
