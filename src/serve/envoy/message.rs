//! Messages of `envoy.service.ext_proc.v3` (`api/envoy/service/ext_proc/v3/external_processor.proto` of Envoy), as far as
//! they are read or written here: field numbers are Envoy's, and fields that are left out are skipped.
//!
//! Written by hand, as a build should need no compiler of protocols for twenty messages. Nothing here has `Debug`: heads
//! hold credentials, bodies hold what this is all about.

use std::collections::BTreeMap;

/// What Envoy sends, one message at a time.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct ProcessingRequest {
    /// What came.
    #[prost(oneof = "Told", tags = "2, 3, 4, 5, 6, 7")]
    pub told: Option<Told>,
    /// What the filter's `request_attributes` ask for, by the name of the filter.
    #[prost(btree_map = "string, message", tag = "9")]
    pub attributes: BTreeMap<String, Struct>,
    /// No answer is read.
    #[prost(bool, tag = "10")]
    pub observability_mode: bool,
    /// How bodies will come; in the first message, since Envoy 1.33.
    #[prost(message, optional, tag = "11")]
    pub protocol_config: Option<ProtocolConfiguration>,
}

/// The kinds of [`ProcessingRequest`].
#[derive(Clone, PartialEq, prost::Oneof)]
#[prost(skip_debug)]
pub enum Told {
    /// Head of the request.
    #[prost(message, tag = "2")]
    RequestHeaders(HttpHeaders),
    /// Head of the response.
    #[prost(message, tag = "3")]
    ResponseHeaders(HttpHeaders),
    /// Bytes of the request's body.
    #[prost(message, tag = "4")]
    RequestBody(HttpBody),
    /// Bytes of the response's body.
    #[prost(message, tag = "5")]
    ResponseBody(HttpBody),
    /// What stands behind the request's body.
    #[prost(message, tag = "6")]
    RequestTrailers(HttpTrailers),
    /// What stands behind the response's body.
    #[prost(message, tag = "7")]
    ResponseTrailers(HttpTrailers),
}

/// How bodies will come: `ProcessingMode.BodySendMode`, see [`super::mode::Mode`].
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub struct ProtocolConfiguration {
    /// Of requests.
    #[prost(int32, tag = "1")]
    pub request_body_mode: i32,
    /// Of responses.
    #[prost(int32, tag = "2")]
    pub response_body_mode: i32,
}

/// A head.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct HttpHeaders {
    /// Pseudo-headers and headers.
    #[prost(message, optional, tag = "1")]
    pub headers: Option<HeaderMap>,
    /// No body follows.
    #[prost(bool, tag = "3")]
    pub end_of_stream: bool,
}

/// Bytes of a body.
#[derive(Clone, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub struct HttpBody {
    /// The bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub body: Vec<u8>,
    /// Neither bytes nor trailers follow.
    #[prost(bool, tag = "2")]
    pub end_of_stream: bool,
}

/// Trailers.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct HttpTrailers {
    /// The fields.
    #[prost(message, optional, tag = "1")]
    pub trailers: Option<HeaderMap>,
}

/// `envoy.config.core.v3.HeaderMap`
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct HeaderMap {
    /// In their order; names in small letters.
    #[prost(message, repeated, tag = "1")]
    pub headers: Vec<HeaderValue>,
}

/// `envoy.config.core.v3.HeaderValue`
#[derive(Clone, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub struct HeaderValue {
    /// The name.
    #[prost(string, tag = "1")]
    pub key: String,
    /// The value, of an Envoy before 1.28.
    #[prost(string, tag = "2")]
    pub value: String,
    /// The value, of a later one.
    #[prost(bytes = "vec", tag = "3")]
    pub raw_value: Vec<u8>,
}

/// `google.protobuf.Struct`
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct Struct {
    /// The entries.
    #[prost(btree_map = "string, message", tag = "1")]
    pub fields: BTreeMap<String, Value>,
}

