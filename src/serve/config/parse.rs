//! A configuration from its TOML text.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::{Config, Decide, Envoy, Headers, Icap, Isolate, Listen, ServiceLimits, Tls, Workers};
use crate::blob::Limits;
use crate::find::{Level, Score};
use crate::policy::table::{Place, Table};
use crate::policy::{PolicyError, Severity, parse_duration, parse_size};
use crate::serve::alert::{Target, TargetKind, Webhook};
use crate::serve::icap::{Names, UserEncoding};
use crate::serve::log::Settings;

const KEYS: &[&str] =
    &["listen", "tls", "tokens", "decide", "workers", "limits", "scan", "icap", "envoy", "headers", "log", "alert"];
const LISTEN: &[&str] = &["icap", "icaps", "http", "envoy", "unix"];
const TLS: &[&str] = &["cert", "key", "client-ca"];
const DECIDE: &[&str] = &[
    "policy",
    "rules",
    "keywords",
    "suppress",
    "passwords",
    "enable",
    "disable",
    "min-confidence",
    "decode",
    "edm",
    "edm-key-file",
    "edm-min-secondary",
    "fingerprints",
    "fingerprint-key-file",
    "ocr",
    "ocr-lang",
];
const WORKERS: &[&str] = &["isolate", "count", "memory"];
const LIMITS: &[&str] = &[
    "connections",
    "queue",
    "body-size",
    "body-memory",
    "header-size",
    "idle-time",
    "header-time",
    "body-time",
    "write-time",
    "deadline",
    "shutdown-time",
];
const SCAN: &[&str] = &["max-expanded", "max-ratio", "max-members", "max-depth", "max-matches", "timeout"];
const ICAP: &[&str] = &["preview", "allow-206", "options-ttl", "complete", "ignore", "reqmod", "respmod"];
const ENVOY: &[&str] = &["message-size", "trust-headers"];
const HEADERS: &[&str] = &[
    "user",
    "groups",
    "client-ip",
    "server-ip",
    "extra",
    "encoding",
    "device-tags",
    "app",
    "location",
    "platform",
    "client",
    "external",
    "activity",
];

const LOG: &[&str] = &["path", "keep", "max-size", "queue"];
const ALERT: &[&str] = &["name", "file", "webhook", "syslog", "token-file", "key-file", "ca-file", "min-severity"];

/// Every key with its table, for the test that the document knows them.
#[cfg(test)]
pub(super) const ALL: &[(&str, &[&str])] = &[
    ("", KEYS),
    ("listen", LISTEN),
    ("tls", TLS),
    ("decide", DECIDE),
    ("workers", WORKERS),
    ("limits", LIMITS),
    ("scan", SCAN),
    ("icap", ICAP),
    ("envoy", ENVOY),
    ("headers", HEADERS),
    ("log", LOG),
    ("alert", ALERT),
];

type Read<T> = Result<T, PolicyError>;

pub(super) fn config(file: &str, text: &str) -> Read<Config> {
    let place = Place { file, text };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        place.error("P001", at, error.message().to_owned(), Some("see docs/serve.md".to_owned()))
    })?;
    let root = Table::new(place, "the configuration", document.get_ref(), 0..0, KEYS)?;
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let listen = match inner(place, &root, "listen", "[listen]", LISTEN)? {
        Some(table) => Listen {
            icap: addresses(&table, "icap")?,
            icaps: addresses(&table, "icaps")?,
            http: addresses(&table, "http")?,
            envoy: envoy_addresses(&table)?,
            unix: path(&table, "unix", folder)?,
        },
        None => Listen::default(),
    };
    let tls = match inner(place, &root, "tls", "[tls]", TLS)? {
        Some(table) => Some(Tls {
            cert: path(&table, "cert", folder)?.ok_or_else(|| table.missing("cert", "a PEM file"))?,
            key: path(&table, "key", folder)?.ok_or_else(|| table.missing("key", "a PEM file"))?,
            client_ca: path(&table, "client-ca", folder)?,
        }),
        None => None,
    };
    let all = [&listen.icap, &listen.icaps, &listen.http, &listen.envoy];
    if all.iter().all(|list| list.is_empty()) && listen.unix.is_none() {
        return Err(root.missing("listen", "name an address at least: [listen] icap = \"127.0.0.1:1344\""));
    }
    if let (Some(value), None) = (root.get("listen"), &tls)
        && !listen.icaps.is_empty()
    {
        return Err(root.wrong(value, "`icaps` needs certificates".to_owned(), Some("add [tls]".to_owned())));
    }
    let limits = service_limits(place, &root)?;
    Ok(Config {
        listen,
        tls,
        tokens: path(&root, "tokens", folder)?,
        decide: decide(place, &root, folder)?,
        workers: workers(place, &root)?,
        scan: scan(place, &root, limits.body_bytes)?,
        limits,
        icap: icap(place, &root)?,
        envoy: envoy(place, &root)?,
        headers: headers(place, &root)?,
        log: log(place, &root, folder)?,
    })
}

