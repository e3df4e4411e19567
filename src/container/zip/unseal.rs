//! Encrypted members, opened with the passwords that were given.

use super::{Archive, DEFLATED, Entry, Oddity, STORED, checksum, method};
use crate::blob::{Budget, Reason};
use crate::container::crypto::{Opened, ZipCrypto, spellings};
use crate::container::{codec, ends_all};

/// Bit of the flags: the checksum is told behind the data.
const STREAMED: u16 = 8;

impl Archive<'_> {
    /// Appends what an encrypted member unpacks to with one of the passwords. Data that none of them opens is sealed,
    /// not damaged.
    pub(super) fn unseal(&mut self, entry: &Entry, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
        if let Some(key) = self.key.clone()
            && let Some(result) = self.open_with(entry, &key, budget, out)
        {
            return result;
        }
        for password in self.passwords.clone().iter() {
            for spelling in spellings(password) {
                budget.time()?;
                if let Some(result) = self.open_with(entry, &spelling, budget, out) {
                    self.key = Some(spelling);
                    return result;
                }
            }
        }
        Err(Reason::PasswordProtected)
    }

    /// Tries one password; `None` if it is not the right one.
    fn open_with(
        &mut self,
        entry: &Entry,
        password: &[u8],
        budget: &mut Budget,
        out: &mut Vec<u8>,
    ) -> Option<Result<(), Reason>> {
        let sealed = self.bytes.get(entry.data..entry.end.min(self.bytes.len())).unwrap_or_default();
        let (plain, proven) = match entry.aes {
            Some(aes) => match aes.open(sealed, password)? {
                Opened::Right(plain) => (plain, true),
                Opened::Changed(plain) => (plain, false),
            },
            None => {
                let checks = [(entry.crc >> 24) as u8, (entry.time >> 8) as u8];
                // Writers that tell the checksum behind the data check by the time; some check by it anyway.
                let checks = if entry.flags & STREAMED == 0 { checks.get(..1)? } else { &checks };
                (ZipCrypto::new(password).open(sealed, checks)?, false)
            }
        };
        let packed = match entry.aes {
            Some(aes) => aes.method,
            None => {
                let known = |m: &u16| matches!(*m, STORED | DEFLATED) || codec::is_zip_method(*m);
                entry.methods.iter().copied().find(known)?
            }
        };
        let before = out.len();
        let read = method::unpack(packed, &plain, entry, budget, out);
        let summed = entry.aes.is_none_or(|aes| aes.checked);
        let right = checksum(out.get(before..).unwrap_or_default()) == entry.crc;
        // Members found by their headers may tell the checksum behind the data.
        let untold = (!entry.listed && entry.crc == 0 || !summed) && packed != STORED;
        match read {
            Ok(()) if summed && right || untold || proven => {
                if summed && !right && !untold {
                    self.oddities.push(Oddity::new(&entry.name, "checksum is wrong, the data was read"));
                } else if !proven && entry.aes.is_some() {
                    self.oddities.push(Oddity::new(&entry.name, "was changed after it was encrypted"));
                }
                Some(Ok(()))
            }
            Err(reason) if proven || ends_all(reason) => Some(Err(reason)),
            Ok(()) | Err(_) => {
                out.truncate(before);
                None
            }
        }
    }
}
