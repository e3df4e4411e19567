//! `frisk formats`.

use std::io::{self, Write};

use clap::Args;

use crate::Failure;

/// Arguments of `frisk formats`.
#[derive(Args, Debug)]
pub struct FormatsArgs {}

/// Runs the command; gives the exit code.
pub fn run(_args: &FormatsArgs) -> Result<u8, Failure> {
    io::stdout().lock().write_all(frisk::scan::matrix().as_bytes())?;
    Ok(0)
}
