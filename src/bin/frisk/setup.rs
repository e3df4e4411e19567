//! From flags to a scanner.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use frisk::blob::Passwords;
use frisk::find::{Level, Package, Ruleset, RulesetBuilder};
use frisk::policy::Policy;
use frisk::report::{Date, Masker, Show, Suppressions};
use frisk::scan::{Builder, Scanner};
use frisk::share::Tesseract;

use crate::args::{DecideArgs, LimitArgs, ReadArgs, RuleArgs, ShowArgs, ShowValue};
use crate::{Failure, detectors};

/// Bytes of a rule, policy or keyword file; larger ones are a mistake. Keyword lists are the largest, at about 1 MB.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// Reads a text file that the caller named.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let fail = |what: String| Failure::usage(format!("{}: {what}", path.display()));
    String::from_utf8(read_bytes(path)?)
        .map_err(|e| fail(format!("is not UTF-8 (byte {})", e.utf8_error().valid_up_to())))
}

/// Reads a file that the caller named.
fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let fail = |what: String| Failure::usage(format!("{}: {what}", path.display()));
    #[allow(clippy::disallowed_methods, reason = "the command line opens what its flags name")]
    let file = File::open(path).map_err(|e| fail(e.to_string()))?;
    let mut bytes = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|e| fail(e.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(fail(format!("larger than {} MiB", FILE_BYTES_MAX >> 20)));
    }
    Ok(bytes)
}

/// Reads a rule package. Everything wrong with it is told at once.
pub fn package(path: &Path) -> Result<Package, Failure> {
    let errors = match Package::read(&path.display().to_string(), &read_bytes(path)?) {
        Ok(package) => return Ok(package),
        Err(errors) => errors,
    };
    let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Err(Failure::usage(messages.join("\n\n")))
}

/// Whether a file of rules is a rule package in XML.
fn is_package(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml"))
}

/// Every rule file that `path` stands for.
fn rule_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let fail = |e: std::io::Error| Failure::usage(format!("{}: {e}", path.display()));
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path).map_err(fail)? {
        entries.push(entry.map_err(fail)?.path());
    }
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            files.extend(rule_files(&entry)?);
        } else if entry.extension().is_some_and(|e| e == "toml") || is_package(&entry) {
            files.push(entry);
        }
    }
    Ok(files)
}

/// The built-in rules and those that the flags name.
pub fn ruleset(args: &RuleArgs) -> Result<Ruleset, Failure> {
    let mut files = Vec::new();
    for path in &args.rules {
        let of_path = rule_files(path)?;
        if of_path.is_empty() {
            return Err(Failure::usage(format!("{}: holds no .toml and no .xml file", path.display())));
        }
        files.extend(of_path);
    }
    // The caller's rules come first and stand in the place of built-in ones; packages come last: where a type has the
    // name of a rule, the rule keeps it.
    let (packages, files): (Vec<PathBuf>, Vec<PathBuf>) = files.into_iter().partition(|f| is_package(f));
    let builder = add_rules(Ruleset::builder(), &files)?.builtin_beside();
    finish(add_rules(builder.map_err(|e| Failure::usage(e.to_string()))?, &packages)?, args)
}

/// The rules of `files` and the built-in ones, of which `files` may hold newer versions; and the ids of the former.
pub fn ruleset_of(files: &[PathBuf], args: &RuleArgs) -> Result<(Vec<String>, Ruleset), Failure> {
    let fail = |e: frisk::find::RuleError| Failure::usage(e.to_string());
    // Packages come last: where a type has the name of a rule, the rule keeps it.
    let (packages, files): (Vec<PathBuf>, Vec<PathBuf>) = files.iter().cloned().partition(|f| is_package(f));
    let alone = add_rules(Ruleset::builder(), &files)?.build().map_err(fail)?;
    let mut ids: Vec<String> = alone.rules().iter().map(|rule| rule.id.clone()).collect();
    let builder = add_rules(Ruleset::builder(), &files)?.builtin_beside().map_err(fail)?;
    let set = finish(add_rules(add_rules(builder, &packages)?, &args.rules)?, args)?;
    let of_package = |origin: &str| packages.iter().any(|p| origin.starts_with(&format!("{}:", p.display())));
    ids.extend(set.rules().iter().filter(|rule| of_package(&rule.origin)).map(|rule| rule.id.clone()));
    Ok((ids, set))
}

fn add_rules(mut builder: RulesetBuilder, paths: &[PathBuf]) -> Result<RulesetBuilder, Failure> {
    for path in paths {
        let files = rule_files(path)?;
        if files.is_empty() {
            return Err(Failure::usage(format!("{}: holds no .toml and no .xml file", path.display())));
        }
        for file in files {
            let added = if is_package(&file) {
                builder.package(package(&file)?)
            } else {
                builder.toml(&file.display().to_string(), &read_text(&file)?)
            };
            builder = added.map_err(|e| Failure::usage(e.to_string()))?;
        }
    }
    Ok(builder)
}

