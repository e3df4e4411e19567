//! `frisk fingerprint`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use frisk::find::fingerprint::{Fingerprints, Settings, THRESHOLD};
use frisk::find::{Category, Ruleset};
use frisk::scan::Scanner;

use crate::args::{self, LimitArgs, ReadArgs};
use crate::atomic::Atomic;
use crate::{Failure, detectors, explain, keys, say, setup};

/// Arguments of `frisk fingerprint`.
#[derive(Args, Debug)]
pub struct FingerprintArgs {
    #[command(subcommand)]
    command: FingerprintCommand,
}

#[derive(Debug, Subcommand)]
enum FingerprintCommand {
    /// Add fingerprints of documents to a file, under one name; any format that frisk reads
    Add(Box<AddArgs>),
    /// Say what a file of fingerprints holds
    Info {
        /// File of fingerprints
        file: PathBuf,
        /// File with the key they were made with, if they were (or FRISK_EDM_KEY)
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
}

#[derive(Args, Debug)]
struct AddArgs {
    /// Documents; several are editions of the same form
    #[arg(value_name = "FORM", required = true)]
    forms: Vec<PathBuf>,
    /// Name of the form; matches are told as rule fingerprint-NAME [default: the name of the first file]
    #[arg(long)]
    name: Option<String>,
    /// File to write; one that is there keeps its fingerprints [default: NAME.fpr]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Share of the document that must be in a text, in percent
    #[arg(long, value_name = "10-100", default_value_t = THRESHOLD)]
    threshold: u8,
    /// Leave out words that stand in this document too, such as a letterhead or general terms (repeatable)
    #[arg(long, value_name = "FILE")]
    except: Vec<PathBuf>,
    /// Replace fingerprints of the same name
    #[arg(long)]
    replace: bool,
    /// What kind of data it is: personal, governmental, financial, business, security, other
    #[arg(long, default_value = "business", value_parser = args::category)]
    category: Category,
    /// File with a secret key (or FRISK_EDM_KEY); without one whoever has the file can try texts against it
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// Runs the command; gives the exit code.
pub fn run(args: &FingerprintArgs) -> Result<u8, Failure> {
    match &args.command {
        FingerprintCommand::Add(args) => add(args),
        FingerprintCommand::Info { file, key_file } => info(file, key_file.as_deref()),
    }
}

fn add(args: &AddArgs) -> Result<u8, Failure> {
    let key = keys::key_to_build(args.key_file.as_deref())?;
    let name = args::name_of(args.name.as_deref(), args.forms.first().map_or(Path::new(""), PathBuf::as_path))?;
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.fpr")));
    let mut prints = if output.exists() {
        let prints = detectors::open_fingerprints(&output, key.as_slice())?;
        if key.is_some() && !prints.is_keyed() {
            let why = "was made without a key; write another file, or take the key away";
            return Err(Failure::usage(format!("{}: {why}", output.display())));
        }
        prints
    } else {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(|e| Failure::broken(format!("no random numbers: {e}")))?;
        Fingerprints::new(key.as_ref(), salt).ok_or_else(|| Failure::broken("no key"))?
    };
    let nothing = Ruleset::builder().build().map_err(|e| Failure::usage(e.to_string()))?;
    let builder = Scanner::builder().ruleset(nothing).limits(args.limits.limits());
    let scanner = setup::reading(builder, &args.read)?.build().map_err(|e| Failure::usage(e.to_string()))?;
    for path in &args.except {
        prints.except(&text(&scanner, path)?);
    }
    if args.replace {
        prints.remove(&name);
    }
    let mut out = io::stdout().lock();
    for path in &args.forms {
        let settings = Settings { name: name.clone(), category: args.category, threshold: args.threshold };
        let print = prints.add(settings, &text(&scanner, path)?);
        let print = print.map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?;
        writeln!(out, "{}: {} words, {} hashes", path.display(), print.words, print.kept)?;
    }
    let written = Atomic::create(&output).and_then(|mut file| {
        file.write_all(&prints.to_bytes())?;
        file.finish()
    });
    let size = written.map_err(|e| Failure::broken(format!("cannot write {}: {e}", output.display())))?;
    let guarded = if prints.is_keyed() { "under a secret key" } else { "without a secret key" };
    writeln!(out, "{}: {} fingerprints, {size} bytes, {guarded}", output.display(), prints.prints().len())?;
    Ok(0)
}

/// The text of a document. What of it could not be read is told: its copies may have it.
fn text(scanner: &Scanner, path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let gaps = explain::with_source(scanner, path, |source| {
        scanner.extract(source, &mut |_, document| {
            text.push_str(document.text.as_str());
            text.push('\n');
        })
    })?;
    for gap in gaps {
        let line = format!("warning: {}: not read: {} {}", path.display(), gap.reason, gap.place);
        say(&frisk::report::escape(line.trim_end()));
    }
    Ok(text)
}

fn info(file: &Path, key_file: Option<&Path>) -> Result<u8, Failure> {
    let files: Vec<_> = key_file.map(Path::to_owned).into_iter().collect();
    let prints = detectors::open_fingerprints(file, &keys::keys(&files)?)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", if prints.is_keyed() { "under a secret key" } else { "without a secret key" })?;
    for print in prints.prints() {
        let Settings { name, category, threshold } = &print.settings;
        let (words, kept, shingles) = (print.words, print.kept, print.shingles);
        let rule = format!("fingerprint-{name}");
        let category = category.name();
        writeln!(out, "{rule}: {category}, {threshold} %, {words} words, {kept} of {shingles} hashes kept")?;
    }
    Ok(0)
}
