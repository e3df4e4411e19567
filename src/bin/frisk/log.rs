//! `frisk log`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use frisk::policy::{Action, Activity};
use frisk::report::jsonl;
use frisk::serve::log::{self, Filter, Format, LogError, Moment, Reader, SyslogAddress, SyslogSender, cef};

use crate::{Failure, say};

/// Environment variable with the path of the log.
const VARIABLE: &str = "FRISK_ACTIVITY_LOG";
/// Decisions in a table, unless told otherwise.
const TABLE_ROWS: u64 = 100;

/// Arguments of `frisk log`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LogArgs {
    #[command(subcommand)]
    command: Option<LogCommand>,
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// Show so many of the newest decisions [default: 100 in a table, else all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=i64::MAX as u64))]
    limit: Option<u64>,
    /// How they look
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: LogFormat,
    /// Send them as CEF to a syslog server: udp://HOST:514, tcp://HOST:601, tls://HOST:6514, unix:///dev/log
    #[arg(long, value_name = "ADDRESS", conflicts_with = "format")]
    syslog: Option<String>,
    /// Over TLS trust these certificates (PEM) instead of those of the system
    #[arg(long, value_name = "FILE", requires = "syslog")]
    ca_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum LogCommand {
    /// Count decisions by action, rule, user and hour
    Stats {
        #[command(flatten)]
        source: SourceArgs,
        #[command(flatten)]
        filter: FilterArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Delete old decisions, also while a service writes
    Prune {
        #[command(flatten)]
        source: SourceArgs,
        /// Age from which on they are deleted: 90d, 12w, or a day
        #[arg(long, value_name = "TIME", value_parser = moment)]
        older_than: Moment,
    },
}

/// Which log.
#[derive(Args, Debug)]
struct SourceArgs {
    /// The activity log of a service (or FRISK_ACTIVITY_LOG)
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

/// Which decisions.
#[derive(Args, Debug)]
struct FilterArgs {
    /// From this time on: 90s, 30m, 12h, 7d ago, a day (2026-03-01) or a time (2026-03-01T08:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Moment>,
    /// Before this time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Moment>,
    /// Of this user
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// With this action: allow, monitor, block …
    #[arg(long, value_name = "ACTION", value_parser = action)]
    action: Option<Action>,
    /// That would have had this action, had the policy not been watching only
    #[arg(long, value_name = "ACTION", value_parser = action)]
    would: Option<Action>,
    /// In which this policy rule applied, or this detection rule matched; us-* = all that begin so
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// With this activity: download, upload, paste …
    #[arg(long, value_name = "ACTIVITY", value_parser = activity)]
    activity: Option<Activity>,
    /// About files with this in their name; * and ? make it a pattern of the whole name
    #[arg(long, value_name = "NAME")]
    file: Option<String>,
    /// With this correlation id
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

/// Values of --format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Columns, for people
    #[default]
    Table,
    /// A JSON object a line, with everything
    Jsonl,
    /// Comma-separated values
    Csv,
    /// OCSF Data Security Findings, a JSON object a line
    Ocsf,
    /// ArcSight CEF, a line each
    Cef,
}

impl From<LogFormat> for Format {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Table => Self::Table,
            LogFormat::Jsonl => Self::Jsonl,
            LogFormat::Csv => Self::Csv,
            LogFormat::Ocsf => Self::Ocsf,
            LogFormat::Cef => Self::Cef,
        }
    }
}

impl FilterArgs {
    fn filter(&self) -> Filter {
        Filter {
            since: self.since,
            until: self.until,
            user: self.user.clone(),
            action: self.action,
            would: self.would,
            rule: self.rule.clone(),
            activity: self.activity,
            file: self.file.clone(),
            id: self.id.clone(),
        }
    }
}

/// Runs the command; gives the exit code.
pub fn run(args: &LogArgs) -> Result<u8, Failure> {
    match &args.command {
        Some(LogCommand::Stats { source, filter, json }) => stats(source, filter, *json),
        Some(LogCommand::Prune { source, older_than }) => prune(source, *older_than),
        None => show(args),
    }
}

