use super::*;
use crate::blob::Limits;

fn read_image(bytes: &[u8]) -> Document<'_> {
    let mut out = Document::default();
    let kind = Kind::of(bytes);
    assert_eq!(kind.family(), crate::blob::Family::Media, "{kind:?}");
    read(kind, bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
    out
}

fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], name, data, &[0; 4]].concat()
}

const PACKET: &str = "<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='r'><rdf:Description rdf:about='' xmlns:dc='d' photoshop:Headline='A head &amp; line' xmp:CreatorTool='Tool 1' pdfx:MSIP_Label_1_Enabled='true'><dc:description><rdf:Alt><rdf:li xml:lang='x-default'>Card 4111</rdf:li></rdf:Alt></dc:description><tiff:Orientation>12</tiff:Orientation></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>";

/// Exif with a description, a comment in UTF-16 and one of Windows.
fn exif_block() -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let values: [(u16, u16, Vec<u8>); 3] = [
        (0x010E, 2, b"A description\0".to_vec()),
        (0x9286, 7, [&b"UNICODE\0"[..], &wide("Kommentar \u{e9}")].concat()),
        (0x9C9C, 1, wide("Windows comment\0")),
    ];
    let mut head = b"II*\0\x08\0\0\0\x03\0".to_vec();
    let mut tail = Vec::new();
    for (tag, kind, value) in &values {
        head.extend(tag.to_le_bytes());
        head.extend(kind.to_le_bytes());
        head.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        head.extend(u32::try_from(8 + 2 + 36 + 4 + tail.len()).unwrap().to_le_bytes());
        tail.extend(value);
    }
    [head, vec![0; 4], tail].concat()
}

fn iptc_block() -> Vec<u8> {
    let sets = [&b"\x1C\x01\x5A\0\x03\x1b%G"[..], b"\x1C\x02\x78\0\x0aCaption \xC3\xA9", b"\x1C\x02\x37\0\x0820240101"]
        .concat();
    [&b"8BIM\x04\x04\0\0"[..], &u32::try_from(sets.len()).unwrap().to_be_bytes(), &sets].concat()
}

fn png() -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(b"Comment\0\0".to_vec(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, b"SSN 536-22-8467").unwrap();
    let international = [b"XML:com.adobe.xmp\0\0\0\0\0", PACKET.as_bytes()].concat();
    let chunks = [
        chunk(b"IHDR", &[0; 13]),
        chunk(b"tEXt", b"Title\0A title\xE9"),
        chunk(b"zTXt", &packed.finish().unwrap()),
        chunk(b"iTXt", &international),
        chunk(b"eXIf", &exif_block()),
        chunk(b"IEND", b""),
    ];
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xFF, marker][..], &u16::try_from(data.len() + 2).unwrap().to_be_bytes(), data].concat()
}

fn jpeg() -> Vec<u8> {
    let segments = [
        segment(0xE1, &[&b"Exif\0\0"[..], &exif_block()].concat()),
        segment(0xE1, &[&b"http://ns.adobe.com/xap/1.0/\0"[..], PACKET.as_bytes()].concat()),
        segment(0xED, &[&b"Photoshop 3.0\0"[..], &iptc_block()].concat()),
        segment(0xFE, b"A comment"),
        segment(0xDA, b"\0"),
    ];
    [&[0xFF, 0xD8][..], &segments.concat(), b"pixels", &[0xFF, 0xD9]].concat()
}

fn gif() -> Vec<u8> {
    let packet = [&b"\x21\xFF\x0BXMP DataXMP"[..], PACKET.as_bytes(), b"\x01\xFF\xFE\xFD", &[0; 2]].concat();
    let image = b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    [
        &b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF"[..],
        b"\x21\xFE\x04Card\0",
        image,
        b"\x21\xFE\x05 4111\0",
        &packet,
        b"\x3B",
    ]
    .concat()
}

fn emf() -> Vec<u8> {
    let mut header = vec![0; 100];
    header[0] = 1;
    header[4] = 100;
    header[40..44].copy_from_slice(b" EMF");
    let text = |text: &str, x: u32, y: u32| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let count = u32::try_from(text.len()).unwrap();
        let size = 76 + u32::try_from(units.len()).unwrap() + count * 4;
        let mut record: Vec<u8> = [84, size].into_iter().flat_map(u32::to_le_bytes).collect();
        record.extend([0; 28]);
        record.extend([x, y, count, 76, 0, 0, 0, 0, 0, size - count * 4].into_iter().flat_map(u32::to_le_bytes));
        record.extend(units);
        record.extend((0..count).flat_map(|_| 10u32.to_le_bytes()));
        record
    };
    let end: Vec<u8> = [14u32, 20, 0, 0, 20].into_iter().flat_map(u32::to_le_bytes).collect();
    [header, text("Card 41", 0, 5), text("11", 70, 5), text("1111", 120, 5), text("next", 0, 30), end].concat()
}

