//! The command line: arguments in, calls to the library, results out. A file a command.

mod args;
mod atomic;
mod batch;
mod detectors;
mod doctor;
mod edm;
mod explain;
mod fingerprint;
mod formats;
mod isolate;
mod keys;
mod labels;
#[cfg(feature = "serve")]
mod log;
mod map;
mod output;
mod policy;
mod progress;
mod rights;
mod rules;
mod scan;
#[cfg(feature = "serve")]
mod serve;
mod setup;
mod shell;
mod signals;
mod suppress;
mod text;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use frisk::share::WORKER_REFUSED;

/// Find sensitive content in files: what it is, how sure, where, and what could not be examined.
#[derive(Debug, Parser)]
#[command(name = "frisk", version, args_conflicts_with_subcommands = true, max_term_width = 120)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    scan: scan::ScanArgs,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one in a process")]
enum Command {
    /// Scan files and folders; `-` is one document on standard input. The default command
    Scan(scan::ScanArgs),
    /// Print the text of files, as the rules see it
    Text(text::TextArgs),
    /// Print sensitivity labels and protection, nothing else
    Labels(labels::LabelsArgs),
    /// List, show and test detection rules
    Rules(rules::RulesArgs),
    /// Say why something in a file is a match, and why something else is not
    Explain(explain::ExplainArgs),
    /// Print what is read of which format
    Formats(formats::FormatsArgs),
    /// Make and inspect indexes of exact data
    Edm(edm::EdmArgs),
    /// Make and inspect fingerprints of documents, to find filled-in copies and excerpts
    Fingerprint(fingerprint::FingerprintArgs),
    /// Check policy files
    Policy(policy::PolicyArgs),
    /// Check suppression lists, and make the hashes they name values by
    Suppress(suppress::SuppressArgs),
    /// Show and export the activity log of a service
    #[cfg(feature = "serve")]
    Log(log::LogArgs),
    /// Give verdicts to proxies and apps, over ICAP and HTTP
    #[cfg(feature = "serve")]
    Serve(serve::ServeArgs),
    /// Say what protects a run on this machine, and what is missing
    Doctor(doctor::DoctorArgs),
    /// Print completions for a shell
    Completions(shell::CompletionsArgs),
    /// Print the manual page (roff)
    Man,
    /// Examine what the service asks for
    #[cfg(feature = "serve")]
    #[command(hide = true)]
    ServeWorker(serve::WorkerArgs),
    /// Examine what a supervising process asks for
    #[command(hide = true)]
    Worker {
        /// How results look (JSON)
        #[arg(long)]
        look: String,
        /// Bytes of memory it may have
        #[arg(long)]
        memory: u64,
        /// The arguments of the supervising process
        #[arg(last = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

/// Why a command ends without a result: exit code and one message.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// A wrong flag, rule or policy: exit 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into() }
    }

    /// The command cannot go on: exit 5.
    pub fn broken(message: impl Into<String>) -> Self {
        Self { code: 5, message: message.into() }
    }
}

impl From<io::Error> for Failure {
    /// What happens when results cannot be written. A closed pipe is a reader who has seen enough.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { code: 0, message: String::new() };
        }
        Self::broken(format!("cannot write results: {error}"))
    }
}

fn main() -> ExitCode {
    quiet_panics();
    let cli = Cli::parse();
    let done = match cli.command.unwrap_or(Command::Scan(cli.scan)) {
        Command::Scan(args) => scan::run(&args),
        Command::Text(args) => text::run(&args),
        Command::Labels(args) => labels::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Formats(args) => formats::run(&args),
        Command::Edm(args) => edm::run(&args),
        Command::Fingerprint(args) => fingerprint::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Suppress(args) => suppress::run(&args),
        #[cfg(feature = "serve")]
        Command::Log(args) => log::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Completions(args) => shell::completions(&args),
        Command::Man => shell::man(),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(&args),
        #[cfg(feature = "serve")]
        Command::ServeWorker(args) => {
            return match serve::work(&args) {
                Ok(()) => ExitCode::SUCCESS,
                Err(why) => {
                    say(&why);
                    ExitCode::from(WORKER_REFUSED)
                }
            };
        }
        Command::Worker { look, memory, arguments } => {
            return match work(&look, memory, &arguments) {
                Ok(code) => ExitCode::from(code),
                Err(failure) => {
                    say(&failure.message);
                    ExitCode::from(WORKER_REFUSED)
                }
            };
        }
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            if !failure.message.is_empty() {
                let prefix = if failure.message.starts_with("error") { "" } else { "error: " };
                say(&format!("{prefix}{}", plain(&failure.message)));
            }
            ExitCode::from(failure.code)
        }
    }
}

/// The whole life of a worker process.
fn work(look: &str, memory: u64, arguments: &[std::ffi::OsString]) -> Result<u8, Failure> {
    isolate::limit_memory(memory);
    let look = serde_json::from_str(look).map_err(|e| Failure::usage(e.to_string()))?;
    let own = std::iter::once(std::ffi::OsString::from("frisk"));
    let cli = Cli::try_parse_from(own.chain(arguments.iter().cloned())).map_err(|e| Failure::usage(e.to_string()))?;
    match cli.command.unwrap_or(Command::Scan(cli.scan)) {
        Command::Scan(args) => scan::work(&args, &look),
        Command::Labels(args) => labels::work(&args, &look),
        _ => Err(Failure::usage("no command for workers")),
    }
}

/// A message as it may be shown: names and lines of files in it steer no terminal.
fn plain(message: &str) -> String {
    let pieces = message.split_inclusive(['\n', '\t']);
    pieces.fold(String::new(), |mut out, piece| {
        let text = piece.trim_end_matches(['\n', '\t']);
        out.push_str(&frisk::report::escape(text));
        out.push_str(piece.get(text.len()..).unwrap_or_default());
        out
    })
}

/// A line on standard error; a closed one is nobody's problem.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Panic messages may quote content: say only where it happened. The file's record says `crashed`.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        say(&format!("internal error{at}; please report it"));
    }));
}
