//! `frisk suppress`.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use frisk::document::Text;
use frisk::find::{Rule, Ruleset, Value};
use frisk::report::{Masker, ValueNames, escape};

use crate::args::{RuleArgs, ShowArgs};
use crate::{Failure, explain, say, setup};

/// Bytes of values on standard input; more are no list that somebody looked at.
const INPUT_BYTES_MAX: u64 = 256 << 10;
/// Values told of one input.
const VALUES_MAX: usize = 100_000;
/// Keywords of a rule tried in front of a value that stands without one.
const KEYWORDS_TRIED: usize = 20;

/// Arguments of `frisk suppress`.
#[derive(Args, Debug)]
pub struct SuppressArgs {
    #[command(subcommand)]
    command: SuppressCommand,
}

#[derive(Debug, Subcommand)]
enum SuppressCommand {
    /// Load suppression lists, check the rules they name, say what expired
    Check {
        /// Lists
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        rules: RuleArgs,
    },
    /// Print what a list may call the values on standard input, one a line: their SHA-256 as a rule normalises them,
    /// and their fingerprint if FRISK_FINGERPRINT_KEY is set
    Hash {
        /// Rule id
        rule: String,
        #[command(flatten)]
        rules: RuleArgs,
    },
}

/// Runs the command; gives the exit code.
pub fn run(args: &SuppressArgs) -> Result<u8, Failure> {
    match &args.command {
        SuppressCommand::Check { files, rules } => check(files, rules),
        SuppressCommand::Hash { rule, rules } => hash(rule, rules),
    }
}

fn check(files: &[PathBuf], rules: &RuleArgs) -> Result<u8, Failure> {
    let list = setup::suppressions(files)?;
    let ruleset = setup::ruleset(rules)?;
    let known = ruleset.rules().iter().map(|r| (r.id.as_str(), r.category.name()));
    let unknown: Vec<String> = list.unknown_rules(known).iter().map(ToString::to_string).collect();
    if !unknown.is_empty() {
        return Err(Failure::usage(unknown.join("\n\n")));
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{} entries, {} expired", list.entries().len(), list.expired())?;
    for entry in list.entries() {
        let conditions = entry.conditions().collect::<Vec<_>>().join(" and ");
        let expires = match entry.expires() {
            Some(date) if entry.is_expired() => format!(", EXPIRED on {date}"),
            Some(date) => format!(", until {date}"),
            None => String::new(),
        };
        let (name, reason) = (escape(entry.name()), escape(entry.reason()));
        writeln!(out, "{}  {name}  by {conditions}{expires}: {reason}", entry.place())?;
    }
    let key_from = setup::fingerprint_key()?.from;
    for warning in setup::about_suppressions(&list, key_from) {
        say(&format!("warning: {warning}"));
    }
    Ok(0)
}

fn hash(id: &str, rules: &RuleArgs) -> Result<u8, Failure> {
    // Alone: no other rule may take its values, and a rule that is off by default is on when it is named.
    let only = RuleArgs { enable: vec![id.to_owned()], disable: Vec::new(), ..rules.clone() };
    let ruleset = setup::ruleset(&only)?;
    let rule = explain::known_rule(&ruleset, id)?;
    let key = setup::fingerprint_key()?;
    let (masker, key_from) = (setup::masker(&ShowArgs::default(), &key)?, key.from);
    let input = input()?;
    let (found, missed) = values(&ruleset, rule, &input);
    let mut out = io::stdout().lock();
    for (line, value) in &found {
        let Some(names) = ValueNames::of(&masker, id, value) else {
            let why = "is authentication data, of which not even a hash may be kept; suppress it by path";
            return Err(Failure::usage(format!("what `{id}` finds {why}")));
        };
        writeln!(out, "# line {line}: {}", hidden(&masker, rule, value))?;
        if let Some(fingerprint) = names.fingerprint.filter(|_| key_from != "random") {
            writeln!(out, "fingerprint = \"{fingerprint}\"")?;
        }
        writeln!(out, "sha256 = \"{}\"", names.sha256)?;
    }
    if key_from == "random" && !found.is_empty() {
        let why = "the SHA-256 of a short value can be undone by trying all of them";
        say(&format!("note: {why}; where values are secret, set FRISK_FINGERPRINT_KEY and use fingerprints"));
    }
    if missed.is_empty() && !found.is_empty() {
        return Ok(0);
    }
    let lines: Vec<String> = missed.iter().map(ToString::to_string).collect();
    let at = if lines.is_empty() { "standard input".to_owned() } else { format!("line {}", lines.join(", ")) };
    let help = "write the value as it stands in a file, with the words that label it: frisk rules show";
    Err(Failure::usage(format!("`{id}` finds nothing in {at}\n  = {help} {id}")))
}

fn hidden(masker: &Masker, rule: &Rule, value: &Value) -> String {
    escape(&masker.mask(&rule.id, &rule.short_name, value))
}

/// Standard input as text. What is wrong with it is told without a piece of it.
fn input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    let read = io::stdin().lock().take(INPUT_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|e| Failure::broken(format!("cannot read standard input: {e}")))?;
    if bytes.len() as u64 > INPUT_BYTES_MAX {
        return Err(Failure::usage(format!("standard input is larger than {} KiB", INPUT_BYTES_MAX >> 10)));
    }
    String::from_utf8(bytes).map_err(|_| Failure::usage("standard input is not UTF-8"))
}

/// The different values that `rule` finds in `input`, each with its line; and the lines in which it finds none.
///
/// The text is taken as it is first, so that values of several lines and labelled ones are found. A line that is left
/// is tried behind words of the rule, because a bare value of many a rule is none.
fn values(ruleset: &Ruleset, rule: &Rule, input: &str) -> (Vec<(usize, Value)>, Vec<usize>) {
    let of_rule = |text: &str| {
        let found = ruleset.find(&Text::owned(text.to_owned()), VALUES_MAX).matches;
        let own = |rules: &[Rule], index: usize| rules.get(index).is_some_and(|r| r.id == rule.id);
        found.into_iter().filter(|m| own(ruleset.rules(), m.rule)).collect::<Vec<_>>()
    };
    let whole = of_rule(input);
    let (mut found, mut missed, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    let mut end = 0;
    for (number, line) in (1..).zip(input.split_inclusive('\n')) {
        let (start, text) = (end, line.trim());
        end += line.len();
        let here = whole.iter().filter(|m| m.range.start < end && start < m.range.end);
        let mut values: Vec<Value> = here.map(|m| m.value.clone()).collect();
        if values.is_empty() && !text.is_empty() {
            let labels = rule.keywords.iter().take(KEYWORDS_TRIED).map(|word| format!("{word}: "));
            values = std::iter::once(String::new())
                .chain(labels)
                .map(|label| {
                    let behind = of_rule(&format!("{label}{text}")).into_iter();
                    behind.filter(|m| m.range.start >= label.len()).map(|m| m.value).collect::<Vec<_>>()
                })
                .find(|values| !values.is_empty())
                .unwrap_or_default();
            if values.is_empty() {
                missed.push(number);
            }
        }
        for value in values {
            if seen.insert(value.clone()) {
                found.push((number, value));
            }
        }
    }
    (found, missed)
}
