//! `frisk scan`.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::{Args, ValueEnum};
use frisk::document::Options;
use frisk::report::{End, FailOn, LimitsEntry, Run, Summary, SuppressionsEntry, exit_code};
use frisk::share::{Filter, Worker};

use crate::args::{
    DecideArgs, Format, IsolateArgs, LimitArgs, OutputTo, ReadArgs, RuleArgs, ShowArgs, When, output_to,
};
use crate::batch::{self, Batch, Job};
use crate::isolate::{self, Launch, Look, Pool};
use crate::output::Output;
use crate::progress::Progress;
use crate::signals::Signals;
use crate::{Failure, say, setup};

/// Arguments of `frisk scan`.
#[derive(Args, Debug)]
pub struct ScanArgs {
    /// Files and folders; `-` is one document on standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Read paths of files from FILE (`-` = standard input), one a line
    #[arg(long, value_name = "FILE", help_heading = "Inputs")]
    files_from: Option<PathBuf>,
    /// Paths of --files-from are separated by NUL
    #[arg(short = '0', long, requires = "files_from", help_heading = "Inputs")]
    null: bool,
    /// Open only files that match (gitignore syntax; repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Inputs")]
    include: Vec<String>,
    /// Do not open files and folders that match (gitignore syntax; repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Inputs")]
    exclude: Vec<String>,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    decide: DecideArgs,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    isolate: IsolateArgs,
    #[command(flatten)]
    read: ReadArgs,
    /// Print the limits in force and end
    #[arg(long, help_heading = "Limits")]
    show_limits: bool,
    /// Files examined at once [default: number of processors]
    #[arg(short, long, value_name = "N", value_parser = jobs, help_heading = "Limits")]
    jobs: Option<usize>,
    /// Stop reading an input when its verdict is certain; what was not read is a gap (`decided`)
    #[arg(long, help_heading = "Limits")]
    first_verdict: bool,
    /// Format of standard output [default: human on a terminal, jsonl otherwise]
    #[arg(short, long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    format: Option<Format>,
    /// Write results to a file, which appears when it is complete (repeatable)
    #[arg(short, long, value_name = "FORMAT=PATH", value_parser = output_to, help_heading = "Output")]
    output: Vec<OutputTo>,
    #[command(flatten)]
    show: ShowArgs,
    /// What makes the exit code other than 0 (repeatable) [default: match, error]
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',', help_heading = "Exit code")]
    fail_on: Vec<FailWord>,
    /// Exit with 0 where it would be 1 or 3
    #[arg(long, help_heading = "Exit code")]
    exit_zero: bool,
    /// Progress on standard error
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    progress: When,
    /// Colours on standard output
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    color: When,
    /// Nothing on standard error but errors
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    quiet: bool,
    /// Say on standard error what was not examined, with details
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,
}

/// Words of --fail-on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailWord {
    /// Nothing
    Never,
    /// A match: 1
    Match,
    /// A match of high confidence: 1
    High,
    /// An input that was not wholly examined: 3
    Incomplete,
    /// An input that could not be opened: 3
    Error,
}

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 1..=1024) => Ok(n),
        _ => Err("write a number from 1 to 1024".to_owned()),
    }
}

/// Answers as a worker of such a run.
pub fn work(args: &ScanArgs, look: &Look) -> Result<u8, Failure> {
    let key = setup::fingerprint_key()?;
    let jobs = isolate::jobs(&args.isolate, args.jobs)?;
    let setup = setup::scanner(&args.rules, &args.decide, &args.limits, &args.read, &args.show, &key, false)?;
    let setup = setup.at(look.time()).reading(jobs, args.first_verdict);
    isolate::serve(&setup.scanner, look, None)
}

/// Runs the command; gives the exit code.
pub fn run(args: &ScanArgs) -> Result<u8, Failure> {
    let fail_on = fail_on(&args.fail_on)?;
    if args.show_limits {
        return show_limits(args);
    }
    if args.paths.is_empty() && args.files_from.is_none() {
        return Err(Failure::usage("nothing to scan: name files or folders, or `-` for standard input (see --help)"));
    }
    let lists_stdin = args.files_from.as_deref() == Some(Path::new("-"));
    if lists_stdin && args.paths.iter().any(|p| p == Path::new("-")) {
        return Err(Failure::usage("standard input cannot be both the list (--files-from -) and a document (-)"));
    }
    let mut outputs = outputs(args)?;
    let formats: Vec<_> = outputs.iter().map(|o| (o.format(), o.style())).collect();
    let jobs_max = isolate::jobs(&args.isolate, args.jobs)?;
    let key = setup::fingerprint_key()?;
    // The first worker reads its rules while this process reads them too, if it needs them.
    let time = SystemTime::now();
    let launch = Launch::new(&args.isolate, &key.bytes, &formats, jobs_max, time)?;
    let first = launch.as_ref().map(|launch| launch.start().map_err(Failure::broken)).transpose()?;
    let (setup, pool) = set_up(args, &key, launch.zip(first))?;
    let setup = setup.at(time).reading(jobs_max, args.first_verdict);
    let mut filter = Filter::new(&args.include, &args.exclude).map_err(Failure::usage)?;
    let list = args.files_from.as_deref().map(open_list).transpose()?;
    if !args.quiet {
        setup.warnings.iter().for_each(|warning| say(&format!("warning: {warning}")));
    }

    outputs.iter().flat_map(Output::own).for_each(|metadata| filter.add_own(&metadata));
    let policy = setup.scanner.policy().name();
    let mut run = Run::new(setup.scanner.ruleset_id(), policy, setup.gate, setup.key_from, setup.scanner.limits());
    run.suppressions = SuppressionsEntry::of(setup.scanner.suppressions());
    batch::to_each(&mut outputs, |output, _| output.start(&run))?;

    let signals = Signals::listen()?;
    let separator = if args.null { 0 } else { b'\n' };
    let from_list = list.map(|list| batch::listed(list, separator, filter.clone(), signals.clone()));
    let jobs = batch::named(&args.paths, &filter).chain(from_list.into_iter().flatten());
    let mut batch = Batch {
        scanner: &setup.scanner,
        outputs,
        render: None,
        pool,
        jobs: jobs_max,
        fail_on,
        exit_zero: args.exit_zero,
        verbose: args.verbose,
        progress: Progress::new(args.progress, args.quiet),
    };
    let jobs: Box<dyn Iterator<Item = Job> + Send> = Box::new(jobs);
    let summary = batch.run(jobs, &signals)?;
    batch::to_each(&mut batch.outputs, |output, _| output.finish(&summary))?;
    if !args.quiet {
        say_summary(args, &summary);
    }
    Ok(summary.exit_code)
}

