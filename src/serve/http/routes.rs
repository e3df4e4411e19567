//! Which request is answered how.

use std::sync::{Arc, PoisonError};
use std::time::Instant;

use hyper::body::Incoming;
use hyper::header::CONTENT_DISPOSITION;
use hyper::{HeaderMap, Method, Request, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::answer::{Answer, Refusal, json, refused, verdict, verdicts, with_type};
use super::context::Told;
use super::{auth, receive};
use crate::policy::{Activity, Situation};
use crate::report::TOOL;
use crate::serve::ask::Ask;
use crate::serve::decision::Front;
use crate::serve::form;
use crate::serve::icap::{Params, decode_base64, disposition_name, url_name};
use crate::serve::inspect::Outcome;
use crate::serve::service::Service;
use crate::serve::spool::Body;

/// Bytes of an event or a text. 16 MiB: our choice, a large mail; what is longer is a file.
const TEXT_BYTES_MAX: u64 = 16 << 20;
/// Items of one batch. 1,000: our choice.
const ITEMS_MAX: usize = 1000;

/// The interface for machines.
pub(super) const OPENAPI: &str = include_str!("../../../docs/openapi.json");

/// Answers one request.
pub async fn route(service: Arc<Service>, asks_token: bool, request: Request<Incoming>) -> Answer {
    let id = service.id();
    let answered = answer(&service, asks_token, request, &id).await;
    let mut answer = answered.unwrap_or_else(|refusal| refused(&refusal, &id));
    if let Ok(value) = id.parse() {
        answer.headers_mut().insert("x-request-id", value);
    }
    answer
}

async fn answer(
    service: &Arc<Service>,
    asks_token: bool,
    request: Request<Incoming>,
    id: &str,
) -> Result<Answer, Refusal> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let is_open = matches!(path.as_str(), "/healthz" | "/readyz");
    let tokens = service.tokens.read().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(tokens) = tokens.filter(|_| asks_token && !is_open)
        && !auth::is_allowed(&tokens, request.headers())
    {
        return Err(Refusal::other(StatusCode::UNAUTHORIZED, "a bearer token is needed"));
    }
    let wanted = match path.as_str() {
        "/healthz" | "/readyz" | "/version" | "/metrics" | "/openapi.json" | "/v1/rules" => Method::GET,
        "/v1/scan" | "/v1/text" | "/v1/batch" | "/v1/event" | "/v1/reload" => Method::POST,
        _ => return Err(Refusal::other(StatusCode::NOT_FOUND, "there is nothing here; see /openapi.json")),
    };
    if method != wanted && !(method == Method::HEAD && wanted == Method::GET) {
        return Err(Refusal::other(StatusCode::METHOD_NOT_ALLOWED, wanted.as_str()));
    }
    if wanted == Method::POST && !service.inspector.is_ready() {
        return Err(Refusal::other(StatusCode::SERVICE_UNAVAILABLE, "the service is ending"));
    }
    match path.as_str() {
        "/healthz" => Ok(with_type(StatusCode::OK, "text/plain; charset=utf-8", "ok\n")),
        "/readyz" => Ok(readiness(service)),
        "/version" => Ok(version(service)),
        "/metrics" => {
            let text = service.metrics_text();
            Ok(with_type(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text))
        }
        "/openapi.json" => Ok(with_type(StatusCode::OK, "application/json", OPENAPI)),
        "/v1/rules" => Ok(rules(service)),
        "/v1/scan" => scan(service, request, id).await,
        "/v1/text" => text(service, request, id).await,
        "/v1/batch" => batch(service, request, id).await,
        "/v1/event" => event(service, request, id).await,
        _ => match service.reload().await {
            Ok(()) => Ok(version(service)),
            Err(why) => Err(Refusal::wrong(why)),
        },
    }
}

// ---- about the service ---------------------------------------------------------------------------------------------

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    ruleset: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reload_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_error: Option<String>,
    queue: usize,
    workers_idle: usize,
}

/// A reload that failed and a log that cannot be written are told, and do not make the service unready: verdicts are
/// given as before.
fn readiness(service: &Service) -> Answer {
    let ready = service.inspector.is_ready();
    let body = Readiness {
        ready,
        ruleset: service.inspector.engine().scanner.ruleset_id().to_owned(),
        reload_error: service.inspector.reload_error(),
        log_error: service.sink_trouble(),
        queue: service.inspector.waiting(),
        workers_idle: service.inspector.idle_workers(),
    };
    json(if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, &body)
}

#[derive(Serialize)]
struct Version {
    tool: &'static str,
    ruleset: String,
    policy: String,
}

fn version(service: &Service) -> Answer {
    let scanner = &service.inspector.engine().scanner;
    let body =
        Version { tool: TOOL, ruleset: scanner.ruleset_id().to_owned(), policy: scanner.policy().name().to_owned() };
    json(StatusCode::OK, &body)
}

