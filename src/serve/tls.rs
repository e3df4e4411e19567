//! TLS 1.2 and 1.3 by rustls, with certificates asked of clients where the configuration names who signs them.

use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;

use crate::serve::config::Tls;

/// Reads certificates and key.
///
/// # Errors
/// The file that is wrong, and why; never what is in it.
pub fn acceptor(tls: &Tls) -> Result<TlsAcceptor, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = certificates(&tls.cert)?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|e| fail(&tls.key, &e))?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
    let builder = match &tls.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(|e| fail(path, &e))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(|e| fail(path, &e))?)
        }
    };
    let mut config = builder.with_single_cert(chain, key).map_err(|e| fail(&tls.cert, &e))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The same for ICAP, which has no name in ALPN.
///
/// # Errors
/// As [`acceptor`].
pub fn icap_acceptor(tls: &Tls) -> Result<TlsAcceptor, String> {
    let acceptor = acceptor(tls)?;
    let mut config = ServerConfig::clone(acceptor.config());
    config.alpn_protocols.clear();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The same for gRPC, which is HTTP/2.
///
/// # Errors
/// As [`acceptor`].
pub fn grpc_acceptor(tls: &Tls) -> Result<TlsAcceptor, String> {
    let acceptor = acceptor(tls)?;
    let mut config = ServerConfig::clone(acceptor.config());
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let all = CertificateDer::pem_file_iter(path).map_err(|e| fail(path, &e))?;
    let all: Vec<_> = all.collect::<Result<_, _>>().map_err(|e| fail(path, &e))?;
    if all.is_empty() { Err(format!("{}: holds no certificate", path.display())) } else { Ok(all) }
}

fn fail(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}
