//! Rights that a worker gives up before it reads a stranger's file: to write, and to use the network.

/// How much of that the system grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// No file can be written, made or removed, and no TCP connection made or taken.
    GivenUp,
    /// A part of that: the kernel is older.
    PartlyGivenUp,
    /// None of it: the kernel has no Landlock, or it is switched off.
    Kept,
}

impl Rights {
    /// A sentence for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::GivenUp => "workers cannot write files or use TCP (Landlock)",
            Self::PartlyGivenUp => "workers cannot write files; TCP is not restricted (Landlock of an older kernel)",
            Self::Kept => "workers keep the rights of their user: this system has no Landlock, or it is switched off",
        }
    }
}

/// Gives up what this process does not need to examine files. For good, and for all processes it starts.
#[cfg(target_os = "linux")]
pub fn give_up() -> Rights {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, path_beneath_rules,
    };
    // Best effort, as the crate's default is: what a kernel does not know is left out.
    let restricted = Ruleset::default()
        .handle_access(AccessFs::from_write(ABI::V5))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V5)))
        .and_then(|rules| rules.create())
        // Programs for pictures are started with it as their standard error.
        .and_then(|rules| rules.add_rules(path_beneath_rules(["/dev/null"], AccessFs::WriteFile)))
        .and_then(|rules| rules.restrict_self());
    match restricted.map(|status| status.ruleset) {
        Ok(RulesetStatus::FullyEnforced) => Rights::GivenUp,
        Ok(RulesetStatus::PartiallyEnforced) => Rights::PartlyGivenUp,
        Ok(RulesetStatus::NotEnforced) | Err(_) => Rights::Kept,
    }
}

/// Gives up what this process does not need to examine files: nothing, on this system.
#[cfg(not(target_os = "linux"))]
pub fn give_up() -> Rights {
    Rights::Kept
}
