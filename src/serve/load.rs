//! Rules, policy and lists: read from their files once, so that workers that are started later find and decide as the
//! service does, whatever became of the files meanwhile.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::blob::{Limits, Passwords};
use crate::find::{KEY_BYTES_MIN, Key, Package, Ruleset, Score};
use crate::policy::Policy;
use crate::report::{Date, Masker, Show, Suppressions};
use crate::scan::Scanner;
use crate::serve::config::Config;
use crate::serve::tools::Tools;

/// Bytes of one file; larger ones are a mistake.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// Environment variable with a key of indexes, as for the other commands.
const KEY_VARIABLE: &str = "FRISK_EDM_KEY";
/// Environment variables with the key of fingerprints of values: itself, or a file that holds it.
const MARK_VARIABLES: [&str; 2] = ["FRISK_FINGERPRINT_KEY", "FRISK_FINGERPRINT_KEY_FILE"];

/// Everything that a scanner is made of. No `Debug`: keys and passwords are in it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Sources {
    /// Name and text of each rule file.
    rules: Vec<(String, String)>,
    /// Name and bytes of each rule package.
    packages: Vec<(String, Vec<u8>)>,
    keywords: Vec<String>,
    policy: Option<(String, String)>,
    suppress: Vec<(String, String)>,
    passwords: Vec<String>,
    enable: Vec<String>,
    disable: Vec<String>,
    min_confidence: u8,
    decode: Option<u32>,
    edm: Vec<OpenFile>,
    edm_secondary_min: Option<usize>,
    fingerprints: Vec<OpenFile>,
    /// Keys of both.
    keys: Vec<Vec<u8>>,
    /// Languages of text in pictures; nothing if that is not read.
    ocr: Option<String>,
    /// Key of the fingerprints of values; none are made if it is empty.
    mark_key: Vec<u8>,
    limits: Limits,
    /// Entries of lists expire: all workers count from the same day.
    now: SystemTime,
}

/// A file that is too large to be handed on. It is kept open, so that workers find this one, and not what later stands
/// in its place.
#[derive(Clone, Serialize, Deserialize)]
struct OpenFile {
    /// As it was named, for messages.
    name: String,
    /// Where it is found, by workers too.
    path: PathBuf,
    #[serde(skip)]
    _held: Option<Arc<File>>,
}

impl OpenFile {
    fn open(path: &Path) -> Result<Self, String> {
        let name = path.display().to_string();
        #[allow(clippy::disallowed_methods, reason = "the service opens what its configuration names")]
        let file = File::open(path).map_err(|e| format!("{name}: {e}"))?;
        let path = inherited(&file).unwrap_or_else(|| path.to_owned());
        Ok(Self { name, path, _held: Some(Arc::new(file)) })
    }

    /// What went wrong, with the name that the configuration has.
    fn told(&self, why: &str) -> String {
        why.replace(&self.path.display().to_string(), &self.name)
    }
}

/// The path under which processes started from now on find this open file, also if it has no name any more.
#[cfg(target_os = "linux")]
fn inherited(file: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd;
    rustix::io::fcntl_setfd(file, rustix::io::FdFlags::empty()).ok()?;
    Some(PathBuf::from(format!("/dev/fd/{}", file.as_raw_fd())))
}

#[cfg(not(target_os = "linux"))]
fn inherited(_: &File) -> Option<PathBuf> {
    None
}

