//! Listeners: connections are taken, counted, and ended in order.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::serve::icap_connection::{Connection, TURN_AWAY_TIME, overloaded};
use crate::serve::metrics::count;
use crate::serve::service::Service;
use crate::serve::{http, tls};

/// Pause when no connection can be taken: no files are left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
/// What an HTTP connection that is one too many is told.
const HTTP_OVERLOADED: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// What is spoken on a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// ICAP.
    Icap,
    /// ICAP in TLS.
    Icaps,
    /// HTTP.
    Http,
    /// HTTP in TLS.
    Https,
    /// Envoy's external processing.
    Grpc,
    /// The same in TLS.
    Grpcs,
}

impl Protocol {
    /// The scheme of its URLs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Icap => "icap",
            Self::Icaps => "icaps",
            Self::Http => "http",
            Self::Https => "https",
            Self::Grpc => "grpc",
            Self::Grpcs => "grpcs",
        }
    }
}

/// The bound listeners of a service.
pub struct Server {
    service: Arc<Service>,
    tcp: Vec<(Protocol, TcpListener, Option<TlsAcceptor>)>,
    #[cfg(unix)]
    unix: Option<UnixListener>,
}

impl Server {
    /// Binds all listeners. The caller has looked at [`crate::serve::config::Config::insecure_binds`].
    ///
    /// # Errors
    /// The address, and why it cannot be had; certificates that are wrong.
    pub async fn bind(service: Arc<Service>) -> Result<Self, String> {
        let (listen, tls) = (&service.config.listen, &service.config.tls);
        let http_tls = tls.as_ref().map(tls::acceptor).transpose()?;
        let icap_tls = tls.as_ref().map(tls::icap_acceptor).transpose()?;
        let grpc_tls = tls.as_ref().map(tls::grpc_acceptor).transpose()?;
        let http = if http_tls.is_some() { Protocol::Https } else { Protocol::Http };
        let grpc = if grpc_tls.is_some() { Protocol::Grpcs } else { Protocol::Grpc };
        let mut tcp = Vec::new();
        let all = [
            (Protocol::Icap, &listen.icap, None),
            (Protocol::Icaps, &listen.icaps, icap_tls),
            (http, &listen.http, http_tls),
            (grpc, &listen.envoy, grpc_tls),
        ];
        for (protocol, addresses, acceptor) in all {
            for address in addresses {
                let bound = TcpListener::bind(address).await;
                let listener = bound.map_err(|e| format!("cannot listen on {address}: {e}"))?;
                tcp.push((protocol, listener, acceptor.clone()));
            }
        }
        #[cfg(unix)]
        let unix = match &listen.unix {
            None => None,
            Some(path) => {
                let fail = |e: io::Error| format!("cannot listen on {}: {e}", path.display());
                // Left behind by one that was killed; one that still answers is not put aside.
                if tokio::net::UnixStream::connect(path).await.is_ok() {
                    return Err(fail(io::ErrorKind::AddrInUse.into()));
                }
                let is_socket = std::fs::symlink_metadata(path)
                    .is_ok_and(|m| std::os::unix::fs::FileTypeExt::is_socket(&m.file_type()));
                if is_socket {
                    std::fs::remove_file(path).map_err(fail)?;
                }
                let listener = UnixListener::bind(path).map_err(fail)?;
                let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o660);
                std::fs::set_permissions(path, owner_only).map_err(fail)?;
                Some(listener)
            }
        };
        Ok(Self {
            service,
            tcp,
            #[cfg(unix)]
            unix,
        })
    }

    /// Where it listens: a port 0 of the configuration has become a number.
    #[must_use]
    pub fn addresses(&self) -> Vec<(Protocol, SocketAddr)> {
        self.tcp.iter().filter_map(|(protocol, listener, _)| Some((*protocol, listener.local_addr().ok()?))).collect()
    }

    /// Serves until `stop` says so; then no connection is taken any more, those that are idle end, those that are not
    /// have the time of the configuration.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let limits = &self.service.config.limits;
        let most = limits.connections.min(Semaphore::MAX_PERMITS).min(u32::MAX as usize);
        let permits = Arc::new(Semaphore::new(most));
        let mut loops = Vec::new();
        for (protocol, listener, acceptor) in self.tcp {
            let taker = Taker {
                service: Arc::clone(&self.service),
                permits: Arc::clone(&permits),
                stop: stop.clone(),
                protocol,
                acceptor,
                asks_token: true,
            };
            loops.push(tokio::spawn(taker.take_tcp(listener)));
        }
        #[cfg(unix)]
        if let Some(listener) = self.unix {
            let taker = Taker {
                service: Arc::clone(&self.service),
                permits: Arc::clone(&permits),
                stop: stop.clone(),
                protocol: Protocol::Http,
                acceptor: None,
                asks_token: false,
            };
            loops.push(tokio::spawn(taker.take_unix(listener)));
        }
        for one in loops {
            let _ = one.await;
        }
        // All connections are over when all permits are back.
        let all = permits.acquire_many(u32::try_from(most).unwrap_or(u32::MAX));
        let _ = timeout(limits.shutdown, all).await;
        self.service.inspector.close();
        #[cfg(unix)]
        if let Some(path) = &self.service.config.listen.unix {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Takes the connections of one listener.
struct Taker {
    service: Arc<Service>,
    permits: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
    protocol: Protocol,
    acceptor: Option<TlsAcceptor>,
    /// Whether HTTP asks for tokens: not on a Unix socket, which has an owner and rights of its own.
    asks_token: bool,
}

/// A connection that is counted as long as it is there.
struct Counted<'c>(&'c AtomicU64);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Taker {
    async fn take_tcp(mut self, listener: TcpListener) {
        while let Some(accepted) = self.next(listener.accept()).await {
            if let Ok((stream, _)) = accepted {
                let _ = stream.set_nodelay(true);
                self.connection(stream);
            } else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    #[cfg(unix)]
    async fn take_unix(mut self, listener: UnixListener) {
        while let Some(accepted) = self.next(listener.accept()).await {
            if let Ok((stream, _)) = accepted {
                self.connection(stream);
            } else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    /// The next connection; none when the service ends.
    async fn next<T>(&mut self, accept: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            accepted = accept => Some(accepted),
            _ = self.stop.wait_for(|stop| *stop) => None,
        }
    }

    fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(&self, stream: S) {
        let service = Arc::clone(&self.service);
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else {
            count(&service.metrics.turned_away);
            tokio::spawn(turn_away(stream, service, self.protocol));
            return;
        };
        let (stop, protocol, acceptor) = (self.stop.clone(), self.protocol, self.acceptor.clone());
        let asks_token = self.asks_token;
        tokio::spawn(async move {
            count(&service.metrics.connections);
            let _counted = Counted(&service.metrics.connections);
            serve(stream, Arc::clone(&service), stop, (protocol, asks_token), acceptor, permit).await;
        });
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
    (protocol, asks_token): (Protocol, bool),
    acceptor: Option<TlsAcceptor>,
    permit: OwnedSemaphorePermit,
) {
    match acceptor {
        None => speak(stream, service, stop, (protocol, asks_token)).await,
        Some(acceptor) => {
            let Ok(Ok(stream)) = timeout(service.config.limits.head, acceptor.accept(stream)).await else {
                return count(&service.metrics.malformed);
            };
            speak(stream, service, stop, (protocol, asks_token)).await;
        }
    }
    drop(permit);
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
    (protocol, asks_token): (Protocol, bool),
) {
    match protocol {
        Protocol::Icap | Protocol::Icaps => {
            let _ = Connection::new(stream, service, stop).run().await;
        }
        Protocol::Http | Protocol::Https => http::serve(stream, service, asks_token, stop).await,
        #[cfg(feature = "envoy")]
        Protocol::Grpc | Protocol::Grpcs => crate::serve::envoy::serve(stream, service, stop).await,
        // The configuration refuses such an address.
        #[cfg(not(feature = "envoy"))]
        Protocol::Grpc | Protocol::Grpcs => {}
    }
}

/// Tells a connection that it is one too many, without waiting for it.
async fn turn_away<S: AsyncWrite + Unpin>(mut stream: S, service: Arc<Service>, protocol: Protocol) {
    let answer = match protocol {
        Protocol::Icap => overloaded(&service.inspector.engine().istag),
        Protocol::Http => HTTP_OVERLOADED.to_vec(),
        // A handshake is what there is no room for.
        Protocol::Icaps | Protocol::Https | Protocol::Grpc | Protocol::Grpcs => return,
    };
    let _ = timeout(TURN_AWAY_TIME, stream.write_all(&answer)).await;
}
