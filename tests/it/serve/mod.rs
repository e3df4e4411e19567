//! The service as a process of its own, asked over its sockets.

mod decide;
#[cfg(feature = "envoy")]
mod envoy;
mod http;
mod icap;
mod keeping;
mod lifecycle;
mod squid;
mod tls;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A published test number.
pub const CARD: &str = "Card number: 4539 5787 6362 1486, expires 12/29";

/// Blocks cards; watches what cannot be examined.
pub const BLOCK: &str = r#"
name = "cards"
on-unscannable = "monitor"
[[rule]]
id = "cards"
action = "block"
rules = ["credit-card-number"]
message = "{file} is stopped: it holds {rules}."
"#;

/// How long a test waits for what must come. Long: machines are busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running service.
pub struct Frisk {
    pub child: Child,
    pub folder: TempDir,
    pub icap: SocketAddr,
    pub http: SocketAddr,
    addresses: Vec<(String, SocketAddr)>,
    pub lines: Receiver<String>,
}

impl Frisk {
    /// Starts one with this policy; `more` is added to its configuration. In threads unless `more` has a table of
    /// workers.
    pub fn start(policy: &str, more: &str) -> Self {
        Self::start_with(policy, "on-overload = \"block\"\n", more)
    }

    /// The same with what the policy makes of requests there is no room for.
    pub fn start_with(policy: &str, on_overload: &str, more: &str) -> Self {
        Self::start_all("", "", &format!("{on_overload}{policy}"), more)
    }

    /// The same with further lines in `[listen]`.
    pub fn start_listening(listen: &str, policy: &str, more: &str) -> Self {
        Self::start_all(listen, "", &format!("on-overload = \"block\"\n{policy}"), more)
    }

    /// The same with further lines in `[decide]`.
    pub fn start_deciding(decide: &str, policy: &str, more: &str) -> Self {
        Self::start_all("", decide, &format!("on-overload = \"block\"\n{policy}"), more)
    }

    fn start_all(listen: &str, decide: &str, policy: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("policy.toml"), policy).unwrap();
        let mut config = String::from("[listen]\nicap = \"127.0.0.1:0\"\nhttp = \"127.0.0.1:0\"\n");
        config.push_str(listen);
        if cfg!(feature = "envoy") {
            config.push_str("envoy = \"127.0.0.1:0\"\n");
        }
        write!(config, "[decide]\npolicy = \"policy.toml\"\n{decide}").unwrap();
        if !more.contains("[workers]") {
            config.push_str("[workers]\nisolate = \"threads\"\ncount = 2\n");
        }
        // Keys of the root come first.
        let root: String = more.lines().take_while(|line| !line.starts_with('[')).map(|l| format!("{l}\n")).collect();
        let tables = more.get(root.len().min(more.len())..).unwrap_or_default();
        std::fs::write(folder.path().join("frisk.toml"), format!("{root}{config}{tables}")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_frisk"))
            .args(["serve", "--config"])
            .arg(folder.path().join("frisk.toml"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, lines) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    return;
                }
            }
        });
        let mut addresses: Vec<(String, SocketAddr)> = Vec::new();
        loop {
            let line = lines.recv_timeout(PATIENCE).expect("the service says that it is ready");
            if let Some((scheme, address)) = line.rsplit(' ').next().and_then(|url| url.split_once("://")) {
                addresses.push((scheme.to_owned(), address.parse().unwrap()));
            }
            if line.contains("ready") {
                break;
            }
        }
        let of = |name: &str| addresses.iter().find(|(s, _)| s.starts_with(name)).map(|(_, a)| *a).unwrap();
        let (icap, http) = (of("icap"), of("http"));
        Self { child, folder, icap, http, addresses, lines }
    }

    /// Where it listens for what begins so.
    pub fn address(&self, scheme: &str) -> SocketAddr {
        self.addresses.iter().find(|(known, _)| known.starts_with(scheme)).map(|(_, address)| *address).unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Waits for a line on standard error that holds these words.
    pub fn wait_for(&self, words: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("the service never says `{words}`"));
            if line.contains(words) {
                return line;
            }
        }
    }
}

impl Drop for Frisk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process that a test started.
pub fn signal(process: u32, name: &str) {
    let done = Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap();
    assert!(done.success(), "signal {name} is sent");
}

/// A connection that does not wait for ever.
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Everything that comes back for `sent`, up to the end of the connection.
pub fn exchange(address: SocketAddr, sent: &[u8]) -> String {
    let mut stream = connect(address);
    // Who is refused may not take all of it.
    let _ = stream.write_all(sent);
    let _ = stream.shutdown(Shutdown::Write);
    let mut got = Vec::new();
    let _ = stream.read_to_end(&mut got);
    String::from_utf8_lossy(&got).into_owned()
}

/// Reads until `enough` is in it.
pub fn read_until(stream: &mut TcpStream, enough: &str) -> String {
    let (mut got, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&got).contains(enough) {
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => got.extend_from_slice(&buffer[..count]),
            end => panic!("{end:?} before `{enough}`; got: {}", String::from_utf8_lossy(&got)),
        }
    }
    String::from_utf8_lossy(&got).into_owned()
}