fn wmf() -> Vec<u8> {
    let record = |function: u16, data: &[u8]| {
        [&u32::try_from(3 + data.len() / 2).unwrap().to_le_bytes()[..], &function.to_le_bytes(), data].concat()
    };
    let font = [&[0; 13][..], &[204], &[0; 4]].concat();
    let header = [&b"\x01\0\x09\0\0\x03"[..], &[0; 12]].concat();
    let text = b"\x05\0\x02\0\x03\0\0\0\xcf\xf0\xee\0";
    [header, record(0x02FB, &font), record(0x012D, &[0, 0]), record(0x0A32, text), record(0, &[])].concat()
}

#[test]
fn texts_beside_pixels_are_read() {
    let told = |bytes: &[u8]| read_image(bytes).text.as_str().to_owned();
    let xmp = "A head & line\ntrue\nCard 4111\n";
    let exif = "A description\nKommentar é\nWindows comment\n";
    let xmp = &xmp.replace("true\n", "");
    assert_eq!(told(&png()), ["A titleé\nSSN 536-22-8467\n", exif, xmp].concat());
    assert_eq!(told(&jpeg()), [exif, "A comment\nCaption é\n", xmp].concat());
    assert_eq!(told(&gif()), ["Card\n4111\n", xmp].concat());
    assert_eq!(told(&exif_block()), exif);
    for bytes in [png(), jpeg(), gif()] {
        let document = read_image(&bytes);
        assert_eq!(document.properties.xmp.len(), 1);
        assert_eq!(document.gaps, [Gap::new(Reason::ImageOnly, "", "pictures are not read")]);
    }
}

#[test]
fn drawn_text_is_body() {
    for (bytes, text) in [(emf(), "Card 4111 1111\nnext\n"), (wmf(), "Про\n")] {
        let document = read_image(&bytes);
        assert_eq!((document.text.as_str(), document.gaps.as_slice()), (text, &[][..]));
        assert_eq!(document.text.location(0).area, Area::Body);
    }
}

#[test]
fn characters_are_recognised_by_whoever_can() {
    struct Fixed;
    impl crate::document::Ocr for Fixed {
        fn read(&self, kind: Kind, _: &[u8], _: &Budget) -> Result<String, (Reason, String)> {
            if kind == Kind::Png { Ok("seen".to_owned()) } else { Err((Reason::Timeout, "slow".to_owned())) }
        }
    }
    let options = Options { ocr: Some(std::sync::Arc::new(Fixed)), ..Options::default() };
    let look = |kind, bytes: &[u8]| {
        let mut out = Document::default();
        read(kind, bytes, &options, &mut Budget::new(&Limits::default()), &mut out);
        (out.text.as_str().lines().next().unwrap_or_default().to_owned(), out.gaps)
    };
    assert_eq!(look(Kind::Png, &png()), ("seen".to_owned(), vec![]));
    assert_eq!(look(Kind::Gif, &gif()).1, [Gap::new(Reason::Timeout, "", "slow")]);
}

#[test]
fn tags_of_sound_are_read() {
    let frame =
        |name: &[u8], data: &[u8]| [name, &u32::try_from(data.len()).unwrap().to_be_bytes(), &[0; 2], data].concat();
    let frames =
        [frame(b"TIT2", b"\x01\xFF\xFEA\0b\0c\0"), frame(b"COMM", b"\0engx\0A comment"), frame(b"TLEN", b"\x0012345")]
            .concat();
    let size = u8::try_from(frames.len()).unwrap();
    let document = [&b"ID3\x03\0\0\0\0\0"[..], &[size], &frames, &[0xFF, 0xFB]].concat();
    let document = read_image(&document);
    assert_eq!(document.text.as_str(), "Abc\nx\nA comment\n");
    assert_eq!(document.gaps.len(), 1);
}

#[test]
fn mutations_neither_panic_nor_grow() {
    let good = [
        (Kind::Png, png()),
        (Kind::Jpeg, jpeg()),
        (Kind::Gif, gif()),
        (Kind::Tiff, exif_block()),
        (Kind::Emf, emf()),
        (Kind::Emf, wmf()),
        (Kind::Psd, iptc_block()),
    ];
    let mut state = 1u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    };
    for round in 0..7000 {
        let (kind, bytes) = &good[round % good.len()];
        let mut bytes = bytes.clone();
        for _ in 0..1 + round % 6 {
            let at = next() % bytes.len();
            match next() % 3 {
                0 => bytes[at] = next() as u8,
                1 => drop(bytes.drain(at..(at + next() % 9).min(bytes.len() - 1))),
                _ => drop(bytes.splice(at..at, bytes.clone())),
            }
            bytes.truncate(3000);
        }
        let mut out = Document::default();
        read(*kind, &bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
        assert!(out.text.len() < bytes.len() * 12 + 1000);
    }
}
