//! The configuration of the service: one TOML file (`docs/serve.md`), keys in kebab-case. Unknown keys are errors.

mod parse;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::blob::Limits;
use crate::find::{Level, Score};
use crate::policy::PolicyError;
use crate::serve::icap::Names;
use crate::serve::log::Settings;

/// All of it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where requests come in.
    pub listen: Listen,
    /// Certificates.
    pub tls: Option<Tls>,
    /// File of bearer tokens for HTTP, one a line.
    pub tokens: Option<PathBuf>,
    /// What to find and to decide by.
    pub decide: Decide,
    /// Where bodies are examined.
    pub workers: Workers,
    /// How much of what is taken.
    pub limits: ServiceLimits,
    /// What one body may cost.
    pub scan: Limits,
    /// What ICAP clients are told.
    pub icap: Icap,
    /// What Envoy may send.
    pub envoy: Envoy,
    /// Headers that tell who asks.
    pub headers: Headers,
    /// The activity log, and where alerts go; nothing if no decision is kept.
    pub log: Option<Settings>,
}

/// Addresses to listen on.
#[derive(Clone, Debug, Default)]
pub struct Listen {
    /// ICAP.
    pub icap: Vec<SocketAddr>,
    /// ICAP inside TLS.
    pub icaps: Vec<SocketAddr>,
    /// HTTP; inside TLS where there are certificates.
    pub http: Vec<SocketAddr>,
    /// Envoy's filter for external processing; inside TLS where there are certificates.
    pub envoy: Vec<SocketAddr>,
    /// HTTP on a Unix socket; whoever may write to it may ask.
    pub unix: Option<PathBuf>,
}

/// Certificates, in PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The chain of the service, its own first.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Who signs clients; with it, clients must have a certificate.
    pub client_ca: Option<PathBuf>,
}

/// What to find and to decide by. Files are read when the service starts and when it is told to read them again.
#[derive(Clone, Debug)]
pub struct Decide {
    /// A policy file, or the name of one that comes with frisk.
    pub policy: Option<PathBuf>,
    /// Rule files and folders, beside the built-in rules.
    pub rules: Vec<PathBuf>,
    /// Lists of words.
    pub keywords: Vec<PathBuf>,
    /// Suppression lists.
    pub suppress: Vec<PathBuf>,
    /// Lists of passwords.
    pub passwords: Vec<PathBuf>,
    /// Rules whose ids begin so, and no others.
    pub enable: Vec<String>,
    /// Rules left out.
    pub disable: Vec<String>,
    /// Lowest score that counts.
    pub min_confidence: Score,
    /// Encodings undone inside each other.
    pub decode: Option<u32>,
    /// Indexes of exact data.
    pub edm: Vec<PathBuf>,
    /// Files with keys of indexes and fingerprints; each file takes the one it needs.
    pub edm_keys: Vec<PathBuf>,
    /// Other columns that a row of an index must have, at least.
    pub edm_secondary_min: Option<usize>,
    /// Files of fingerprints of documents.
    pub fingerprints: Vec<PathBuf>,
    /// Languages of the text in pictures; nothing if that is not read.
    pub ocr: Option<String>,
    /// File with the key of the fingerprints of values.
    pub fingerprint_key: Option<PathBuf>,
}

impl Default for Decide {
    fn default() -> Self {
        let nothing = Vec::new;
        Self {
            policy: None,
            rules: nothing(),
            keywords: nothing(),
            suppress: nothing(),
            passwords: nothing(),
            enable: Vec::new(),
            disable: Vec::new(),
            min_confidence: Score::new(i16::from(Level::Medium.threshold())),
            decode: None,
            edm: nothing(),
            edm_keys: nothing(),
            edm_secondary_min: None,
            fingerprints: nothing(),
            ocr: None,
            fingerprint_key: None,
        }
    }
}

/// Where bodies are examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workers {
    /// In processes that may die, or in threads of this one.
    pub isolate: Isolate,
    /// How many at once; the number of processors unless set.
    pub count: usize,
    /// Bytes of memory that each process may have.
    pub memory_bytes: u64,
}

/// What stands between a parser and the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolate {
    /// A process each.
    Processes,
    /// Threads: less memory, no protection.
    Threads,
}

