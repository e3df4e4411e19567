//! The `Encapsulated` header (RFC 3507 section 4.4.1, errata e1 and e4): which sections follow the ICAP head.

use crate::serve::icap::fields::decimal;
use crate::serve::icap::limits::Limits;
use crate::serve::icap::request::Method;
use crate::serve::icap::why::Why;

/// The sections of a request, checked against the method and each other; not yet against the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encapsulated {
    /// Bytes of `req-hdr`, which comes first.
    pub request_head_bytes: Option<usize>,
    /// Bytes of `res-hdr`.
    pub response_head_bytes: Option<usize>,
    /// Whether a body follows: `req-body`, `res-body` or `opt-body`, and not `null-body`.
    pub has_body: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    RequestHead,
    ResponseHead,
    RequestBody,
    ResponseBody,
    OptionsBody,
    NullBody,
}

impl Encapsulated {
    /// Reads the value of the header. Heads are optional (errata e4), but something must be there: REQMOD and RESPMOD
    /// with nothing but `null-body` are refused.
    pub(crate) fn read(value: &[u8], method: Method, limits: &Limits) -> Result<Self, Why> {
        let mut read = Self::default();
        let mut last: Option<(Section, usize)> = None;
        for (index, entry) in value.split(|b| *b == b',').enumerate() {
            if index >= limits.sections {
                return Err(Why::TooManySections);
            }
            let (section, offset) = entry_of(entry)?;
            match last {
                None if offset != 0 => return Err(Why::Offsets),
                None => (),
                Some((before, start)) => {
                    // A head of no bytes is no head, so offsets that stay the same are as wrong as ones that fall.
                    let bytes = offset.checked_sub(start).filter(|bytes| *bytes > 0).ok_or(Why::Offsets)?;
                    if bytes > limits.header_bytes {
                        return Err(Why::HttpHeadTooLarge);
                    }
                    match before {
                        Section::RequestHead => read.request_head_bytes = Some(bytes),
                        Section::ResponseHead => read.response_head_bytes = Some(bytes),
                        _ => return Err(Why::Sections),
                    }
                }
            }
            let before = last.map(|(before, _)| before);
            let fits = match (method, section) {
                (Method::Reqmod, Section::RequestHead) => before.is_none(),
                (Method::Reqmod, Section::RequestBody) => true,
                (Method::Respmod, Section::RequestHead) => before.is_none(),
                (Method::Respmod, Section::ResponseHead) => before.is_none() || before == Some(Section::RequestHead),
                (Method::Respmod, Section::ResponseBody) => true,
                (Method::Options, Section::OptionsBody) => true,
                (Method::Options, Section::NullBody) => true,
                (_, Section::NullBody) => before.is_some(),
                _ => false,
            };
            if !fits {
                return Err(Why::Sections);
            }
            last = Some((section, offset));
        }
        match last.map(|(section, _)| section) {
            None | Some(Section::RequestHead | Section::ResponseHead) => Err(Why::Sections),
            Some(section) => Ok(Self { has_body: section != Section::NullBody, ..read }),
        }
    }

    /// Bytes of all heads: what lies between the ICAP head and the body.
    #[must_use]
    pub fn head_bytes(&self) -> usize {
        self.request_head_bytes.unwrap_or(0).saturating_add(self.response_head_bytes.unwrap_or(0))
    }
}

