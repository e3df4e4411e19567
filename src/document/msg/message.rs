//! The text of a message that is made of properties: header fields, bodies, and every other property that is text.

use crate::blob::{Budget, Gap, Kind, Reason};
use crate::container::mapi::{Properties, Value, charset, decompress, id, time};
use crate::document::mail::{self, Said};
use crate::document::{Area, Document, Embedded, Text, carve, plain};

/// Texts that say how, not what: classes, types of addresses, identifiers of messages, tags of types.
const TECHNICAL: &[u16] = &[
    0x001A, 0x0064, 0x0066, 0x0075, 0x0077, 0x007D, 0x0C1E, 0x1000, 0x1013, 0x1035, 0x1039, 0x1042, 0x1046, 0x300B,
    0x3002, 0x3703, 0x370B, 0x370E, 0x3712, 0x3716, 0x3FFC, 0x4030, 0x4031, 0x4034, 0x4035,
];

/// Binary properties of the specification that hold no text of anybody: identifiers of entries, keys, positions.
const BINARY: &[u16] = &[
    0x003B, 0x003F, 0x0041, 0x0043, 0x004B, 0x0051, 0x0052, 0x0053, 0x0060, 0x0061, 0x0071, 0x007F, 0x0C19, 0x0C1D,
    0x0E05, 0x0E09, 0x0E0A, 0x0E58, 0x0E99, 0x0FF6, 0x0FF8, 0x0FF9, 0x0FFA, 0x0FFB, 0x0FFF, 0x1009, 0x1013, 0x120B,
    0x300A, 0x300B, 0x3010, 0x3013, 0x3014, 0x3019, 0x30E0, 0x30E1, 0x30E2, 0x30E3, 0x3701, 0x3702, 0x3709, 0x370A,
    0x371D, 0x3A0D, 0x3D01, 0x3FF9, 0x3FFB, 0x405A, 0x405B, 0x5902, 0x5D0B, 0x5FF7, 0x6300,
];

/// Adds the labels that properties hold.
pub fn labels(message: &Properties, out: &mut Document<'_>) {
    if let Some(headers) = message.text(id::TRANSPORT_HEADERS) {
        mail::labels_of_header(headers, out);
    }
    for property in &message.0 {
        if let Value::Text(text) = &property.value {
            let named = property.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("msip_labels"));
            if named || property.id != id::TRANSPORT_HEADERS && is_labels(text) {
                let pairs = mail::msip_labels(text);
                let known: Vec<_> = pairs.into_iter().filter(|pair| !out.properties.custom.contains(pair)).collect();
                out.properties.custom.extend(known);
            }
        }
    }
}

fn is_labels(text: &str) -> bool {
    text.trim_start().get(..11).is_some_and(|start| start.eq_ignore_ascii_case("MSIP_Label_"))
}

/// Tells a message and its recipients.
pub fn tell(message: &Properties, recipients: &[Properties], budget: &mut Budget, out: &mut Document<'_>) {
    let mut teller = Teller { said: Said::default(), out };
    teller.header(message, recipients);
    teller.bodies(message, budget);
    teller.others(message, Area::Metadata);
    for recipient in recipients {
        teller.others(recipient, Area::MailHeader);
    }
}

/// Tells what is said of an attachment besides its name.
pub fn tell_attachment(attachment: &Properties, name: &str, out: &mut Document<'_>) {
    let mut said = Said::default();
    said.add(name);
    let mut teller = Teller { said, out };
    teller.others(attachment, Area::Attachment);
}

struct Teller<'t, 'a> {
    said: Said,
    out: &'t mut Document<'a>,
}

impl Teller<'_, '_> {
    fn line(&mut self, area: Area, line: &str) {
        self.said.add(line);
        self.out.text.aside(area, line);
    }

