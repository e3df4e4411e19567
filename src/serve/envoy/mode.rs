//! How bodies come: `BodySendMode` of Envoy's filter, and what that means for holding one back.

use crate::serve::envoy::message::{HttpBody, Mutation};

/// The modes (`api/envoy/extensions/filters/http/ext_proc/v3/processing_mode.proto`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Not told: an Envoy before 1.33. A message with the end of the body is taken for the whole.
    #[default]
    Unknown,
    /// Not at all. What comes all the same is taken as with [`Mode::Unknown`].
    None,
    /// Piece by piece; each piece is answered by one that takes its place.
    Streamed,
    /// Whole, in one message.
    Buffered,
    /// Whole, or its beginning.
    BufferedPartial,
    /// Piece by piece; what goes on is sent as the service likes.
    FullDuplex,
}

impl Mode {
    /// Of its number; nothing for one that is not known here.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Some(match number {
            0 => Self::None,
            1 => Self::Streamed,
            2 => Self::Buffered,
            3 => Self::BufferedPartial,
            4 => Self::FullDuplex,
            _ => return None,
        })
    }

    /// Whether one message is all that comes of a body.
    #[must_use]
    pub fn is_buffered(self) -> bool {
        matches!(self, Self::Buffered | Self::BufferedPartial)
    }

    /// What lets a piece pass that came in its turn.
    #[must_use]
    pub fn echo(self, piece: HttpBody) -> Option<Mutation> {
        (self == Self::FullDuplex).then_some(Mutation::Streamed(piece))
    }
}