fn decide(place: Place<'_>, root: &Table<'_, '_>, folder: &Path) -> Read<Decide> {
    let table = inner(place, root, "decide", "[decide]", DECIDE)?;
    let Some(table) = table else { return Ok(Decide::default()) };
    let min_confidence = match (table.string("min-confidence")?, table.get("min-confidence")) {
        (Some(name), Some(value)) => Level::from_name(name)
            .ok_or_else(|| table.wrong(value, "`min-confidence` is low, medium or high".to_owned(), None))?,
        _ => Level::Medium,
    };
    // The name of a policy that comes with frisk is no path.
    let policy = table.string("policy")?.map(|name| {
        let at = folder.join(name);
        if !at.exists() && crate::policy::Policy::builtin_names().any(|known| known == name) {
            PathBuf::from(name)
        } else {
            at
        }
    });
    Ok(Decide {
        policy,
        rules: paths(&table, "rules", folder)?,
        keywords: paths(&table, "keywords", folder)?,
        suppress: paths(&table, "suppress", folder)?,
        passwords: paths(&table, "passwords", folder)?,
        enable: words(&table, "enable")?,
        disable: words(&table, "disable")?,
        min_confidence: Score::new(i16::from(min_confidence.threshold())),
        decode: number(&table, "decode")?,
        edm: paths(&table, "edm", folder)?,
        edm_keys: paths(&table, "edm-key-file", folder)?,
        edm_secondary_min: number(&table, "edm-min-secondary")?,
        fingerprints: paths(&table, "fingerprints", folder)?,
        ocr: ocr(&table)?,
        fingerprint_key: path(&table, "fingerprint-key-file", folder)?,
    })
}

/// The languages, if pictures are read at all.
fn ocr(table: &Table<'_, '_>) -> Read<Option<String>> {
    let languages = table.string("ocr-lang")?;
    match (flag(table, "ocr")?.unwrap_or(false), languages, table.get("ocr-lang")) {
        (true, languages, _) => Ok(Some(languages.unwrap_or("eng").to_owned())),
        (false, Some(_), Some(value)) => {
            Err(table.wrong(value, "`ocr-lang` without `ocr`".to_owned(), Some("add ocr = true".to_owned())))
        }
        _ => Ok(None),
    }
}

fn workers(place: Place<'_>, root: &Table<'_, '_>) -> Read<Workers> {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut workers = Workers { isolate: Isolate::Processes, count: processors, memory_bytes: 1 << 30 };
    let Some(table) = inner(place, root, "workers", "[workers]", WORKERS)? else { return Ok(workers) };
    match (table.string("isolate")?, table.get("isolate")) {
        (Some("threads"), _) => workers.isolate = Isolate::Threads,
        (Some("processes") | None, _) => {}
        (_, Some(value)) => {
            return Err(table.wrong(value, "`isolate` is processes or threads".to_owned(), None));
        }
        _ => {}
    }
    if let Some(count) = positive(&table, "count")? {
        workers.count = count.min(1024);
    }
    if let Some(bytes) = size(&table, "memory")? {
        /// What a process needs for the rules and a small document.
        const LEAST: u64 = 256 << 20;
        if let (true, Some(value)) = (bytes < LEAST, table.get("memory")) {
            return Err(table.wrong(value, "`memory`: a worker needs 256M at least".to_owned(), None));
        }
        workers.memory_bytes = bytes;
    }
    Ok(workers)
}

