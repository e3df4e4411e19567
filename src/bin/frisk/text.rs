//! `frisk text`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use frisk::blob::Gap;
use frisk::document::Document;
use frisk::find::Ruleset;
use frisk::report::{Place, jsonl};
use frisk::scan::Scanner;
use serde::Serialize;

use crate::args::{LimitArgs, ReadArgs};
use crate::{Failure, explain, say, setup};

/// Arguments of `frisk text`.
#[derive(Args, Debug)]
pub struct TextArgs {
    /// Files; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Print JSON Lines of pieces with their places
    #[arg(long)]
    locations: bool,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Serialize)]
struct Piece<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    container: &'a str,
    start: usize,
    end: usize,
    location: Place,
    text: &'a str,
}

/// Runs the command; gives the exit code.
pub fn run(args: &TextArgs) -> Result<u8, Failure> {
    // Nothing is looked for: compiling the rules would take longer than reading most files.
    let nothing = Ruleset::builder().build().map_err(|e| Failure::usage(e.to_string()))?;
    let builder = Scanner::builder().ruleset(nothing).limits(args.limits.limits());
    let builder = setup::reading(builder, &args.read)?;
    let scanner = builder.build().map_err(|e| Failure::usage(e.to_string()))?;
    let mut out = BufWriter::new(io::stdout().lock());
    for path in &args.files {
        let mut written = Ok(());
        let mut last = None;
        let gaps = explain::with_source(&scanner, path, |source| {
            scanner.extract(source, &mut |container, document: &Document<'_>| {
                if written.is_ok() {
                    written = if args.locations {
                        pieces(&mut out, container, document)
                    } else {
                        plain(&mut out, document, &mut last)
                    };
                }
            })
        })?;
        written?;
        gaps.iter().for_each(|gap| say_gap(path, gap));
    }
    out.flush()?;
    Ok(0)
}

/// Text as it is; documents of one file start on lines of their own.
fn plain(out: &mut impl Write, document: &Document<'_>, last: &mut Option<u8>) -> io::Result<()> {
    let text = document.text.as_str();
    if last.is_some_and(|byte| byte != b'\n') && !text.is_empty() {
        out.write_all(b"\n")?;
    }
    *last = text.bytes().last().or(*last);
    out.write_all(text.as_bytes())
}

fn pieces(out: &mut impl Write, container: &str, document: &Document<'_>) -> io::Result<()> {
    for (range, location) in document.text.pieces() {
        let text = document.text.as_str().get(range.clone()).unwrap_or_default();
        let piece = Piece { container, start: range.start, end: range.end, location: location.into(), text };
        out.write_all(jsonl::line(&piece).as_bytes())?;
    }
    Ok(())
}

/// What is missing from the text.
fn say_gap(path: &std::path::Path, gap: &Gap) {
    let place = if gap.place.is_empty() { String::new() } else { format!(" at {}", gap.place) };
    let detail = if gap.detail.is_empty() { String::new() } else { format!(" ({})", gap.detail) };
    let line = format!("{}: not read: {}{place}{detail}", path.display(), gap.reason);
    say(&frisk::report::escape(&line));
}
