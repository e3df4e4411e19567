//! The answer to OPTIONS (RFC 3507 section 4.10.2), and the date.

use std::io::Write;

use crate::serve::icap::notes::put_field;
use crate::serve::icap::request::Method;

/// What a client does with files of an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferMode {
    /// Sends a preview first. Squid sends none at all unless this is told.
    Preview,
    /// Does not ask: a way past the scanner by the name of a file.
    Ignore,
    /// Sends the whole.
    Complete,
}

/// `Transfer-Preview`, `Transfer-Ignore`, `Transfer-Complete`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// For what is in none of the lists: the one header that has `*`.
    pub default: TransferMode,
    /// Extensions without a dot, each with what is done with them; the default mode need not be listed.
    pub extensions: Vec<(String, TransferMode)>,
}

/// What a service can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The methods: one a service, says the RFC; some clients take two.
    pub methods: Vec<Method>,
    /// `Service`: name and version.
    pub service: String,
    /// `Service-ID`
    pub service_id: Option<String>,
    /// `Max-Connections`
    pub connections_max: Option<u32>,
    /// `Options-TTL`: seconds for which this answer is good.
    pub ttl_s: Option<u32>,
    /// `Preview`: bytes the client is to send before it waits.
    pub preview_bytes: Option<u64>,
    /// Which files are previewed.
    pub transfer: Option<Transfer>,
    /// `Allow: 204`
    pub allow_204: bool,
    /// `Allow: 206`
    pub allow_206: bool,
    /// `X-Include`: headers the client is asked to send.
    pub include: Vec<String>,
    /// `Date`: seconds since 1970. The codec has no clock.
    pub date_s: Option<u64>,
}

impl Options {
    /// Allows 204 and lets everything be previewed with `preview_bytes`.
    #[must_use]
    pub fn new(method: Method, service: &str, preview_bytes: u64) -> Self {
        Self {
            methods: vec![method],
            service: service.to_owned(),
            service_id: None,
            connections_max: None,
            ttl_s: Some(3600),
            preview_bytes: Some(preview_bytes),
            transfer: Some(Transfer { default: TransferMode::Preview, extensions: Vec::new() }),
            allow_204: true,
            allow_206: false,
            include: Vec::new(),
            date_s: None,
        }
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        let methods: Vec<_> = self.methods.iter().map(|method| method.name()).collect();
        put_field(out, "Methods", &methods.join(", "));
        put_field(out, "Service", &self.service);
        if let Some(id) = &self.service_id {
            put_field(out, "Service-ID", id);
        }
        let numbers = [
            ("Max-Connections", self.connections_max.map(u64::from)),
            ("Options-TTL", self.ttl_s.map(u64::from)),
            ("Preview", self.preview_bytes),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                let _ = write!(out, "{name}: {number}\r\n");
            }
        }
        if let Some(transfer) = &self.transfer {
            transfer.put(out);
        }
        let allow: Vec<_> =
            [("204", self.allow_204), ("206", self.allow_206)].into_iter().filter(|a| a.1).map(|a| a.0).collect();
        for (name, list) in [("Allow", allow.join(", ")), ("X-Include", self.include.join(", "))] {
            if !list.is_empty() {
                put_field(out, name, &list);
            }
        }
        if let Some(seconds) = self.date_s {
            put_field(out, "Date", &http_date(seconds));
        }
    }
}

impl Transfer {
    fn put(&self, out: &mut Vec<u8>) {
        for (name, mode) in [
            ("Transfer-Preview", TransferMode::Preview),
            ("Transfer-Ignore", TransferMode::Ignore),
            ("Transfer-Complete", TransferMode::Complete),
        ] {
            let listed = self.extensions.iter().filter(|(_, own)| *own == mode && mode != self.default);
            // `*` is in exactly one list, whatever the extensions are called.
            let mut list: Vec<_> = listed.map(|(extension, _)| extension.as_str()).filter(|e| *e != "*").collect();
            if mode == self.default {
                list.push("*");
            }
            if !list.is_empty() {
                put_field(out, name, &list.join(", "));
            }
        }
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7) of seconds since 1970.
#[must_use]
#[allow(clippy::arithmetic_side_effects, reason = "seconds are cut to the year 9999, and no divisor is zero")]
pub fn http_date(seconds: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = seconds.min(253_402_300_799);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let mut year = 1970;
    let mut day = days;
    loop {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = 365 + u64::from(leap);
        if day >= length {
            day -= length;
            year += 1;
            continue;
        }
        let mut month = 0;
        for length in [31, 28 + u64::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30] {
            if day < length {
                break;
            }
            day -= length;
            month += 1;
        }
        let week_day = DAYS.get(usize::try_from(days % 7).unwrap_or(0)).unwrap_or(&"");
        let month = MONTHS.get(month).unwrap_or(&"");
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        return format!("{week_day}, {:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT", day + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (seconds, date) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
            (u64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(http_date(seconds), date);
        }
    }

    #[test]
    fn the_star_is_in_one_list() {
        let mut out = Vec::new();
        let extensions = [
            ("docx", TransferMode::Complete),
            ("png", TransferMode::Preview),
            ("*", TransferMode::Ignore),
            ("zip", TransferMode::Complete),
        ];
        let extensions = extensions.map(|(name, mode)| (name.to_owned(), mode)).to_vec();
        Transfer { default: TransferMode::Preview, extensions }.put(&mut out);
        assert_eq!(out, b"Transfer-Preview: *\r\nTransfer-Complete: docx, zip\r\n");
    }
}