fn entry_of(entry: &[u8]) -> Result<(Section, usize), Why> {
    let equals = entry.iter().position(|b| *b == b'=').ok_or(Why::Encapsulated)?;
    let (name, offset) = entry.split_at_checked(equals).ok_or(Why::Encapsulated)?;
    let name = name.trim_ascii();
    let section = [
        ("req-hdr", Section::RequestHead),
        ("res-hdr", Section::ResponseHead),
        ("req-body", Section::RequestBody),
        ("res-body", Section::ResponseBody),
        ("opt-body", Section::OptionsBody),
        ("null-body", Section::NullBody),
    ]
    .into_iter()
    .find_map(|(known, section)| name.eq_ignore_ascii_case(known.as_bytes()).then_some(section));
    let digits = offset.get(1..).unwrap_or_default().trim_ascii();
    let offset = decimal(digits).and_then(|offset| usize::try_from(offset).ok());
    Ok((section.ok_or(Why::Encapsulated)?, offset.ok_or(Why::Encapsulated)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: Method, value: &str) -> Result<(Option<usize>, Option<usize>, bool), Why> {
        Encapsulated::read(value.as_bytes(), method, &Limits::default())
            .map(|e| (e.request_head_bytes, e.response_head_bytes, e.has_body))
    }

    #[test]
    fn the_legal_forms() {
        use Method::{Options, Reqmod, Respmod};
        assert_eq!(read(Reqmod, "req-hdr=0, req-body=412"), Ok((Some(412), None, true)));
        assert_eq!(read(Reqmod, "req-hdr=0,null-body=170"), Ok((Some(170), None, false)));
        assert_eq!(read(Reqmod, "req-body=0"), Ok((None, None, true)));
        assert_eq!(read(Respmod, "req-hdr=0, res-hdr=822, res-body=1655"), Ok((Some(822), Some(833), true)));
        assert_eq!(read(Respmod, "Res-Hdr = 0 ,\tnull-body= 65"), Ok((None, Some(65), false)));
        assert_eq!(read(Respmod, "req-hdr=0, res-body=5"), Ok((Some(5), None, true)));
        assert_eq!(read(Options, "opt-body=0"), Ok((None, None, true)));
        assert_eq!(read(Options, "null-body=0"), Ok((None, None, false)));
    }

    #[test]
    fn lies_are_told_apart() {
        use Method::{Options, Reqmod, Respmod};
        for (method, value, why) in [
            (Reqmod, "", Why::Encapsulated),
            (Reqmod, "req-hdr", Why::Encapsulated),
            (Reqmod, "req-hdr=", Why::Encapsulated),
            (Reqmod, "req-hdr=0x0, req-body=9", Why::Encapsulated),
            (Reqmod, "req-hdr=-1, req-body=9", Why::Encapsulated),
            (Reqmod, "req-hdr=+0, req-body=9", Why::Encapsulated),
            (Reqmod, "req-hdr=0, req-body=99999999999999999999", Why::Encapsulated),
            (Reqmod, "req-hdr=0, req-body=9,", Why::Encapsulated),
            (Reqmod, "reqhdr=0, req-body=9", Why::Encapsulated),
            (Reqmod, "req-hdr=4, req-body=9", Why::Offsets),
            (Reqmod, "req-hdr=0, req-body=0", Why::Offsets),
            (Respmod, "req-hdr=0, res-hdr=9, res-body=8", Why::Offsets),
            (Reqmod, "req-hdr=0", Why::Sections),
            (Reqmod, "null-body=0", Why::Sections),
            (Reqmod, "req-hdr=0, res-body=9", Why::Sections),
            (Reqmod, "res-hdr=0, res-body=9", Why::Sections),
            (Reqmod, "req-body=0, req-hdr=9", Why::Sections),
            (Reqmod, "req-body=0, null-body=9", Why::Sections),
            (Respmod, "res-hdr=0, req-hdr=9, res-body=18", Why::Sections),
            (Respmod, "req-hdr=0, req-hdr=9, res-body=18", Why::Sections),
            (Options, "req-hdr=0, null-body=9", Why::Sections),
            (Respmod, "req-hdr=0, res-hdr=9, res-body=18, null-body=20", Why::TooManySections),
            (Reqmod, "req-hdr=0, req-body=65537", Why::HttpHeadTooLarge),
        ] {
            assert_eq!(read(method, value), Err(why), "{value}");
        }
    }
}
