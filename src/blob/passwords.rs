//! Passwords to try on what is encrypted.

use std::fmt;
use std::sync::Arc;

/// Passwords that are tried on encrypted files, in order; shared by all threads. Never shown: `Debug` tells their number.
#[derive(Clone, Default)]
pub struct Passwords(Arc<[String]>);

impl Passwords {
    /// These passwords, each once, in this order. An empty one is kept: it is a password too.
    pub fn new(passwords: impl IntoIterator<Item = String>) -> Self {
        let mut list: Vec<String> = Vec::new();
        for password in passwords {
            if !list.contains(&password) {
                list.push(password);
            }
        }
        Self(list.into())
    }

    /// Passwords of a list, one a line. Line ends and a byte order mark are no part of them, blanks are; empty lines are
    /// passed over.
    pub fn parse(list: &str) -> Self {
        let list = list.strip_prefix('\u{feff}').unwrap_or(list);
        Self::new(list.lines().filter(|line| !line.is_empty()).map(str::to_owned))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passwords({})", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_line_by_line_and_never_shown() {
        let passwords = Passwords::parse("\u{feff}one\r\n two \n\none\n");
        assert_eq!(passwords.iter().collect::<Vec<_>>(), ["one", " two "]);
        assert_eq!(format!("{passwords:?}"), "Passwords(2)");
        assert!(Passwords::default().is_empty());
    }
}
