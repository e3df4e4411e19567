//! What can be wrong with a log.

use std::fmt;
use std::io;

use rusqlite::ErrorCode;

/// Why a log cannot be written or read.
#[derive(Debug)]
#[non_exhaustive]
pub enum LogError {
    /// The database says so: disk full, locked, damaged …
    Database(rusqlite::Error),
    /// The file system says so.
    Io(io::Error),
    /// It is a database of another program.
    Foreign,
    /// It was written by a newer version of this program.
    Newer {
        /// Version of its tables.
        version: i64,
        /// The newest one known here.
        known: i64,
    },
    /// There is no log there.
    Missing,
    /// It is damaged, and enough damaged ones were moved aside already.
    Damaged {
        /// How many there are.
        aside: usize,
    },
    /// A row holds something that this program never wrote.
    Row(String),
}

impl LogError {
    /// Whether the database itself is damaged, or is none.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self.code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }

    /// Whether it lies in what is written, and not in where it is written to: trying again will not help.
    pub(super) fn is_of_the_row(&self) -> bool {
        let codes = [ErrorCode::TooBig, ErrorCode::ConstraintViolation, ErrorCode::TypeMismatch];
        self.code().is_some_and(|code| codes.contains(&code)) || matches!(self, Self::Row(_))
    }

    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Database(error) => error.sqlite_error_code(),
            _ => None,
        }
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "{error}"),
            Self::Io(error) => write!(f, "{error}"),
            Self::Foreign => f.write_str("is a database of another program"),
            Self::Newer { version, known } => {
                write!(f, "was written by a newer frisk (version {version}, this one knows {known})")
            }
            Self::Missing => f.write_str("there is no activity log"),
            Self::Damaged { aside } => write!(f, "is damaged, and {aside} damaged ones stand beside it already"),
            Self::Row(why) => write!(f, "a row cannot be read: {why}"),
        }
    }
}

impl std::error::Error for LogError {}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<io::Error> for LogError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