#[derive(Serialize)]
struct Rules<'a> {
    ruleset: &'a str,
    rules: Vec<RuleEntry<'a>>,
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    id: &'a str,
    name: &'a str,
    category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sit_guid: Option<&'a str>,
}

fn rules(service: &Service) -> Answer {
    let engine = service.inspector.engine();
    let rules = engine.scanner.ruleset().rules().iter();
    let rules = rules.map(|rule| RuleEntry {
        id: &rule.id,
        name: &rule.name,
        category: rule.category.name(),
        sit_guid: rule.sit_guid.as_deref(),
    });
    json(StatusCode::OK, &Rules { ruleset: engine.scanner.ruleset_id(), rules: rules.collect() })
}

// ---- verdicts ------------------------------------------------------------------------------------------------------

async fn scan(service: &Arc<Service>, request: Request<Incoming>, id: &str) -> Result<Answer, Refusal> {
    let begun = Instant::now();
    let (head, incoming) = request.into_parts();
    let media_type = receive::media_type(&head.headers);
    let codings = receive::codings(&head.headers)?;
    let told = Told::of_headers(&head.headers)?;
    let params = media_type.as_deref().map(|value| Params::read(value.as_bytes())).unwrap_or_default();
    let bytes_max = service.config.limits.body_bytes;
    if params.value() != "multipart/form-data" {
        let situation = told.situation(Some(Activity::Upload))?;
        let name = name_of(&head.headers, head.uri.query());
        let body = receive::body(service, incoming, bytes_max).await?;
        let ask = Ask { id: id.to_owned(), name, media_type, codings, situation, ..Ask::default() };
        return Ok(verdict(&service.judge(Front::HttpScan, ask, body, begun).await, id));
    }
    if !codings.is_empty() {
        return Err(Refusal::unsupported("a form is not encoded as a whole"));
    }
    let boundary = params.get("boundary").ok_or_else(|| Refusal::bad("multipart/form-data without a boundary"))?;
    let bytes = receive::bytes(service, incoming, bytes_max).await?;
    let form = form::multipart(&bytes, boundary).filter(|form| !form.is_odd);
    let form = form.ok_or_else(|| Refusal::bad("the body is no form with this boundary"))?;
    let mut told = told;
    let mut files = Vec::new();
    for part in form.parts {
        if part.field == "context" && part.file.is_none() {
            told = parse(part.bytes)?;
        } else {
            files.push(part);
        }
    }
    if files.is_empty() {
        return Err(Refusal::wrong("the form holds no file"));
    }
    let situation = told.situation(Some(Activity::Upload))?;
    let asks = files.into_iter().map(|part| {
        let ask = Ask {
            id: id.to_owned(),
            name: part.file.unwrap_or(part.field),
            media_type: part.media_type,
            situation: situation.clone(),
            ..Ask::default()
        };
        (ask, part.bytes.to_vec())
    });
    let outcomes = judge_all(service, Front::HttpScan, asks.collect(), begun).await;
    Ok(verdicts(&outcomes, id))
}

/// The name in `Content-Disposition`, or the query's `name`.
fn name_of(headers: &HeaderMap, query: Option<&str>) -> String {
    let told = headers.get(CONTENT_DISPOSITION).and_then(|value| disposition_name(value.as_bytes()));
    let asked = || {
        let pairs = query.unwrap_or_default().split('&');
        let value = pairs.filter_map(|pair| pair.strip_prefix("name=")).next()?;
        // As the last part of a path: without folders and what steers a terminal.
        url_name(&format!("/{value}"))
    };
    told.or_else(asked).unwrap_or_default()
}

/// A text and its circumstances.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TextBody {
    text: Option<String>,
    name: Option<String>,
    context: Told,
}

async fn text(service: &Arc<Service>, request: Request<Incoming>, id: &str) -> Result<Answer, Refusal> {
    let begun = Instant::now();
    let (head, incoming) = request.into_parts();
    let media_type = receive::media_type(&head.headers).unwrap_or_default();
    let kind = Params::read(media_type.as_bytes());
    let bytes_max = TEXT_BYTES_MAX.min(service.config.limits.body_bytes);
    let (name, situation, bytes) = match kind.value() {
        "application/json" => {
            let body: TextBody = parse(&receive::bytes(service, incoming, bytes_max).await?)?;
            let text = body.text.ok_or_else(|| Refusal::wrong("`text` is missing"))?;
            (body.name, body.context.situation(Some(Activity::Paste))?, text.into_bytes())
        }
        "text/plain" => {
            let situation = Told::of_headers(&head.headers)?.situation(Some(Activity::Paste))?;
            (None, situation, receive::bytes(service, incoming, bytes_max).await?)
        }
        _ => return Err(Refusal::unsupported("send application/json or text/plain")),
    };
    let name = name.unwrap_or_else(|| "text.txt".to_owned());
    let ask = Ask { id: id.to_owned(), name, situation, ..Ask::default() };
    let body = Body::Memory(Arc::new(bytes));
    Ok(verdict(&service.judge(Front::HttpText, ask, body, begun).await, id))
}

