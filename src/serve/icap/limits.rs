//! How much of what a client may send before it is refused.

/// Bounds of one message. Bodies have none here: whoever keeps them bounds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the ICAP request line. 8,192: RFC 9112 section 3 asks for at least 8,000.
    pub request_line_bytes: usize,
    /// Bytes of one block of fields: the ICAP one, and each HTTP head inside (its start line included). 64 KiB: what
    /// Squid lets pass as a head (`reply_header_max_size`).
    pub header_bytes: usize,
    /// Lines of one block of fields. 256: our choice, twice what common servers allow.
    pub header_count: usize,
    /// Entries of `Encapsulated`. Three: the longest legal form (RFC 3507 section 4.4.1).
    pub sections: usize,
    /// Bytes of the line before a chunk, extensions included. 1 KiB: our choice.
    pub chunk_line_bytes: usize,
    /// Bytes of all chunk extensions of one message, as otherwise a body of nothing but extensions has no end.
    /// 64 KiB: our choice.
    pub chunk_extension_bytes: usize,
    /// Bytes of all trailers of one message. 8 KiB: our choice.
    pub trailer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_line_bytes: 8192,
            header_bytes: 64 << 10,
            header_count: 256,
            sections: 3,
            chunk_line_bytes: 1024,
            chunk_extension_bytes: 64 << 10,
            trailer_bytes: 8192,
        }
    }
}
