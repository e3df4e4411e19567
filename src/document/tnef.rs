//! Transport Neutral Encapsulation (`winmail.dat`, MS-OXTNEF): attributes one after the other, properties in some of
//! them (2.1.3). Bodies are read here; attachments and messages inside are embedded.

use super::{Document, Options, carve, msg};
use crate::blob::{Aspect, Budget, Coverage, Gap, Reason};
use crate::container::mapi::{Properties, Property, Value, id, kind, text16};
use crate::document::Area;

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Body, Aspect::Headers, Aspect::Metadata, Aspect::Names, Aspect::Embedded, Aspect::Labels],
    gap: &[],
    source: "MS-OXTNEF 2; MS-OXPROPS; MS-OXRTFCP",
};

/// Bytes of the signature and the key in front of the attributes.
const HEAD_BYTES: usize = 6;

/// Attributes by the lower half of their number (2.1.3.1).
mod attribute {
    pub const SENT_FOR: u16 = 0x0001;
    pub const FROM: u16 = 0x8000;
    pub const SUBJECT: u16 = 0x8004;
    pub const BODY: u16 = 0x800C;
    pub const ATTACH_DATA: u16 = 0x800F;
    pub const ATTACH_TITLE: u16 = 0x8010;
    pub const ATTACH_TRANSPORT_NAME: u16 = 0x9001;
    pub const ATTACH_RENDERING: u16 = 0x9002;
    pub const PROPERTIES: u16 = 0x9003;
    pub const RECIPIENTS: u16 = 0x9004;
    pub const ATTACHMENT: u16 = 0x9005;
    pub const CODE_PAGE: u16 = 0x9007;
}

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let mut message = Message::default();
    let mut rest = bytes.get(HEAD_BYTES..).unwrap_or_default();
    // Every message has at least its version.
    message.damaged = rest.is_empty();
    while !rest.is_empty() {
        if let Err(reason) = budget.time() {
            out.gaps.push(Gap::new(reason, "", "the message was read in part"));
            break;
        }
        let Some(attribute) = Attribute::read(rest) else {
            // A few bytes at the end are padding of whatever carried it.
            if rest.iter().any(|b| *b != 0 && !b.is_ascii_whitespace()) {
                message.damaged = true;
                message.lost.extend_from_slice(rest);
            }
            break;
        };
        message.damaged |= attribute.cut;
        if let Err(reason) = budget.unpack(attribute.data.len() as u64) {
            out.gaps.push(Gap::new(reason, "", "the message was read in part"));
            break;
        }
        message.add(attribute.number, attribute.data);
        rest = attribute.after;
    }
    message.tell(options, budget, out);
}

/// One attribute.
struct Attribute<'b> {
    number: u16,
    data: &'b [u8],
    after: &'b [u8],
    /// Its length reaches beyond the end.
    cut: bool,
}

impl<'b> Attribute<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<9>()?;
        let [level @ (1 | 2), low, high, _, _, length @ ..] = *head else { return None };
        let _ = level;
        let length = usize::try_from(u32::from_le_bytes(length)).ok()?;
        let data = rest.get(..length).unwrap_or(rest);
        // Two bytes of checksum: what does not add up is read all the same.
        let after = rest.get(length.saturating_add(2)..).unwrap_or_default();
        let cut = rest.len() < length.saturating_add(2);
        Some(Self { number: u16::from_le_bytes([low, high]), data, after, cut })
    }
}

/// A message as it is read.
#[derive(Default)]
struct Message {
    properties: Properties,
    recipients: Vec<Properties>,
    attachments: Vec<Properties>,
    page: u32,
    damaged: bool,
    /// Bytes that could not be followed.
    lost: Vec<u8>,
}

impl Message {
    fn add(&mut self, number: u16, data: &[u8]) {
        match number {
            attribute::CODE_PAGE => {
                self.page = data.first_chunk().map_or(0, |page| u32::from_le_bytes(*page));
            }
            attribute::SUBJECT => self.properties.push(id::SUBJECT, Value::Text8(data.to_vec())),
            attribute::BODY => self.properties.push(id::BODY, Value::Text8(data.to_vec())),
            attribute::FROM => self.from(data),
            attribute::SENT_FOR => self.properties.push(id::REPRESENTING_NAME, Value::Text8(data.to_vec())),
            attribute::PROPERTIES => {
                let mut reader = Reader { rest: data };
                let whole = reader.properties(&mut self.properties);
                self.end(whole, reader.rest);
            }
            attribute::RECIPIENTS => {
                let mut reader = Reader { rest: data };
                let rows = reader.word().unwrap_or(0);
                for _ in 0..rows {
                    let mut recipient = Properties::default();
                    let whole = reader.properties(&mut recipient);
                    self.recipients.push(recipient);
                    self.end(whole, reader.rest);
                    if !whole {
                        break;
                    }
                }
            }
            attribute::ATTACH_RENDERING => self.attachments.push(Properties::default()),
            attribute::ATTACH_TITLE | attribute::ATTACH_TRANSPORT_NAME => {
                let of = if number == attribute::ATTACH_TITLE { id::ATTACH_FILENAME } else { id::DISPLAY_NAME };
                self.attachment(of, Value::Text8(data.to_vec()));
            }
            attribute::ATTACH_DATA => self.attachment(id::ATTACH_DATA, Value::Binary(data.to_vec())),
            attribute::ATTACHMENT => {
                let mut reader = Reader { rest: data };
                let mut properties = Properties::default();
                let whole = reader.properties(&mut properties);
                if self.attachments.is_empty() {
                    self.attachments.push(Properties::default());
                }
                if let Some(attachment) = self.attachments.last_mut() {
                    attachment.0.extend(properties.0);
                }
                self.end(whole, reader.rest);
            }
            // Dates, priorities, identifiers, pictures of icons; texts of others are told.
            0x8005..=0x800B | 0x800D | 0x8011..=0x8013 | 0x8020 | 0x9006 | 0x0006..=0x0009 => {}
            _ => self.properties.push(0, Value::Text8(data.to_vec())),
        }
    }

