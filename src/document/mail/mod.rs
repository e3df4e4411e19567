//! Mail messages (RFC 5322) and their parts (MIME: RFC 2045 to 2049), web archives (MHTML, RFC 2557).
//!
//! A walker of our own, as finding all text matters more than validity: parts end where the next boundary stands, also
//! behind the last one; what stands between parts is hidden text; a boundary that was not declared rightly is found by
//! what looks like one. Bodies are read here, everything else is embedded and read as a file of its own.
//!
//! Of header fields, those that carry traces, signatures and identifiers are passed over as long as they look like such.
//! A plain body says again what the HTML body says: its paragraphs that say nothing else are told once.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one slice: no sum of two exceeds usize::MAX; depth is held against a limit"
)]

mod body;
mod field;
mod signed;
mod transfer;

use std::borrow::Cow;
use std::collections::HashMap;

pub use body::Said;
pub use signed::content as signed_content;

use field::{Field, Structured};

use super::{Document, Embedded, Options, Text, plain};
use crate::blob::{Aspect, Budget, Coverage, Family, Gap, Kind, Reason, Suspicion, Unicode};
use crate::document::Area;

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Body, Aspect::Headers, Aspect::Hidden, Aspect::Names, Aspect::Embedded, Aspect::Labels],
    gap: &[],
    source: "RFC 5322; RFC 2045 to 2049, 2231, 2557, 3676; RFC 5652 (opaque signatures)",
};

/// Parts inside parts; deeper ones are read as text. Honest mails have five.
const DEPTH_MAX: u32 = 24;

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let bytes = normal(bytes);
    let mut reader = Reader { budget, out, bodies: Vec::new(), names: Vec::new(), groups: 0 };
    let message = reader.file(&bytes, options);
    let (header, body) = field::split(message);
    let fields = field::parse(header);
    if header.len() == message.len() {
        reader.gap(Gap::new(Reason::Corrupt, "", "ends in its header"));
    }
    reader.labels(&fields);
    if !options.text {
        return;
    }
    reader.entity(&fields, body, Place::default());
    reader.finish();
}

/// The label metadata of a header: `msip_labels: MSIP_Label_…_Enabled=true; …`, as names and values.
pub fn msip_labels(value: &str) -> Vec<(String, String)> {
    let pairs = value.split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// Adds the labels that stand in a header as text.
pub fn labels_of_header(header: &str, out: &mut Document<'_>) {
    let fields = field::parse(header.as_bytes());
    for field in fields.iter().filter(|field| field.is("msip_labels")) {
        out.properties.custom.extend(msip_labels(&field::decode_words(&field.value)));
    }
}

/// The text of one field; `None` if it carries none.
pub fn header_text(name: &str, value: &str) -> Option<String> {
    let field = Field { name: name.to_owned(), value: value.to_owned() };
    Some(shown(&field)).filter(|value| carries_text(&field) && !value.is_empty())
}

/// Header fields that stand in a text, for other formats of mail: what carries text, each with its name, decoded.
pub fn header_texts(header: &str) -> Vec<(String, String)> {
    let fields = field::parse(header.as_bytes());
    let told = fields.iter().filter(|field| !field.is("msip_labels") && carries_text(field));
    told.map(|field| (field.name.clone(), shown(field))).filter(|(_, value)| !value.is_empty()).collect()
}

/// Bytes in an encoding that extends ASCII, lines ended by line feeds.
fn normal(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bytes = match Unicode::of(bytes) {
        Some((Unicode::Utf8, mark)) => Cow::Borrowed(bytes.get(mark..).unwrap_or_default()),
        Some(_) => match plain::decode(bytes).text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        },
        None => Cow::Borrowed(bytes),
    };
    let head = bytes.get(..4096).unwrap_or(&bytes);
    if memchr::memchr(b'\n', head).is_some() || memchr::memchr(b'\r', head).is_none() {
        return bytes;
    }
    Cow::Owned(bytes.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
}

/// Where an entity stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    depth: u32,
    /// The innermost `multipart/alternative` around it.
    group: Option<u32>,
    /// Part of a multipart: most of its header is about its encoding.
    part: bool,
    /// Parts without a type are messages here (RFC 2046, 5.1.5).
    digest: bool,
}