    /// Header fields as they would stand in a mail, from properties and from the header that it came with.
    fn header(&mut self, message: &Properties, recipients: &[Properties]) {
        let from = address(message, &[id::SENDER_NAME], &[id::SENDER_SMTP_ADDRESS, id::SENDER_EMAIL]);
        let behalf =
            address(message, &[id::REPRESENTING_NAME], &[id::REPRESENTING_SMTP_ADDRESS, id::REPRESENTING_EMAIL]);
        for (field, value) in [("From", behalf), ("Sender", from)] {
            if !value.is_empty() && !self.said.holds(&value) {
                self.line(Area::MailHeader, &format!("{field}: {value}"));
            }
        }
        for recipient in recipients {
            let field = match recipient.number(id::RECIPIENT_TYPE).unwrap_or(1) & 0xF {
                2 => "Cc",
                3 => "Bcc",
                _ => "To",
            };
            let value = address(recipient, &[id::DISPLAY_NAME, 0x5FF6, 0x3A20], &[id::SMTP_ADDRESS, id::EMAIL_ADDRESS]);
            if !value.is_empty() {
                self.line(Area::MailHeader, &format!("{field}: {value}"));
            }
        }
        for (field, display) in [("To", id::DISPLAY_TO), ("Cc", id::DISPLAY_CC), ("Bcc", id::DISPLAY_BCC)] {
            let names = message.text(display).unwrap_or_default().split(';').map(str::trim);
            let new: Vec<&str> = names.filter(|name| !name.is_empty() && !self.said.holds(name)).collect();
            if !new.is_empty() {
                self.line(Area::MailHeader, &format!("{field}: {}", new.join("; ")));
            }
        }
        if let Some(ticks) = message.number(id::CLIENT_SUBMIT_TIME).or_else(|| message.number(id::DELIVERY_TIME)) {
            self.line(Area::MailHeader, &format!("Date: {}", time(ticks)));
        }
        if let Some(subject) = message.text(id::SUBJECT) {
            // Control characters in front tell the length of its prefix.
            let subject = subject.trim_start_matches(char::is_control);
            self.line(Area::MailHeader, &format!("Subject: {subject}"));
        }
        for (name, value) in mail::header_texts(message.text(id::TRANSPORT_HEADERS).unwrap_or_default()) {
            let repeated = name.eq_ignore_ascii_case("date") || self.said.holds(&value);
            if !repeated {
                self.line(Area::MailHeader, &format!("{name}: {value}"));
            }
        }
    }

    fn bodies(&mut self, message: &Properties, budget: &mut Budget) {
        let page = message.number(id::INTERNET_CODEPAGE).and_then(|page| u32::try_from(page).ok()).unwrap_or(0);
        let html = match (message.binary(id::HTML), message.text(id::HTML)) {
            (Some(bytes), _) => plain::decode_as(bytes, &charset(page)).trim_end_matches('\0').to_owned(),
            (None, Some(text)) => text.to_owned(),
            (None, None) => String::new(),
        };
        let plain_body = message.text(id::BODY).unwrap_or_default();
        let mut told = Said::default();
        told.add(plain_body);
        let mut page = Text::default();
        if !html.trim().is_empty() {
            let document = plain::read(Kind::Html, html.as_bytes(), budget);
            self.out.gaps.extend(document.gaps);
            told.add(document.text.as_str());
            page.append(document.text);
        }
        let mut in_html = Said::default();
        in_html.add(page.as_str());
        let plain_body = if page.is_empty() { plain_body.to_owned() } else { in_html.others(plain_body) };
        let plain_body = plain_body.replace('\r', "");
        let text = plain::read(Kind::Text, plain_body.as_bytes(), budget).text;
        self.said.add(text.as_str());
        self.said.add(page.as_str());
        self.out.text.line();
        self.out.text.append(text);
        self.out.text.line();
        self.out.text.append(page);
        self.out.text.line();
        self.rtf(message, &told, budget);
    }

