//! Properties of messages (MAPI: MS-OXPROPS, MS-OXCDATA), as messages of Outlook, TNEF and stores of Outlook have them:
//! identifiers, types, code pages, compressed RTF.

mod rtf;
mod transport;

pub use rtf::decompress;
pub use transport::tnef;

/// Identifiers of properties (MS-OXPROPS 2).
pub mod id {
    #![allow(missing_docs, reason = "the names are those of the specification")]
    pub const MESSAGE_CLASS: u16 = 0x001A;
    pub const SUBJECT: u16 = 0x0037;
    pub const CLIENT_SUBMIT_TIME: u16 = 0x0039;
    pub const REPRESENTING_NAME: u16 = 0x0042;
    pub const REPRESENTING_EMAIL: u16 = 0x0065;
    pub const TRANSPORT_HEADERS: u16 = 0x007D;
    pub const RECIPIENT_TYPE: u16 = 0x0C15;
    pub const SENDER_NAME: u16 = 0x0C1A;
    pub const SENDER_EMAIL: u16 = 0x0C1F;
    pub const DISPLAY_BCC: u16 = 0x0E02;
    pub const DISPLAY_CC: u16 = 0x0E03;
    pub const DISPLAY_TO: u16 = 0x0E04;
    pub const DELIVERY_TIME: u16 = 0x0E06;
    pub const BODY: u16 = 0x1000;
    pub const RTF_COMPRESSED: u16 = 0x1009;
    pub const HTML: u16 = 0x1013;
    pub const DISPLAY_NAME: u16 = 0x3001;
    pub const EMAIL_ADDRESS: u16 = 0x3003;
    pub const ATTACH_DATA: u16 = 0x3701;
    pub const ATTACH_FILENAME: u16 = 0x3704;
    pub const ATTACH_LONG_FILENAME: u16 = 0x3707;
    pub const ATTACH_PATHNAME: u16 = 0x3708;
    pub const ATTACH_RENDERING: u16 = 0x3709;
    pub const ATTACH_LONG_PATHNAME: u16 = 0x370D;
    pub const SMTP_ADDRESS: u16 = 0x39FE;
    pub const INTERNET_CODEPAGE: u16 = 0x3FDE;
    pub const MESSAGE_CODEPAGE: u16 = 0x3FFD;
    pub const SENDER_SMTP_ADDRESS: u16 = 0x5D01;
    pub const REPRESENTING_SMTP_ADDRESS: u16 = 0x5D02;
}

/// Types of properties (MS-OXCDATA 2.11.1).
pub mod kind {
    #![allow(missing_docs, reason = "the names are those of the specification")]
    pub const INTEGER16: u16 = 0x0002;
    pub const INTEGER32: u16 = 0x0003;
    pub const FLOATING32: u16 = 0x0004;
    pub const FLOATING64: u16 = 0x0005;
    pub const CURRENCY: u16 = 0x0006;
    pub const FLOATING_TIME: u16 = 0x0007;
    pub const ERROR: u16 = 0x000A;
    pub const BOOLEAN: u16 = 0x000B;
    pub const OBJECT: u16 = 0x000D;
    pub const INTEGER64: u16 = 0x0014;
    pub const STRING8: u16 = 0x001E;
    pub const STRING: u16 = 0x001F;
    pub const TIME: u16 = 0x0040;
    pub const GUID: u16 = 0x0048;
    pub const BINARY: u16 = 0x0102;
    pub const MULTIPLE: u16 = 0x1000;
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text, decoded.
    Text(String),
    /// Text in a code page that is not known yet.
    Text8(Vec<u8>),
    /// Bytes, or an object.
    Binary(Vec<u8>),
    /// A number, a truth value, a time.
    Number(u64),
}

/// A property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its identifier; from 0x8000 on they differ from file to file.
    pub id: u16,
    /// The name of a property that has one.
    pub name: Option<String>,
    /// Its value; properties of many values are there once for each.
    pub value: Value,
}

/// Properties of one object: a message, a recipient, an attachment.
#[derive(Clone, Debug, Default)]
pub struct Properties(pub Vec<Property>);

impl Properties {
    /// Adds a property without a name.
    pub fn push(&mut self, id: u16, value: Value) {
        self.0.push(Property { id, name: None, value });
    }

