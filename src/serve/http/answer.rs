//! Answers, and what keeps one from being given.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde::Serialize;

use crate::policy::Action;
use crate::report::{Record, jsonl};
use crate::serve::inspect::Outcome;

/// An HTTP answer.
pub type Answer = Response<Full<Bytes>>;

/// Why there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: StatusCode,
    /// What to do about it; never what was sent.
    pub why: String,
}

impl Refusal {
    /// The request is none: 400.
    pub fn bad(why: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, why: why.into() }
    }

    /// It can be read, and says what cannot be: 422.
    pub fn wrong(why: impl Into<String>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, why: why.into() }
    }

    /// It is larger than allowed: 413.
    pub fn too_large(bytes_max: u64) -> Self {
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, why: format!("more than {bytes_max} bytes") }
    }

    /// Of a kind that is not taken here: 415.
    pub fn unsupported(why: impl Into<String>) -> Self {
        Self { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, why: why.into() }
    }

    /// It took too long to come: 408.
    pub fn too_slow() -> Self {
        Self { status: StatusCode::REQUEST_TIMEOUT, why: "the body took too long to come".to_owned() }
    }

    /// Another status.
    pub fn other(status: StatusCode, why: &str) -> Self {
        Self { status, why: why.to_owned() }
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    request_id: &'a str,
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
}

/// One record with the id of its request.
#[derive(Serialize)]
struct One<'a> {
    request_id: &'a str,
    #[serde(flatten)]
    record: &'a Record,
}

/// Several records.
#[derive(Serialize)]
struct Many<'a> {
    request_id: &'a str,
    action: &'static str,
    results: Vec<&'a Record>,
}

/// JSON.
pub fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    with_type(status, "application/json", jsonl::line(body))
}

/// Something else.
pub fn with_type(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
    answer
}

/// A refusal. Behind one of a body that was not read whole nothing else comes on the connection.
pub fn refused(refusal: &Refusal, id: &str) -> Answer {
    let mut answer = json(refusal.status, &ErrorBody { request_id: id, error: &refusal.why, action: None });
    let headers = answer.headers_mut();
    match refusal.status {
        StatusCode::UNAUTHORIZED => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            if let Ok(value) = HeaderValue::from_str(&refusal.why) {
                headers.insert(ALLOW, value);
            }
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        _ => {}
    }
    answer
}

/// The verdict on one body.
pub fn verdict(outcome: &Outcome, id: &str) -> Answer {
    match outcome.judged.lead() {
        _ if outcome.overloaded => overloaded(outcome.action, id),
        Some(record) => json(StatusCode::OK, &One { request_id: id, record }),
        None => refused(&Refusal::other(StatusCode::INTERNAL_SERVER_ERROR, "no record was made"), id),
    }
}

/// The verdicts on several bodies, in their order. None is left out: if one was not admitted, all are to be asked again.
pub fn verdicts(outcomes: &[Outcome], id: &str) -> Answer {
    if let Some(outcome) = outcomes.iter().find(|outcome| outcome.overloaded) {
        return overloaded(outcome.action, id);
    }
    let action = outcomes.iter().map(|outcome| outcome.action).max().unwrap_or(Action::Allow);
    let results = outcomes.iter().filter_map(|outcome| outcome.judged.lead()).collect();
    json(StatusCode::OK, &Many { request_id: id, action: action.name(), results })
}

/// There was no room: 429, and what the policy says for whoever does not want to try again.
fn overloaded(action: Action, id: &str) -> Answer {
    let error = "there is no room to examine it; try again";
    let body = ErrorBody { request_id: id, error, action: Some(action.name()) };
    let mut answer = json(StatusCode::TOO_MANY_REQUESTS, &body);
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    answer
}