fn finish(mut builder: RulesetBuilder, args: &RuleArgs) -> Result<Ruleset, Failure> {
    for path in &args.keywords {
        builder = builder.keywords(&read_text(path)?);
    }
    builder = detectors::add(builder, args)?;
    for prefix in &args.enable {
        builder = builder.enable(prefix);
    }
    for prefix in &args.disable {
        builder = builder.disable(prefix);
    }
    builder.build().map_err(|e| Failure::usage(e.to_string()))
}

/// The policy that the flag names: a file, or one that comes with frisk.
pub fn policy(name: Option<&Path>, ruleset: &Ruleset) -> Result<Policy, Failure> {
    let Some(path) = name else { return Ok(Policy::default_policy()) };
    let text = path.to_str().unwrap_or_default();
    let builtin = if path.exists() { None } else { Policy::builtin(text) };
    let mut policy = match builtin {
        Some(policy) => policy,
        None if !path.exists() => {
            let near = frisk::find::nearest(text, Policy::builtin_names());
            let near = near.map_or_else(String::new, |n| format!("; did you mean the built-in policy `{n}`?"));
            return Err(Failure::usage(format!("{}: no such policy file{near}", path.display())));
        }
        None => Policy::parse(text, &read_text(path)?).map_err(|e| Failure::usage(e.to_string()))?,
    };
    policy.fit(ruleset).map_err(|e| Failure::usage(e.to_string()))?;
    Ok(policy)
}

/// The entries of the lists that the flags name.
pub fn suppressions(files: &[PathBuf]) -> Result<Suppressions, Failure> {
    let today = Date::from(SystemTime::now());
    let mut list = Suppressions::default();
    for path in files {
        let added = list.add(&path.display().to_string(), &read_text(path)?, today);
        added.map_err(|e| Failure::usage(e.to_string()))?;
    }
    Ok(list)
}

/// What whoever keeps a list should know of it: one line each.
pub fn about_suppressions(list: &Suppressions, key_from: &str) -> Vec<String> {
    let mut warnings = Vec::new();
    for entry in list.entries().iter().filter(|entry| entry.is_expired()) {
        let last = entry.expires().map(|date| format!(" on {date}")).unwrap_or_default();
        let (place, name) = (entry.place(), frisk::report::escape(entry.name()));
        warnings.push(format!("{place}: suppression `{name}` expired{last} and no longer applies"));
    }
    let by_key = |entry: &frisk::report::Entry| entry.conditions().any(|c| c == "fingerprint");
    if key_from == "random" && list.entries().iter().any(by_key) {
        let how = "set FRISK_FINGERPRINT_KEY or FRISK_FINGERPRINT_KEY_FILE";
        warnings.push(format!("suppressions name fingerprints, which apply under their own key only: {how}"));
    }
    warnings
}

/// How values are hidden, and where the key of fingerprints comes from.
pub fn masker(args: &ShowArgs, key: &FingerprintKey) -> Result<Masker, Failure> {
    let show = match args.show {
        None => Show::Nothing,
        Some(ShowValue::Last4) => Show::Last4,
        Some(ShowValue::Full) if args.i_understand => Show::Full,
        Some(ShowValue::Full) => {
            let why = "--show full writes the sensitive values themselves into the results; add --i-understand";
            return Err(Failure::usage(why.to_owned()));
        }
    };
    Ok(Masker::new(show, &key.bytes))
}

/// The key of fingerprints.
pub struct FingerprintKey {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where it comes from: `environment`, `file`, `random`.
    pub from: &'static str,
}

/// The key of fingerprints: the environment's, or a new one.
pub fn fingerprint_key() -> Result<FingerprintKey, Failure> {
    let given = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(key) = given("FRISK_FINGERPRINT_KEY") {
        return Ok(FingerprintKey { bytes: key.into_encoded_bytes(), from: "environment" });
    }
    if let Some(path) = given("FRISK_FINGERPRINT_KEY_FILE") {
        let key = read_text(Path::new(&path))?;
        let key = key.trim();
        if key.is_empty() {
            return Err(Failure::usage("FRISK_FINGERPRINT_KEY_FILE names an empty file".to_owned()));
        }
        return Ok(FingerprintKey { bytes: key.as_bytes().to_vec(), from: "file" });
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|e| Failure::broken(format!("no random numbers: {e}")))?;
    // In letters, so that workers can be given it.
    let key: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(FingerprintKey { bytes: key.into_bytes(), from: "random" })
}

