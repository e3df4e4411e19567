//! Flags that several commands share, and how their values are read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use frisk::blob::Limits;
use frisk::find::{Category, Level, Score};
use frisk::policy::{parse_duration, parse_size};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// What to look for.
#[derive(Args, Clone, Debug, Default)]
pub struct RuleArgs {
    /// Add the detection rules of a TOML file, the types of a Microsoft Purview rule package (.xml), or of every such
    /// file below a folder (repeatable)
    #[arg(long, value_name = "PATH", help_heading = "What to look for")]
    pub rules: Vec<PathBuf>,
    /// Add words to look for, one a line (rule custom-keyword; repeatable)
    #[arg(long, value_name = "FILE", help_heading = "What to look for")]
    pub keywords: Vec<PathBuf>,
    /// Find the exact data of an index, see `frisk edm build` (rule edm-NAME; repeatable)
    #[arg(long, value_name = "FILE", help_heading = "What to look for")]
    pub edm: Vec<PathBuf>,
    /// File with the key of indexes and fingerprints (or FRISK_EDM_KEY; repeatable: each file takes the one it needs)
    #[arg(long, value_name = "FILE", help_heading = "What to look for")]
    pub edm_key_file: Vec<PathBuf>,
    /// Secondary values of its row that must stand near a primary value [default: as the index says]
    #[arg(long, value_name = "N", requires = "edm", help_heading = "What to look for")]
    pub edm_min_secondary: Option<usize>,
    /// Find copies and excerpts of the documents of a file, see `frisk fingerprint add` (rule fingerprint-NAME; repeatable)
    #[arg(long, value_name = "FILE", help_heading = "What to look for")]
    pub fingerprints: Vec<PathBuf>,
    /// Use only rules whose id begins so (repeatable)
    #[arg(long, value_name = "ID", help_heading = "What to look for")]
    pub enable: Vec<String>,
    /// Leave out rules whose id begins so (repeatable)
    #[arg(long, value_name = "ID", help_heading = "What to look for")]
    pub disable: Vec<String>,
}

/// What to decide by, and what to report.
#[derive(Args, Clone, Debug, Default)]
pub struct DecideArgs {
    /// A policy file, or the name of a built-in policy: default, strict
    #[arg(long, value_name = "FILE", help_heading = "What to look for")]
    pub policy: Option<PathBuf>,
    /// Leave out, and count, the matches that a list names, see `frisk suppress` (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "What to look for")]
    pub suppress: Vec<PathBuf>,
    /// Lowest confidence reported: low, medium, high or 0 to 100
    #[arg(long, value_name = "LEVEL", default_value = "medium", value_parser = confidence, help_heading = "What to look for")]
    pub min_confidence: Score,
}

/// Limits of one input.
#[derive(Args, Clone, Debug, Default)]
pub struct LimitArgs {
    /// Largest file that is opened (suffixes k, M, G)
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Limits")]
    pub max_file_size: Option<u64>,
    /// Bytes that all archives of one file may unpack to
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Limits")]
    pub max_expanded: Option<u64>,
    /// Unpacked bytes per packed byte of one member
    #[arg(long, value_name = "N", value_parser = size, help_heading = "Limits")]
    pub max_ratio: Option<u64>,
    /// Archives inside archives
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Limits")]
    pub max_depth: Option<u32>,
    /// Members of all archives of one file
    #[arg(long, value_name = "N", value_parser = size, help_heading = "Limits")]
    pub max_members: Option<u64>,
    /// Matches of one rule kept of one file
    #[arg(long, value_name = "N", value_parser = size, help_heading = "Limits")]
    pub max_matches: Option<u64>,
    /// Time for one file: 500ms, 30s, 2m; a bare number is seconds
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Limits")]
    pub timeout: Option<Duration>,
}

/// Where inputs are examined.
#[derive(Args, Clone, Debug, Default)]
pub struct IsolateArgs {
    /// Where inputs are examined: in worker processes, which may die on one without harm to the run, or in this one
    #[arg(long, value_enum, value_name = "WHERE", default_value_t, help_heading = "Limits")]
    pub isolate: Isolate,
    /// Memory of all worker processes together [default: a quarter of the machine's]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Limits")]
    pub max_memory: Option<u64>,
}

/// Values of --isolate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Isolate {
    /// In worker processes
    #[cfg_attr(unix, default)]
    Process,
    /// In this process
    #[cfg_attr(not(unix), default)]
    Thread,
}

/// How to read.
#[derive(Args, Clone, Debug, Default)]
pub struct ReadArgs {
    /// Try the passwords of a file, one a line, on what is encrypted (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    pub passwords: Vec<PathBuf>,
    /// Undo so many encodings inside each other in text: base64, hexadecimal, escapes [default: 1]
    #[arg(long, value_name = "N", help_heading = "Reading")]
    pub decode: Option<u32>,
    /// Read the text in pictures, and on pages that are pictures, with Tesseract (slow)
    #[arg(long, help_heading = "Reading")]
    pub ocr: bool,
    /// Languages of that text as Tesseract names them, joined by +
    #[arg(long, value_name = "LANG", default_value = "eng", requires = "ocr", help_heading = "Reading")]
    pub ocr_lang: String,
}

