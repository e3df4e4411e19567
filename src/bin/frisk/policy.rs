//! `frisk policy`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::{Args, Subcommand};
use frisk::find::Ruleset;
use frisk::policy::{Action, Cases, Date, PastDecision, Policy, Simulation};
use frisk::report::escape;

use crate::args::RuleArgs;
use crate::{Failure, say, setup};

/// Arguments of `frisk policy`.
#[derive(Args, Debug)]
pub struct PolicyArgs {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Load a policy, check the names it uses, warn of rules that never decide and of what it lets through
    Check {
        /// A policy file, or the name of a built-in policy
        file: PathBuf,
        /// Exit with 4 if there is a warning
        #[arg(long)]
        deny_warnings: bool,
        #[command(flatten)]
        rules: RuleArgs,
    },
    /// Try the cases beside a policy: NAME.tests.toml
    Test {
        /// A policy file, or the name of a built-in policy
        file: PathBuf,
        /// Other cases than those beside the policy
        #[arg(long, value_name = "FILE")]
        cases: Option<PathBuf>,
        #[command(flatten)]
        rules: RuleArgs,
    },
    /// Say what a policy would have made of past decisions
    Simulate {
        /// A policy file, or the name of a built-in policy
        file: PathBuf,
        /// Records of `frisk scan --format jsonl`, or an export of the activity log
        #[arg(long, value_name = "FILE")]
        log: PathBuf,
        /// Decisions from this time on: 12h, 7d ago, a day (2026-03-01) or a time (2026-03-01T08:00:00Z)
        #[cfg(feature = "serve")]
        #[arg(long, value_name = "TIME", value_parser = crate::log::moment)]
        since: Option<frisk::serve::log::Moment>,
        /// Decisions before this time
        #[cfg(feature = "serve")]
        #[arg(long, value_name = "TIME", value_parser = crate::log::moment)]
        until: Option<frisk::serve::log::Moment>,
        /// Changed decisions that are shown one by one
        #[arg(long, value_name = "N", default_value_t = 20)]
        show: usize,
        #[command(flatten)]
        rules: RuleArgs,
    },
    /// List the policies that come with frisk, or print one of them
    List {
        /// Its name
        name: Option<String>,
    },
    /// Print the JSON Schema of policy files, for editors
    Schema,
}

/// Exit code of checks that failed.
const FAILED: u8 = 4;

/// Runs the command; gives the exit code.
pub fn run(args: &PolicyArgs) -> Result<u8, Failure> {
    match &args.command {
        PolicyCommand::Check { file, deny_warnings, rules } => check(file, *deny_warnings, &setup::ruleset(rules)?),
        PolicyCommand::Test { file, cases, rules } => test(file, cases.as_deref(), &setup::ruleset(rules)?),
        #[cfg(feature = "serve")]
        PolicyCommand::Simulate { file, log, since, until, show, rules } => {
            let span = Span { since: since.map(SystemTime::from), until: until.map(SystemTime::from) };
            simulate(file, log, span, *show, &setup::ruleset(rules)?)
        }
        #[cfg(not(feature = "serve"))]
        PolicyCommand::Simulate { file, log, show, rules } => {
            simulate(file, log, Span::default(), *show, &setup::ruleset(rules)?)
        }
        PolicyCommand::List { name } => list(name.as_deref()),
        PolicyCommand::Schema => {
            io::stdout().lock().write_all(Policy::schema().as_bytes())?;
            Ok(0)
        }
    }
}

fn check(file: &Path, deny_warnings: bool, ruleset: &Ruleset) -> Result<u8, Failure> {
    let policy = setup::policy(Some(file), ruleset)?;
    let mut out = io::stdout().lock();
    let rules: Vec<&str> = policy.rule_ids().collect();
    writeln!(out, "policy {}: {} rules ({})", escape(policy.name()), rules.len(), escape(&rules.join(", ")))?;
    writeln!(out, "on-unscannable: {}", policy.on_unscannable())?;
    writeln!(out, "on-overload: {}", policy.on_overload())?;
    let lints = policy.lint(Date::from(SystemTime::now()));
    for lint in &lints {
        let lines: Vec<String> = lint.to_string().lines().map(escape).collect();
        writeln!(out, "{}", lines.join("\n"))?;
    }
    Ok(if deny_warnings && !lints.is_empty() { FAILED } else { 0 })
}

fn test(file: &Path, cases: Option<&Path>, ruleset: &Ruleset) -> Result<u8, Failure> {
    let policy = setup::policy(Some(file), ruleset)?;
    let beside = file.with_extension("tests.toml");
    let path = cases.unwrap_or(&beside);
    let builtin = file.to_str().filter(|_| cases.is_none() && !file.exists());
    let (name, text) = match builtin.and_then(Policy::builtin_cases) {
        Some((name, text)) => (name, text.to_owned()),
        None => (path.display().to_string(), setup::read_text(path)?),
    };
    let cases = Cases::parse(&name, &text).map_err(|e| Failure::usage(e.to_string()))?;
    let mut out = io::stdout().lock();
    let mut failed = 0_usize;
    for result in cases.run(&policy, ruleset) {
        if result.problems.is_empty() {
            continue;
        }
        failed += 1;
        writeln!(out, "failed: {}\n  --> {}", escape(&result.id), escape(&result.place))?;
        for problem in &result.problems {
            writeln!(out, "  = {}", escape(problem))?;
        }
    }
    writeln!(out, "policy {}: {} of {} cases as expected", escape(policy.name()), cases.len() - failed, cases.len())?;
    let untested = cases.untested(&policy);
    if !untested.is_empty() {
        writeln!(out, "no case names as the deciding rule: {}", escape(&untested.join(", ")))?;
    }
    Ok(if failed > 0 { FAILED } else { 0 })
}