/// Sets what the flags say about reading.
pub fn reading(builder: Builder, args: &ReadArgs) -> Result<Builder, Failure> {
    let lists: Vec<String> = args.passwords.iter().map(|path| read_text(path)).collect::<Result<_, _>>()?;
    let builder = builder.passwords(Passwords::parse(&lists.join("\n")));
    let builder = match args.decode {
        Some(depth) => builder.decode(depth),
        None => builder,
    };
    if !args.ocr {
        return Ok(builder);
    }
    let ocr = Tesseract::find(&args.ocr_lang).map_err(Failure::usage)?;
    Ok(builder.ocr(Arc::new(ocr)))
}

/// A scanner and what the first line of a run says about it.
pub struct Setup {
    /// The scanner.
    pub scanner: Scanner,
    /// Where the key of fingerprints comes from.
    pub key_from: &'static str,
    /// Lowest score reported.
    pub gate: u8,
    /// What the caller should know: one line each.
    pub warnings: Vec<String>,
}

impl Setup {
    /// The same, deciding by this time.
    pub fn at(self, time: SystemTime) -> Self {
        Self { scanner: self.scanner.at(time), ..self }
    }

    /// The same, looking through so many windows of one large text at once, and no further than to the verdict.
    pub fn reading(self, threads: usize, first_verdict: bool) -> Self {
        Self { scanner: self.scanner.threads(threads).first_verdict(first_verdict), ..self }
    }
}

/// What a process needs that examines nothing itself, because workers with the ruleset `id` do: no rule is compiled. For
/// flags that nothing can be wrong with but what keeps a worker from starting, too, and that name no list of which the
/// caller should know something.
pub fn supervisor(
    decide: &DecideArgs,
    limits: &LimitArgs,
    show: &ShowArgs,
    key: &FingerprintKey,
    id: &str,
) -> Result<Setup, Failure> {
    let broken = |e: frisk::find::RuleError| Failure::broken(e.to_string());
    let none = Ruleset::builder().build().map_err(broken)?;
    let masker = masker(show, key)?;
    let warnings = about(&masker, &Policy::default_policy(), decide);
    let builder = Scanner::builder().ruleset(none).limits(limits.limits()).min_confidence(decide.min_confidence);
    let scanner = builder.masker(masker).build().map_err(|e| Failure::broken(e.to_string()))?.named(id);
    Ok(Setup { scanner, key_from: key.from, gate: decide.min_confidence.get(), warnings })
}

/// What the caller should know whatever the rules are: one line each.
fn about(masker: &Masker, policy: &Policy, decide: &DecideArgs) -> Vec<String> {
    let mut warnings = Vec::new();
    if masker.show() == Show::Full {
        warnings.push("the results hold sensitive values (--show full); keep them as safe as the files".to_owned());
    }
    let gate = decide.min_confidence;
    if policy.level_min().is_some_and(|level: Level| level.threshold() < gate.get()) {
        let name = policy.name();
        warnings.push(format!(
            "policy `{name}` asks for matches below --min-confidence {}; it never sees them",
            gate.get()
        ));
    }
    warnings
}

/// The scanner that the flags ask for.
pub fn scanner(
    rules: &RuleArgs,
    decide: &DecideArgs,
    limits: &LimitArgs,
    read: &ReadArgs,
    show: &ShowArgs,
    key: &FingerprintKey,
    labels_only: bool,
) -> Result<Setup, Failure> {
    let ruleset = ruleset(rules)?;
    let policy = policy(decide.policy.as_deref(), &ruleset)?;
    let (masker, key_from) = (masker(show, key)?, key.from);
    let gate = decide.min_confidence;
    let mut warnings = about(&masker, &policy, decide);
    if !rules.keywords.is_empty() && ruleset.keyword_count() == 0 {
        warnings.push("the files of --keywords hold no keyword".to_owned());
    }
    let suppressions = suppressions(&decide.suppress)?;
    warnings.extend(about_suppressions(&suppressions, key_from));
    // A rule may be unknown because it is switched off here: the list is then right elsewhere.
    let known = ruleset.rules().iter().map(|r| (r.id.as_str(), r.category.name()));
    for unknown in suppressions.unknown_rules(known) {
        let help = unknown.help.map(|help| format!("; {help}")).unwrap_or_default();
        warnings.push(format!("{}:{}: {}{help}", unknown.file, unknown.line, unknown.message));
    }
    let builder = Scanner::builder().ruleset(ruleset).policy(policy).limits(limits.limits()).suppressions(suppressions);
    let builder = reading(builder.min_confidence(gate).masker(masker), read)?;
    let builder = if labels_only { builder.labels_only() } else { builder };
    let scanner = builder.build().map_err(|e| Failure::usage(e.to_string()))?;
    Ok(Setup { scanner, key_from, gate: gate.get(), warnings })
}