impl LimitArgs {
    /// The limits in force.
    pub fn limits(&self) -> Limits {
        let default = Limits::default();
        Limits {
            file_bytes_max: self.max_file_size.unwrap_or(default.file_bytes_max),
            unpacked_bytes_max: self.max_expanded.unwrap_or(default.unpacked_bytes_max),
            ratio_max: self.max_ratio.unwrap_or(default.ratio_max),
            members_max: self.max_members.unwrap_or(default.members_max),
            depth_max: self.max_depth.unwrap_or(default.depth_max),
            matches_max: self.max_matches.map_or(default.matches_max, |n| usize::try_from(n).unwrap_or(usize::MAX)),
            time_max: self.timeout.unwrap_or(default.time_max),
        }
    }
}

/// How values are shown.
#[derive(Args, Clone, Debug, Default)]
pub struct ShowArgs {
    /// Show the last four characters of values, or all of them; by default only rule and length are shown
    #[arg(long, value_name = "HOW", value_enum, help_heading = "Output")]
    pub show: Option<ShowValue>,
    /// Confirms --show full: reports then hold the sensitive values themselves
    #[arg(long, help_heading = "Output")]
    pub i_understand: bool,
}

/// Words of --show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShowValue {
    /// `************1111`
    Last4,
    /// The value itself; needs --i-understand
    Full,
}

/// When to do something that suits terminals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// When it is a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Formats of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A line a file, for people
    Human,
    /// A JSON object a file
    Jsonl,
    /// A JSON object a match
    Matches,
}

fn size(text: &str) -> Result<u64, String> {
    match parse_size(text) {
        None => Err("write a whole number, with k, M or G behind it if you like".to_owned()),
        Some(0) => Err("0 is no limit; leave the flag out for the default (see --show-limits)".to_owned()),
        Some(number) => Ok(number),
    }
}

/// A number alone is seconds.
fn time(text: &str) -> Result<Duration, String> {
    let alone = text.parse().ok().map(Duration::from_secs);
    let time = alone.or_else(|| parse_duration(text)).ok_or_else(|| "write 500ms, 30s, 2m or 1h".to_owned())?;
    if time.is_zero() {
        return Err("0 is no limit; leave the flag out for the default".to_owned());
    }
    Ok(time)
}

fn confidence(text: &str) -> Result<Score, String> {
    if let Some(level) = Level::from_name(text) {
        return Ok(Score::new(i16::from(level.threshold())));
    }
    match text.parse::<i16>() {
        Ok(points @ 0..=100) => Ok(Score::new(points)),
        _ => Err("write low, medium, high or a number from 0 to 100".to_owned()),
    }
}

/// The name given, or one made of the name of `file`: small letters, digits, hyphens.
pub fn name_of(given: Option<&str>, file: &Path) -> Result<String, Failure> {
    let name = given.map(str::to_owned).unwrap_or_else(|| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let words = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-")
    });
    if name.is_empty() {
        return Err(Failure::usage(format!("{}: no name can be made of this; give --name", file.display())));
    }
    Ok(name)
}

/// Reads the name of a category.
pub fn category(text: &str) -> Result<Category, String> {
    let all = [
        Category::Personal,
        Category::Governmental,
        Category::Financial,
        Category::Business,
        Category::Security,
        Category::Other,
    ];
    let found = all.into_iter().find(|c| c.name() == text);
    found.ok_or_else(|| format!("one of {}", all.map(Category::name).join(", ")))
}

/// `FORMAT=PATH` of --output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputTo {
    /// What to write.
    pub format: Format,
    /// Where.
    pub path: PathBuf,
}

/// Reads `FORMAT=PATH`.
pub fn output_to(text: &str) -> Result<OutputTo, String> {
    let (format, path) = text.split_once('=').ok_or("write FORMAT=PATH, for example jsonl=results.jsonl")?;
    let format = Format::from_str(format, false).map_err(|_| {
        let known = ["human", "jsonl", "matches"];
        let near = frisk::find::nearest(format, known).map(|n| format!("; did you mean `{n}`?"));
        format!("`{format}` is none of human, jsonl, matches{}", near.unwrap_or_default())
    })?;
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    Ok(OutputTo { format, path: PathBuf::from(path) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert_eq!(size("10M"), Ok(10 << 20));
        assert!(size("0").is_err() && size("x").is_err());
        assert_eq!(time("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(time("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(time("7"), Ok(Duration::from_secs(7)));
        assert_eq!(time("5h"), Ok(Duration::from_secs(5 * 3600)));
        assert!(time("0s").is_err() && time("5y").is_err() && time("").is_err());
        assert_eq!(confidence("high").map(Score::get), Ok(85));
        assert_eq!(confidence("40").map(Score::get), Ok(40));
        assert!(confidence("101").is_err() && confidence("hi").is_err());
        assert!(output_to("jsonl=x").is_ok() && output_to("jsnl=x").is_err() && output_to("jsonl").is_err());
    }
}
