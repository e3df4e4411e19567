//! Syslog messages (RFC 5424) over UDP (RFC 5426), TCP with octet counting (RFC 6587 section 3.4.1), TLS (RFC 5425) and
//! Unix sockets.

use std::fmt;
use std::io::{self, Write};
use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
#[cfg(unix)]
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::serve::log::moment::Moment;
use crate::serve::log::syslog_tls::TlsStream;

/// Facility "log audit" (RFC 5424 table 1).
const FACILITY: u8 = 13;
/// Time to connect, and to write one message.
const TIME_MAX: Duration = Duration::from_secs(10);
/// Bytes of one message over UDP: what fits into a datagram of IPv4.
const DATAGRAM_BYTES_MAX: usize = 65_507;

/// Where a syslog server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyslogAddress {
    /// `udp://host:514`.
    Udp(String),
    /// `tcp://host:601`.
    Tcp(String),
    /// `tls://host:6514`.
    Tls(String),
    /// `unix:///dev/log`, or a path: datagrams, or a stream where there are none.
    Unix(PathBuf),
}

impl FromStr for SyslogAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "write udp://host:514, tcp://host:601, tls://host:6514 or unix:///dev/log";
        let with_port = |host: &str, port: u16| {
            let host = host.trim_end_matches('/');
            let has_port = host.rsplit_once(':').is_some_and(|(before, port)| {
                !before.is_empty() && port.parse::<u16>().is_ok() && (!before.contains(':') || before.ends_with(']'))
            });
            match (host.is_empty() || host.contains('/'), has_port) {
                (true, _) => Err(WRONG),
                (_, true) => Ok(host.to_owned()),
                (_, false) => Ok(format!("{host}:{port}")),
            }
        };
        if let Some(host) = text.strip_prefix("udp://") {
            return with_port(host, 514).map(Self::Udp);
        }
        if let Some(host) = text.strip_prefix("tcp://") {
            return with_port(host, 601).map(Self::Tcp);
        }
        if let Some(host) = text.strip_prefix("tls://") {
            return with_port(host, 6514).map(Self::Tls);
        }
        let path = text.strip_prefix("unix://").or_else(|| text.strip_prefix("unix:")).unwrap_or(text);
        if path.starts_with('/') { Ok(Self::Unix(path.into())) } else { Err(WRONG) }
    }
}

impl fmt::Display for SyslogAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(host) => write!(f, "udp://{host}"),
            Self::Tcp(host) => write!(f, "tcp://{host}"),
            Self::Tls(host) => write!(f, "tls://{host}"),
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
        }
    }
}

/// Sends messages to one server.
pub struct SyslogSender {
    address: SyslogAddress,
    /// Certificates (PEM) to trust instead of those of the system.
    ca_file: Option<PathBuf>,
    host: String,
    open: Option<Open>,
}

enum Open {
    Udp(UdpSocket),
    Tcp(TcpStream),
    Tls(Box<TlsStream>),
    #[cfg(unix)]
    Datagram(UnixDatagram),
    #[cfg(unix)]
    Stream(UnixStream),
}

impl SyslogSender {
    /// A sender; it connects with its first message.
    pub fn new(address: SyslogAddress) -> Self {
        Self { address, ca_file: None, host: host_name(), open: None }
    }

    /// Trusts these certificates (PEM), over TLS, instead of those of the system.
    #[must_use]
    pub fn trusting(self, ca_file: Option<PathBuf>) -> Self {
        Self { ca_file, ..self }
    }

    /// Sends one message with a severity of RFC 5424 (0 to 7). Over UDP nobody says whether it arrives. A connection
    /// that broke is made anew with the next message; over TCP what the network still had is lost then.
    ///
    /// # Errors
    /// It cannot be sent.
    pub fn send(&mut self, time: Moment, severity: u8, text: &str) -> io::Result<()> {
        let message = message(time, severity, &self.host, text);
        let mut open = match self.open.take() {
            Some(open) => open,
            None => connect(&self.address, self.ca_file.as_deref())?,
        };
        match &mut open {
            Open::Udp(socket) => {
                let bytes = message.get(..message.floor_char_boundary(DATAGRAM_BYTES_MAX)).unwrap_or_default();
                socket.send(bytes.as_bytes())?;
            }
            Open::Tcp(stream) => stream.write_all(counted(&message).as_bytes())?,
            Open::Tls(stream) => stream.send(counted(&message).as_bytes())?,
            #[cfg(unix)]
            Open::Datagram(socket) => {
                socket.send(message.as_bytes())?;
            }
            #[cfg(unix)]
            Open::Stream(stream) => stream.write_all(format!("{message}\n").as_bytes())?,
        }
        self.open = Some(open);
        Ok(())
    }
}

