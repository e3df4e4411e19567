//! Envoy's external processing filter (`envoy.service.ext_proc.v3.ExternalProcessor`, gRPC over HTTP/2): a stream an
//! exchange, with heads and bodies of request and response.
//!
//! A body is held back until its verdict, whichever way Envoy sends it; a stream that ends in the middle of one gets
//! none. Nothing here looks into a body.

pub mod answer;
pub mod heads;
pub mod message;
pub mod mode;
pub mod session;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::server::{Grpc, StreamingService};
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use crate::serve::envoy::message::{ProcessingRequest, ProcessingResponse};
use crate::serve::envoy::session::{Next, Out, Session};
use crate::serve::metrics::count;
use crate::serve::service::Service;

/// What is asked for.
const PATH: &str = "/envoy.service.ext_proc.v3.ExternalProcessor/Process";
/// Answers that wait to be written, of one stream.
const ANSWERS: usize = 4;
/// Time between two looks whether an Envoy that is silent is still there, and for its answer.
const PING_TIME: Duration = Duration::from_secs(60);
/// Bytes that may be on their way to us, of a stream and of a connection: sixteen bodies of the usual size in flight.
const WINDOW_BYTES: (u32, u32) = (1 << 20, 16 << 20);

/// Serves one connection to its end. It ends when `stop` says so and its streams are done.
pub async fn serve<S>(stream: S, service: Arc<Service>, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = &service.config.limits;
    let idle = limits.idle;
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_TIME)
        .keep_alive_timeout(limits.head)
        .initial_stream_window_size(WINDOW_BYTES.0)
        .initial_connection_window_size(WINDOW_BYTES.1)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
        .max_concurrent_streams(u32::try_from(limits.connections).unwrap_or(u32::MAX));
    let was_asked = Arc::new(AtomicBool::new(false));
    let (handler, seen) = (Arc::clone(&service), Arc::clone(&was_asked));
    let connection = builder.serve_connection(
        TokioIo::new(stream),
        service_fn(move |request| {
            seen.store(true, Ordering::Relaxed);
            let service = Arc::clone(&handler);
            async move { Ok::<_, Infallible>(route(service, request).await) }
        }),
    );
    tokio::pin!(connection);
    // A connection on which nothing is ever asked has no ping, either: its beginning may be missing.
    let unused = async {
        tokio::time::sleep(idle).await;
        if was_asked.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        _ = connection.as_mut() => return,
        () = unused => return,
        _ = stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn route(service: Arc<Service>, request: hyper::Request<Incoming>) -> hyper::Response<Body> {
    if request.uri().path() != PATH {
        return Status::unimplemented("only the external processor is served here").into_http();
    }
    let bytes_max = service.config.envoy.message_bytes;
    let codec = ProstCodec::<ProcessingResponse, ProcessingRequest>::default();
    // What comes back is at most what came in, and what stands around it.
    let grpc = Grpc::new(codec).apply_max_message_size_config(Some(bytes_max), Some(usize::MAX));
    let mut grpc = grpc;
    grpc.streaming(Processor(service), request).await
}

/// Answers one stream.
struct Processor(Arc<Service>);

impl StreamingService<ProcessingRequest> for Processor {
    type Response = ProcessingResponse;
    type ResponseStream = ReceiverStream<Result<ProcessingResponse, Status>>;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Self::ResponseStream>, Status>> + Send>>;

    fn call(&mut self, request: Request<Streaming<ProcessingRequest>>) -> Self::Future {
        let service = Arc::clone(&self.0);
        Box::pin(async move {
            let (out, answers) = mpsc::channel(ANSWERS);
            tokio::spawn(exchange(service, request.into_inner(), out));
            Ok(Response::new(ReceiverStream::new(answers)))
        })
    }
}

async fn exchange(service: Arc<Service>, mut messages: Streaming<ProcessingRequest>, out: Out) {
    let mut session = Session::new(Arc::clone(&service));
    loop {
        let next = match session.time_left() {
            None => messages.message().await,
            Some(left) => match tokio::time::timeout(left, messages.message()).await {
                Ok(next) => next,
                Err(_) => {
                    count(&service.metrics.timed_out);
                    Err(Status::deadline_exceeded("the body did not come in time"))
                }
            },
        };
        let step = match next {
            Ok(Some(message)) => session.take(message, &out).await,
            Ok(None) => return,
            Err(status) => Err(status),
        };
        match step {
            Ok(Next::Message) => {}
            Ok(Next::End) => return,
            Err(status) => {
                let _ = out.send(Err(status)).await;
                return;
            }
        }
    }
}