/// `google.protobuf.Value`, of which one is set.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct Value {
    /// A text.
    #[prost(string, optional, tag = "3")]
    pub string_value: Option<String>,
    /// True or false.
    #[prost(bool, optional, tag = "4")]
    pub bool_value: Option<bool>,
    /// Entries.
    #[prost(message, optional, boxed, tag = "5")]
    pub struct_value: Option<Box<Struct>>,
}

/// What Envoy is told.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct ProcessingResponse {
    /// The answer.
    #[prost(oneof = "Answer", tags = "1, 2, 3, 4, 5, 6, 7")]
    pub answer: Option<Answer>,
    /// For Envoy's logs and filters, by name space.
    #[prost(message, optional, tag = "8")]
    pub dynamic_metadata: Option<Struct>,
}

/// The kinds of [`ProcessingResponse`].
#[derive(Clone, PartialEq, prost::Oneof)]
#[prost(skip_debug)]
pub enum Answer {
    /// To the head of the request.
    #[prost(message, tag = "1")]
    RequestHeaders(CommonAnswer),
    /// To the head of the response.
    #[prost(message, tag = "2")]
    ResponseHeaders(CommonAnswer),
    /// To bytes of the request's body.
    #[prost(message, tag = "3")]
    RequestBody(CommonAnswer),
    /// To bytes of the response's body.
    #[prost(message, tag = "4")]
    ResponseBody(CommonAnswer),
    /// To trailers of the request.
    #[prost(message, tag = "5")]
    RequestTrailers(TrailersResponse),
    /// To trailers of the response.
    #[prost(message, tag = "6")]
    ResponseTrailers(TrailersResponse),
    /// An answer in the place of what comes.
    #[prost(message, tag = "7")]
    Immediate(ImmediateResponse),
}

/// `HeadersResponse` and `BodyResponse`, which are the same.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct CommonAnswer {
    /// What is done.
    #[prost(message, optional, tag = "1")]
    pub response: Option<CommonResponse>,
}

/// What is done. Without anything in it: go on.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct CommonResponse {
    /// Bytes in the place of those that came.
    #[prost(message, optional, tag = "3")]
    pub body_mutation: Option<BodyMutation>,
}

/// Bytes in the place of those that came.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct BodyMutation {
    /// How.
    #[prost(oneof = "Mutation", tags = "1, 2, 3")]
    pub mutation: Option<Mutation>,
}

/// The kinds of [`BodyMutation`].
#[derive(Clone, PartialEq, prost::Oneof)]
#[prost(skip_debug)]
pub enum Mutation {
    /// These.
    #[prost(bytes = "vec", tag = "1")]
    Body(Vec<u8>),
    /// None.
    #[prost(bool, tag = "2")]
    Clear(bool),
    /// These, in the mode that keeps no account of what came.
    #[prost(message, tag = "3")]
    Streamed(HttpBody),
}

/// Trailers stay as they are.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub struct TrailersResponse {}

/// An answer in the place of what comes.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct ImmediateResponse {
    /// The status.
    #[prost(message, optional, tag = "1")]
    pub status: Option<HttpStatus>,
    /// Its headers.
    #[prost(message, optional, tag = "2")]
    pub headers: Option<HeaderMutation>,
    /// Its body.
    #[prost(bytes = "vec", tag = "3")]
    pub body: Vec<u8>,
    /// For Envoy's log.
    #[prost(string, tag = "5")]
    pub details: String,
}

/// `envoy.type.v3.HttpStatus`
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub struct HttpStatus {
    /// Three digits.
    #[prost(int32, tag = "1")]
    pub code: i32,
}

/// Headers that are set.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct HeaderMutation {
    /// Those.
    #[prost(message, repeated, tag = "1")]
    pub set_headers: Vec<HeaderValueOption>,
}

/// `envoy.config.core.v3.HeaderValueOption`
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct HeaderValueOption {
    /// The header.
    #[prost(message, optional, tag = "1")]
    pub header: Option<HeaderValue>,
    /// What becomes of one that is there: 2 overwrites it.
    #[prost(int32, tag = "3")]
    pub append_action: i32,
}