/// What this process needs, and its workers.
fn set_up(
    args: &ScanArgs,
    key: &setup::FingerprintKey,
    workers: Option<(Launch, Worker)>,
) -> Result<(setup::Setup, Option<Pool>), Failure> {
    let all = || setup::scanner(&args.rules, &args.decide, &args.limits, &args.read, &args.show, key, false);
    let Some((launch, first)) = workers else { return Ok((all()?, None)) };
    let lists = !args.rules.keywords.is_empty() || !args.decide.suppress.is_empty();
    if lists || args.decide.policy.is_some() {
        let setup = all()?;
        let pool = Pool::new(launch, first, &setup.scanner)?;
        return Ok((setup, Some(pool)));
    }
    match isolate::started(first) {
        Ok((first, id)) => {
            let setup = setup::supervisor(&args.decide, &args.limits, &args.show, key, &id)?;
            let pool = Pool::of(launch, first, &setup.scanner);
            Ok((setup, Some(pool)))
        }
        // Whatever is wrong with the flags is told as it is without workers.
        Err(why) => all().and(Err(Failure::broken(why))),
    }
}

/// A few words on standard error for whoever reads machine formats, and why a run failed for everyone.
fn say_summary(args: &ScanArgs, summary: &Summary) {
    if let Some(why) = &summary.ended_by {
        say(&format!("frisk: {why}"));
    }
    let human = args.output.is_empty() && args.format.unwrap_or_else(batch::default_format) == Format::Human;
    if !human && args.fail_on != [FailWord::Never] {
        let suppressed = match summary.suppressed {
            0 => String::new(),
            count => format!(", {count} matches suppressed"),
        };
        say(&format!(
            "frisk: {} inputs, {} matched, {} clean, {} unknown ({} skipped){suppressed}",
            summary.inputs,
            summary.matched,
            summary.clean,
            summary.unknown,
            summary.skipped.values().sum::<u64>()
        ));
    }
}

fn show_limits(args: &ScanArgs) -> Result<u8, Failure> {
    let limits = LimitsEntry::from(&args.limits.limits());
    let text = limits.to_string().replace(", ", "\n");
    let jobs = isolate::jobs(&args.isolate, args.jobs)?;
    let decode = args.read.decode.unwrap_or(Options::default().decode);
    let mut out = io::stdout().lock();
    writeln!(out, "{text}\ndecode {decode}\njobs {jobs}")?;
    if let Some(memory) = isolate::memory_of_all(&args.isolate, jobs) {
        writeln!(out, "max-memory {memory}")?;
    }
    Ok(exit_code(End::Finished, &Summary::default(), FailOn::NEVER, false))
}

fn fail_on(words: &[FailWord]) -> Result<FailOn, Failure> {
    if words.is_empty() {
        return Ok(FailOn::default());
    }
    let has = |word| words.contains(&word);
    if has(FailWord::Never) && words.len() > 1 {
        return Err(Failure::usage("--fail-on never stands alone"));
    }
    Ok(FailOn {
        matches: has(FailWord::Match),
        high: has(FailWord::High),
        incomplete: has(FailWord::Incomplete),
        error: has(FailWord::Error),
    })
}

fn open_list(path: &Path) -> Result<Box<dyn io::Read + Send>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    #[allow(clippy::disallowed_methods, reason = "the command line opens what its flags name")]
    let file = File::open(path).map_err(|e| Failure::usage(format!("--files-from {}: {e}", path.display())))?;
    Ok(Box::new(file))
}

fn outputs(args: &ScanArgs) -> Result<Vec<Output>, Failure> {
    let mut outputs = Vec::new();
    if args.format.is_some() || args.output.is_empty() {
        outputs.push(Output::stdout(args.format.unwrap_or_else(batch::default_format), args.color));
    }
    for OutputTo { format, path } in &args.output {
        let output = Output::file(*format, path);
        outputs.push(output.map_err(|e| Failure::broken(format!("cannot write to {}: {e}", path.display())))?);
    }
    Ok(outputs)
}
