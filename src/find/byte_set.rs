//! Sets of bytes, asked for once a byte of a text.

/// A set of bytes, made at compile time: asking is one look into a table.
pub(super) struct ByteSet([bool; 256]);

impl ByteSet {
    /// The set of `bytes`.
    #[allow(clippy::indexing_slicing, reason = "a table of all bytes; a mistake would stop the compiler")]
    pub(super) const fn of(bytes: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut at = 0_usize;
        while at < bytes.len() {
            set[bytes[at] as usize] = true;
            at = at.saturating_add(1);
        }
        Self(set)
    }

    /// The set of the letters and digits of ASCII, and `bytes`.
    #[allow(clippy::indexing_slicing, reason = "a table of all bytes; a mistake would stop the compiler")]
    pub(super) const fn alphanumeric_and(bytes: &[u8]) -> Self {
        let Self(mut set) = Self::of(bytes);
        let mut byte = 0_u8;
        while byte < 128 {
            set[byte as usize] |= byte.is_ascii_alphanumeric();
            byte = byte.saturating_add(1);
        }
        Self(set)
    }

    /// Whether `byte` is in it.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "a table of all bytes")]
    pub(super) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_they_are_made_of() {
        let (marks, words) = (ByteSet::of(b"-.\xff"), ByteSet::alphanumeric_and(b"_"));
        for byte in 0..=u8::MAX {
            assert_eq!(marks.has(byte), b"-.\xff".contains(&byte), "{byte}");
            assert_eq!(words.has(byte), byte.is_ascii_alphanumeric() || byte == b'_', "{byte}");
        }
    }
}