/// A body that was read.
enum Body {
    Plain {
        group: Option<u32>,
        text: String,
    },
    Html {
        group: Option<u32>,
        text: Text<'static>,
    },
    /// Text between parts and the like.
    Hidden(String),
}

struct Reader<'r, 'a> {
    budget: &'r mut Budget,
    out: &'r mut Document<'a>,
    bodies: Vec<Body>,
    names: Vec<String>,
    groups: u32,
}

impl Reader<'_, '_> {
    /// The message in a file: behind blank lines, or in the wrapping of Apple Mail (`.emlx`: its length on the first
    /// line, a property list behind it).
    fn file<'m>(&mut self, bytes: &'m [u8], options: &Options) -> &'m [u8] {
        let start = bytes.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(bytes.len());
        let first = bytes.get(start..).map(field::first_line).unwrap_or_default();
        let length: Option<usize> = std::str::from_utf8(first).ok().and_then(|line| line.trim().parse().ok());
        let Some(length) = length else { return bytes.get(start..).unwrap_or_default() };
        let from = start + first.len();
        let end = from.saturating_add(length).min(bytes.len());
        let tail = bytes.get(end..).unwrap_or_default();
        if options.text && !tail.trim_ascii().is_empty() {
            self.embed("(mail properties).plist", tail.trim_ascii().to_vec());
        }
        bytes.get(from..end).unwrap_or_default()
    }

    fn labels(&mut self, fields: &[Field]) {
        for field in fields.iter().filter(|field| field.is("msip_labels")) {
            self.out.properties.custom.extend(msip_labels(&field::decode_words(&field.value)));
        }
    }

    /// One entity: its header is told, its body walked.
    fn entity(&mut self, fields: &[Field], body: &[u8], place: Place) {
        if let Err(reason) = self.budget.time() {
            return self.gap(Gap::new(reason, "", "the message was read in part"));
        }
        self.header(fields, place.depth == 0);
        let content_type = field::structured(field::value(fields, "content-type").unwrap_or_default());
        let (kind, subtype) = content_type.token.split_once('/').unwrap_or((&content_type.token, ""));
        match kind {
            _ if place.depth >= DEPTH_MAX => {
                self.gap(Gap::new(Reason::DepthExceeded, "", "parts inside parts"));
                self.bodies.push(Body::Hidden(plain::decode(body).text.into_owned()));
            }
            "multipart" => self.multipart(subtype, &content_type, body, place),
            "message" if !matches!(subtype, "delivery-status" | "disposition-notification" | "feedback-report") => {
                self.message(fields, &content_type, body, place);
            }
            "" if place.digest => self.message(fields, &content_type, body, place),
            _ => self.leaf(fields, &content_type, body, place),
        }
    }

    /// A message inside the message.
    fn message(&mut self, fields: &[Field], content_type: &Structured, body: &[u8], place: Place) {
        let decoded = self.decode(fields, body);
        let bytes = decoded.trim_ascii_start();
        if content_type.token == "message/partial" && content_type.get("number").is_some_and(|number| number != "1") {
            self.gap(Gap::new(Reason::UnsupportedType, "", "a piece of a message, the others are elsewhere"));
            return self.bodies.push(Body::Plain { group: None, text: plain::decode(bytes).text.into_owned() });
        }
        let name = file_name(fields, content_type).unwrap_or_else(|| "(message).eml".to_owned());
        if matches!(Kind::of(bytes), Kind::Mail) {
            return self.embed(&name, bytes.to_vec());
        }
        // Too little of a header to be known as a message by itself.
        let (header, body) = field::split(bytes);
        let fields = field::parse(header);
        self.entity(&fields, body, Place { depth: place.depth + 1, ..Place::default() });
    }

    fn multipart(&mut self, subtype: &str, content_type: &Structured, body: &[u8], place: Place) {
        let declared = content_type.get("boundary").map(|b| b.trim_end().as_bytes()).filter(|b| !b.is_empty());
        let is_declared = declared.is_some();
        let split = declared.and_then(|b| parts(body, b)).or_else(|| parts(body, likely_boundary(body)?));
        let Some(split) = split else {
            // No boundary anywhere: it is one part after all, or the parts are somebody else's.
            if is_declared {
                self.gap(Gap::new(Reason::Corrupt, "", "the parts that the header declares are missing"));
            }
            let (header, rest) = field::split(body);
            let fields = field::parse(header);
            let has_type = field::value(&fields, "content-type").is_some();
            let (fields, rest) = if has_type { (fields, rest) } else { (Vec::new(), body) };
            return self.entity(&fields, rest, Place { depth: place.depth + 1, part: true, ..place });
        };
        let group = match subtype {
            "alternative" => {
                self.groups += 1;
                Some(self.groups)
            }
            _ => place.group,
        };
        let inside = Place { depth: place.depth + 1, group, part: true, digest: subtype == "digest" };
        if matches!(split.last(), Some(Piece::Part(_))) {
            self.gap(Gap::new(Reason::Corrupt, "", "the boundary that ends the parts is missing"));
        }
        for piece in split {
            match piece {
                Piece::Between(text) if text.trim_ascii().is_empty() || is_stock(text) => {}
                Piece::Between(text) => self.bodies.push(Body::Hidden(plain::decode(text).text.into_owned())),
                Piece::Part(part) => {
                    let (header, rest) = field::split(part);
                    let fields = field::parse(header);
                    self.entity(&fields, rest, inside);
                }
            }
        }
    }

    /// An entity without parts.
    fn leaf(&mut self, fields: &[Field], content_type: &Structured, body: &[u8], place: Place) {
        let mut bytes = self.decode(fields, body);
        if bytes.trim_ascii().is_empty() {
            return;
        }
        let disposition = field::structured(field::value(fields, "content-disposition").unwrap_or_default());
        let name = file_name(fields, content_type);
        let kind = Kind::of(&bytes);
        // What reads as another kind of text is the text that it is said to be.
        let textual = kind.family() == Family::Text || matches!(kind, Kind::Mail | Kind::Mbox | Kind::Pgp);
        let token = content_type.token.as_str();
        let said_text = token.is_empty() || token.starts_with("text") || token.starts_with("message/");
        let attached = disposition.token == "attachment" || name.is_some();
        let web_page = token == "text/html" && disposition.token != "attachment" && place.part;
        match token {
            "text/css" if textual => return,
            "application/pkcs7-signature" | "application/x-pkcs7-signature" | "application/pgp-signature"
                if signed::is_signature(&bytes) =>
            {
                return self.names.extend(name);
            }
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                if let Some(content) = signed::content(&bytes) {
                    self.names.extend(name);
                    return self.embed("(signed content).eml", content);
                }
            }
            _ => {}
        }
        if !(said_text && textual) || attached && !web_page {
            let name = name.unwrap_or_else(|| unnamed(token, fields));
            if belies(token, kind) {
                self.out.suspicions.push(Suspicion::HeaderMismatch);
            }
            let charset = content_type.get("charset").filter(|_| textual);
            if let Some(charset) = charset
                && std::str::from_utf8(&bytes).is_err()
            {
                bytes = plain::decode_as(&bytes, charset).into_owned().into_bytes();
            }
            self.names.push(name.clone());
            return self.embed(&name, bytes);
        }
        self.names.extend(name);
        let mut files = Vec::new();
        if let Some(left) = transfer::take_files(&bytes, &mut files) {
            bytes = left;
        }
        for file in files {
            let name = plain::decode(&file.name).text.into_owned();
            self.names.push(name.clone());
            self.embed(&name, file.bytes);
        }
        let text = plain::decode_as(&bytes, content_type.get("charset").unwrap_or_default());
        self.text(token, kind, content_type, &text, place);
    }

    /// A body of text.
    fn text(&mut self, token: &str, kind: Kind, content_type: &Structured, text: &str, place: Place) {
        let group = place.group;
        if token == "text/html" || kind == Kind::Html && token.is_empty() {
            let document = plain::read(Kind::Html, text.as_bytes(), self.budget);
            self.out.gaps.extend(document.gaps);
            let mut text = Text::default();
            text.append(document.text);
            return self.bodies.push(Body::Html { group, text });
        }
        let (text, encrypted) = match body::without_armour(text) {
            Some((text, encrypted)) => (Cow::Owned(text), encrypted),
            None => (Cow::Borrowed(text), false),
        };
        if encrypted {
            self.gap(Gap::new(Reason::Encrypted, "", "a message of OpenPGP in the text"));
        }
        let is = |name: &str, value: &str| content_type.get(name).is_some_and(|v| v.eq_ignore_ascii_case(value));
        let text = match token {
            "text/calendar" | "text/vcard" | "text/x-vcard" | "text/directory" | "text/x-vcalendar" => {
                body::unfolded(&text)
            }
            "text/enriched" | "text/richtext" => {
                let document = plain::read(Kind::Html, text.as_bytes(), self.budget);
                document.text.as_str().to_owned()
            }
            _ if is("format", "flowed") => body::flowed(&text, is("delsp", "yes")),
            _ => text.into_owned(),
        };
        self.bodies.push(Body::Plain { group, text });
    }

    /// A body without its transfer encoding.
    fn decode(&mut self, fields: &[Field], body: &[u8]) -> Vec<u8> {
        let encoding = field::value(fields, "content-transfer-encoding").unwrap_or_default();
        let encoding = encoding.split(';').next().unwrap_or_default().trim().trim_matches('"').to_ascii_lowercase();
        if let Err(reason) = self.budget.unpack(body.len() as u64) {
            self.gap(Gap::new(reason, "", "the message was read in part"));
            return Vec::new();
        }
        match encoding.as_str() {
            "base64" => {
                let decoded = transfer::base64(body);
                // Text that is only said to be base64.
                if !decoded.begins && decoded.stray.len() > decoded.bytes.len() {
                    return body.to_vec();
                }
                if !decoded.stray.is_empty() {
                    self.bodies.push(Body::Hidden(plain::decode(&decoded.stray).text.into_owned()));
                }
                if decoded.cut {
                    self.gap(Gap::new(Reason::Corrupt, "", "base64 ends inside of a group"));
                }
                decoded.bytes
            }
            "quoted-printable" => {
                // A line that goes on ends in `=` and a line end; at the end nothing follows it.
                if matches!(body, [.., b'='] | [.., b'=', _]) && body.last() != Some(&b'\n') {
                    self.gap(Gap::new(Reason::Corrupt, "", "quoted-printable ends inside of a line"));
                }
                transfer::quoted_printable(body)
            }
            "x-uuencode" | "uuencode" | "x-uue" => {
                let mut files = Vec::new();
                let left = transfer::take_files(body, &mut files);
                match files.into_iter().next() {
                    Some(file) if left.is_none_or(|left| left.trim_ascii().is_empty()) => file.bytes,
                    // With text around it, it is found again as a body.
                    _ => body.to_vec(),
                }
            }
            _ => body.to_vec(),
        }
    }

    fn embed(&mut self, name: &str, bytes: Vec<u8>) {
        let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if !bytes.is_empty() {
            self.out.embedded.push(Embedded { name, bytes });
        }
    }

    /// The header fields: of the message all, as whoever sends it can write anything into any of them; of its parts those
    /// that carry text.
    fn header(&mut self, fields: &[Field], outermost: bool) {
        for field in fields {
            if field.is("msip_labels") || !outermost && !carries_text(field) {
                continue;
            }
            let value = if outermost { field::decode_words(&field.value).trim().to_owned() } else { shown(field) };
            if value.is_empty() {
                continue;
            }
            let line = if field.name.is_empty() { value } else { format!("{}: {value}", field.name) };
            self.out.text.aside(Area::MailHeader, &line);
        }
    }

    fn gap(&mut self, gap: Gap) {
        if !self.out.gaps.contains(&gap) {
            self.out.gaps.push(gap);
        }
    }

    /// Writes the bodies, then what stands beside them.
    fn finish(self) {
        let mut said: HashMap<u32, Said> = HashMap::new();
        for body in &self.bodies {
            if let Body::Html { group: Some(group), text } = body {
                said.entry(*group).or_default().add(text.as_str());
            }
        }
        let text = &mut self.out.text;
        let mut hidden = Vec::new();
        for body in self.bodies {
            text.line();
            match body {
                Body::Plain { group, text: body } => {
                    let html = group.and_then(|group| said.get(&group));
                    let body = html.map(|said| said.others(&body)).unwrap_or(body);
                    text.append(plain::read(Kind::Text, body.replace('\r', "").as_bytes(), self.budget).text);
                }
                Body::Html { text: body, .. } => text.append(body),
                Body::Hidden(body) => hidden.push(body),
            }
        }
        text.line();
        for body in hidden {
            text.aside(Area::Hidden, &body.replace('\r', ""));
        }
        for name in self.names {
            text.aside(Area::Attachment, &name);
        }
    }
}

