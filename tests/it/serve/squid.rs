//! The real thing: Squid between a client and an origin server, and the service behind it. Skipped, loudly, where there
//! is no Squid; `SQUID=/path/to/squid` names one that is not installed.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::{BLOCK, CARD, Frisk, PATIENCE, connect};

/// The origin rests so long behind 16 KB: Squid 5 stalls on answers above 64 KB of an origin that is faster than the
/// inspection (its bug 5352).
const PACE: Duration = Duration::from_millis(2);

fn squid() -> Option<PathBuf> {
    let named = std::env::var_os("SQUID").map(PathBuf::from);
    let usual = ["/usr/sbin/squid", "/usr/bin/squid", "/usr/local/sbin/squid"].map(PathBuf::from);
    named.into_iter().chain(usual).find(|path| path.is_file())
}

/// A free port. Somebody may take it before Squid does; then Squid ends, and the test says so.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

// ---- the origin ----------------------------------------------------------------------------------------------------

#[derive(Default)]
struct Origin {
    files: HashMap<String, Vec<u8>>,
    uploads: Mutex<Vec<Vec<u8>>>,
}

fn serve_origin(files: HashMap<String, Vec<u8>>) -> (SocketAddr, Arc<Origin>) {
    let origin = Arc::new(Origin { files, uploads: Mutex::default() });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, shared) = (listener.local_addr().unwrap(), Arc::clone(&origin));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let origin = Arc::clone(&shared);
            std::thread::spawn(move || origin_connection(stream, &origin));
        }
    });
    (address, origin)
}

/// One request a connection: `/name?gzip`, `/name?chunked`, or an upload.
fn origin_connection(stream: TcpStream, origin: &Origin) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    let (method, target, fields) = read_head(&mut reader)?;
    if method != "GET" {
        let body = read_body(&mut reader, &fields)?;
        origin.uploads.lock().unwrap().push(body);
        return stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").ok();
    }
    let (name, how) = target.trim_start_matches('/').split_once('?').unwrap_or((target.trim_start_matches('/'), ""));
    let mut body = origin.files.get(name)?.clone();
    let mut head = String::from("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n");
    if how == "gzip" {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&body).ok()?;
        body = gzip.finish().ok()?;
        head.push_str("Content-Encoding: gzip\r\n");
    }
    if how == "chunked" {
        stream.write_all(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).ok()?;
        for (number, piece) in body.chunks(1000).enumerate() {
            stream.write_all(&[format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat()).ok()?;
            if number % 16 == 15 {
                std::thread::sleep(PACE);
            }
        }
        return stream.write_all(b"0\r\n\r\n").ok();
    }
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes()).ok()?;
    for piece in body.chunks(16 << 10) {
        stream.write_all(piece).ok()?;
        std::thread::sleep(PACE);
    }
    Some(())
}

fn read_head(reader: &mut impl BufRead) -> Option<(String, String, HashMap<String, String>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut fields = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { return Some((method, target, fields)) };
        fields.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
}

fn read_body(reader: &mut impl BufRead, fields: &HashMap<String, String>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    if fields.get("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let size = u64::from_str_radix(line.trim(), 16).ok()?;
            reader.take(size).read_to_end(&mut body).ok()?;
            reader.read_line(&mut line).ok()?;
            if size == 0 {
                return Some(body);
            }
        }
    }
    match fields.get("content-length") {
        Some(length) => reader.take(length.parse().ok()?).read_to_end(&mut body).ok()?,
        None => reader.read_to_end(&mut body).ok()?,
    };
    Some(body)
}

// ---- the proxy -----------------------------------------------------------------------------------------------------

