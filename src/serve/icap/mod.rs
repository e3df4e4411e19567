//! ICAP/1.0 (RFC 3507 with the errata of the ICAP Forum, e1 to e9) and the HTTP/1.1 heads it carries (RFC 9112, RFC
//! 9110), without I/O: bytes in, [`Event`]s out; a [`Reply`] writes the answer's bytes.
//!
//! The way of one message: [`Parser::next`] gives [`Event::Request`], then [`Event::Body`] pieces that borrow from the
//! bytes fed. Behind a preview that is not the whole body it stands still until [`Parser::go_on`] or an answer;
//! behind the message until [`Parser::answered`]. [`Parser::reply`] knows what the client lets one answer with here.
//!
//! Strict in what frames a message (ICAP head, `Encapsulated`, chunks), lenient in the HTTP heads inside: those were
//! written by any server of the world, are sent back as they came, and a page must not break for an odd line in them.
//!
//! This module opens no socket, reads no clock, and knows neither policy nor scanner. It never logs, and what
//! `Debug` shows of a head has no values of credentials and cookies.
#![warn(clippy::indexing_slicing)]
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod base64;
mod chunk;
mod encapsulated;
mod event;
mod fields;
mod http;
mod limits;
mod line;
mod name;
mod notes;
mod options;
mod params;
mod parser;
mod payload;
mod reply;
mod request;
#[cfg(test)]
mod tests;
mod url;
mod who;
mod why;

pub use base64::decode as decode_base64;
pub use encapsulated::Encapsulated;
pub use event::{Event, Phase};
pub use fields::Fields;
pub use http::{HttpRequest, HttpResponse};
pub use limits::Limits;
pub use name::{disposition_name, url_name};
pub use notes::{Infection, Notes, Violation};
pub use options::{Options, Transfer, TransferMode, http_date};
pub use params::Params;
pub use parser::Parser;
pub use payload::{Part, Payload};
pub use reply::{BodyWriter, IsTag, Page, Partial, Reply, put_refusal};
pub use request::{Method, Request};
pub use who::{Names, User, UserEncoding, Who};
pub use why::{Status, Why};
