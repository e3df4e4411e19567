//! Why a message was refused, and the ICAP status that says so.

use std::fmt;

/// Statuses of ICAP answers that refuse (RFC 3507 section 4.3.3, errata e5; what that names not is HTTP's).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// 400
    BadRequest,
    /// 404
    ServiceNotFound,
    /// 405: for a service that has only the other method
    MethodNotAllowed,
    /// 408
    RequestTimeout,
    /// 413: the body is longer than one is willing to hold
    BodyTooLarge,
    /// 414
    UriTooLong,
    /// 418, errata e5: other sections are needed
    BadComposition,
    /// 431, RFC 6585
    FieldsTooLarge,
    /// 500
    ServerError,
    /// 501
    NotImplemented,
    /// 502
    BadGateway,
    /// 503
    Overloaded,
    /// 505
    VersionNotSupported,
}

impl Status {
    /// The three digits.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.line().0
    }

    /// The words behind the digits.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        self.line().1
    }

    const fn line(self) -> (u16, &'static str) {
        match self {
            Self::BadRequest => (400, "Bad request"),
            Self::ServiceNotFound => (404, "ICAP Service not found"),
            Self::MethodNotAllowed => (405, "Method not allowed for service"),
            Self::RequestTimeout => (408, "Request timeout"),
            Self::BodyTooLarge => (413, "Body too large"),
            Self::UriTooLong => (414, "URI too long"),
            Self::BadComposition => (418, "Bad composition"),
            Self::FieldsTooLarge => (431, "Header fields too large"),
            Self::ServerError => (500, "Server error"),
            Self::NotImplemented => (501, "Method not implemented"),
            Self::BadGateway => (502, "Bad Gateway"),
            Self::Overloaded => (503, "Service overloaded"),
            Self::VersionNotSupported => (505, "ICAP version not supported by server"),
        }
    }
}

/// What was wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// The client speaks TLS to a port that does not.
    Tls,
    /// An HTTP request.
    Http,
    /// The first line is not three words.
    RequestLine,
    /// The first line is longer than allowed.
    RequestLineTooLong,
    /// Not `ICAP/1.0`.
    Version,
    /// A method that is not OPTIONS, REQMOD or RESPMOD.
    Method,
    /// A block of fields is longer than allowed.
    FieldsTooLarge,
    /// More lines of fields than allowed.
    TooManyFields,
    /// A field goes on in a second line.
    Folded,
    /// A control character in a field.
    Control,
    /// A line of fields without a colon.
    NoColon,
    /// A blank between a field's name and its colon.
    BlankBeforeColon,
    /// A field's name is not a token.
    FieldName,
    /// A field that frames the message is there twice.
    Repeated,
    /// REQMOD or RESPMOD without `Encapsulated`.
    NoEncapsulated,
    /// `Encapsulated` is not a list of names and offsets.
    Encapsulated,
    /// More entries in `Encapsulated` than allowed.
    TooManySections,
    /// Sections the method does not have, or in another order, or nothing but an empty body.
    Sections,
    /// Offsets that do not begin at zero and grow.
    Offsets,
    /// An HTTP head longer than allowed.
    HttpHeadTooLarge,
    /// The offsets cut an HTTP head off before its empty line.
    HttpHeadCutOff,
    /// The offsets leave bytes behind the empty line of an HTTP head.
    HttpHeadOverrun,
    /// The first line of an HTTP head is none.
    HttpStartLine,
    /// `Preview` is not a number.
    Preview,
    /// The size of a chunk is not a hexadecimal number.
    ChunkSize,
    /// The size of a chunk does not fit 64 bits.
    ChunkSizeOverflow,
    /// The line before a chunk is longer than allowed.
    ChunkLineTooLong,
    /// The line before a chunk does not end in CR LF.
    ChunkLineEnd,
    /// Chunk extensions that are none.
    ChunkExtension,
    /// More bytes of chunk extensions than allowed.
    ChunkExtensionsTooLarge,
    /// No CR LF behind a chunk.
    ChunkEnd,
    /// Trailers are longer than allowed.
    TrailersTooLarge,
}

impl Why {
    /// The status to answer with.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::RequestLineTooLong => Status::UriTooLong,
            Self::Version => Status::VersionNotSupported,
            Self::Method => Status::NotImplemented,
            Self::FieldsTooLarge | Self::TooManyFields | Self::HttpHeadTooLarge | Self::TrailersTooLarge => {
                Status::FieldsTooLarge
            }
            _ => Status::BadRequest,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls => "TLS on a port without it",
            Self::Http => "HTTP on the ICAP port",
            Self::RequestLine => "request line is not three words",
            Self::RequestLineTooLong => "request line is too long",
            Self::Version => "version is not ICAP/1.0",
            Self::Method => "unknown method",
            Self::FieldsTooLarge => "header is too large",
            Self::TooManyFields => "too many header fields",
            Self::Folded => "folded header field",
            Self::Control => "control character in the header",
            Self::NoColon => "header line without a colon",
            Self::BlankBeforeColon => "blank before the colon of a header field",
            Self::FieldName => "header field name is not a token",
            Self::Repeated => "repeated Encapsulated or Preview",
            Self::NoEncapsulated => "no Encapsulated",
            Self::Encapsulated => "Encapsulated is not a list of names and offsets",
            Self::TooManySections => "too many sections in Encapsulated",
            Self::Sections => "sections in Encapsulated do not fit the method",
            Self::Offsets => "offsets in Encapsulated do not grow from zero",
            Self::HttpHeadTooLarge => "encapsulated head is too large",
            Self::HttpHeadCutOff => "encapsulated head does not end where its section does",
            Self::HttpHeadOverrun => "bytes behind an encapsulated head",
            Self::HttpStartLine => "start line of an encapsulated head",
            Self::Preview => "Preview is not a number",
            Self::ChunkSize => "chunk size is not a hexadecimal number",
            Self::ChunkSizeOverflow => "chunk size is too large",
            Self::ChunkLineTooLong => "chunk size line is too long",
            Self::ChunkLineEnd => "chunk size line does not end in CR LF",
            Self::ChunkExtension => "malformed chunk extension",
            Self::ChunkExtensionsTooLarge => "chunk extensions are too large",
            Self::ChunkEnd => "no CR LF behind a chunk",
            Self::TrailersTooLarge => "trailers are too large",
        })
    }
}

impl std::error::Error for Why {}