/// Several texts or small files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchBody {
    items: Vec<Item>,
    #[serde(default)]
    context: Told,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Item {
    id: Option<String>,
    name: Option<String>,
    text: Option<String>,
    content_base64: Option<String>,
}

async fn batch(service: &Arc<Service>, request: Request<Incoming>, id: &str) -> Result<Answer, Refusal> {
    let begun = Instant::now();
    let (head, incoming) = request.into_parts();
    is_json(&head.headers)?;
    let body: BatchBody = parse(&receive::bytes(service, incoming, service.config.limits.body_bytes).await?)?;
    if body.items.is_empty() || body.items.len() > ITEMS_MAX {
        return Err(Refusal::wrong(format!("`items` has 1 to {ITEMS_MAX} entries")));
    }
    let situation = body.context.situation(None)?;
    let mut asks = Vec::with_capacity(body.items.len());
    for item in body.items {
        let bytes = match (item.text, item.content_base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(text)) if text.is_empty() => Vec::new(),
            (None, Some(text)) => decode_base64(text.as_bytes())
                .ok_or_else(|| Refusal::wrong("`content_base64` is not base64 with its padding"))?,
            _ => return Err(Refusal::wrong("each item has either `text` or `content_base64`")),
        };
        let ask = Ask {
            id: item.id.unwrap_or_else(|| id.to_owned()),
            name: item.name.unwrap_or_default(),
            situation: situation.clone(),
            ..Ask::default()
        };
        asks.push((ask, bytes));
    }
    let outcomes = judge_all(service, Front::HttpBatch, asks, begun).await;
    Ok(verdicts(&outcomes, id))
}

/// Judges all in turn, as many at once as there are workers, so that one request does not fill the queue.
async fn judge_all(service: &Arc<Service>, front: Front, asks: Vec<(Ask, Vec<u8>)>, begun: Instant) -> Vec<Outcome> {
    let mut done: Vec<Option<Outcome>> = Vec::new();
    done.resize_with(asks.len(), || None);
    let mut running = JoinSet::new();
    let keep = |joined: Option<Result<(usize, Outcome), _>>, done: &mut Vec<Option<Outcome>>| {
        if let Some(Ok::<_, tokio::task::JoinError>((at, outcome))) = joined
            && let Some(slot) = done.get_mut(at)
        {
            *slot = Some(outcome);
        }
    };
    for (at, (ask, bytes)) in asks.into_iter().enumerate() {
        if running.len() >= service.config.workers.count {
            keep(running.join_next().await, &mut done);
        }
        let service = Arc::clone(service);
        running.spawn(async move { (at, service.judge(front, ask, Body::Memory(Arc::new(bytes)), begun).await) });
    }
    while !running.is_empty() {
        keep(running.join_next().await, &mut done);
    }
    done.into_iter().flatten().collect()
}

/// Something that happened, without content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventBody {
    /// Its name, as policies have it: `inbox-rule`, `sign-in`, `consent` …
    event: String,
    /// What it is about.
    #[serde(default)]
    object: Option<String>,
    #[serde(default)]
    context: Told,
}

async fn event(service: &Arc<Service>, request: Request<Incoming>, id: &str) -> Result<Answer, Refusal> {
    let begun = Instant::now();
    let (head, incoming) = request.into_parts();
    is_json(&head.headers)?;
    let bytes = receive::bytes(service, incoming, TEXT_BYTES_MAX.min(service.config.limits.body_bytes)).await?;
    let body: EventBody = parse(&bytes)?;
    if body.event.is_empty() {
        return Err(Refusal::wrong("`event` is the name of what happened"));
    }
    let situation = Situation { event: Some(body.event), ..body.context.situation(None)? };
    let outcome = service.judge_event(id, body.object.as_deref().unwrap_or_default(), situation, begun);
    Ok(verdict(&outcome, id))
}

fn is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let media_type = receive::media_type(headers).unwrap_or_default();
    match Params::read(media_type.as_bytes()).value() {
        "application/json" => Ok(()),
        _ => Err(Refusal::unsupported("send application/json")),
    }
}

/// Reads JSON. What is wrong with it is told by its place; never what stands there.
fn parse<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        let at = format!("line {} column {}", error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Data => {
                Refusal::wrong(format!("JSON of another form than /openapi.json says, at {at}"))
            }
            _ => Refusal::bad(format!("not JSON, at {at}")),
        }
    })
}
