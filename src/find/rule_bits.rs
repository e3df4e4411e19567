//! Sets of rules, by their place in the list.

/// A set of rules: a bit each, so that two sets meet in a few steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RuleBits(Vec<u64>);

impl RuleBits {
    /// The empty set of so many rules.
    pub(super) fn none_of(rules: usize) -> Self {
        Self(vec![0; rules.div_ceil(64)])
    }

    /// Takes all out.
    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Adds a rule; one beyond the list is left out.
    pub(super) fn add(&mut self, rule: usize) {
        if let Some(block) = self.0.get_mut(rule / 64) {
            *block |= 1 << (rule % 64);
        }
    }

    /// Adds the rules of another set.
    pub(super) fn add_all(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    /// Leaves only those that are in the other set, too.
    pub(super) fn keep(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= theirs;
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|block| *block == 0)
    }

    /// Whether a rule is in both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// The rules in ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(nth, block)| {
            let mut rest = *block;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros();
                rest &= rest.wrapping_sub(1);
                Some(nth.saturating_mul(64).saturating_add(bit as usize))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_is_added() {
        let (mut a, mut b) = (RuleBits::none_of(130), RuleBits::none_of(130));
        [0, 63, 64, 129, 500].into_iter().for_each(|rule| a.add(rule));
        assert_eq!(a.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert!(!a.meets(&b) && b.is_empty() && !a.is_empty());
        b.add(64);
        assert!(a.meets(&b));
        a.keep(&b);
        assert_eq!(a, b);
        b.add(1);
        a.add_all(&b);
        assert_eq!(a.iter().collect::<Vec<_>>(), [1, 64]);
        a.clear();
        assert!(a.is_empty());
    }
}
