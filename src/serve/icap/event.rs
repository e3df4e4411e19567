//! What a parser gives.

use std::fmt;
use std::sync::Arc;

use crate::serve::icap::fields::Fields;
use crate::serve::icap::request::Request;
use crate::serve::icap::why::{Status, Why};

/// What was read.
#[derive(Clone)]
pub enum Event<'i> {
    /// The ICAP head and the HTTP heads.
    Request(Arc<Request>),
    /// The next bytes of the body, never none.
    Body(&'i [u8]),
    /// The preview is over. With `ieof` it was the whole body; without, nothing more comes before
    /// [`crate::serve::icap::Parser::go_on`], or instead of that [`crate::serve::icap::Parser::answered`].
    PreviewEnd {
        /// Whether the body ended too.
        ieof: bool,
    },
    /// The body is over.
    BodyEnd {
        /// The fields behind it, mostly none.
        trailers: Fields,
    },
    /// The message is over. The next one is not begun before [`crate::serve::icap::Parser::answered`].
    MessageEnd,
    /// Not a message one could answer otherwise.
    Error {
        /// The status to send.
        status: Status,
        /// What was wrong.
        why: Why,
        /// Whether it is unknown where the next message begins: the connection must be closed behind the answer.
        close: bool,
    },
}

/// Where a connection is, for deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Between messages: nothing is lost if the connection ends here.
    Idle,
    /// Within the heads of a message.
    Head,
    /// Within a body, or its end not given yet.
    Body,
    /// It is one's own turn: [`crate::serve::icap::Parser::go_on`] or [`crate::serve::icap::Parser::answered`].
    Turn,
    /// Nothing more is read: behind an error, or behind an answer to `Connection: close`.
    Closed,
}

// What came over the wire is not for logs.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(request) => f.debug_tuple("Request").field(request).finish(),
            Self::Body(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Self::PreviewEnd { ieof } => f.debug_struct("PreviewEnd").field("ieof", ieof).finish(),
            Self::BodyEnd { trailers } => f.debug_struct("BodyEnd").field("trailers", trailers).finish(),
            Self::MessageEnd => f.write_str("MessageEnd"),
            Self::Error { status, why, close } => {
                write!(f, "Error {{ status: {}, why: {why:?}, close: {close} }}", status.code())
            }
        }
    }
}
