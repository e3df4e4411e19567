//! Rules, policy and lists: read from their files once, so that workers that are started later find and decide as the
//! service does, whatever became of the files meanwhile.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::blob::{Limits, Passwords};
use crate::find::{Package, Ruleset, Score};
use crate::policy::Policy;
use crate::report::{Date, Masker, Show, Suppressions};
use crate::scan::Scanner;
use crate::serve::config::Config;

/// Bytes of one file; larger ones are a mistake.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// Everything that a scanner is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    limits: Limits,
    /// Entries of lists expire: all workers count from the same day.
    now: SystemTime,
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
            rule_files(path, &mut files)?;
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
            limits: config.scan.clone(),
            now: SystemTime::now(),
        })
    }

    /// Makes a scanner of it.
    ///
    /// # Errors
    /// The rule, policy or list that is wrong, with its place.
    pub fn build(&self) -> Result<Scanner, String> {
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
            .masker(Masker::new(Show::Nothing, b""))
            .limits(self.limits.clone());
        let builder = match self.decode {
            Some(depth) => builder.decode(depth),
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
