//! Alerts to an HTTP server.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::report::TOOL;
use crate::report::encode::hex;
use crate::serve::alert::target::{Failure, Send};
use crate::serve::log::Moment;

/// Bytes of a file with a token, a key or certificates.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Time for one delivery, from looking up the name to the end of the answer.
const TIME_MAX: Duration = Duration::from_secs(10);

/// An HTTP server that takes alerts.
///
/// The body is the alert's JSON. Headers: `Content-Type: application/json`, `X-Frisk-Alert-Id`,
/// `X-Frisk-Timestamp` (seconds since 1970), with a token `Authorization: Bearer …`, with a key
/// `X-Frisk-Signature: sha256=…`, the HMAC-SHA-256 of timestamp, a full stop and body, in hex.
#[derive(Clone)]
pub struct Webhook {
    url: String,
    /// File with the bearer token; read for each delivery, so that it may be changed.
    pub token_file: Option<PathBuf>,
    /// File with the key of signatures; read for each delivery.
    pub key_file: Option<PathBuf>,
    /// File with certificates (PEM) to trust instead of those of the system.
    pub ca_file: Option<PathBuf>,
}

impl Webhook {
    /// A webhook at an address: `https://…`, or `http://…` of this machine.
    ///
    /// # Errors
    /// What is wrong with the address, which the message does not repeat: it may be a secret.
    pub fn new(url: &str) -> Result<Self, &'static str> {
        let parsed: ureq::http::Uri = url.parse().map_err(|_| "the address of a webhook cannot be read")?;
        let host = parsed.host().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let local = bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|a| a.is_loopback());
        match parsed.scheme_str() {
            _ if host.is_empty() => return Err("the address of a webhook has a host: https://host/path"),
            Some("https") => {}
            Some("http") if local => {}
            _ => return Err("a webhook has an https address; http is for this machine only"),
        }
        if parsed.authority().is_some_and(|a| a.as_str().contains('@')) {
            return Err("a webhook takes a token from a file, not a name and a password in its address");
        }
        Ok(Self { url: url.to_owned(), token_file: None, key_file: None, ca_file: None })
    }
}

impl fmt::Debug for Webhook {
    /// Addresses of webhooks are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("token_file", &self.token_file).finish_non_exhaustive()
    }
}

/// Sends alerts to a webhook.
pub(super) struct Poster {
    webhook: Webhook,
    agent: Option<Agent>,
}

impl Poster {
    pub fn new(webhook: &Webhook) -> Self {
        Self { webhook: webhook.clone(), agent: None }
    }

    fn post(&mut self, id: &str, body: &str) -> Result<(), Failure> {
        let later = |why: String| Failure::Later(why);
        let agent = match self.agent.take() {
            Some(agent) => agent,
            None => agent(&self.webhook).map_err(later)?,
        };
        let timestamp = (Moment::now().millis() / 1000).to_string();
        let mut request = agent
            .post(&self.webhook.url)
            .header("Content-Type", "application/json")
            .header("User-Agent", TOOL)
            .header("X-Frisk-Alert-Id", id)
            .header("X-Frisk-Timestamp", &timestamp);
        if let Some(path) = &self.webhook.token_file {
            let token = secret(path, "token").map_err(later)?;
            let token = String::from_utf8(token).map_err(|_| later("the token file is no text".to_owned()))?;
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some(path) = &self.webhook.key_file {
            let key = secret(path, "key").map_err(later)?;
            request = request.header("X-Frisk-Signature", signature(&key, &timestamp, body));
        }
        let answer = request.send(body).map_err(|error| later(told(&error)))?;
        self.agent = Some(agent);
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let why = format!("it answered {}", status.as_u16());
        match status.as_u16() {
            // What is wrong with the body will not change. Everything else may: rights, addresses, load.
            400 | 413 | 415 | 422 => Err(Failure::Refused(why)),
            _ => Err(Failure::Later(why)),
        }
    }
}

impl Send for Poster {
    fn send(&mut self, id: &str, body: &str) -> Result<(), Failure> {
        self.post(id, body)
    }
}

/// A client: no redirections, which would take the token elsewhere; no proxy from the environment.
fn agent(webhook: &Webhook) -> Result<Agent, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider);
    tls = match &webhook.ca_file {
        Some(path) => {
            let pem = secret(path, "file of certificates")?;
            let certificates: Vec<Certificate<'static>> = parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            if certificates.is_empty() {
                return Err("there is no certificate in the file of certificates".to_owned());
            }
            tls.root_certs(RootCerts::new_with_certs(&certificates))
        }
        None => tls.root_certs(RootCerts::PlatformVerifier),
    };
    let config = Agent::config_builder()
        .tls_config(tls.build())
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(TIME_MAX))
        .build();
    Ok(config.into())
}

/// The HMAC of an alert.
fn signature(key: &[u8], timestamp: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}

/// A file without the white space around it. Messages do not name it by its content.
fn secret(path: &Path, what: &str) -> Result<Vec<u8>, String> {
    let fail = |error: std::io::Error| format!("the {what} cannot be read: {error}");
    #[allow(clippy::disallowed_methods, reason = "named by the configuration of the service")]
    let file = File::open(path).map_err(fail)?;
    let mut bytes = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(fail)?;
    let bytes = bytes.trim_ascii().to_vec();
    if bytes.is_empty() { Err(format!("the {what} is empty")) } else { Ok(bytes) }
}

/// What went wrong, without the address.
fn told(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::HostNotFound => "its host cannot be found".to_owned(),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        ureq::Error::Rustls(error) => format!("TLS: {error}"),
        _ => "it did not take the request".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_or_of_this_machine_and_are_not_repeated() {
        let wrong =
            ["http://hook.example/T0K", "ftp://hook.example", "https://", "hook", "https://u:T0K@hook.example/"];
        for url in wrong {
            let error = Webhook::new(url).err().unwrap_or_else(|| panic!("{url} must be refused"));
            assert!(!error.contains("T0K"), "{error}");
        }
        for url in ["https://hook.example/T0K", "http://127.0.0.1:80/T0K", "http://[::1]:80/", "http://localhost/"] {
            let webhook = Webhook::new(url).unwrap_or_else(|e| panic!("{url}: {e}"));
            assert!(!format!("{webhook:?}").contains("T0K"), "addresses are secrets");
        }
    }

    #[test]
    fn signatures_are_those_of_rfc_2104() {
        // echo -n '1.{}' | openssl dgst -sha256 -hmac key
        let expected = "sha256=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224";
        assert_eq!(signature(b"key", "1", "{}"), expected);
    }
}
