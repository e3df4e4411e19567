//! `frisk explain`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use frisk::blob::Source;
use frisk::document::Document;
use frisk::find::{Ruleset, Trace};
use frisk::report::{Place, escape};
use frisk::scan::{Builder, Scanner};
use frisk::share::{FilePath, Opened};

use crate::args::{LimitArgs, ReadArgs, RuleArgs};
use crate::map::map;
use crate::{Failure, setup};

/// Arguments of `frisk explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// File; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only what this rule looked at
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// Runs the command; gives the exit code.
pub fn run(args: &ExplainArgs) -> Result<u8, Failure> {
    let ruleset = setup::ruleset(&args.rules)?;
    if let Some(id) = &args.rule {
        known_rule(&ruleset, id)?;
    }
    let builder = setup::reading(Scanner::builder().limits(args.limits.limits()).ruleset(ruleset), &args.read)?;
    explain(builder, &args.file, args.rule.as_deref())
}

/// The rule with this id, or an error that names the nearest.
pub fn known_rule<'r>(ruleset: &'r Ruleset, id: &str) -> Result<&'r frisk::find::Rule, Failure> {
    ruleset.rule(id).ok_or_else(|| {
        let near = frisk::find::nearest(id, ruleset.rules().iter().map(|r| r.id.as_str()));
        let near = near.map_or_else(|| "see `frisk rules list`".to_owned(), |n| format!("did you mean `{n}`?"));
        Failure::usage(format!("no rule has the id `{id}`\n  = {near}"))
    })
}

/// Explains every candidate in a file.
pub fn explain(builder: Builder, path: &Path, rule: Option<&str>) -> Result<u8, Failure> {
    let scanner = builder.build().map_err(|e| Failure::usage(e.to_string()))?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    let mut count = 0_u64;
    let gaps = with_source(&scanner, path, |source| {
        scanner.explain(source, &mut |container, document, traces| {
            let mut traces: Vec<&Trace> =
                traces.iter().filter(|t| rule.is_none_or(|wanted| t.rule == wanted)).collect();
            traces.sort_by_key(|t| (t.range.start, t.range.end, std::cmp::Reverse(t.score), t.rule.clone()));
            for same in traces.chunk_by(|a, b| a.range == b.range) {
                count += 1;
                if written.is_ok() {
                    written = candidate(&mut out, container, document, same);
                }
            }
        })
    })?;
    written?;
    if count == 0 {
        writeln!(out, "no candidate: nothing in the text looks like what the rules look for")?;
    }
    for gap in &gaps {
        writeln!(out, "not examined: {} {}", gap.reason, escape(&gap.place))?;
    }
    out.flush()?;
    Ok(0)
}

/// One candidate: where, which rules looked at it, and what each step decided. The value is only told by its length.
/// Rules for which it came to the same end are named together.
fn candidate(out: &mut impl Write, container: &str, document: &Document<'_>, traces: &[&Trace]) -> io::Result<()> {
    let Some(first) = traces.first() else { return Ok(()) };
    let place = Place::from(document.text.location(first.range.start));
    let mut at = format!("bytes {}..{} ({})", first.range.start, first.range.end, place.part);
    for (name, value) in [("page", place.page), ("slide", place.slide)] {
        at.extend(value.map(|n| format!(", {name} {n}")));
    }
    at.extend(place.sheet.map(|sheet| format!(", sheet {}", escape(&sheet))));
    at.extend(place.cell.map(|cell| format!(", cell {cell}")));
    if !container.is_empty() {
        at = format!("{}: {at}", escape(container));
    }
    writeln!(out, "{at}")?;
    let mut ends: Vec<(String, Vec<&str>)> = Vec::new();
    for trace in traces {
        let rule = if trace.rule.is_empty() { "no rule" } else { trace.rule.as_str() };
        let end = match trace.steps.as_slice() {
            [only] => only.clone(),
            steps => format!("{}: {}", trace.score.get(), steps.join("; ")),
        };
        match ends.iter_mut().find(|(known, _)| *known == end) {
            Some((_, rules)) if !rules.contains(&rule) => rules.push(rule),
            Some(_) => {}
            None => ends.push((end, vec![rule])),
        }
    }
    for (end, rules) in ends {
        writeln!(out, "    {}: {}", rules.join(", "), escape(&end))?;
    }
    Ok(())
}

/// Opens a file, or standard input for `-`, and gives its bytes to `read`.
pub fn with_source<T>(scanner: &Scanner, path: &Path, read: impl FnOnce(Source<'_>) -> T) -> Result<T, Failure> {
    if path == Path::new("-") {
        return Ok(read(Source::reader(io::stdin().lock())));
    }
    let opened = Opened::open(&FilePath::named(path), scanner.limits(), map).map_err(|gap| {
        let why = format!("{} {}", gap.reason, gap.detail);
        Failure::broken(format!("{}: {}", path.display(), why.trim_end()))
    })?;
    Ok(read(opened.source()))
}
