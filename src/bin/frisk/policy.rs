//! `frisk policy`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use frisk::find::Level;
use frisk::policy::Action;

use crate::args::RuleArgs;
use crate::{Failure, setup};

/// Arguments of `frisk policy`.
#[derive(Args, Debug)]
pub struct PolicyArgs {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Load a policy, check the rules it names, warn of what it lets through
    Check {
        /// A policy file, or the name of a built-in policy
        file: PathBuf,
        #[command(flatten)]
        rules: RuleArgs,
    },
}

/// Runs the command; gives the exit code.
pub fn run(args: &PolicyArgs) -> Result<u8, Failure> {
    let PolicyCommand::Check { file, rules } = &args.command;
    let ruleset = setup::ruleset(rules)?;
    let policy = setup::policy(Some(file), &ruleset)?;
    let mut out = io::stdout().lock();
    let rules: Vec<&str> = policy.rule_ids().collect();
    writeln!(out, "policy {}: {} rules ({})", policy.name(), rules.len(), rules.join(", "))?;
    writeln!(out, "on-unscannable: {}", policy.on_unscannable())?;
    if policy.on_unscannable() == Action::Allow {
        writeln!(out, "warning: files that cannot be examined pass without a trace (on-unscannable = \"allow\")")?;
    }
    if policy.level_min() == Some(Level::Low) {
        writeln!(out, "warning: a rule asks for low confidence; it needs `frisk scan --min-confidence low`")?;
    }
    Ok(0)
}
