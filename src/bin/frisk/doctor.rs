//! `frisk doctor`.

use std::io::{self, Write};

use clap::Args;
use frisk::find::Ruleset;
use frisk::share::Tesseract;

use crate::{Failure, batch, isolate, rights};

/// Arguments of `frisk doctor`.
#[derive(Args, Debug)]
pub struct DoctorArgs {}

/// Says what protects a run on this machine, and what is missing; gives the exit code.
pub fn run(_: &DoctorArgs) -> Result<u8, Failure> {
    let rules = Ruleset::builtin().map_err(|e| Failure::broken(e.to_string()))?;
    let jobs = batch::threads(None);
    let ocr = match Tesseract::find("eng") {
        Ok(_) => "Tesseract is there: --ocr reads pictures".to_owned(),
        Err(why) => format!("none: {why}"),
    };
    let mut out = io::stdout().lock();
    writeln!(out, "version   {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "rules     {}, id {}", rules.rules().len(), rules.id())?;
    writeln!(out, "workers   {jobs}, {} MiB of memory each", isolate::memory_of_each(None, jobs) >> 20)?;
    writeln!(
        out,
        "memory    {}",
        if isolate::MEMORY_IS_LIMITED { "limited for each worker (RLIMIT_DATA)" } else { "not limited on this system" }
    )?;
    writeln!(out, "pictures  {ocr}")?;
    // Last, because it is for good.
    writeln!(out, "rights    {}", rights::give_up().describe())?;
    Ok(0)
}
