//! `frisk explain`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use frisk::blob::{Budget, Source};
use frisk::document::Document;
use frisk::find::Ruleset;
use frisk::report::{Input, Place, escape};
use frisk::scan::Scanner;
use frisk::share::Opened;

use crate::args::{LimitArgs, RuleArgs};
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
}

/// Runs the command; gives the exit code.
pub fn run(args: &ExplainArgs) -> Result<u8, Failure> {
    let ruleset = setup::ruleset(&args.rules)?;
    if let Some(id) = &args.rule {
        known_rule(&ruleset, id)?;
    }
    let scanner = Scanner::builder().limits(args.limits.limits()).build();
    let scanner = scanner.map_err(|e| Failure::usage(e.to_string()))?;
    file(&scanner, &ruleset, &args.file, args.rule.as_deref())
}

/// The rule with this id, or an error that names the nearest.
pub fn known_rule<'r>(ruleset: &'r Ruleset, id: &str) -> Result<&'r frisk::find::Rule, Failure> {
    ruleset.rule(id).ok_or_else(|| {
        let near = frisk::policy::nearest(id, ruleset.rules().iter().map(|r| r.id.as_str()));
        let near = near.map_or_else(|| "see `frisk rules list`".to_owned(), |n| format!("did you mean `{n}`?"));
        Failure::usage(format!("no rule has the id `{id}`\n  = {near}"))
    })
}

/// Explains every candidate in a file.
pub fn file(scanner: &Scanner, ruleset: &Ruleset, path: &Path, rule: Option<&str>) -> Result<u8, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    let mut count = 0_u64;
    documents(scanner, path, &mut |container, document| {
        for gap in &document.gaps {
            let place = [container, gap.place.as_str()].join(" ");
            written =
                written_or(&mut written, || writeln!(out, "not examined: {} {}", gap.reason, escape(place.trim())));
        }
        for trace in ruleset.explain(&document.text) {
            if rule.is_some_and(|wanted| trace.rule != wanted) {
                continue;
            }
            count += 1;
            written = written_or(&mut written, || explain(&mut out, container, document, &trace));
        }
    })?;
    written?;
    if count == 0 {
        writeln!(out, "no candidate: nothing in the text looks like what the rules look for")?;
    }
    out.flush()?;
    Ok(0)
}

fn written_or(before: &mut io::Result<()>, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    std::mem::replace(before, Ok(())).and_then(|()| write())
}

/// One candidate: where, what became of it, and each step. The value is only told by its length.
fn explain(
    out: &mut impl Write,
    container: &str,
    document: &Document<'_>,
    trace: &frisk::find::Trace,
) -> io::Result<()> {
    let place = Place::from(document.text.location(trace.range.start));
    let mut at = format!("bytes {}..{} ({})", trace.range.start, trace.range.end, place.part);
    for (name, value) in [("page", place.page), ("slide", place.slide)] {
        at.extend(value.map(|n| format!(", {name} {n}")));
    }
    at.extend(place.sheet.map(|sheet| format!(", sheet {}", escape(&sheet))));
    at.extend(place.cell.map(|cell| format!(", cell {cell}")));
    if !container.is_empty() {
        at = format!("{}: {at}", escape(container));
    }
    let rule = if trace.rule.is_empty() { "no rule" } else { &trace.rule };
    writeln!(out, "{rule}: {} at {at}", trace.score.get())?;
    for step in &trace.steps {
        writeln!(out, "    {}", escape(step))?;
    }
    Ok(())
}

/// Gives every document of a file to `visit`.
pub fn documents(scanner: &Scanner, path: &Path, visit: &mut dyn FnMut(&str, &Document<'_>)) -> Result<(), Failure> {
    let fail = |what: String| Failure::broken(format!("{}: {what}", path.display()));
    let input = Input::named(path.to_string_lossy());
    if path == Path::new("-") {
        let (bytes, end) = Source::reader(io::stdin().lock()).bytes(&Budget::new(scanner.limits()));
        if let frisk::blob::ReadEnd::Failed(error) = end {
            return Err(fail(error.to_string()));
        }
        scanner.extract(bytes.as_ref(), &input, visit);
        return Ok(());
    }
    let opened = Opened::open(path, scanner.limits(), &map);
    let opened = opened.map_err(|gap| fail(format!("{} {}", gap.reason, gap.detail).trim_end().to_owned()))?;
    scanner.extract(opened.bytes(), &input, visit);
    Ok(())
}
