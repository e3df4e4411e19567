//! `frisk edm`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::{Args, Subcommand};
use csv::{ByteRecord, Reader, ReaderBuilder};
use frisk::find::edm::{Column, Counts, DateOrder, Encoder, Error, Outcome, Settings};
use frisk::find::{Category, nearest};
use frisk::policy::parse_size;
use frisk::share::Sorter;

use crate::atomic::Atomic;
use crate::{Failure, args, detectors, keys};

/// Bytes of one row; more is a quote that was never closed.
const ROW_BYTES_MAX: u64 = 16 << 20;
/// Lines told of rows that were skipped.
const LINES_TOLD: usize = 10;
/// The least memory that works with any speed.
const MEMORY_MIN: u64 = 16 << 20;

/// Words behind the name of a column.
const ROLES: [&str; 5] = ["primary", "secondary", "date", "date-dmy", "date-mdy"];

/// Arguments of `frisk edm`.
#[derive(Args, Debug)]
pub struct EdmArgs {
    #[command(subcommand)]
    command: EdmCommand,
}

#[derive(Debug, Subcommand)]
enum EdmCommand {
    /// Make an index of the rows of a CSV file, to find exactly these values
    Build(BuildArgs),
    /// Say what an index holds: columns, rows, settings
    Info {
        /// Index
        file: PathBuf,
        /// File with the key it was built with (or FRISK_EDM_KEY) [default: INDEX.key]
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
}

#[derive(Args, Debug)]
struct BuildArgs {
    /// Rows, with a line of column names first; `-` is standard input
    file: PathBuf,
    /// Columns to keep: `name:primary` if its values tell a row, `name:date` for dates (`date-dmy`, `date-mdy` if the
    /// year is last): ssn:primary,last_name,dob:date
    #[arg(long, value_name = "LIST", required = true, value_delimiter = ',')]
    columns: Vec<String>,
    /// Name of the data; matches are told as rule edm-NAME [default: the name of the file]
    #[arg(long)]
    name: Option<String>,
    /// File with the secret key, 16 bytes or more (or FRISK_EDM_KEY) [default: beside the index, INDEX.key; made if there
    /// is none]
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Index to write [default: NAME.edm]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What kind of data it is: personal, governmental, financial, business, security, other
    #[arg(long, default_value = "personal", value_parser = args::category)]
    category: Category,
    /// Score of a primary value with nothing of its row near it [default: 65; 75 without secondary columns]
    #[arg(long, value_name = "0-100", value_parser = clap::value_parser!(u8).range(..=100))]
    alone: Option<u8>,
    /// Secondary values of the row that must be near for a match
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_secondary: usize,
    /// Letters and digits that a primary value has at least
    #[arg(long, value_name = "N", default_value_t = 4)]
    min_length: usize,
    /// The byte between fields: one of , ; | or tab [default: the one that the first line has most of]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Memory to use; rows that do not fit are sorted in files beside the index
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = memory)]
    max_memory: usize,
}

/// Runs the command; gives the exit code.
pub fn run(args: &EdmArgs) -> Result<u8, Failure> {
    match &args.command {
        EdmCommand::Build(args) => build(args),
        EdmCommand::Info { file, key_file } => info(file, key_file.as_deref()),
    }
}