impl Sources {
    /// Reads what the configuration names.
    ///
    /// # Errors
    /// The file that cannot be read, and why.
    pub fn read(config: &Config) -> Result<Self, String> {
        let decide = &config.decide;
        let mut files = Vec::new();
        for path in &decide.rules {
            let before = files.len();
            rule_files(path, &mut files)?;
            if files.len() == before {
                return Err(format!("{}: holds no .toml and no .xml file", path.display()));
            }
        }
        let (packages, rules): (Vec<PathBuf>, Vec<PathBuf>) = files.into_iter().partition(|f| is_package(f));
        let named = |path: &PathBuf| Ok::<_, String>((path.display().to_string(), text(path)?));
        let policy = match &decide.policy {
            None => None,
            Some(path) if path.exists() => Some(named(path)?),
            Some(path) => {
                let name = path.to_str().unwrap_or_default();
                let builtin = Policy::builtin(name).ok_or_else(|| format!("{name}: no such policy file"))?;
                Some((format!("policies/{name}.toml"), builtin.source().to_owned()))
            }
        };
        Ok(Self {
            rules: rules.iter().map(named).collect::<Result<_, _>>()?,
            packages: packages
                .iter()
                .map(|path| Ok::<_, String>((path.display().to_string(), bytes(path)?)))
                .collect::<Result<_, _>>()?,
            keywords: decide.keywords.iter().map(|path| text(path)).collect::<Result<_, _>>()?,
            policy,
            suppress: decide.suppress.iter().map(named).collect::<Result<_, _>>()?,
            passwords: decide.passwords.iter().map(|path| text(path)).collect::<Result<_, _>>()?,
            enable: decide.enable.clone(),
            disable: decide.disable.clone(),
            min_confidence: decide.min_confidence.get(),
            decode: decide.decode,
            edm: decide.edm.iter().map(|path| OpenFile::open(path)).collect::<Result<_, _>>()?,
            edm_secondary_min: decide.edm_secondary_min,
            fingerprints: decide.fingerprints.iter().map(|path| OpenFile::open(path)).collect::<Result<_, _>>()?,
            keys: keys(&decide.edm_keys, &decide.edm)?,
            ocr: decide.ocr.clone(),
            mark_key: mark_key(decide.fingerprint_key.as_deref())?,
            limits: config.scan.clone(),
            now: SystemTime::now(),
        })
    }

    /// Makes a scanner of it.
    ///
    /// # Errors
    /// The rule, policy or list that is wrong, with its place.
    pub fn build(&self, tools: &dyn Tools) -> Result<Scanner, String> {
        let told = |error: &dyn std::fmt::Display| error.to_string();
        let mut builder = Ruleset::builder();
        for (name, text) in &self.rules {
            builder = builder.toml(name, text).map_err(|e| told(&e))?;
        }
        // As for the command line: own rules stand in the place of built-in ones, packages come last.
        builder = builder.builtin_beside().map_err(|e| told(&e))?;
        for (name, bytes) in &self.packages {
            let package = Package::read(name, bytes);
            let package = package.map_err(|all| all.iter().map(|e| told(e)).collect::<Vec<_>>().join("\n\n"))?;
            builder = builder.package(package).map_err(|e| told(&e))?;
        }
        for list in &self.keywords {
            builder = builder.keywords(list);
        }
        let keys: Vec<Key> = self.keys.iter().filter_map(|bytes| Key::new(bytes)).collect();
        for file in &self.edm {
            let index = tools.index(&file.path, &keys, self.edm_secondary_min).map_err(|why| file.told(&why))?;
            builder = builder.detector(index).map_err(|e| told(&e))?;
        }
        for file in &self.fingerprints {
            let prints = tools.fingerprints(&file.path, &keys).map_err(|why| file.told(&why))?;
            builder = builder.detector(prints).map_err(|e| told(&e))?;
        }
        builder = self.enable.iter().fold(builder, |builder, prefix| builder.enable(prefix));
        builder = self.disable.iter().fold(builder, |builder, prefix| builder.disable(prefix));
        let ruleset = builder.build().map_err(|e| told(&e))?;
        let policy = self.policy(&ruleset)?;
        let mut suppressions = Suppressions::default();
        for (name, text) in &self.suppress {
            suppressions.add(name, text, Date::from(self.now)).map_err(|e| told(&e))?;
        }
        let builder = Scanner::builder()
            .ruleset(ruleset)
            .policy(policy)
            .suppressions(suppressions)
            .passwords(Passwords::parse(&self.passwords.join("\n")))
            .min_confidence(Score::new(i16::from(self.min_confidence)))
            .masker(Masker::new(Show::Nothing, &self.mark_key))
            .limits(self.limits.clone());
        let builder = match self.decode {
            Some(depth) => builder.decode(depth),
            None => builder,
        };
        let builder = match &self.ocr {
            Some(languages) => builder.ocr(tools.ocr(languages)?),
            None => builder,
        };
        builder.build().map_err(|e| told(&e))
    }

