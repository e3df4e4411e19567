//! Caches of pivot tables (2.1.7.12): streams of records beside the workbook, with values that may stand in no cell.

use super::book::Told;
use super::records::{Biff, Chain, Records};
use crate::blob::{Budget, Gap};
use crate::container::cfb::File;
use crate::document::{Area, Document, spreadsheet::plain};

/// Storage of the caches.
pub(super) const STORAGE: &str = "_SX_DB_CUR/";

/// Tells the values of all caches that no cell showed.
pub(super) fn read(file: &mut File<'_>, budget: &mut Budget, out: &mut Document<'_>, told: &mut Told) {
    for stream in file.streams() {
        if !stream.path.starts_with(STORAGE) {
            continue;
        }
        let mut bytes = Vec::new();
        if let Err(reason) = file.read(&stream.path, budget, &mut bytes) {
            out.gaps.push(Gap::new(reason, stream.path.as_str(), ""));
        }
        let mut records = Records::new(&bytes);
        while let Some(record) = records.next() {
            let mut chain = match record.id {
                0xC7 | 0xC9 | 0xCD => Chain::new(record.body, records.continued(), Biff::Eight, 1252),
                _ => continue,
            };
            let value = match record.id {
                // A field and its name.
                0xC7 => chain.skip(14).and_then(|()| chain.long()),
                0xC9 => chain
                    .f64()
                    .map(|number| number.to_string())
                    .filter(|n| n.len() < 32)
                    .map(|n| plain(&n).into_owned()),
                _ => chain.long(),
            };
            if let Some(value) = value
                && told.insert(&value)
            {
                out.text.aside(Area::Metadata, &value);
            }
            if records.at.is_multiple_of(1024) && budget.time().is_err() {
                break;
            }
        }
    }
}
