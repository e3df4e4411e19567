//! `frisk rules`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use frisk::find::{Rule, Ruleset};
use frisk::scan::Scanner;

use crate::args::RuleArgs;
use crate::{Failure, explain, setup};

/// Arguments of `frisk rules`.
#[derive(Args, Debug)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// List all rules: id, category, name
    List(RuleArgs),
    /// Show what a rule finds, what speaks for it, its examples
    Show {
        /// Rule id
        id: String,
        #[command(flatten)]
        rules: RuleArgs,
    },
    /// Run the examples and counter-examples; with files, only of the rules in them. Exit 4 if one fails
    Check {
        /// Rule files
        files: Vec<PathBuf>,
        #[command(flatten)]
        rules: RuleArgs,
    },
    /// Check a Microsoft Purview rule package and say what it holds; use it with --rules
    Import {
        /// The package: XML, as Purview exports it
        file: PathBuf,
        /// Copy it, as UTF-8, to this file or folder
        #[arg(long, value_name = "PATH")]
        to: Option<PathBuf>,
        /// Overwrite the copy of an older version
        #[arg(long, requires = "to")]
        force: bool,
    },
    /// Say what a rule makes of a file, or of its own examples
    Test {
        /// Rule id
        id: String,
        /// File; `-` is standard input
        file: Option<PathBuf>,
        #[command(flatten)]
        rules: RuleArgs,
    },
}

/// Runs the command; gives the exit code.
pub fn run(args: &RulesArgs) -> Result<u8, Failure> {
    match &args.command {
        RulesCommand::List(rules) => list(&setup::ruleset(rules)?),
        RulesCommand::Show { id, rules } => show(explain::known_rule(&setup::ruleset(rules)?, id)?),
        RulesCommand::Check { files, rules } => check(rules, files),
        RulesCommand::Import { file, to, force } => import(file, to.as_deref(), *force),
        RulesCommand::Test { id, file, rules } => {
            let ruleset = setup::ruleset(rules)?;
            let rule = explain::known_rule(&ruleset, id)?;
            match file {
                None => verdict(&ruleset, &[rule]),
                Some(path) => explain::explain(Scanner::builder().ruleset(ruleset), path, Some(id)),
            }
        }
    }
}

fn list(ruleset: &Ruleset) -> Result<u8, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let wide = ruleset.rules().iter().map(|r| r.id.len()).max().unwrap_or(0);
    for rule in ruleset.rules() {
        writeln!(out, "{:wide$}  {:12}  {}", rule.id, rule.category.name(), rule.name)?;
    }
    out.flush()?;
    Ok(0)
}

fn show(rule: &Rule) -> Result<u8, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "{}  {}", rule.id, rule.name)?;
    let tiers = &rule.confidence;
    let fields = [
        ("version", rule.version.to_string()),
        ("category", rule.category.name().to_owned()),
        ("country", rule.country.clone()),
        ("purview guid", rule.sit_guid.clone().unwrap_or_default()),
        ("formats", rule.formats.clone()),
        ("confidence", format!("alone {}, keyword near {}, labelled {}", tiers.alone, tiers.nearby, tiers.label)),
        ("keywords", rule.keywords.join(", ")),
        ("against it", rule.not_keywords.join(", ")),
        ("references", rule.references.join("; ")),
        ("file", rule.origin.clone()),
    ];
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "  {name:12}  {value}")?;
    }
    for example in &rule.examples {
        writeln!(out, "  finds         {:?} at {} and above", example.text, example.level)?;
    }
    for example in &rule.counter_examples {
        writeln!(out, "  not           {:?}: {}", example.text, example.why)?;
    }
    out.flush()?;
    Ok(0)
}

/// Reads a rule package as `--rules` does, and tells what it holds.
fn import(file: &Path, to: Option<&Path>, force: bool) -> Result<u8, Failure> {
    let package = setup::package(file)?;
    let (title, types, warnings) = (package.title(), package.types(), package.warnings().to_vec());
    let text = package.to_utf8();
    let fail = |e: frisk::find::RuleError| Failure::usage(e.to_string());
    let builder = Ruleset::builder().builtin().map_err(fail)?;
    let ruleset = builder.package(package).map_err(fail)?.build().map_err(fail)?;
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "{title}: {} types", types.len())?;
    for entry in &types {
        let rule = ruleset.rules().iter().rev().find(|r| r.sit_guid.as_deref() == Some(&entry.guid));
        writeln!(out, "{}  {}  {}", rule.map_or(entry.guid.as_str(), |r| &r.id), entry.guid, entry.name)?;
        let levels: Vec<String> = entry.levels.iter().map(ToString::to_string).collect();
        let window = entry.proximity.map_or_else(|| "the whole document".to_owned(), |n| format!("{n} characters"));
        let recommended = if entry.affinity { "threshold" } else { "recommended" };
        writeln!(out, "  levels {}; {recommended} {}; within {window}", levels.join(", "), entry.recommended)?;
        if !entry.functions.is_empty() {
            writeln!(out, "  functions {}", entry.functions.join(", "))?;
        }
        if entry.backtracking > 0 {
            writeln!(out, "  {} expressions need backtracking, which has a limit", entry.backtracking)?;
        }
    }
    for warning in &warnings {
        writeln!(out, "warning: {warning}")?;
    }
    if let Some(to) = to {
        let path = if to.is_dir() { to.join(file.file_name().unwrap_or_default()) } else { to.to_owned() };
        let failed = |e: io::Error| Failure::broken(format!("{}: {e}", path.display()));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(!force).create(force).truncate(force);
        options.open(&path).and_then(|mut f| f.write_all(text.as_bytes())).map_err(failed)?;
        writeln!(out, "copied to {}; use it with --rules", path.display())?;
    }
    out.flush()?;
    Ok(0)
}

/// Files are checked beside the built-in rules: a rule must not take another's examples either.
fn check(args: &RuleArgs, files: &[PathBuf]) -> Result<u8, Failure> {
    if files.is_empty() {
        let ruleset = setup::ruleset(args)?;
        return verdict(&ruleset, &ruleset.rules().iter().collect::<Vec<_>>());
    }
    let (ids, ruleset) = setup::ruleset_of(files, args)?;
    verdict(&ruleset, &ruleset.rules().iter().filter(|rule| ids.contains(&rule.id)).collect::<Vec<_>>())
}

/// Runs examples; a failing one ends with exit 4.
fn verdict(ruleset: &Ruleset, rules: &[&Rule]) -> Result<u8, Failure> {
    let errors: Vec<String> =
        rules.iter().flat_map(|rule| ruleset.check_rule(rule)).map(|error| error.to_string()).collect();
    if errors.is_empty() {
        let examples: usize = rules.iter().map(|r| r.examples.len() + r.counter_examples.len()).sum();
        writeln!(
            io::stdout().lock(),
            "{} rules, {examples} examples and counter-examples: all as they should be",
            rules.len()
        )?;
        return Ok(0);
    }
    Err(Failure { code: 4, message: errors.join("\n\n") })
}