fn build(args: &BuildArgs) -> Result<u8, Failure> {
    let name = args::name_of(args.name.as_deref(), &args.file)?;
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.edm")));
    let key =
        keys::key_to_build(args.key_file.as_deref())?.map_or_else(|| keys::key_beside(&output), |key| Ok(Some(key)))?;
    let fail = |e: &dyn std::fmt::Display| Failure::usage(format!("{}: {e}", args.file.display()));
    let since = Rc::new(Cell::new(0));
    let mut rows = reader(args, &since).map_err(|e| fail(&e))?;
    let header = rows.byte_headers().map_err(|e| fail(&plain(&e)))?.clone();
    let (columns, fields) = columns(&args.columns, &header).map_err(|e| fail(&e))?;
    let key = key.map_or_else(|| keys::make_key_beside(&output), Ok)?;
    let mut settings = Settings::new(&name, columns);
    settings.category = args.category;
    settings.secondary_min = args.min_secondary;
    settings.primary_chars_min = args.min_length;
    if let (Some(alone), Some(score)) = (args.alone, settings.scores.first_mut()) {
        *score = alone;
    }
    settings.scores = rising(settings.scores);

    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|e| Failure::broken(format!("no random numbers: {e}")))?;
    let write = |e: Error| match e {
        Error::Write(e) => Failure::broken(format!("cannot write {}: {e}", output.display())),
        e => Failure::usage(e.to_string()),
    };
    let mut encoder = Encoder::new(settings, &key, salt).map_err(write)?;
    let mut sorter = Sorter::new(&output, encoder.record_bytes(), args.max_memory / 2);
    let (mut row, mut record) = (ByteRecord::new(), Vec::new());
    let mut skipped = BTreeMap::<&str, Vec<u64>>::new();
    loop {
        since.set(0);
        if !rows.read_byte_record(&mut row).map_err(|e| fail(&plain(&e)))? {
            break;
        }
        let values: Vec<_> = fields.iter().map(|i| decode(row.get(*i).unwrap_or_default())).collect();
        match encoder.row(values.iter().map(AsRef::as_ref), &mut record) {
            Outcome::Kept => sorter.push(&record).map_err(|e| write(e.into()))?,
            outcome => {
                let lines = skipped.entry(why(outcome)).or_default();
                if lines.len() < LINES_TOLD {
                    lines.push(row.position().map_or(0, csv::Position::line));
                }
            }
        }
    }

    let out = Atomic::create(&output).map_err(|e| write(e.into()))?;
    let mut sorted = sorter.sorted().map_err(|e| write(e.into()))?;
    let mut writer = encoder.rows(BufWriter::with_capacity(1 << 20, out)).map_err(write)?;
    let mut primaries = Sorter::new(&output, writer.record_bytes(), args.max_memory / 2);
    while let Some(record) = sorted.next_record().map_err(|e| write(e.into()))? {
        writer.row(record, &mut |primary| primaries.push(primary)).map_err(write)?;
    }
    drop(sorted);
    let mut writer = writer.primaries();
    let mut sorted = primaries.sorted().map_err(|e| write(e.into()))?;
    while let Some(record) = sorted.next_record().map_err(|e| write(e.into()))? {
        writer.primary(record).map_err(write)?;
    }
    let (out, counts) = writer.finish().map_err(write)?;
    let mut out = out.into_inner().map_err(|e| write(e.into_error().into()))?;
    let size = out.finish().map_err(|e| write(e.into()))?;
    tell(&output, size, &counts, &skipped)?;
    Ok(0)
}

/// A score alone above what evidence gives lifts the others.
fn rising([alone, one, more]: [u8; 3]) -> [u8; 3] {
    [alone, one.max(alone), more.max(alone)]
}

fn why(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Kept | Outcome::Blank => "primary value blank",
        Outcome::Short => "primary value too short to be sure (--min-length)",
        Outcome::Long => "primary value too long, or of too many words, to be found in one piece",
    }
}

/// What became of the rows. Lines, never values.
fn tell(output: &Path, size: u64, counts: &Counts, skipped: &BTreeMap<&str, Vec<u64>>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let Counts { read, kept, duplicate, blank, short, long, secondary_unused, shared } = counts;
    writeln!(out, "{}: {kept} rows of {read}, {size} bytes", output.display())?;
    if *duplicate > 0 {
        writeln!(out, "  {duplicate} rows were there already")?;
    }
    for (outcome, count) in [(Outcome::Blank, blank), (Outcome::Short, short), (Outcome::Long, long)] {
        let Some(lines) = skipped.get(why(outcome)).filter(|_| *count > 0) else { continue };
        let more = if *count > lines.len() as u64 { ", ..." } else { "" };
        let lines: Vec<_> = lines.iter().map(u64::to_string).collect();
        writeln!(out, "  {count} rows skipped, {}: line {}{more}", why(outcome), lines.join(", "))?;
    }
    if *secondary_unused > 0 {
        writeln!(out, "  {secondary_unused} secondary values too short or too long to speak for a row")?;
    }
    if *shared > 0 {
        writeln!(out, "  {shared} primary values stand in so many rows that only some of them are looked at")?;
    }
    Ok(())
}