/// From when to when.
#[derive(Clone, Copy, Default)]
struct Span {
    since: Option<SystemTime>,
    until: Option<SystemTime>,
}

impl Span {
    /// Whether a decision lies in it. One without a time lies in none but all.
    fn holds(self, past: &PastDecision) -> bool {
        let time = past.situation.time;
        self.since.is_none_or(|since| time.is_some_and(|time| time >= since))
            && self.until.is_none_or(|until| time.is_some_and(|time| time < until))
    }
}

fn simulate(file: &Path, log: &Path, span: Span, show: usize, ruleset: &Ruleset) -> Result<u8, Failure> {
    let policy = setup::policy(Some(file), ruleset)?;
    let mut simulation = Simulation::new();
    let mut refused = 0_u64;
    #[cfg(feature = "serve")]
    let is_database = of_database(log, span, &policy, &mut simulation)?;
    #[cfg(not(feature = "serve"))]
    let is_database = false;
    if !is_database {
        refused = of_records(log, span, &policy, &mut simulation)?;
    }
    told(&policy, &simulation, log, show, refused)
}

/// Adds the decisions of an activity log; `false` if the file is none.
#[cfg(feature = "serve")]
fn of_database(log: &Path, span: Span, policy: &Policy, simulation: &mut Simulation) -> Result<bool, Failure> {
    use frisk::serve::log::{Filter, Reader};
    use std::io::Read;

    let mut start = [0; 16];
    #[allow(clippy::disallowed_methods, reason = "the command line opens what its flags name")]
    let read = File::open(log).and_then(|mut file| file.read_exact(&mut start));
    // SQLite, "Database File Format", section 1.3.1.
    if read.is_err() || start != *b"SQLite format 3\0" {
        return Ok(false);
    }
    let fail = |e: &dyn std::fmt::Display| Failure::usage(format!("{}: {e}", log.display()));
    let reader = Reader::open(log).map_err(|e| fail(&e))?;
    let filter = Filter { since: span.since.map(Into::into), until: span.until.map(Into::into), ..Filter::default() };
    for past in reader.past(&filter).map_err(|e| fail(&e))? {
        simulation.add(policy, &past.map_err(|e| fail(&e))?);
    }
    Ok(true)
}

/// Adds records of JSON Lines; gives how many lines are none.
fn of_records(log: &Path, span: Span, policy: &Policy, simulation: &mut Simulation) -> Result<u64, Failure> {
    let mut refused = 0_u64;
    #[allow(clippy::disallowed_methods, reason = "the command line opens what its flags name")]
    let lines = File::open(log).map_err(|e| Failure::usage(format!("{}: {e}", log.display())))?;
    for (number, line) in (1_u64..).zip(BufReader::new(lines).lines()) {
        let line = line.map_err(|e| Failure::broken(format!("{}:{number}: {e}", log.display())))?;
        match PastDecision::of_record(&line) {
            Ok(Some(past)) if span.holds(&past) => simulation.add(policy, &past),
            Ok(_) => {}
            Err(_) if line.trim().is_empty() => {}
            Err(why) => {
                refused += 1;
                say(&format!("warning: {}:{number}: {why}", escape(&log.display().to_string())));
            }
        }
    }
    Ok(refused)
}

fn told(policy: &Policy, simulation: &Simulation, log: &Path, show: usize, refused: u64) -> Result<u8, Failure> {
    if simulation.decisions == 0 {
        return Err(Failure::usage(format!("{}: holds no decision", log.display())));
    }
    let mut out = io::stdout().lock();
    let (all, changed) = (simulation.decisions, simulation.changed());
    writeln!(out, "policy {}: {changed} of {all} decisions would be another one", escape(policy.name()))?;
    for ((was, now), count) in simulation.moves.iter().filter(|((was, now), _)| was != now) {
        writeln!(out, "  {was} -> {now}: {count}")?;
    }
    for (rule, count) in &simulation.by_rule {
        let rule = if rule.is_empty() { "no rule" } else { rule };
        writeln!(out, "  by {}: {count}", escape(rule))?;
    }
    if simulation.watched > 0 {
        writeln!(out, "{} would be stricter still, did no rule of it only watch", simulation.watched)?;
    }
    for change in simulation.changes.iter().take(show) {
        let rule = |rule: &Option<String>| rule.as_deref().map_or("no rule".to_owned(), escape);
        let user = change.user.as_deref().map(|user| format!(" of {}", escape(user))).unwrap_or_default();
        writeln!(
            out,
            "{}{user}: {} ({}) -> {} ({})",
            escape(&change.name),
            change.was,
            rule(&change.was_rule),
            change.now,
            rule(&change.now_rule)
        )?;
    }
    let hidden = changed.saturating_sub(simulation.changes.len().min(show) as u64);
    if hidden > 0 {
        writeln!(out, "and {hidden} more")?;
    }
    if refused > 0 {
        say(&format!("warning: {refused} lines are no records and were left out"));
    }
    Ok(0)
}

fn list(name: Option<&str>) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    if let Some(name) = name {
        let policy = Policy::builtin(name).ok_or_else(|| {
            let near = frisk::find::nearest(name, Policy::builtin_names());
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Failure::usage(format!("no built-in policy is called `{name}`{near}"))
        })?;
        out.write_all(policy.source().as_bytes())?;
        return Ok(0);
    }
    for name in Policy::builtin_names() {
        let Some(policy) = Policy::builtin(name) else { continue };
        let about = policy.source().lines().next().unwrap_or_default().trim_start_matches("# ");
        let stops = if policy.on_unscannable() >= Action::Block { " (stops what cannot be examined)" } else { "" };
        writeln!(out, "{name:24} {about}{stops}")?;
    }
    Ok(0)
}