fn service_limits(place: Place<'_>, root: &Table<'_, '_>) -> Read<ServiceLimits> {
    let d = ServiceLimits::default();
    let Some(table) = inner(place, root, "limits", "[limits]", LIMITS)? else { return Ok(d) };
    let bytes = |key: &str, default: usize| -> Read<usize> {
        Ok(size(&table, key)?.map_or(default, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX)))
    };
    Ok(ServiceLimits {
        connections: positive(&table, "connections")?.unwrap_or(d.connections),
        queue: number(&table, "queue")?.unwrap_or(d.queue),
        body_bytes: size(&table, "body-size")?.unwrap_or(d.body_bytes),
        memory_bytes: bytes("body-memory", d.memory_bytes)?,
        header_bytes: bytes("header-size", d.header_bytes)?,
        idle: time(&table, "idle-time")?.unwrap_or(d.idle),
        head: time(&table, "header-time")?.unwrap_or(d.head),
        body: time(&table, "body-time")?.unwrap_or(d.body),
        write: time(&table, "write-time")?.unwrap_or(d.write),
        deadline: time(&table, "deadline")?.unwrap_or(d.deadline),
        shutdown: time(&table, "shutdown-time")?.unwrap_or(d.shutdown),
    })
}

fn scan(place: Place<'_>, root: &Table<'_, '_>, body_bytes: u64) -> Read<Limits> {
    // Somebody waits for the verdict: less time than for a file at rest.
    let d = Limits { file_bytes_max: body_bytes, time_max: Duration::from_secs(20), ..Limits::default() };
    let Some(table) = inner(place, root, "scan", "[scan]", SCAN)? else { return Ok(d) };
    Ok(Limits {
        file_bytes_max: body_bytes,
        unpacked_bytes_max: size(&table, "max-expanded")?.unwrap_or(d.unpacked_bytes_max),
        ratio_max: positive(&table, "max-ratio")?.map_or(d.ratio_max, |n| n as u64),
        members_max: positive(&table, "max-members")?.map_or(d.members_max, |n| n as u64),
        depth_max: number(&table, "max-depth")?.unwrap_or(d.depth_max),
        matches_max: positive(&table, "max-matches")?.unwrap_or(d.matches_max),
        time_max: time(&table, "timeout")?.unwrap_or(d.time_max),
    })
}

fn icap(place: Place<'_>, root: &Table<'_, '_>) -> Read<Icap> {
    let d = Icap::default();
    let Some(table) = inner(place, root, "icap", "[icap]", ICAP)? else { return Ok(d) };
    Ok(Icap {
        preview_bytes: number(&table, "preview")?.unwrap_or(d.preview_bytes),
        allow_206: flag(&table, "allow-206")?.unwrap_or(d.allow_206),
        options_ttl_s: time(&table, "options-ttl")?
            .map_or(d.options_ttl_s, |t| u32::try_from(t.as_secs()).unwrap_or(u32::MAX)),
        complete: words(&table, "complete")?,
        ignore: words(&table, "ignore")?,
        reqmod: table.string("reqmod")?.map_or(d.reqmod, str::to_owned),
        respmod: table.string("respmod")?.map_or(d.respmod, str::to_owned),
    })
}

/// Refused where it could not be spoken.
fn envoy_addresses(table: &Table<'_, '_>) -> Read<Vec<SocketAddr>> {
    let list = addresses(table, "envoy")?;
    match table.get("envoy") {
        Some(value) if !list.is_empty() && !cfg!(feature = "envoy") => {
            let help = Some("build it with `--features envoy`".to_owned());
            Err(table.wrong(value, "this frisk was built without what speaks to Envoy".to_owned(), help))
        }
        _ => Ok(list),
    }
}