/// Whether a field carries text, and not just traces, signatures, identifiers and how the body is encoded.
fn carries_text(field: &Field) -> bool {
    /// About the encoding of the body; names in them are told as names.
    const ENCODING: &[&str] =
        &["content-type", "content-transfer-encoding", "content-disposition", "mime-version", "content-md5"];
    /// Identifiers in angle brackets.
    const IDENTIFIERS: &[&str] =
        &["message-id", "references", "in-reply-to", "content-id", "x-attachment-id", "resent-message-id"];
    /// Lists of `name=value`, base64 among them.
    const TRACES: &[&str] = &[
        "received",
        "x-received",
        "dkim-signature",
        "domainkey-signature",
        "x-google-dkim-signature",
        "arc-seal",
        "arc-message-signature",
        "arc-authentication-results",
        "authentication-results",
        "authentication-results-original",
        "received-spf",
        "x-ms-exchange-antispam-messagedata-0",
        "x-ms-exchange-antispam-messagedata-chunkcount",
        "x-microsoft-antispam",
        "x-microsoft-antispam-message-info",
        "x-forefront-antispam-report",
        "x-microsoft-exchange-diagnostics",
        "x-exchange-antispam-report-cfa-test",
        "x-gm-message-state",
        "x-google-smtp-source",
        "x-ms-exchange-messagesentrepresentingtype",
        "x-ms-exchange-crosstenant-id",
        "thread-index",
        "autocrypt",
    ];
    let is = |names: &[&str]| names.iter().any(|name| field.is(name));
    if is(ENCODING) {
        return false;
    }
    if is(IDENTIFIERS) {
        // Words outside of the brackets are no identifier.
        let mut outside = String::new();
        for piece in field.value.split('<') {
            outside.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        }
        return outside.split_whitespace().count() > 1;
    }
    if is(TRACES) {
        let technical = field.value.contains(['=', ';', ':', '@']) || !field.value.contains(' ');
        return !technical;
    }
    true
}