fn info(file: &Path, key_file: Option<&Path>) -> Result<u8, Failure> {
    let files: Vec<_> = key_file.map(Path::to_owned).into_iter().collect();
    let index = detectors::open_index(file, &keys::keys(&files)?)?;
    let (settings, counts) = (index.settings(), index.counts());
    let mut out = io::stdout().lock();
    writeln!(out, "rule:             edm-{}", settings.name)?;
    writeln!(out, "category:         {}", settings.category.name())?;
    for column in &settings.columns {
        let role = match (column.primary, column.date) {
            (true, _) => "primary  ",
            (false, None) => "secondary",
            (false, Some(_)) => "secondary (date)",
        };
        writeln!(out, "column:           {role} {}", frisk::report::escape(&column.name))?;
    }
    let [alone, one, more] = settings.scores;
    writeln!(out, "scores:           {alone} alone, {one} with one secondary value, {more} with more")?;
    writeln!(out, "min-secondary:    {}", settings.secondary_min)?;
    writeln!(out, "min-length:       {}", settings.primary_chars_min)?;
    writeln!(out, "rows:             {} of {} read", counts.kept, counts.read)?;
    let Counts { duplicate, blank, short, long, .. } = counts;
    writeln!(out, "left out:         {duplicate} duplicate, {blank} blank, {short} short, {long} long")?;
    let [rows, primaries, filter] = index.sizes();
    writeln!(out, "bytes:            {rows} rows, {primaries} primary values, {filter} filter")?;
    Ok(0)
}

/// The columns of `--columns`, and the field of each.
fn columns(wanted: &[String], header: &ByteRecord) -> Result<(Vec<Column>, Vec<usize>), String> {
    let names: Vec<String> = header.iter().map(|name| decode(name).trim().to_owned()).collect();
    if names.iter().any(|name| name.contains('\0')) {
        return Err("is not text in UTF-8; save it so".to_owned());
    }
    let (mut columns, mut fields) = (Vec::new(), Vec::new());
    for wanted in wanted {
        let (name, role) = match wanted.trim().rsplit_once(':') {
            Some((name, role)) if ROLES.contains(&role) => (name, role),
            _ => (wanted.trim(), ""),
        };
        let Some(field) = names.iter().position(|n| n == name) else {
            let near = nearest(name, names.iter().map(String::as_str));
            let near = near.map_or_else(|| format!("it has {}", names.join(", ")), |n| format!("did you mean `{n}`?"));
            return Err(format!("has no column `{name}`\n  = {near}"));
        };
        columns.push(match role {
            "primary" => Column::primary(name),
            "date" => Column::date(name, DateOrder::YearFirst),
            "date-dmy" => Column::date(name, DateOrder::DayFirst),
            "date-mdy" => Column::date(name, DateOrder::MonthFirst),
            _ => Column::secondary(name),
        });
        fields.push(field);
    }
    Ok((columns, fields))
}

/// A field: UTF-8, or else Windows-1252, which spreadsheets export.
fn decode(field: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(field) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(field).0,
    }
}

/// An error of the reader without what it read.
fn plain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error
            .position()
            .map_or_else(|| "cannot be read".to_owned(), |p| format!("line {}: cannot be read", p.line())),
    }
}

fn reader(args: &BuildArgs, since: &Rc<Cell<u64>>) -> io::Result<Reader<Box<dyn Read>>> {
    let mut input: Box<dyn Read> = if args.file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        #[allow(clippy::disallowed_methods, reason = "the command line opens what its flags name")]
        let file = File::open(&args.file)?;
        Box::new(file)
    };
    let mut first = vec![0; 64 << 10];
    let mut filled = 0;
    while let Some(rest) = first.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest)? {
            0 => break,
            n => filled += n,
        }
    }
    first.truncate(filled);
    let line = first.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| line.iter().filter(|b| *b == delimiter).count();
    let most = b",;\t|".iter().copied().rev().max_by_key(count).unwrap_or(b',');
    let bounded = Bounded { input: io::Cursor::new(first).chain(input), since: Rc::clone(since) };
    let mut builder = ReaderBuilder::new();
    builder.delimiter(args.delimiter.unwrap_or(most)).flexible(true).buffer_capacity(256 << 10);
    Ok(builder.from_reader(Box::new(bounded)))
}

/// An input that ends with an error when one row takes too much of it.
struct Bounded<R> {
    input: R,
    since: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.since.set(self.since.get() + read as u64);
        if self.since.get() > ROW_BYTES_MAX {
            return Err(io::Error::other("a row of more than 16 MiB; is a quote never closed?"));
        }
        Ok(read)
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii() => Ok(*byte),
            _ => Err("write one character, or tab".to_owned()),
        },
    }
}

fn memory(text: &str) -> Result<usize, String> {
    let bytes = parse_size(text).ok_or("write a whole number, with k, M or G behind it if you like")?;
    if bytes < MEMORY_MIN {
        return Err(format!("{} M at least", MEMORY_MIN >> 20));
    }
    usize::try_from(bytes).map_err(|_| "more than there can be".to_owned())
}
