//! The manifest (ODF 1.3 part 2, clauses 3 and 4): which members are encrypted, and how.

use std::collections::HashMap;

use crate::blob::{Budget, Passwords, Reason};
use crate::document::markup::{Event, Xml};

/// What the manifest says about encryption.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    seals: HashMap<String, Seal>,
}

/// How one member is encrypted.
#[derive(Clone, Debug, Default)]
pub(super) struct Seal {}

impl Manifest {
    /// Takes what a manifest says.
    pub fn read(xml: &str) -> Self {
        let mut manifest = Self::default();
        let mut xml = Xml::new(xml);
        let mut path = String::new();
        while let Some(event) = xml.next() {
            let Event::Start(tag) = event else { continue };
            match tag.name {
                "file-entry" => path = tag.attribute("full-path").unwrap_or_default().into_owned(),
                "encryption-data" => drop(manifest.seals.insert(path.clone(), Seal::default())),
                _ => {}
            }
        }
        manifest
    }

    /// Whether anything is encrypted.
    pub fn is_sealed(&self) -> bool {
        !self.seals.is_empty()
    }

    /// How a member is encrypted; `None` = it is not.
    pub fn seal(&self, name: &str) -> Option<&Seal> {
        self.seals.get(name)
    }
}

impl Seal {
    /// What `bytes` are without their encryption.
    pub fn open(&self, _bytes: &[u8], _passwords: &Passwords, _budget: &mut Budget) -> Result<Vec<u8>, Reason> {
        Err(Reason::PasswordProtected)
    }
}
