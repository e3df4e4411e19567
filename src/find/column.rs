//! Columns of tables as evidence: where nearly all values of a column pass a check that one in ten passes by chance,
//! the column holds such numbers; where one in ten passes, it does not.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::around::Label;
use super::cells::Cells;
use super::rule::Tiers;

/// Values from which a column's share means something.
const VALUES_MIN: u32 = 5;
/// Values from which a small share speaks against.
const AGAINST_MIN: u32 = 8;
/// Points taken when few values of the column pass.
const AGAINST_POINTS: i16 = 25;
/// Points given on top of a label when nearly all do.
const LABEL_POINTS: i16 = 3;

/// How many values of each column passed each rule's checks.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Table, column and rule: how many passed, and how many did not.
    counts: HashMap<(u32, u32, usize), (u32, u32), BuildHasherDefault<Fold>>,
    /// Table and column of the run at hand, once asked.
    at: Option<Option<(u32, u32)>>,
}

/// Hashes a few small numbers: they are asked for each value of a column.
#[derive(Debug, Default)]
pub(super) struct Fold(u64);

impl Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_u64(&mut self, value: u64) {
        // The golden ratio, as in Fibonacci hashing.
        self.0 = (self.0.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Columns {
    /// Checks that more than this share of values pass by chance say nothing about a column.
    pub(super) const CHANCE_MAX: f32 = 0.2;

    /// The next candidates are at another place.
    pub(super) fn next_run(&mut self) {
        self.at = None;
    }

    /// Counts a candidate of a rule at `offset` of the text.
    pub(super) fn note(&mut self, cells: &Cells<'_>, offset: usize, rule: usize, passed: bool) {
        let place = *self.at.get_or_insert_with(|| cells.at(offset).map(|cell| (cell.table, cell.column)));
        if let Some((table, column)) = place {
            let (good, bad) = self.counts.entry((table, column, rule)).or_default();
            let count = if passed { good } else { bad };
            *count = count.saturating_add(1);
        }
    }

    /// What the column at `offset` says about a value of `rule` that has `points` so far.
    pub(super) fn evidence(
        &self,
        cells: &Cells<'_>,
        offset: usize,
        rule: usize,
        tiers: &Tiers,
        label: &Label,
        points: i16,
    ) -> Option<ColumnEvidence> {
        if self.counts.is_empty() {
            return None;
        }
        let cell = cells.at(offset)?;
        let (good, bad) = *self.counts.get(&(cell.table, cell.column, rule))?;
        let all = good.saturating_add(bad);
        if all >= VALUES_MIN && good.saturating_mul(5) >= all.saturating_mul(4) {
            let more = match label {
                Label::Ours(_) | Label::Shared(_) => LABEL_POINTS,
                Label::Against(_) => return None,
                _ => (i16::from(tiers.nearby).saturating_sub(points)).max(0),
            };
            return (more > 0).then_some(ColumnEvidence { points: more, good, all, few: false });
        }
        let few = all >= AGAINST_MIN && good.saturating_mul(10) <= all.saturating_mul(3);
        few.then_some(ColumnEvidence { points: -AGAINST_POINTS, good, all, few })
    }
}

/// What a column says of its values.
pub(super) struct ColumnEvidence {
    /// Points it gives or takes.
    pub(super) points: i16,
    /// Values that pass the checks, of how many.
    good: u32,
    all: u32,
    few: bool,
}

impl ColumnEvidence {
    pub(super) fn in_words(&self) -> String {
        let (good, all) = (self.good, self.all);
        let only = if self.few { "only " } else { "" };
        format!("{only}{good} of {all} values of its column pass the checks")
    }
}