    /// The text of a property that is not empty.
    pub fn text(&self, id: u16) -> Option<&str> {
        self.0.iter().filter(|property| property.id == id).find_map(|property| match &property.value {
            Value::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        })
    }

    /// The bytes of a property that is not empty.
    pub fn binary(&self, id: u16) -> Option<&[u8]> {
        self.0.iter().filter(|property| property.id == id).find_map(|property| match &property.value {
            Value::Binary(bytes) => Some(bytes.as_slice()).filter(|bytes| !bytes.is_empty()),
            _ => None,
        })
    }

    /// The number of a property.
    pub fn number(&self, id: u16) -> Option<u64> {
        self.0.iter().filter(|property| property.id == id).find_map(|property| match property.value {
            Value::Number(number) => Some(number),
            _ => None,
        })
    }

    /// The code page of its texts in single bytes.
    pub fn code_page(&self) -> Option<u32> {
        let page = |id: u16| self.number(id).and_then(|page| u32::try_from(page).ok()).filter(|page| *page > 0);
        page(id::MESSAGE_CODEPAGE).or_else(|| page(id::INTERNET_CODEPAGE))
    }

    /// Decodes the texts in single bytes.
    pub fn decode(&mut self, page: u32) {
        for property in &mut self.0 {
            if let Value::Text8(bytes) = &property.value {
                property.value = Value::Text(text8(bytes, page));
            }
        }
    }
}

/// Text in a code page (0 = unknown), up to its end mark.
pub fn text8(bytes: &[u8], page: u32) -> String {
    let bytes = bytes.split(|b| *b == 0).next().unwrap_or_default();
    if let Ok(text) = std::str::from_utf8(bytes)
        && !bytes.contains(&0x1B)
    {
        return text.to_owned();
    }
    let encoding = encoding_rs::Encoding::for_label(charset(page).as_bytes()).unwrap_or_else(|| {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
        detector.feed(bytes.get(..64 << 10).unwrap_or(bytes), true);
        detector.guess(None, chardetng::Utf8Detection::Deny)
    });
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Text in UTF-16, up to its end mark.
pub fn text16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
    let units = units.take_while(|unit| *unit != 0);
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The charset of MIME for a code page of Windows; empty if there is none.
#[allow(clippy::arithmetic_side_effects, reason = "the range of the page stands in front of it")]
pub fn charset(page: u32) -> String {
    match page {
        932 => "shift_jis".into(),
        936 => "gbk".into(),
        949 | 51949 => "euc-kr".into(),
        950 => "big5".into(),
        874 | 1250..=1258 => format!("windows-{page}"),
        1200 => "utf-16le".into(),
        1201 => "utf-16be".into(),
        10000 => "macintosh".into(),
        20127 => "us-ascii".into(),
        20866 => "koi8-r".into(),
        21866 => "koi8-u".into(),
        28591..=28606 => format!("iso-8859-{}", page - 28590),
        38598 => "iso-8859-8-i".into(),
        50220..=50222 => "iso-2022-jp".into(),
        51932 => "euc-jp".into(),
        54936 => "gb18030".into(),
        65000 => "utf-7".into(),
        65001 => "utf-8".into(),
        _ => String::new(),
    }
}

/// A point of time (100 nanoseconds since 1601) as `2030-01-31 10:20:30`.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "less than 60,000 years; the terms of a calendar never exceed the days they are taken from"
)]
pub fn time(ticks: u64) -> String {
    let seconds = ticks / 10_000_000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days since 0000-03-01, in eras of 400 years.
    let days = days + 584_694;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_times_are_decoded() {
        assert_eq!(text8(b"M\xFCller\0junk", 1252), "Müller");
        assert_eq!(text8(b"\xCF\xF0", 1251), "Пр");
        assert_eq!(text8("Müller".as_bytes(), 1252), "Müller");
        assert_eq!(text16(b"4\x001\x00\0\0x\0"), "41");
        assert_eq!(time(116_444_736_000_000_000), "1970-01-01 00:00:00");
        assert_eq!(time(133_536_583_500_000_000), "2024-02-29 05:32:30");
        let mut bag = Properties::default();
        bag.push(id::MESSAGE_CODEPAGE, Value::Number(1251));
        bag.push(id::SUBJECT, Value::Text8(b"\xCF\xF0".to_vec()));
        bag.decode(bag.code_page().unwrap());
        assert_eq!(bag.text(id::SUBJECT), Some("Пр"));
    }
}
