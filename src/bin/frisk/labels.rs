//! `frisk labels`.

use std::path::PathBuf;
use std::time::SystemTime;

use clap::{Args, ValueEnum};
use frisk::report::{FailOn, Outcome, Record, jsonl};
use frisk::share::Filter;

use crate::args::{DecideArgs, Format, IsolateArgs, LimitArgs, ReadArgs, RuleArgs, ShowArgs, When};
use crate::batch::{self, Batch};
use crate::isolate::{self, Launch, Look, Pool};
use crate::output::Output;
use crate::progress::Progress;
use crate::signals::Signals;
use crate::{Failure, setup};

/// Arguments of `frisk labels`.
#[derive(Args, Debug)]
pub struct LabelsArgs {
    /// Files and folders; `-` is one document on standard input
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,
    /// Format of standard output [default: human on a terminal, jsonl otherwise]
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<LabelFormat>,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    isolate: IsolateArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// Formats of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LabelFormat {
    /// A line a label
    Human,
    /// A JSON object a file
    Jsonl,
}

/// Answers as a worker of such a run.
pub fn work(args: &LabelsArgs, look: &Look) -> Result<u8, Failure> {
    isolate::serve(&scanner(args, &setup::fingerprint_key()?)?.scanner, look, Some(render))
}

fn scanner(args: &LabelsArgs, key: &setup::FingerprintKey) -> Result<setup::Setup, Failure> {
    let (rules, decide, show) = (RuleArgs::default(), DecideArgs::default(), ShowArgs::default());
    setup::scanner(&rules, &decide, &args.limits, &args.read, &show, key, true)
}

/// Runs the command; gives the exit code.
pub fn run(args: &LabelsArgs) -> Result<u8, Failure> {
    let format = match args.format {
        Some(LabelFormat::Human) => Format::Human,
        Some(LabelFormat::Jsonl) => Format::Jsonl,
        None => batch::default_format(),
    };
    let output = Output::stdout(format, When::Auto);
    let jobs = isolate::jobs(&args.isolate, None)?;
    let key = setup::fingerprint_key()?;
    let launch = Launch::new(&args.isolate, &key.bytes, &[(output.format(), output.style())], jobs, SystemTime::now())?;
    let first = launch.as_ref().map(|launch| launch.start().map_err(Failure::broken)).transpose()?;
    let setup = scanner(args, &key)?;
    let pool = launch.zip(first).map(|(launch, first)| Pool::new(launch, first, &setup.scanner)).transpose()?;
    let signals = Signals::listen()?;
    let mut batch = Batch {
        scanner: &setup.scanner,
        outputs: vec![output],
        render: Some(render),
        jobs,
        pool,
        fail_on: FailOn::NEVER,
        exit_zero: false,
        verbose: false,
        progress: Progress::new(When::Auto, false),
    };
    let summary = batch.run(batch::named(&args.paths, &Filter::default()), &signals)?;
    for output in &mut batch.outputs {
        output.flush()?;
    }
    Ok(summary.exit_code)
}

/// Labels alone say nothing about content: no verdict, no action.
fn render(format: Format, style: frisk::report::Style, record: &mut Record) -> String {
    record.verdict = Outcome::Unknown;
    record.action = None;
    (record.policy, record.policy_rule, record.message_id) = (None, None, None);
    record.policy_rules.clear();
    match format {
        Format::Human => style.labels(record),
        Format::Jsonl | Format::Matches => jsonl::line(record),
    }
}
