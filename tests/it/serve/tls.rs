//! TLS with certificates made here: the service's own, clients' and a log server's.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use frisk::serve::log::{Moment, SyslogSender};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::http::ask;
use super::{BLOCK, CARD, Frisk, PATIENCE, connect};

/// Who signs certificates.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Certificate and key of `name`, in PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned(), "127.0.0.1".to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

fn roots(authority: &Authority) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
    roots
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A client that trusts `authority`, perhaps with a certificate of its own.
fn client(authority: &Authority, own: Option<&(String, String)>, protocol: &[u8]) -> ClientConfig {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_root_certificates(roots(authority));
    let mut config = match own {
        None => builder.with_no_client_auth(),
        Some((pem, key)) => {
            let chain = vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()];
            builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap()
        }
    };
    if !protocol.is_empty() {
        config.alpn_protocols = vec![protocol.to_vec()];
    }
    config
}

/// Everything that comes back for `sent`, or why nothing does.
fn exchange(address: SocketAddr, config: ClientConfig, sent: &[u8], enough: &str) -> std::io::Result<String> {
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), connect(address));
    stream.write_all(sent)?;
    let (mut got, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&got).contains(enough) {
        match stream.read(&mut buffer)? {
            0 => break,
            count => got.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(String::from_utf8_lossy(&got).into_owned())
}

/// Starts a service inside TLS; `more` is added to its table `[tls]`.
fn start(folder: &Path, authority: &Authority, more: &str, further: &str) -> Frisk {
    let (cert, key) = authority.sign("localhost");
    std::fs::write(folder.join("cert.pem"), cert).unwrap();
    std::fs::write(folder.join("key.pem"), key).unwrap();
    std::fs::write(folder.join("ca.pem"), &authority.pem).unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    let tls = format!("[tls]\ncert = \"{}\"\nkey = \"{}\"\n{more}", at("cert.pem"), at("key.pem"));
    Frisk::start_listening("icaps = \"127.0.0.1:0\"\n", BLOCK, &format!("{tls}{further}"))
}

const POST: &str = "POST /v1/scan?name=a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: ";

fn post(body: &str) -> Vec<u8> {
    format!("{POST}{}\r\nConnection: close\r\n\r\n{body}", body.len()).into_bytes()
}

const OPTIONS: &[u8] = b"OPTIONS icap://h/respmod ICAP/1.0\r\nHost: h\r\n\r\n";

#[test]
fn https_and_icaps() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let frisk = start(folder.path(), &authority, "", "");
    let (https, icaps) = (frisk.address("https"), frisk.address("icaps"));
    let got = exchange(https, client(&authority, None, b"http/1.1"), &post(CARD), "\"action\"").unwrap();
    assert!(got.starts_with("HTTP/1.1 200") && got.contains("\"action\":\"block\""), "{got}");
    let got = exchange(icaps, client(&authority, None, b""), OPTIONS, "\r\n\r\n").unwrap();
    assert!(got.starts_with("ICAP/1.0 200 OK"), "{got}");
    let other = Authority::new();
    assert!(exchange(https, client(&other, None, b""), &post(""), "x").is_err(), "a client knows whom it trusts");
    // Plain HTTP to a port of TLS gets nothing of ours.
    let mut plain = connect(https);
    plain.write_all(&post(CARD)).unwrap();
    let mut got = Vec::new();
    let _ = plain.read_to_end(&mut got);
    assert!(!String::from_utf8_lossy(&got).contains("action"), "nothing is said in the clear");
}

#[test]
fn clients_need_a_certificate_of_the_right_authority() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, other) = (Authority::new(), Authority::new());
    let ca = format!("client-ca = \"{}\"\n", folder.path().join("ca.pem").display());
    let frisk = start(folder.path(), &authority, &ca, "");
    let (own, foreign) = (authority.sign("proxy.example"), other.sign("proxy.example"));
    for (address, sent, enough) in [
        (frisk.address("https"), post(CARD), "\"action\":\"block\""),
        (frisk.address("icaps"), OPTIONS.to_vec(), "200 OK"),
    ] {
        let ask = |own| exchange(address, client(&authority, own, b""), &sent, enough);
        assert!(ask(Some(&own)).unwrap().contains(enough), "one with a certificate is answered");
        for (own, what) in [(None, "none"), (Some(&foreign), "another's")] {
            let got = ask(own).unwrap_or_default();
            assert!(!got.contains(enough), "with {what}: {got}");
        }
    }
    // It serves on.
    let got = exchange(frisk.address("https"), client(&authority, Some(&own), b""), &post("x"), "\"action\"").unwrap();
    assert!(got.contains("\"action\":\"allow\""), "{got}");
}