fn envoy(place: Place<'_>, root: &Table<'_, '_>) -> Read<Envoy> {
    let d = Envoy::default();
    let Some(table) = inner(place, root, "envoy", "[envoy]", ENVOY)? else { return Ok(d) };
    let bytes = size(&table, "message-size")?.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    Ok(Envoy {
        message_bytes: bytes.unwrap_or(d.message_bytes),
        trust_headers: flag(&table, "trust-headers")?.unwrap_or(d.trust_headers),
    })
}

fn headers(place: Place<'_>, root: &Table<'_, '_>) -> Read<Headers> {
    let d = Names::default();
    let Some(table) = inner(place, root, "headers", "[headers]", HEADERS)? else { return Ok(Headers::default()) };
    let list = |key: &str, default: Vec<String>| -> Read<Vec<String>> {
        let given = words(&table, key)?;
        Ok(if given.is_empty() { default } else { given })
    };
    let encoding = match (table.string("encoding")?, table.get("encoding")) {
        (Some("base64"), _) => UserEncoding::Base64,
        (Some("plain"), _) => UserEncoding::Plain,
        (Some("guess") | None, _) => UserEncoding::Guess,
        (_, Some(value)) => return Err(table.wrong(value, "`encoding` is guess, base64 or plain".to_owned(), None)),
        _ => UserEncoding::Guess,
    };
    let one = |key: &str| -> Read<Option<String>> { Ok(table.string(key)?.map(str::to_owned)) };
    Ok(Headers {
        names: Names {
            user: list("user", d.user)?,
            groups: list("groups", d.groups)?,
            client_ip: list("client-ip", d.client_ip)?,
            server_ip: list("server-ip", d.server_ip)?,
            extra: words(&table, "extra")?,
            encoding,
        },
        device_tags: one("device-tags")?,
        app: one("app")?,
        location: one("location")?,
        platform: one("platform")?,
        client: one("client")?,
        external: one("external")?,
        activity: one("activity")?,
    })
}

fn log(place: Place<'_>, root: &Table<'_, '_>, folder: &Path) -> Read<Option<Settings>> {
    let targets = alerts(place, root, folder)?;
    let Some(table) = inner(place, root, "log", "[log]", LOG)? else {
        if let Some(value) = root.get("alert") {
            let help = "alerts are stored in the activity log until they have arrived: add [log] with a path";
            return Err(root.wrong(value, "`alert` without `log`".to_owned(), Some(help.to_owned())));
        }
        return Ok(None);
    };
    let path = path(&table, "path", folder)?.ok_or_else(|| table.missing("path", "the file of the database"))?;
    let mut settings = Settings { targets, ..Settings::new(path) };
    if let (Some(text), Some(value)) = (table.string("keep")?, table.get("keep")) {
        let age = parse_duration(text).filter(|age| !age.is_zero());
        let help = Some("write 90d, 12h or 30m".to_owned());
        let age = age.ok_or_else(|| table.wrong(value, format!("`keep`: `{text}` is no length of time"), help))?;
        settings.retention.age = Some(age);
    }
    if let Some(bytes) = size(&table, "max-size")? {
        settings.retention.bytes = Some(bytes);
    }
    if let Some(count) = positive(&table, "queue")? {
        settings.queue_max = count;
    }
    Ok(Some(settings))
}

