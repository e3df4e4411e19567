//! Alerts as CEF over syslog.

use std::path::PathBuf;

use crate::serve::alert::Alert;
use crate::serve::alert::target::{Failure, Send};
use crate::serve::log::{SyslogAddress, SyslogSender, cef};

/// Sends alerts as CEF.
pub(super) struct Cefs {
    sender: SyslogSender,
}

impl Cefs {
    pub fn new(address: &SyslogAddress, ca_file: Option<PathBuf>) -> Self {
        Self { sender: SyslogSender::new(address.clone()).trusting(ca_file) }
    }
}

impl Send for Cefs {
    fn send(&mut self, _: &str, body: &str) -> Result<(), Failure> {
        let alert: Alert = serde_json::from_str(body).map_err(|e| Failure::Refused(e.to_string()))?;
        let line = cef::of_alert(&alert);
        let sent = self.sender.send(alert.time, cef::syslog_severity(crate::serve::alert::cef(alert.severity)), &line);
        sent.map_err(|error| Failure::Later(error.to_string()))
    }
}
