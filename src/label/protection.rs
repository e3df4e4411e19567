//! Whether a document is protected, and how.

use std::fmt;

/// How a document is protected. The first three are what administrators filter files by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protection {
    /// Not at all, as far as can be seen.
    #[default]
    None,
    /// Encrypted; opens with a password, whether or not it was among those that were given.
    PasswordEncrypted,
    /// Encrypted by rights management (IRM, RMS, MIP); opens for whom the service lets in.
    RightsManaged,
    /// Encrypted in another way, or encrypted and readable all the same.
    Encrypted,
}

impl Protection {
    /// The word used in records and policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PasswordEncrypted => "password_encrypted",
            Self::RightsManaged => "rights_managed",
            Self::Encrypted => "encrypted",
        }
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Protection as gaps and properties tell it; of several, rights management before a password before the rest.
pub fn protection(gaps: &[crate::blob::Gap], properties: &crate::document::Properties) -> Protection {
    let has = |reason| gaps.iter().any(|gap| gap.reason == reason);
    if has(crate::blob::Reason::RightsProtected) {
        Protection::RightsManaged
    } else if has(crate::blob::Reason::PasswordProtected) || properties.password {
        Protection::PasswordEncrypted
    } else if has(crate::blob::Reason::Encrypted) || properties.encrypted {
        Protection::Encrypted
    } else {
        Protection::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::{Gap, Reason};
    use crate::document::Properties;

    #[test]
    fn the_strongest_protection_is_told() {
        let of = |reasons: &[Reason], encrypted| {
            let gaps: Vec<_> = reasons.iter().map(|r| Gap::new(*r, "", "")).collect();
            protection(&gaps, &Properties { encrypted, ..Properties::default() }).name()
        };
        assert_eq!(of(&[Reason::Corrupt], false), "none");
        assert_eq!(of(&[Reason::Encrypted], false), "encrypted");
        assert_eq!(of(&[], true), "encrypted");
        assert_eq!(of(&[Reason::PasswordProtected], true), "password_encrypted");
        let opened = Properties { encrypted: true, password: true, ..Properties::default() };
        assert_eq!(protection(&[], &opened).name(), "password_encrypted");
        assert_eq!(of(&[Reason::PasswordProtected, Reason::RightsProtected], false), "rights_managed");
    }
}