/// Where alerts go: `[[alert]]`.
fn alerts(place: Place<'_>, root: &Table<'_, '_>, folder: &Path) -> Read<Vec<Target>> {
    let Some(value) = root.get("alert") else { return Ok(Vec::new()) };
    let wrong = || root.wrong(value, "`alert` must be tables".to_owned(), Some("write [[alert]]".to_owned()));
    let mut targets: Vec<Target> = Vec::new();
    for entry in value.get_ref().as_array().ok_or_else(wrong)?.iter() {
        let DeValue::Table(entries) = entry.get_ref() else { return Err(wrong()) };
        let table = Table::new(place, "[[alert]]", entries, entry.span(), ALERT)?;
        let name = table.string("name")?.ok_or_else(|| table.missing("name", "what waits is kept under it"))?;
        if targets.iter().any(|target| target.name() == name) {
            return Err(root.wrong(entry, format!("two alerts are called `{name}`"), None));
        }
        let file = path(&table, "file", folder)?.map(TargetKind::File);
        let webhook = match (table.string("webhook")?, table.get("webhook")) {
            (Some(url), Some(value)) => {
                let mut webhook = Webhook::new(url).map_err(|why| table.wrong(value, why.to_owned(), None))?;
                webhook.token_file = path(&table, "token-file", folder)?;
                webhook.key_file = path(&table, "key-file", folder)?;
                webhook.ca_file = path(&table, "ca-file", folder)?;
                Some(TargetKind::Webhook(webhook))
            }
            _ => None,
        };
        let syslog = match (table.string("syslog")?, table.get("syslog")) {
            (Some(text), Some(value)) => {
                let address = text.parse().map_err(|why: &str| table.wrong(value, why.to_owned(), None))?;
                Some(TargetKind::Syslog(address, path(&table, "ca-file", folder)?))
            }
            _ => None,
        };
        let mut kinds = [file, webhook, syslog].into_iter().flatten();
        let (Some(kind), None) = (kinds.next(), kinds.next()) else {
            let help = Some("each has a table of its own".to_owned());
            return Err(root.wrong(entry, "an alert goes to one of file, webhook and syslog".to_owned(), help));
        };
        let mut target = Target::new(name, kind);
        if let (Some(word), Some(value)) = (table.string("min-severity")?, table.get("min-severity")) {
            let known = Severity::from_name(word);
            let help = Some("low, medium, high or critical".to_owned());
            target.severity_min = known.ok_or_else(|| table.wrong(value, format!("`{word}` is no severity"), help))?;
        }
        targets.push(target);
    }
    Ok(targets)
}

// ---- values --------------------------------------------------------------------------------------------------------

fn inner<'s, 't>(
    place: Place<'s>,
    root: &Table<'s, 't>,
    key: &str,
    what: &'static str,
    known: &[&str],
) -> Read<Option<Table<'s, 't>>> {
    let Some(value) = root.get(key) else { return Ok(None) };
    let DeValue::Table(entries) = value.get_ref() else {
        return Err(root.wrong(value, format!("`{key}` must be a table"), Some(format!("write {what}"))));
    };
    Table::new(place, what, entries, value.span(), known).map(Some)
}

fn addresses(table: &Table<'_, '_>, key: &str) -> Read<Vec<SocketAddr>> {
    let (Some(list), Some(value)) = (table.strings(key)?, table.get(key)) else { return Ok(Vec::new()) };
    let mut addresses = Vec::with_capacity(list.len());
    for (text, line) in list {
        addresses.push(text.parse().map_err(|_| {
            let help = Some("write 127.0.0.1:1344 or [::1]:1344".to_owned());
            PolicyError { line, ..table.wrong(value, format!("`{key}`: `{text}` is no address with a port"), help) }
        })?);
    }
    Ok(addresses)
}

fn path(table: &Table<'_, '_>, key: &str, folder: &Path) -> Read<Option<PathBuf>> {
    Ok(table.string(key)?.map(|path| folder.join(path)))
}

fn paths(table: &Table<'_, '_>, key: &str, folder: &Path) -> Read<Vec<PathBuf>> {
    Ok(words(table, key)?.iter().map(|path| folder.join(path)).collect())
}

fn words(table: &Table<'_, '_>, key: &str) -> Read<Vec<String>> {
    let list = table.strings(key)?.unwrap_or_default();
    Ok(list.into_iter().map(|(word, _)| word.to_owned()).collect())
}

