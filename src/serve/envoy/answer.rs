//! What Envoy is told.

use std::collections::BTreeMap;

use crate::serve::envoy::message::{
    Answer, BodyMutation, CommonAnswer, CommonResponse, HeaderMutation, HeaderValue, HeaderValueOption, HttpStatus,
    ImmediateResponse, Mutation, ProcessingResponse, Struct, TrailersResponse, Value,
};
use crate::serve::inspect::Outcome;
use crate::serve::page::BlockPage;

/// Which of the two messages of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The request.
    Request,
    /// The response.
    Response,
}

/// `OVERWRITE_IF_EXISTS_OR_ADD` of `HeaderAppendAction`.
const OVERWRITE: i32 = 2;

fn told(answer: Answer) -> ProcessingResponse {
    ProcessingResponse { answer: Some(answer), dynamic_metadata: None }
}

/// Go on, to a head.
#[must_use]
pub fn head(way: Way) -> ProcessingResponse {
    let go_on = CommonAnswer { response: Some(CommonResponse::default()) };
    told(match way {
        Way::Request => Answer::RequestHeaders(go_on),
        Way::Response => Answer::ResponseHeaders(go_on),
    })
}

/// Go on, to a piece of a body, with what takes its place.
#[must_use]
pub fn body(way: Way, mutation: Option<Mutation>) -> ProcessingResponse {
    let body_mutation = mutation.map(|mutation| BodyMutation { mutation: Some(mutation) });
    let go_on = CommonAnswer { response: Some(CommonResponse { body_mutation }) };
    told(match way {
        Way::Request => Answer::RequestBody(go_on),
        Way::Response => Answer::ResponseBody(go_on),
    })
}

/// Go on, to trailers.
#[must_use]
pub fn trailers(way: Way) -> ProcessingResponse {
    told(match way {
        Way::Request => Answer::RequestTrailers(TrailersResponse {}),
        Way::Response => Answer::ResponseTrailers(TrailersResponse {}),
    })
}

/// An answer in the place of what comes.
#[must_use]
pub fn instead(status: u16, page: BlockPage, fields: &[(&str, &str)], details: &str) -> ProcessingResponse {
    let set = |(name, value): &(&str, &str)| HeaderValueOption {
        header: Some(HeaderValue {
            key: (*name).to_owned(),
            value: String::new(),
            raw_value: value.as_bytes().to_vec(),
        }),
        append_action: OVERWRITE,
    };
    let own = [("content-type", page.media_type), ("cache-control", "no-store")];
    told(Answer::Immediate(ImmediateResponse {
        status: Some(HttpStatus { code: i32::from(status) }),
        headers: Some(HeaderMutation { set_headers: own.iter().chain(fields).map(set).collect() }),
        body: page.body,
        details: details.to_owned(),
    }))
}

/// The verdict, for Envoy's access log and the filters behind: `%DYNAMIC_METADATA(frisk:action)%`.
#[must_use]
pub fn metadata(outcome: &Outcome, id: &str) -> Struct {
    let text = |text: &str| Value { string_value: Some(text.to_owned()), ..Value::default() };
    let lead = outcome.judged.lead();
    let mut entries = BTreeMap::from([
        ("action".to_owned(), text(outcome.action.name())),
        ("request_id".to_owned(), text(id)),
        (
            "would_block".to_owned(),
            Value { bool_value: Some(lead.is_some_and(|record| record.would_block)), ..Value::default() },
        ),
    ]);
    if let Some(rule) = lead.and_then(|record| record.policy_rule.as_deref()) {
        entries.insert("rule".to_owned(), text(rule));
    }
    let own = Value { struct_value: Some(Box::new(Struct { fields: entries })), ..Value::default() };
    Struct { fields: BTreeMap::from([("frisk".to_owned(), own)]) }
}