    /// The body in RTF is the same again; it is read if it says something else.
    fn rtf(&mut self, message: &Properties, told: &Said, budget: &mut Budget) {
        let Some(packed) = message.binary(id::RTF_COMPRESSED) else { return };
        match decompress(packed) {
            Some((rtf, whole)) => {
                if let Err(reason) = budget.unpack(rtf.len() as u64) {
                    return self.out.gaps.push(Gap::new(reason, "(body).rtf", ""));
                }
                if !whole {
                    self.out.gaps.push(Gap::new(Reason::Corrupt, "(body).rtf", "compressed text is cut off"));
                }
                if !rtf_words(&rtf).iter().all(|word| told.holds(word)) {
                    self.out.embedded.push(Embedded { name: "(body).rtf".to_owned(), bytes: rtf });
                }
            }
            None => self.out.gaps.push(Gap::new(Reason::Corrupt, "(body).rtf", "compressed text is damaged")),
        }
    }

    /// Every other text, once; bytes that read as text or are a file.
    fn others(&mut self, properties: &Properties, area: Area) {
        for property in &properties.0 {
            match &property.value {
                Value::Text(text) => {
                    let text = text.trim().trim_start_matches(char::is_control);
                    let named = property.name.as_deref().unwrap_or_default();
                    let technical = TECHNICAL.contains(&property.id)
                        || is_exchange_address(text)
                        || is_labels(text)
                        || text.starts_with("IPM.") && !text.contains(char::is_whitespace);
                    let Some(text) = mail::header_text(named, text).filter(|_| !technical) else { continue };
                    if !self.said.holds(&text) {
                        // Names of properties that people make, not those of programs.
                        let own = !named.is_empty() && !named.contains("://") && !named.starts_with("http");
                        self.line(area, &if own { format!("{named}: {text}") } else { text });
                    }
                }
                Value::Binary(bytes) if !BINARY.contains(&property.id) => self.binary(property.id, bytes),
                Value::Text8(_) | Value::Binary(_) | Value::Number(_) => {}
            }
        }
    }

    #[allow(clippy::arithmetic_side_effects, reason = "characters of a text in memory are counted")]
    fn binary(&mut self, id: u16, bytes: &[u8]) {
        /// Bytes that are too few to hold a value.
        const BYTES_MIN: usize = 12;
        if bytes.len() < BYTES_MIN || is_theme(bytes) {
            return;
        }
        let kind = Kind::of(bytes);
        let is_file = bytes.len() > 256 && !matches!(kind, Kind::Unknown | Kind::Text | Kind::Font | Kind::Icon);
        if is_file {
            return self.out.embedded.push(Embedded { name: format!("(property {id:04X})"), bytes: bytes.to_vec() });
        }
        for run in carve::carve(bytes).as_str().lines() {
            // Words, and not what chance makes of bytes.
            let (mut letters, mut all) = (0usize, 0usize);
            for c in run.chars() {
                letters += usize::from(c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '@' | ',' | ':'));
                all += 1;
            }
            let words = letters.saturating_mul(10) >= all.saturating_mul(9)
                && run.split(|c: char| !c.is_alphanumeric()).any(|word| word.chars().count() >= 4);
            if words && !is_exchange_address(run) && !self.said.holds(run) {
                self.line(Area::Hidden, run);
            }
        }
    }
}

/// Whether bytes are how Word shows a message: a package of nothing but a theme, or which of its colours is which.
fn is_theme(bytes: &[u8]) -> bool {
    /// Members of a package of a theme.
    const MEMBERS_MAX: usize = 5;
    /// Bytes of a mapping of colours.
    const COLOURS_BYTES_MAX: usize = 1024;
    let has = |what: &[u8]| memchr::memmem::find(bytes, what).is_some();
    let package = bytes.starts_with(b"PK\x03\x04")
        && has(b"theme/theme/themeManager.xml")
        && memchr::memmem::find_iter(bytes, b"PK\x01\x02").count() <= MEMBERS_MAX;
    package || bytes.len() <= COLOURS_BYTES_MAX && has(b"<a:clrMap ")
}

