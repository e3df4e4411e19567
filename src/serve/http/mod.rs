//! The HTTP interface (`docs/serve.md`, `openapi.json`): verdicts for proxies and apps that speak no ICAP.
//!
//! A verdict is an answer: 200, whatever it says. Other statuses mean that there is none.

mod answer;
mod auth;
mod context;
mod receive;
mod routes;

use std::convert::Infallible;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use crate::serve::service::Service;

pub use auth::read_tokens;

/// Bytes of a request's head. hyper takes no fewer.
const HEAD_BYTES_MIN: usize = 8 << 10;

/// Serves one connection to its end. `asks_token`: others than the owner of the machine may be at its other end.
pub async fn serve<S>(stream: S, service: Arc<Service>, asks_token: bool, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = &service.config.limits;
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(limits.header_bytes.max(HEAD_BYTES_MIN))
        .half_close(true);
    let handler = Arc::clone(&service);
    let connection = builder.serve_connection(
        TokioIo::new(stream),
        service_fn(move |request| {
            let service = Arc::clone(&handler);
            async move { Ok::<_, Infallible>(routes::route(service, asks_token, request).await) }
        }),
    );
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