fn connect(address: &SyslogAddress, ca_file: Option<&Path>) -> io::Result<Open> {
    let resolve = |host: &str| {
        let mut all = host.to_socket_addrs()?;
        all.next().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host has no address"))
    };
    match address {
        SyslogAddress::Udp(host) => {
            let to = resolve(host)?;
            let any: std::net::IpAddr = if to.is_ipv4() {
                std::net::Ipv4Addr::UNSPECIFIED.into()
            } else {
                std::net::Ipv6Addr::UNSPECIFIED.into()
            };
            let socket = UdpSocket::bind((any, 0))?;
            socket.connect(to)?;
            socket.set_write_timeout(Some(TIME_MAX))?;
            Ok(Open::Udp(socket))
        }
        SyslogAddress::Tcp(host) => Ok(Open::Tcp(stream_to(&resolve(host)?)?)),
        SyslogAddress::Tls(host) => {
            let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
            let name = name.trim_start_matches('[').trim_end_matches(']');
            let stream = stream_to(&resolve(host)?)?;
            Ok(Open::Tls(Box::new(TlsStream::open(stream, name, ca_file)?)))
        }
        #[cfg(unix)]
        SyslogAddress::Unix(path) => {
            let socket = UnixDatagram::unbound()?;
            if socket.connect(path).is_ok() {
                socket.set_write_timeout(Some(TIME_MAX))?;
                return Ok(Open::Datagram(socket));
            }
            let stream = UnixStream::connect(path)?;
            stream.set_write_timeout(Some(TIME_MAX))?;
            Ok(Open::Stream(stream))
        }
        #[cfg(not(unix))]
        SyslogAddress::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn stream_to(address: &std::net::SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(address, TIME_MAX)?;
    stream.set_write_timeout(Some(TIME_MAX))?;
    stream.set_read_timeout(Some(TIME_MAX))?;
    Ok(stream)
}

/// A message of RFC 5424 section 6: version 1, no structured data; the text is UTF-8 without a mark in front, as
/// `MSG-ANY` allows, because readers of CEF look for it at the beginning.
fn message(time: Moment, severity: u8, host: &str, text: &str) -> String {
    let priority = u16::from(FACILITY) * 8 + u16::from(severity.min(7));
    format!("<{priority}>1 {time} {host} frisk {} activity - {text}", std::process::id())
}

/// A frame of octet counting: bytes of the message, a space, the message.
fn counted(message: &str) -> String {
    format!("{} {message}", message.len())
}

/// Name of this machine, in characters that a header may have; `-` where there is none.
fn host_name() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    let name: String = name.chars().filter(char::is_ascii_graphic).take(255).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let read = |text: &str| text.parse::<SyslogAddress>().map(|a| a.to_string());
        for (text, expected) in [
            ("udp://siem.example", "udp://siem.example:514"),
            ("tcp://siem.example:6514/", "tcp://siem.example:6514"),
            ("tcp://[2001:db8::1]", "tcp://[2001:db8::1]:601"),
            ("udp://[2001:db8::1]:5514", "udp://[2001:db8::1]:5514"),
            ("tls://siem.example", "tls://siem.example:6514"),
            ("unix:///dev/log", "unix:///dev/log"),
            ("/dev/log", "unix:///dev/log"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
        }
        for wrong in ["", "siem.example", "http://siem.example", "udp://", "tcp://a/b"] {
            assert!(read(wrong).is_err(), "{wrong} must be refused");
        }
    }

    #[test]
    fn messages_are_those_of_the_rfc() {
        let text = message("2024-03-05T09:12:44.5Z".parse().unwrap(), 4, "host", "CEF:0|ü");
        let expected = format!("<108>1 2024-03-05T09:12:44.500Z host frisk {} activity - CEF:0|ü", std::process::id());
        assert_eq!(text, expected);
        assert_eq!(counted("aü"), "3 aü", "octets are counted, not characters");
    }
}