/// A log server inside TLS: gives the messages of each connection to the channel.
fn log_server(authority: &Authority) -> (SocketAddr, std::sync::mpsc::Receiver<String>) {
    let (cert, key) = authority.sign("localhost");
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let config = builder
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(cert.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (to, messages) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, to) = (Arc::clone(&config), to.clone());
            std::thread::spawn(move || take(StreamOwned::new(ServerConnection::new(config).unwrap(), stream), &to));
        }
    });
    (address, messages)
}

/// Frames of RFC 5425 section 4.3: a length, a blank, a message.
fn take(mut stream: StreamOwned<ServerConnection, TcpStream>, to: &std::sync::mpsc::Sender<String>) {
    let (mut held, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        held.extend_from_slice(&buffer[..count]);
        while let Some(blank) = held.iter().position(|b| *b == b' ') {
            let length: usize =
                std::str::from_utf8(&held[..blank]).unwrap().parse().expect("a frame begins with its length");
            if held.len() < blank + 1 + length {
                break;
            }
            let message = held[blank + 1..blank + 1 + length].to_vec();
            held.drain(..blank + 1 + length);
            let _ = to.send(String::from_utf8(message).unwrap());
        }
    }
}

#[test]
fn syslog_goes_through_tls_and_only_to_whom_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, other) = (Authority::new(), Authority::new());
    let (address, messages) = log_server(&authority);
    let ca = |name: &str, authority: &Authority| {
        std::fs::write(folder.path().join(name), &authority.pem).unwrap();
        Some(folder.path().join(name))
    };
    let to = || format!("tls://localhost:{}", address.port()).parse().unwrap();
    let mut sender = SyslogSender::new(to()).trusting(ca("ca.pem", &authority));
    for text in ["CEF:0|one", "CEF:0|two ü"] {
        sender.send(Moment::now(), 4, text).unwrap();
        let message = messages.recv_timeout(PATIENCE).unwrap();
        assert!(message.starts_with("<108>1 ") && message.ends_with(text), "{message}");
    }
    let mut wrong = SyslogSender::new(to()).trusting(ca("other.pem", &other));
    assert!(wrong.send(Moment::now(), 4, "CEF:0|three").is_err(), "another's certificate");
    let mut system = SyslogSender::new(to());
    assert!(system.send(Moment::now(), 4, "CEF:0|four").is_err(), "the system does not know it");
    let mut missing = SyslogSender::new(to()).trusting(Some(folder.path().join("none.pem")));
    assert!(missing.send(Moment::now(), 4, "CEF:0|five").is_err());
    assert!(messages.try_recv().is_err(), "nothing of those was told to anybody");
}

#[test]
fn alerts_of_the_service_reach_a_log_server_inside_tls() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let (address, messages) = log_server(&authority);
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &authority.pem).unwrap();
    let policy = BLOCK.replace("action = \"block\"", "action = \"block\"\nalert = { severity = \"high\" }");
    let more = format!(
        "[log]\npath = \"activity.db\"\n[[alert]]\nname = \"siem\"\nsyslog = \"tls://localhost:{}\"\nca-file = \"{}\"\n",
        address.port(),
        ca.display()
    );
    let frisk = Frisk::start(&policy, &more);
    assert_eq!(ask(frisk.http, "POST", "/v1/scan?name=a.txt", "", CARD.as_bytes()).0, 200);
    let begun = Instant::now();
    let message = messages.recv_timeout(PATIENCE).expect("the alert arrives");
    assert!(message.contains("CEF:0|frisk|") && message.contains("cards"), "{message} after {:?}", begun.elapsed());
    assert!(!message.contains("4539"), "no value is told");
}