    fn end(&mut self, whole: bool, rest: &[u8]) {
        if !whole {
            self.damaged = true;
            self.lost.extend_from_slice(rest);
        }
    }

    /// Adds to the attachment that attributes speak of.
    fn attachment(&mut self, id: u16, value: Value) {
        if self.attachments.is_empty() {
            self.attachments.push(Properties::default());
        }
        if let Some(attachment) = self.attachments.last_mut() {
            attachment.push(id, value);
        }
    }

    /// The sender (2.1.3.3.3): lengths of a name and of an address, then both.
    #[allow(clippy::arithmetic_side_effects, reason = "lengths of sixteen bits")]
    fn from(&mut self, data: &[u8]) {
        let half = |at: usize| data.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u16::from_le_bytes(*b));
        let (name, address) = (usize::from(half(4)), usize::from(half(6)));
        if let Some(name) = data.get(8..8 + name) {
            self.properties.push(id::SENDER_NAME, Value::Text8(name.to_vec()));
        }
        let address = data.get(8 + name..8 + name + address).unwrap_or_default();
        let address = address.strip_prefix(b"SMTP:").or_else(|| address.strip_prefix(b"smtp:")).unwrap_or(address);
        self.properties.push(id::SENDER_EMAIL, Value::Text8(address.to_vec()));
    }

    fn tell(mut self, options: &Options, budget: &mut Budget, out: &mut Document<'_>) {
        let page = if self.page > 0 { self.page } else { self.properties.code_page().unwrap_or(0) };
        for properties in std::iter::once(&mut self.properties).chain(&mut self.recipients).chain(&mut self.attachments)
        {
            properties.decode(page);
        }
        msg::labels(&self.properties, out);
        if self.damaged {
            out.gaps.push(Gap::new(Reason::Corrupt, "", "attributes are damaged or cut off"));
        }
        if !options.text {
            return;
        }
        msg::tell(&self.properties, &self.recipients, budget, out);
        for attachment in &self.attachments {
            attach(attachment, out);
        }
        if !self.lost.is_empty() {
            out.text.aside(Area::Hidden, carve::carve(&self.lost).as_str());
        }
    }
}

fn attach(attachment: &Properties, out: &mut Document<'_>) {
    let name = msg::name_of(attachment);
    let shown = name.clone().unwrap_or_else(|| "(attachment)".to_owned());
    out.text.aside(Area::Attachment, name.as_deref().unwrap_or_default());
    msg::tell_attachment(attachment, &shown, out);
    // The same content may stand there as an attribute and as a property.
    let mut told: Vec<&[u8]> = Vec::new();
    for property in attachment.0.iter().filter(|property| property.id == id::ATTACH_DATA) {
        let Value::Binary(bytes) = &property.value else { continue };
        let bytes = object(bytes);
        if !told.contains(&bytes) {
            told.push(bytes);
            msg::embed(&shown, bytes, out);
        }
    }
}

/// The content of an object: a message or a storage stands behind the identifier of its interface.
fn object(bytes: &[u8]) -> &[u8] {
    const INTERFACE_BYTES: usize = 16;
    let inside = bytes.get(INTERFACE_BYTES..).unwrap_or_default();
    let is_object = inside.starts_with(b"\x78\x9F\x3E\x22") || inside.starts_with(b"\xD0\xCF\x11\xE0");
    if is_object { inside } else { bytes }
}