/// A value as people read it: words decoded, blobs of base64 left out.
fn shown(field: &Field) -> String {
    /// Characters without a blank that are a blob if they are letters and digits of both kinds.
    const BLOB_BYTES_MIN: usize = 64;
    let value = field::decode_words(&field.value);
    let is_blob = |word: &&str| {
        let has = |of: fn(&u8) -> bool| word.as_bytes().iter().any(of);
        word.len() >= BLOB_BYTES_MIN
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_'))
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_uppercase)
    };
    if !value.split_whitespace().any(|word| is_blob(&word)) {
        return value.trim().to_owned();
    }
    value.split_whitespace().filter(|word| !is_blob(word)).collect::<Vec<_>>().join(" ")
}

/// The name of the file that an entity is: where it is disposed of, or in its type.
fn file_name(fields: &[Field], content_type: &Structured) -> Option<String> {
    let disposition = field::structured(field::value(fields, "content-disposition").unwrap_or_default());
    let named = disposition.get("filename").or_else(|| content_type.get("name"));
    named.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Whether a media type is that of another kind than the content. Types of kinds that are each other's wrapping (a
/// package is an archive, a page is text) do not contradict.
fn belies(token: &str, kind: Kind) -> bool {
    let said = Kind::ALL.iter().find(|said| said.media_type().eq_ignore_ascii_case(token));
    let Some(said) = said.filter(|said| **said != kind && kind != Kind::Unknown) else { return false };
    let is_zip = |kind: Kind| kind == Kind::Zip || kind.is_package();
    let flat = |kind: Kind| !kind.is_binary();
    !(is_zip(*said) && is_zip(kind) || said.is_ole() && kind.is_ole() || flat(*said) && flat(kind))
}

/// What to call an entity without a name: the last piece of its location, or its type.
fn unnamed(token: &str, fields: &[Field]) -> String {
    let location = field::value(fields, "content-location").map(field::decode_words).unwrap_or_default();
    let last = location.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default().trim();
    match (last, token) {
        ("", "") => "(attachment)".to_owned(),
        ("", token) => format!("({})", token.replace('/', " ")),
        (last, _) => last.to_owned(),
    }
}

/// Sentences that writers put in front of the parts.
fn is_stock(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text.get(..200).unwrap_or(text)).to_ascii_lowercase();
    text.lines().filter(|line| !line.trim().is_empty()).count() == 1
        && text.trim_start().starts_with("this is a multi")
        && text.contains("mime format")
        && text.len() < 80
}

