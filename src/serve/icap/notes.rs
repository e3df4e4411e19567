//! Headers that tell the proxy what was found, as the makers of scanners agreed on without a standard
//! (draft-stecher-icap-subid-00, c-icap, MetaDefender).

use std::io::Write;

/// `X-Infection-Found: Type=1; Resolution=2; Threat=NAME;`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Infection<'a> {
    /// 0 infection, 1 policy violation, 2 container violation; makers differ in the numbers.
    pub kind: u8,
    /// 0 not fixed, 1 repaired, 2 blocked.
    pub resolution: u8,
    /// A name, never what was found.
    pub threat: &'a str,
}

/// Four lines of `X-Violations-Found`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation<'a> {
    /// The file.
    pub file: &'a str,
    /// A name, never what was found.
    pub threat: &'a str,
    /// A number of the scanner's choice.
    pub problem: u32,
    /// 0 not fixed, 1 repaired, 2 blocked.
    pub resolution: u8,
}

/// Headers of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notes<'a> {
    /// `X-Infection-Found`
    pub infection: Option<Infection<'a>>,
    /// `X-Violations-Found`
    pub violations: &'a [Violation<'a>],
    /// `X-Response-Info`: `Allowed`, `Blocked`, `Options` …
    pub response_info: Option<&'a str>,
    /// Others.
    pub others: &'a [(&'a str, &'a str)],
}

impl Notes<'_> {
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        if let Some(Infection { kind, resolution, threat }) = self.infection {
            // The value is a list at semicolons.
            let threat = threat.replace(';', " ");
            put_field(out, "X-Infection-Found", &format!("Type={kind}; Resolution={resolution}; Threat={threat};"));
        }
        if !self.violations.is_empty() {
            // Lines of one field, folded (RFC 822), as c-icap sends them.
            let _ = write!(out, "X-Violations-Found: {}\r\n", self.violations.len());
            for violation in self.violations {
                put_line(out, violation.file);
                put_line(out, violation.threat);
                let _ = write!(out, "\t{}\r\n\t{}\r\n", violation.problem, violation.resolution);
            }
        }
        if let Some(info) = self.response_info {
            put_field(out, "X-Response-Info", info);
        }
        for (name, value) in self.others {
            put_field(out, name, value);
        }
    }
}

fn put_line(out: &mut Vec<u8>, text: &str) {
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    out.push(b'\t');
    // A line of blanks would end the head for some readers.
    put_text(out, if text.chars().all(is_blank) { "-" } else { text });
    out.extend_from_slice(b"\r\n");
}

/// Writes a field. Nothing that is said in one can end it; a name that is none is left out with its value.
pub fn put_field(out: &mut Vec<u8>, name: &str, value: &str) {
    if crate::serve::icap::fields::is_token(name.as_bytes()) {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        put_text(out, value);
        out.extend_from_slice(b"\r\n");
    }
}

/// Writes text on one line, with blanks for control characters.
pub fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend(text.bytes().map(|b| if b.is_ascii_control() { b' ' } else { b }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_field() {
        let mut out = Vec::new();
        let violations = [
            Violation { file: "a\r\nX-Evil: 1.txt", threat: "us-ssn", problem: 7, resolution: 2 },
            Violation { file: " ", threat: "b", problem: 0, resolution: 0 },
        ];
        Notes {
            infection: Some(Infection { kind: 1, resolution: 2, threat: "DLP;\ncard" }),
            violations: &violations,
            response_info: Some("Blocked\0"),
            others: &[("X-Ok", "1"), ("X Bad", "2"), ("", "3")],
        }
        .put(&mut out);
        let expected = "X-Infection-Found: Type=1; Resolution=2; Threat=DLP  card;\r\n\
            X-Violations-Found: 2\r\n\ta  X-Evil: 1.txt\r\n\tus-ssn\r\n\t7\r\n\t2\r\n\t-\r\n\tb\r\n\t0\r\n\t0\r\n\
            X-Response-Info: Blocked \r\nX-Ok: 1\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