/// Reads properties (2.1.3.4).
struct Reader<'b> {
    rest: &'b [u8],
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// Bytes that are followed by padding to four.
    fn padded(&mut self, count: usize) -> Option<&[u8]> {
        let taken = self.rest.get(..count)?;
        self.rest = self.rest.get(count.checked_next_multiple_of(4)?..).unwrap_or_default();
        Some(taken)
    }

    fn word(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(*self.take(4)?.first_chunk()?))
    }

    /// Reads a list of properties; says whether it was whole.
    fn properties(&mut self, into: &mut Properties) -> bool {
        let Some(count) = self.word() else { return false };
        (0..count).all(|_| self.property(into).is_some())
    }

    fn property(&mut self, into: &mut Properties) -> Option<()> {
        let tag = self.word()?;
        let [of, id] = [tag & 0xFFFF, tag >> 16].map(|half| u16::try_from(half).unwrap_or(0));
        let mut name = None;
        if id >= 0x8000 {
            self.take(16)?;
            match self.word()? {
                0 => drop(self.word()?),
                _ => {
                    let length = usize::try_from(self.word()?).ok()?;
                    name = Some(text16(self.padded(length)?));
                }
            }
        }
        let multiple = of & kind::MULTIPLE != 0;
        let base = of & !kind::MULTIPLE;
        let varies = matches!(base, kind::STRING8 | kind::STRING | kind::BINARY | kind::OBJECT);
        let count = if multiple || varies { self.word()? } else { 1 };
        // Values without bytes have no number that the file would limit.
        if multiple && base < kind::INTEGER16 {
            return None;
        }
        for _ in 0..count {
            let value = self.value(base)?;
            if let Some(value) = value {
                into.0.push(Property { id, name: name.clone(), value });
            }
        }
        Some(())
    }

    /// One value; nothing for types that hold no text.
    fn value(&mut self, of: u16) -> Option<Option<Value>> {
        Some(match of {
            kind::STRING8 | kind::STRING | kind::BINARY | kind::OBJECT => {
                let length = usize::try_from(self.word()?).ok()?;
                let bytes = self.padded(length)?;
                Some(match of {
                    kind::STRING8 => Value::Text8(bytes.to_vec()),
                    kind::STRING => Value::Text(text16(bytes)),
                    _ => Value::Binary(bytes.to_vec()),
                })
            }
            kind::INTEGER16 | kind::BOOLEAN => Some(Value::Number(u64::from(self.word()? & 0xFFFF))),
            kind::INTEGER32 => Some(Value::Number(u64::from(self.word()?))),
            kind::FLOATING32 | kind::ERROR => self.take(4).map(|_| None)?,
            kind::TIME | kind::INTEGER64 => Some(Value::Number(u64::from_le_bytes(*self.take(8)?.first_chunk()?))),
            kind::FLOATING64 | kind::CURRENCY | kind::FLOATING_TIME => self.take(8).map(|_| None)?,
            kind::GUID => self.take(16).map(|_| None)?,
            0 | 1 => None,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn attribute(level: u8, number: u32, data: &[u8]) -> Vec<u8> {
        let sum = data.iter().fold(0u16, |sum, b| sum.wrapping_add(u16::from(*b)));
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [&[level][..], &number.to_le_bytes(), &length, data, &sum.to_le_bytes()].concat()
    }

    fn text(id: u16, text: &str) -> Vec<u8> {
        let mut out = [&0x001Eu16.to_le_bytes()[..], &id.to_le_bytes(), &1u32.to_le_bytes()].concat();
        out.extend_from_slice(&u32::try_from(text.len()).unwrap().to_le_bytes());
        out.extend_from_slice(text.as_bytes());
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    fn stream() -> Vec<u8> {
        let properties =
            [&3u32.to_le_bytes()[..], &text(0x1000, "Card 4111"), &text(0x3A16, "Firm"), &text(0x0037, "Hi")].concat();
        [
            b"\x78\x9F\x3E\x22\x01\0".to_vec(),
            attribute(1, 0x0006_9007, &1252u32.to_le_bytes()),
            attribute(1, 0x0006_9003, &properties),
            attribute(2, 0x0006_9002, &[0; 14]),
            attribute(2, 0x0001_8010, b"caf\xE9.txt\0"),
            attribute(2, 0x0006_800F, b"inside"),
        ]
        .concat()
    }

    fn tnef(bytes: &[u8]) -> Document<'_> {
        let mut out = Document::default();
        read(bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
        out
    }

    #[test]
    fn properties_and_attachments_are_read() {
        let bytes = stream();
        let document = tnef(&bytes);
        assert_eq!(document.text.as_str(), "Subject: Hi\nCard 4111\nFirm\ncafé.txt\n");
        let embedded: Vec<_> = document.embedded.iter().map(|e| (e.name.as_str(), e.bytes.as_slice())).collect();
        assert_eq!(embedded, [("café.txt", &b"inside"[..])]);
        assert!(document.gaps.is_empty());
    }

    #[test]
    fn cuts_and_mutations_are_read_in_part() {
        let good = stream();
        for end in 7..good.len() {
            let _ = tnef(good.get(..end).unwrap());
        }
        for at in 6..good.len() {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut bytes = good.clone();
                bytes[at] = value;
                let document = tnef(&bytes);
                assert!(document.text.len() < bytes.len() * 4);
            }
        }
        let cut = tnef(good.get(..60).unwrap());
        assert!(!cut.gaps.is_empty() && cut.text.as_str().contains("Card"), "{:?}", cut.text.as_str());
    }
}
