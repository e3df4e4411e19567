//! Where alerts go.

use std::path::PathBuf;

use serde::Serialize;

use crate::serve::alert::{Severity, Webhook, file, syslog_target, webhook};
use crate::serve::log::SyslogAddress;

/// A place that alerts are delivered to.
#[derive(Clone, Debug)]
pub struct Target {
    name: String,
    /// Alerts below it do not go there.
    pub severity_min: Severity,
    /// What it is.
    pub kind: TargetKind,
}

/// Kinds of targets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TargetKind {
    /// A file that lines of JSON are appended to. Only its owner may read it.
    File(PathBuf),
    /// An HTTP server that is sent each alert by POST, as JSON.
    Webhook(Webhook),
    /// A syslog server that is sent CEF; over TLS with certificates (PEM) to trust instead of those of the system.
    Syslog(SyslogAddress, Option<PathBuf>),
}

impl Target {
    /// A target. The name is what the outbox knows it by: another address under the same name gets what still waits.
    pub fn new(name: impl Into<String>, kind: TargetKind) -> Self {
        Self { name: name.into(), severity_min: Severity::Low, kind }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Ready to send.
    pub(super) fn sender(&self) -> Box<dyn Send> {
        match &self.kind {
            TargetKind::File(path) => Box::new(file::Appender::new(path)),
            TargetKind::Webhook(webhook) => Box::new(webhook::Poster::new(webhook)),
            TargetKind::Syslog(address, ca_file) => Box::new(syslog_target::Cefs::new(address, ca_file.clone())),
        }
    }
}

/// What sends alerts to one target.
pub(super) trait Send {
    /// Sends one alert, by its id and its JSON. What it keeps open it may open anew after an error.
    fn send(&mut self, id: &str, body: &str) -> Result<(), Failure>;
}

/// Why an alert did not arrive. No message names a secret: addresses of webhooks are secrets, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It may arrive later.
    Later(String),
    /// The target will not have this one.
    Refused(String),
}

/// How the delivery to one target is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TargetHealth {
    /// Its name.
    pub name: String,
    /// Alerts that wait for it.
    pub pending: u64,
    /// Alerts that it refused, kept in the outbox as long as decisions are.
    pub refused: u64,
    /// Alerts it has taken since the start.
    pub delivered: u64,
    /// Tries that failed since the last one that did not.
    pub failures: u64,
    /// Why the last of them failed.
    pub last_error: Option<String>,
}

impl TargetHealth {
    /// The health of a target that nothing was sent to yet.
    pub(in crate::serve) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
}