fn number<T: TryFrom<u64>>(table: &Table<'_, '_>, key: &str) -> Read<Option<T>> {
    let (Some(number), Some(value)) = (table.number(key)?, table.get(key)) else { return Ok(None) };
    let read = T::try_from(number).map(Some);
    read.map_err(|_| table.wrong(value, format!("`{key}` is too large"), None))
}

fn positive(table: &Table<'_, '_>, key: &str) -> Read<Option<usize>> {
    match (number(table, key)?, table.get(key)) {
        (Some(0), Some(value)) => Err(table.wrong(value, format!("`{key}` starts at 1"), None)),
        (number, _) => Ok(number),
    }
}

fn flag(table: &Table<'_, '_>, key: &str) -> Read<Option<bool>> {
    let Some(value) = table.get(key) else { return Ok(None) };
    let flag = value.get_ref().as_bool();
    flag.map(Some).ok_or_else(|| table.wrong(value, format!("`{key}` must be true or false"), None))
}

fn size(table: &Table<'_, '_>, key: &str) -> Read<Option<u64>> {
    let Some(value) = table.get(key) else { return Ok(None) };
    let bytes = match value.get_ref().as_str() {
        Some(text) => parse_size(text),
        None => table.number(key)?,
    };
    let help = || Some("write 500, 64k, 10M or 2G".to_owned());
    bytes
        .filter(|bytes| *bytes > 0)
        .map(Some)
        .ok_or_else(|| table.wrong(value, format!("`{key}` is no size above zero"), help()))
}