struct Squid {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Squid {
    fn start(program: &PathBuf, icap: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let at = folder.path().display();
        let mut config = String::new();
        write!(
            config,
            "http_port 127.0.0.1:{port}\npid_filename {at}/squid.pid\ncache deny all\naccess_log none\ncache_log {at}/cache.log\n\
             cache_store_log none\ncoredump_dir {at}\nhttp_access allow all\nshutdown_lifetime 0 seconds\nvisible_hostname proxy.example\n\
             pinger_enable off\nnetdb_filename none\nmime_table {at}/mime.conf\nicon_directory {at}\nclient_request_buffer_max_size 8 MB\n\
             icap_enable on\nicap_preview_enable on\nicap_206_enable on\nadaptation_send_client_ip on\ndns_nameservers 127.0.0.1\nicap_service_failure_limit -1\n\
             icap_service request reqmod_precache icap://{icap}/reqmod bypass=off\n\
             icap_service response respmod_precache icap://{icap}/respmod bypass=off\n\
             adaptation_access request allow all\nadaptation_access response allow all\n"
        )
        .unwrap();
        // Pages of errors come with the package, wherever that was unpacked.
        for prefix in program.ancestors() {
            let errors = prefix.join("usr/share/squid/errors/templates");
            let errors = if errors.is_dir() { errors } else { prefix.join("share/squid/errors/templates") };
            if errors.is_dir() {
                writeln!(config, "error_directory {}", errors.display()).unwrap();
                break;
            }
        }
        std::fs::write(folder.path().join("mime.conf"), "").unwrap();
        std::fs::write(folder.path().join("squid.conf"), config).unwrap();
        if is_root() {
            // Squid gives up the rights of root, and writes as somebody else.
            let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
            std::fs::set_permissions(folder.path(), open).unwrap();
        }
        let mut child = Command::new(program)
            .args(["-N", "-n", &format!("frisk{port}"), "-f"])
            .arg(folder.path().join("squid.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = child.try_wait().unwrap() {
                let log = std::fs::read_to_string(folder.path().join("cache.log")).unwrap_or_default();
                panic!("Squid ended ({status}): {log}");
            }
            assert!(Instant::now() < until, "Squid does not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, port, _folder: folder }
    }

    /// Sends one request; gives status and body.
    fn ask(&self, head: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = connect(SocketAddr::from(([127, 0, 0, 1], self.port)));
        stream.write_all(head.as_bytes()).unwrap();
        let _ = stream.write_all(body);
        let mut reader = BufReader::new(stream);
        let (_, status, fields) =
            read_head(&mut reader).unwrap_or_else(|| panic!("the proxy does not answer to {head}"));
        (status.parse().unwrap(), read_body(&mut reader, &fields).expect("the answer is whole"))
    }
}

impl Drop for Squid {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

// ---- documents -----------------------------------------------------------------------------------------------------

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(text: &str) -> Vec<u8> {
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" \
        ContentType=\"application/xml\"/><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
        <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let rels = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";
    let document = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>{text}</w:t>\
         </w:r></w:p></w:body></w:document>"
    );
    zip(&[("[Content_Types].xml", types), ("_rels/.rels", rels), ("word/document.xml", &document)])
}

fn xlsx(text: &str) -> Vec<u8> {
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" \
        ContentType=\"application/xml\"/><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
        <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
        <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let rels = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
             Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let sheet = format!(
        "<worksheet xmlns=\"{main}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{text}</t></is></c></row></sheetData></worksheet>"
    );
    zip(&[
        ("[Content_Types].xml", types),
        ("_rels/.rels", &rels("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &rels("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn pdf(text: &str) -> Vec<u8> {
    let content = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    offsets.iter().for_each(|at| out.extend(format!("{at:010} 00000 n \n").bytes()));
    out.extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).bytes());
    out
}

/// Name, bytes, and whether they hold a card number.
fn documents() -> Vec<(String, Vec<u8>, bool)> {
    let long = "An ordinary line of a long report.\n".repeat(20_000);
    let mut all = vec![("large.txt".to_owned(), long.clone().into_bytes(), false)];
    all.push(("large-bad.txt".to_owned(), format!("{long}{CARD}\n").into_bytes(), true));
    for (text, is_bad) in [("An ordinary report.", false), (CARD, true)] {
        let name = |extension: &str| format!("{}.{extension}", if is_bad { "bad" } else { "good" });
        all.push((name("txt"), text.as_bytes().to_vec(), is_bad));
        all.push((name("docx"), docx(text), is_bad));
        all.push((name("xlsx"), xlsx(text), is_bad));
        all.push((name("pdf"), pdf(text), is_bad));
        all.push((name("zip"), zip(&[("inside.txt", text)]), is_bad));
    }
    all
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

#[test]
fn downloads_and_uploads_through_squid() {
    let Some(program) = squid() else {
        eprintln!(
            "\n*** SKIPPED: no Squid on this machine (install `squid`, or set SQUID): ICAP was not tried with a real proxy ***\n"
        );
        return;
    };
    let documents = documents();
    let files = documents.iter().map(|(name, bytes, _)| (name.clone(), bytes.clone())).collect();
    let (at, origin) = serve_origin(files);
    let watch = BLOCK.replace("on-unscannable", "mode = \"monitor\"\non-unscannable");
    let allow = "name = \"allow\"\non-unscannable = \"allow\"\n";
    for (mode, policy) in [("block", BLOCK), ("monitor", watch.as_str()), ("allow", allow)] {
        let frisk = Frisk::start(policy, "[workers]\ncount = 2\n");
        let proxy = Squid::start(&program, frisk.icap);
        let mut cases = 0;
        for (name, bytes, is_bad) in &documents {
            let is_stopped = mode == "block" && *is_bad;
            for how in ["", "?gzip", "?chunked"] {
                let url = format!("http://{at}/{name}{how}");
                let head = format!("GET {url} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
                let (status, got) = proxy.ask(&head, b"");
                cases += 1;
                if is_stopped {
                    let page = String::from_utf8_lossy(&got);
                    assert!(
                        status == 403 && page.contains(&format!("{name} is stopped")),
                        "{mode} {url}: {status} {page}"
                    );
                    assert!(!page.contains("4539"), "{url}: the page shows a value");
                    continue;
                }
                let got = if how == "?gzip" {
                    let mut plain = Vec::new();
                    flate2::read::GzDecoder::new(got.as_slice()).read_to_end(&mut plain).unwrap();
                    plain
                } else {
                    got
                };
                assert_eq!((status, sha256(&got)), (200, sha256(bytes)), "{mode} {url}");
            }
            let form = [
                format!("--XyX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\n").as_bytes(),
                bytes,
                b"\r\n--XyX--\r\n",
            ]
            .concat();
            for (method, kind, body) in
                [("PUT", "application/octet-stream", bytes), ("POST", "multipart/form-data; boundary=XyX", &form)]
            {
                let head = format!(
                    "{method} http://{at}/up/{name} HTTP/1.1\r\nHost: {at}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n",
                    body.len()
                );
                let before = origin.uploads.lock().unwrap().len();
                let (status, page) = proxy.ask(&head, body);
                cases += 1;
                let uploads = origin.uploads.lock().unwrap();
                let page = String::from_utf8_lossy(&page);
                if is_stopped {
                    assert!(status == 403 && page.contains("is stopped"), "{mode} {method} {name}: {status} {page}");
                    assert_eq!(uploads.len(), before, "{method} {name}: the origin got nothing");
                } else {
                    assert_eq!(status, 200, "{mode} {method} {name}: {page}");
                    assert_eq!(
                        uploads.last().map(|got| sha256(got)),
                        Some(sha256(body)),
                        "{method} {name}: as it was sent"
                    );
                }
            }
        }
        assert_eq!(cases, documents.len() * 5);
    }
}