fn show(args: &LogArgs) -> Result<u8, Failure> {
    let address = args.syslog.as_deref().map(str::parse::<SyslogAddress>).transpose();
    let address = address.map_err(|why| Failure::usage(format!("--syslog: {why}")))?;
    let (path, reader) = open(&args.source)?;
    let fail = |error: LogError| failed(&path, &error);
    let filter = args.filter.filter();
    let table = address.is_none() && args.format == LogFormat::Table;
    let last = args.limit.or(table.then_some(TABLE_ROWS));
    let decisions = reader.decisions(&filter, last).map_err(fail)?;
    if let Some(address) = address {
        let mut sender = SyslogSender::new(address.clone()).trusting(args.ca_file.clone());
        let mut sent = 0_u64;
        for decision in decisions {
            let decision = decision.map_err(fail)?;
            let severity = cef::syslog_severity(cef::severity(&decision));
            let done = sender.send(decision.time, severity, &cef::of_decision(&decision));
            done.map_err(|e| Failure::broken(format!("{address}: {e}; {sent} decisions were sent")))?;
            sent += 1;
        }
        say(&format!("{sent} decisions sent to {address}"));
    } else {
        let format = Format::from(args.format);
        let mut out = BufWriter::new(io::stdout().lock());
        out.write_all(format.head().as_bytes())?;
        let mut shown = 0_u64;
        for decision in decisions {
            out.write_all(format.line(&decision.map_err(fail)?).as_bytes())?;
            shown += 1;
        }
        out.flush()?;
        if table && args.limit.is_none() && shown == TABLE_ROWS {
            let all = reader.count(&filter).map_err(fail)?;
            if all > shown {
                say(&format!("the newest {shown} of {all} decisions; --limit shows more"));
            }
        }
    }
    for loss in reader.losses(filter.since, filter.until).map_err(fail)? {
        say(&format!("{} decisions from {} to {} are missing: {}", loss.count, loss.from, loss.to, loss.why));
    }
    Ok(0)
}

fn stats(source: &SourceArgs, filter: &FilterArgs, json: bool) -> Result<u8, Failure> {
    let (path, reader) = open(source)?;
    let stats = reader.stats(&filter.filter()).map_err(|error| failed(&path, &error))?;
    let text = if json { jsonl::line(&stats) } else { stats.text() };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(0)
}

fn prune(source: &SourceArgs, before: Moment) -> Result<u8, Failure> {
    let path = path(source)?;
    if before > Moment::now() {
        return Err(Failure::usage("--older-than: that is in the future, and would delete everything"));
    }
    let deleted = log::prune(&path, before).map_err(|error| failed(&path, &error))?;
    writeln!(io::stdout().lock(), "{deleted} decisions deleted, all from before {before}")?;
    Ok(0)
}

fn path(source: &SourceArgs) -> Result<PathBuf, Failure> {
    let from_environment = || std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let help = format!("which log? name it: --log FILE, or {VARIABLE}");
    source.log.clone().or_else(from_environment).ok_or_else(|| Failure::usage(help))
}

fn open(source: &SourceArgs) -> Result<(PathBuf, Reader), Failure> {
    let path = path(source)?;
    let reader = Reader::open(&path).map_err(|error| failed(&path, &error))?;
    Ok((path, reader))
}

fn failed(path: &std::path::Path, error: &LogError) -> Failure {
    Failure::broken(format!("{}: {error}", path.display()))
}

pub fn moment(text: &str) -> Result<Moment, String> {
    let wrong = "write 30m, 12h, 7d, a day like 2026-03-01 or a time like 2026-03-01T08:00:00Z";
    Moment::parse(text, Moment::now()).ok_or_else(|| wrong.to_owned())
}

fn action(text: &str) -> Result<Action, String> {
    let known = || Action::ALL.iter().map(|a| a.name()).collect::<Vec<_>>().join(", ");
    Action::from_name(text).ok_or_else(|| format!("one of {}", known()))
}

fn activity(text: &str) -> Result<Activity, String> {
    let known = || Activity::ALL.iter().map(|a| a.name()).collect::<Vec<_>>().join(", ");
    Activity::from_name(text).ok_or_else(|| format!("one of {}", known()))
}