/// `Name <address>`, or the one that there is.
fn address(properties: &Properties, names: &[u16], addresses: &[u16]) -> String {
    let first = |ids: &[u16]| ids.iter().filter_map(|id| properties.text(*id)).find(|text| !is_exchange_address(text));
    match (first(names), first(addresses)) {
        (Some(name), Some(address)) if name.contains(address) => name.to_owned(),
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    }
}

/// Whether a text is an address inside a directory of Exchange: `/O=…/OU=…/CN=…`.
fn is_exchange_address(text: &str) -> bool {
    /// Characters of an identifier that may stand in front.
    const PREFIX_BYTES_MAX: usize = 16;
    let head = text.get(..text.floor_char_boundary(PREFIX_BYTES_MAX)).unwrap_or_default();
    head.to_ascii_lowercase().contains("/o=")
}

/// The longer words of an RTF text, roughly: destinations of fonts, styles and the like are passed over, and so are
/// words with escapes. Only to tell whether it says something that another body does not.
fn rtf_words(rtf: &[u8]) -> Vec<String> {
    const SILENT: &[&[u8]] =
        &[b"\\*", b"\\fonttbl", b"\\colortbl", b"\\stylesheet", b"\\info", b"\\pict", b"\\header", b"\\footer"];
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut depth, mut silent) = (0u32, None);
    let mut rest = rtf;
    while let Some((b, after)) = rest.split_first() {
        rest = after;
        if silent.is_none() && b.is_ascii_alphanumeric() {
            word.push(char::from(*b));
            continue;
        }
        let escape = *b == b'\\' && matches!(after.first(), Some(b'\'' | b'u'));
        if word.len() >= 4 && !escape && b.is_ascii() {
            words.push(std::mem::take(&mut word));
        }
        word.clear();
        match b {
            b'{' => {
                depth = depth.saturating_add(1);
                if silent.is_none() && SILENT.iter().any(|name| after.starts_with(name)) {
                    silent = Some(depth);
                }
            }
            b'}' => {
                if silent == Some(depth) {
                    silent = None;
                }
                depth = depth.saturating_sub(1);
            }
            b'\\' => {
                let letters = after.iter().take_while(|b| b.is_ascii_alphabetic()).count();
                let digits = after.iter().skip(letters).take_while(|b| b.is_ascii_digit() || **b == b'-').count();
                let length = match after.first() {
                    Some(b'\'') => 3,
                    _ if letters == 0 => 1,
                    _ => letters.saturating_add(digits),
                };
                rest = after.get(length..).unwrap_or_default();
                if escape {
                    // The rest of the word goes with its escape.
                    let tail = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
                    rest = rest.get(tail..).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_rtf_are_told_roughly() {
        let rtf = b"{\\rtf1{\\fonttbl{\\f0 Arial;}}\\pard Hello\\b  4111 M\\'fcller{\\*\\htmltag <p>}Geheim\\u252?ber}";
        assert_eq!(rtf_words(rtf), ["Hello", "4111"]);
        for end in 0..rtf.len() {
            let _ = rtf_words(rtf.get(..end).unwrap());
        }
    }

    #[test]
    fn addresses_are_shown_with_their_names() {
        let mut bag = Properties::default();
        bag.push(id::SENDER_NAME, Value::Text("Ann".into()));
        bag.push(id::SENDER_EMAIL, Value::Text("/O=ORG/CN=ANN".into()));
        assert_eq!(address(&bag, &[id::SENDER_NAME], &[id::SENDER_EMAIL]), "Ann");
        bag.push(id::SENDER_SMTP_ADDRESS, Value::Text("a@b".into()));
        assert_eq!(address(&bag, &[id::SENDER_NAME], &[id::SENDER_EMAIL, id::SENDER_SMTP_ADDRESS]), "Ann <a@b>");
    }
}
