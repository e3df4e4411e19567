//! Runs checks on values: reads lines `CHECK<tab>VALUE`, prints `1`, `0`, or `?` for an unknown check.
//!
//! `tests/oracle/compare.py` uses it to compare every check with an independent implementation.

use std::io::{self, BufRead, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (name, value) = line.split_once('\t').unwrap_or((&line, ""));
        let answer = match frisk::find::passes(name, value) {
            Some(true) => "1",
            Some(false) => "0",
            None => "?",
        };
        writeln!(out, "{answer}")?;
    }
    out.flush()
}
