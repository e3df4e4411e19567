//! The TLS under syslog (RFC 5425): who the server is, is always asked.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_platform_verifier::BuilderVerifierExt;

/// A connection inside TLS.
pub(super) struct TlsStream(StreamOwned<ClientConnection, TcpStream>);

impl TlsStream {
    /// Shakes hands with `name`. Without a file of certificates those of the system are trusted.
    pub fn open(stream: TcpStream, name: &str, ca_file: Option<&Path>) -> io::Result<Self> {
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        let connection = ClientConnection::new(Arc::new(config(ca_file)?), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        // Now, so that a server that is not the one is known before anything is sent.
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Self(stream))
    }

    /// Sends bytes, unless the server has closed the connection meanwhile.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.look()?;
        self.0.write_all(bytes)?;
        self.0.flush()
    }

    /// Takes what the server said, without waiting: it says nothing but that it ends.
    fn look(&mut self) -> io::Result<()> {
        self.0.sock.set_nonblocking(true)?;
        let read = self.0.read(&mut [0; 16]);
        self.0.sock.set_nonblocking(false)?;
        match read {
            Ok(0) => Err(io::ErrorKind::ConnectionAborted.into()),
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for TlsStream {
    /// RFC 5425 section 4.4: the end is said.
    fn drop(&mut self) {
        self.0.conn.send_close_notify();
        let _ = self.0.flush();
    }
}

fn config(ca_file: Option<&Path>) -> io::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(io::Error::other)?;
    let Some(path) = ca_file else {
        return Ok(builder.with_platform_verifier().map_err(io::Error::other)?.with_no_client_auth());
    };
    let told = |why: String| io::Error::other(format!("the file of certificates: {why}"));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| told(e.to_string()))? {
        roots.add(certificate.map_err(|e| told(e.to_string()))?).map_err(|e| told(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(told("holds none".to_owned()));
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