    fn policy(&self, ruleset: &Ruleset) -> Result<Policy, String> {
        let Some((name, text)) = &self.policy else { return Ok(Policy::default_policy()) };
        let mut policy = Policy::parse(name, text).map_err(|e| e.to_string())?;
        policy.fit(ruleset).map_err(|e| e.to_string())?;
        Ok(policy)
    }
}

/// Reads a text file of at most 64 MiB.
///
/// # Errors
/// The path, and why it cannot be read.
pub fn text(path: &Path) -> Result<String, String> {
    String::from_utf8(bytes(path)?).map_err(|_| format!("{}: is not UTF-8", path.display()))
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let fail = |why: String| format!("{}: {why}", path.display());
    #[allow(clippy::disallowed_methods, reason = "the service opens what its configuration names")]
    let file = File::open(path).map_err(|e| fail(e.to_string()))?;
    let mut bytes = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    file.take(FILE_BYTES_MAX.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| fail(e.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX { Err(fail("larger than 64 MiB".to_owned())) } else { Ok(bytes) }
}

/// The keys of these files, of the files beside the indexes (`INDEX.key`), and of the environment.
fn keys(files: &[PathBuf], indexes: &[PathBuf]) -> Result<Vec<Vec<u8>>, String> {
    let beside = indexes.iter().map(|index| {
        let mut name = index.as_os_str().to_owned();
        name.push(".key");
        PathBuf::from(name)
    });
    let mut keys = Vec::new();
    for path in files.iter().cloned().chain(beside.filter(|path| path.exists())) {
        keys.push(key(&bytes(&path)?, &path.display().to_string())?);
    }
    if let Some(value) = std::env::var_os(KEY_VARIABLE).filter(|value| !value.is_empty()) {
        keys.push(key(value.as_encoded_bytes(), KEY_VARIABLE)?);
    }
    Ok(keys)
}

/// White space around a key is the editor's, not the key's.
fn key(bytes: &[u8], from: &str) -> Result<Vec<u8>, String> {
    let bytes = bytes.trim_ascii();
    let is_good = Key::new(bytes).is_some();
    is_good.then(|| bytes.to_vec()).ok_or_else(|| format!("{from}: a key has at least {KEY_BYTES_MIN} bytes"))
}

/// The key of fingerprints of values: of the file, or else of the environment; empty if there is none.
fn mark_key(file: Option<&Path>) -> Result<Vec<u8>, String> {
    let [itself, its_file] = MARK_VARIABLES.map(|name| std::env::var_os(name).filter(|value| !value.is_empty()));
    let path = match (file, itself) {
        (None, Some(value)) => return Ok(value.into_encoded_bytes()),
        (Some(path), _) => path.to_owned(),
        (None, None) => match its_file {
            Some(path) => PathBuf::from(path),
            None => return Ok(Vec::new()),
        },
    };
    let key = bytes(&path)?.trim_ascii().to_vec();
    if key.is_empty() { Err(format!("{}: is an empty file, and no key", path.display())) } else { Ok(key) }
}

fn is_package(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml"))
}

fn rule_files(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let fail = |e: std::io::Error| format!("{}: {e}", path.display());
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path).map_err(fail)? {
        entries.push(entry.map_err(fail)?.path());
    }
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            rule_files(&entry, files)?;
        } else if entry.extension().is_some_and(|e| e == "toml") || is_package(&entry) {
            files.push(entry);
        }
    }
    Ok(())
}