/// A piece of a multipart body.
enum Piece<'m> {
    /// What stands in front of the first part, behind the last one, or behind an end.
    Between(&'m [u8]),
    Part(&'m [u8]),
}

/// The pieces of a body between lines of `--boundary`; `None` if there is no such line. Parts behind the closing line
/// are parts too: some readers show them.
fn parts<'m>(body: &'m [u8], boundary: &[u8]) -> Option<Vec<Piece<'m>>> {
    let delimiter = [b"--", boundary].concat();
    let mut pieces = Vec::new();
    let (mut from, mut inside) = (0, false);
    for at in memchr::memmem::find_iter(body, &delimiter) {
        let line_start = at == 0 || body.get(at - 1) == Some(&b'\n');
        let after = body.get(at + delimiter.len()..).unwrap_or_default();
        let line = field::first_line(after);
        let rest = line.trim_ascii();
        let closes = rest.starts_with(b"--");
        if !line_start || at < from || !(rest.is_empty() || closes) {
            continue;
        }
        let piece = body.get(from..at).unwrap_or_default();
        pieces.push(if inside { Piece::Part(without_line_end(piece)) } else { Piece::Between(piece) });
        inside = !closes;
        from = at + delimiter.len() + line.len();
        if closes && rest.len() > 2 {
            // Text on the closing line itself.
            pieces.push(Piece::Between(rest.get(2..).unwrap_or_default()));
        }
    }
    if pieces.is_empty() {
        return None;
    }
    let piece = body.get(from..).unwrap_or_default();
    pieces.push(if inside { Piece::Part(piece) } else { Piece::Between(piece) });
    Some(pieces)
}

/// The line end in front of a boundary belongs to it.
fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// A boundary that was not declared: the first line of `--…` that a field of a part follows.
fn likely_boundary(body: &[u8]) -> Option<&[u8]> {
    /// Lines that are looked at.
    const LINES_MAX: usize = 1000;
    let mut rest = body;
    for _ in 0..LINES_MAX {
        let line = field::first_line(rest);
        rest = rest.get(line.len()..).filter(|rest| !rest.is_empty())?;
        let boundary = line.strip_prefix(b"--").map(<[u8]>::trim_ascii).filter(|b| !b.is_empty());
        let next = field::first_line(rest);
        let starts_part =
            next.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-")) && field::is_field(next);
        if let Some(boundary) = boundary.filter(|_| starts_part) {
            return Some(boundary);
        }
    }
    None
}

#[cfg(test)]
mod tests;