fn time(table: &Table<'_, '_>, key: &str) -> Read<Option<Duration>> {
    let (Some(text), Some(value)) = (table.string(key)?, table.get(key)) else { return Ok(None) };
    let help = || Some("write 500ms, 30s, 2m or 1h".to_owned());
    parse_duration(text)
        .filter(|time| !time.is_zero())
        .map(Some)
        .ok_or_else(|| table.wrong(value, format!("`{key}` is no length of time above zero"), help()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "[listen]\nicap = \"127.0.0.1:1344\"\n[decide]\npolicy = \"strict\"\n";

    fn error(text: &str) -> String {
        config("etc/frisk.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn the_least_configuration() {
        let read = config("etc/frisk.toml", LEAST).unwrap();
        assert_eq!(read.limits, ServiceLimits::default(), "limits have defaults");
        assert_eq!(read.workers.isolate, Isolate::Processes, "processes unless told otherwise");
        assert!(read.log.is_none(), "nothing is kept unless told");
        assert!(read.insecure_binds().is_empty(), "loopback needs nobody's name");
    }

    #[test]
    fn everything() {
        let text = format!(
            "tokens = \"tokens.txt\"\n{LEAST}rules = [\"r\"]\nmin-confidence = \"high\"\nedm = \"a.edm\"\n\
             edm-min-secondary = 2\nocr = true\n[tls]\ncert = \"c\"\n\
             key = \"k\"\nclient-ca = \"ca\"\n[workers]\nisolate = \"threads\"\ncount = 3\nmemory = \"512M\"\n[limits]\nqueue = 0\n\
             body-size = \"10M\"\nidle-time = \"2m\"\n[scan]\ntimeout = \"500ms\"\n[icap]\npreview = 0\nallow-206 = false\n\
             options-ttl = \"1h\"\nignore = \"mp4\"\n[headers]\nuser = \"X-User\"\nextra = [\"X-Zone\"]\nencoding = \"plain\"\n"
        );
        let read = config("etc/frisk.toml", &text).unwrap();
        assert_eq!(read.tokens, Some(PathBuf::from("etc/tokens.txt")), "relative to the file");
        assert_eq!(read.decide.policy, Some(PathBuf::from("strict")), "a policy that comes with frisk is no path");
        assert_eq!(
            (read.decide.edm.as_slice(), read.decide.edm_secondary_min),
            (&[PathBuf::from("etc/a.edm")][..], Some(2))
        );
        assert_eq!(read.decide.ocr.as_deref(), Some("eng"));
        assert_eq!(read.decide.rules, [PathBuf::from("etc/r")]);
        assert_eq!((read.limits.queue, read.limits.body_bytes, read.scan.file_bytes_max), (0, 10 << 20, 10 << 20));
        assert_eq!(read.scan.time_max, Duration::from_millis(500));
        assert_eq!((read.icap.options_ttl_s, read.icap.allow_206), (3600, false));
        assert_eq!(read.headers.names.user, ["X-User"]);
    }

    #[test]
    fn mistakes_name_line_and_nearest_key() {
        let told = error(&format!("{LEAST}[limits]\nqueues = 5\n"));
        assert!(told.contains("etc/frisk.toml:6") && told.contains("did you mean `queue`?"), "{told}");
        for (text, part) in [
            ("[decide]\npolicy = \"strict\"\n".to_owned(), "lacks the required key `listen`"),
            (format!("{LEAST}[log]\nkeep = \"90d\"\n"), "required key `path`"),
            (format!("{LEAST}[log]\npath = \"a.db\"\nkeep = \"soon\"\n"), "no length of time"),
            (format!("{LEAST}[[alert]]\nname = \"a\"\nfile = \"a\"\n"), "`alert` without `log`"),
            (format!("{LEAST}[log]\npath = \"a.db\"\n[[alert]]\nname = \"a\"\n"), "one of file, webhook and syslog"),
            (format!("{LEAST}[log]\npath = \"a.db\"\n[[alert]]\nname = \"a\"\nwebhook = \"ftp://x\"\n"), "https"),
            ("[listen]\nicap = \"here\"\n".to_owned(), "is no address"),
            (LEAST.replace("icap", "icaps"), "needs certificates"),
            (format!("{LEAST}[limits]\nidle-time = \"0s\"\n"), "no length of time"),
            (format!("{LEAST}[limits]\nbody-size = \"0\"\n"), "no size"),
            (format!("{LEAST}[workers]\ncount = 0\n"), "starts at 1"),
            (format!("{LEAST}[workers]\nmemory = \"1M\"\n"), "256M at least"),
            (format!("{LEAST}[tls]\ncert = \"c\"\n"), "required key `key`"),
            (format!("{LEAST}ocr-lang = \"deu\"\n"), "`ocr-lang` without `ocr`"),
        ] {
            let told = error(&text);
            assert!(told.contains(part), "{told} does not say {part}");
        }
    }

    #[test]
    fn public_addresses_need_authentication() {
        let binds = |text: &str| config("frisk.toml", text).unwrap().insecure_binds().len();
        let with = |listen: &str, more: &str| format!("{more}[listen]\n{listen}\n");
        let tls = "[tls]\ncert = \"c\"\nkey = \"k\"\n";
        let mutual = "[tls]\ncert = \"c\"\nkey = \"k\"\nclient-ca = \"a\"\n";
        assert_eq!(binds(&with("icap = \"0.0.0.0:1344\"", "")), 1);
        assert_eq!(binds(&with("icap = \"[::1]:1344\"", "")), 0);
        assert_eq!(binds(&with("http = \"[::]:80\"", "")), 1);
        assert_eq!(binds(&with("http = \"[::]:80\"", "tokens = \"t\"\n")), 1, "tokens in the clear are no protection");
        assert_eq!(binds(&with("http = \"[::]:80\"", &format!("tokens = \"t\"\n{tls}"))), 0);
        assert_eq!(binds(&with("http = \"[::]:80\"\nicaps = \"[::]:11344\"", mutual)), 0);
        assert_eq!(binds(&with("icaps = \"[::]:11344\"", tls)), 1);
    }

    #[test]
    fn the_document_knows_every_key() {
        let document = include_str!("../../../docs/serve.md");
        for (table, keys) in super::ALL {
            for key in *keys {
                assert!(document.contains(&format!("`{key}`")), "docs/serve.md does not name `{key}` of [{table}]");
            }
        }
    }
}