/// How much of what is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceLimits {
    /// Connections of all listeners together. 4,096: our choice.
    pub connections: usize,
    /// Requests that wait for a worker. 256: our choice.
    pub queue: usize,
    /// Bytes of one body; more is a gap (ICAP) or refused (HTTP). 256 MiB: our choice.
    pub body_bytes: u64,
    /// Bytes of a body kept in memory; more goes to an unlinked file. 1 MiB: our choice.
    pub memory_bytes: usize,
    /// Bytes of one block of header fields.
    pub header_bytes: usize,
    /// Time a connection may be silent between requests.
    pub idle: Duration,
    /// Time for the heads of one request, from its first byte.
    pub head: Duration,
    /// Time for one body, from its first byte to its last.
    pub body: Duration,
    /// Time for a client to take what was written.
    pub write: Duration,
    /// Time from the last byte of a request to its verdict, waiting included.
    pub deadline: Duration,
    /// Time that requests in flight have when the service ends.
    pub shutdown: Duration,
}

impl Default for ServiceLimits {
    fn default() -> Self {
        Self {
            connections: 4096,
            queue: 256,
            body_bytes: 256 << 20,
            memory_bytes: 1 << 20,
            header_bytes: 64 << 10,
            idle: Duration::from_secs(300),
            head: Duration::from_secs(10),
            body: Duration::from_secs(300),
            write: Duration::from_secs(60),
            deadline: Duration::from_secs(30),
            shutdown: Duration::from_secs(30),
        }
    }
}

/// What ICAP clients are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icap {
    /// Bytes of a preview; 0 asks for heads alone first.
    pub preview_bytes: u64,
    /// Whether "the original from here on" (206) is offered.
    pub allow_206: bool,
    /// Seconds an OPTIONS answer is good for.
    pub options_ttl_s: u32,
    /// Extensions that are sent whole, without a preview.
    pub complete: Vec<String>,
    /// Extensions that are not sent: a way past the inspection by the name of a file.
    pub ignore: Vec<String>,
    /// Name of the service for requests.
    pub reqmod: String,
    /// Name of the service for responses.
    pub respmod: String,
}

impl Default for Icap {
    fn default() -> Self {
        Self {
            preview_bytes: 1024,
            allow_206: true,
            options_ttl_s: 60,
            complete: Vec::new(),
            ignore: Vec::new(),
            reqmod: "reqmod".to_owned(),
            respmod: "respmod".to_owned(),
        }
    }
}

/// What Envoy may send, and what of it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envoy {
    /// Bytes of one message; a buffered body is one. 64 MiB: our choice.
    pub message_bytes: usize,
    /// Whether headers of requests tell who asks: only where Envoy removes those that clients send.
    pub trust_headers: bool,
}

impl Default for Envoy {
    fn default() -> Self {
        Self { message_bytes: 64 << 20, trust_headers: false }
    }
}

/// Headers that tell who asks, with what, from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// Those of ICAP's own.
    pub names: Names,
    /// A list of device tags.
    pub device_tags: Option<String>,
    /// The app's name.
    pub app: Option<String>,
    /// Country.
    pub location: Option<String>,
    /// Operating system of the device.
    pub platform: Option<String>,
    /// `browser` or `native`.
    pub client: Option<String>,
    /// `true` or `false`: the user is from outside.
    pub external: Option<String>,
    /// A word for what is done, in place of upload and download.
    pub activity: Option<String>,
}

impl Config {
    /// Reads a configuration. `file` is named in errors, and paths in it are relative to its folder.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, PolicyError> {
        parse::config(file, text)
    }

    /// Why it would be unsafe to listen as this says: an address that others reach, with nobody asked who they are.
    #[must_use]
    pub fn insecure_binds(&self) -> Vec<String> {
        let has_client_ca = self.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some());
        let is_public = |address: &&SocketAddr| !is_loopback(address.ip());
        let listen = &self.listen;
        let mut told = Vec::new();
        for address in listen.icap.iter().filter(is_public) {
            told.push(format!("icap {address}: ICAP has no authentication; use `icaps` with tls.client-ca"));
        }
        for address in listen.icaps.iter().filter(is_public).filter(|_| !has_client_ca) {
            told.push(format!("icaps {address}: clients are not asked for a certificate; set tls.client-ca"));
        }
        for address in listen.envoy.iter().filter(is_public).filter(|_| !has_client_ca) {
            told.push(format!("envoy {address}: nobody is asked who they are; set [tls] with client-ca"));
        }
        for address in listen.http.iter().filter(is_public) {
            if !has_client_ca && (self.tokens.is_none() || self.tls.is_none()) {
                told.push(format!("http {address}: set `tokens` and [tls], or tls.client-ca"));
            }
        }
        told
    }
}

fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
    }
}
