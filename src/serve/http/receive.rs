//! Taking in the body of a request, inside the limits.

use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE};
use tokio::time::timeout;

use super::answer::Refusal;
use crate::container::Coding;
use crate::serve::metrics::count;
use crate::serve::service::Service;
use crate::serve::spool::{Body, Spool};

/// The whole body.
///
/// # Errors
/// 413, 408, 400: too large, too slow, broken off. 500: it cannot be stored.
pub async fn body(service: &Service, mut incoming: Incoming, bytes_max: u64) -> Result<Body, Refusal> {
    if incoming.size_hint().lower() > bytes_max {
        return Err(Refusal::too_large(bytes_max));
    }
    let limits = &service.config.limits;
    let mut spool = Spool::new(limits.memory_bytes);
    let disk = |_| Refusal::other(hyper::StatusCode::INTERNAL_SERVER_ERROR, "the body cannot be stored");
    let receive = async {
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|_| Refusal::bad("the body broke off"))?;
            let Ok(data) = frame.into_data() else { continue };
            if spool.bytes().saturating_add(data.len() as u64) > bytes_max {
                return Err(Refusal::too_large(bytes_max));
            }
            spool.push(&data).await.map_err(disk)?;
        }
        Ok(())
    };
    match timeout(limits.body, receive).await {
        Ok(received) => received?,
        Err(_) => {
            count(&service.metrics.timed_out);
            return Err(Refusal::too_slow());
        }
    }
    spool.end().await.map_err(disk)
}

/// A body in memory: JSON, forms.
///
/// # Errors
/// As [`body`].
pub async fn bytes(service: &Service, incoming: Incoming, bytes_max: u64) -> Result<Vec<u8>, Refusal> {
    let body = body(service, incoming, bytes_max).await?;
    let read = tokio::task::spawn_blocking(move || body.read_blocking());
    let read = read.await.map_err(std::io::Error::other).and_then(|read| read);
    let read = read.map_err(|_| Refusal::other(hyper::StatusCode::INTERNAL_SERVER_ERROR, "the body cannot be read"))?;
    Ok(std::sync::Arc::try_unwrap(read).unwrap_or_else(|shared| shared.to_vec()))
}

/// `Content-Encoding` of the request.
///
/// # Errors
/// 415: one that is not known.
pub fn codings(headers: &HeaderMap) -> Result<Vec<Coding>, Refusal> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        for word in value.to_str().unwrap_or("?").split(',').map(|word| word.trim().to_ascii_lowercase()) {
            codings.push(match word.as_str() {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => Coding::Gzip,
                "deflate" => Coding::Deflate,
                "br" => Coding::Brotli,
                "zstd" => Coding::Zstd,
                _ => return Err(Refusal::unsupported("Content-Encoding is gzip, deflate, br or zstd")),
            });
        }
    }
    Ok(codings)
}

/// `Content-Type`.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
