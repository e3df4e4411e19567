//! What can be decided before a body is known.

use super::condition::{Condition, all_hold};
use super::{Action, Facts, Policy, Situation, Verdict};

/// What is known of conditions while the file is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Holds,
    Fails,
    /// It depends on the file.
    Open,
}

impl Policy {
    /// The verdict, if it is the same whatever is found in the file and whatever of it cannot be examined. Nothing if the
    /// file has a say, or if the decision counts in a rate: those count what was found, too.
    #[must_use]
    pub fn settled(&self, situation: &Situation, name: &str) -> Option<Verdict> {
        if self.has_rates() {
            return None;
        }
        let facts = Facts::unknown(situation, name);
        let mut rank = (Action::Allow, Action::Allow);
        for rule in &self.rules {
            let lifted = || self.exceptions.iter().filter(|e| e.lifts.contains(&rule.id));
            match known(&rule.conditions, &facts) {
                Known::Open => return None,
                Known::Fails => {}
                Known::Holds => {
                    if lifted().any(|exception| known(&exception.conditions, &facts) == Known::Open) {
                        return None;
                    }
                    if self.lifting(&rule.id, &facts).is_none() {
                        let outcome = self.outcome(rule, situation);
                        rank = rank.max((outcome.held(), outcome.action));
                    }
                }
            }
        }
        // Something that could not be examined must not make a difference, either.
        let worst = self.gap_actions.iter().map(|(_, action)| *action).chain([self.on_unscannable]).max()?;
        let worst = self.outcome_of_key(worst, situation);
        ((worst.held(), worst.action) <= rank).then(|| self.decide(&facts))
    }
}

fn known(conditions: &[Condition], facts: &Facts<'_>) -> Known {
    if all_hold(conditions.iter().filter(|condition| !condition.needs_content()), facts).is_none() {
        Known::Fails
    } else if conditions.iter().any(Condition::needs_content) {
        Known::Open
    } else {
        Known::Holds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Activity;

    fn settled(rules: &str, unscannable: &str, name: &str) -> Option<Action> {
        let text = format!("name = \"p\"\non-unscannable = \"{unscannable}\"\non-overload = \"block\"\n{rules}");
        let policy = Policy::parse("p.toml", &text).unwrap();
        let situation = Situation { activity: Some(Activity::Download), ..Situation::default() };
        policy.settled(&situation, name).map(|verdict| verdict.action)
    }

    const CARDS: &str = "[[rule]]\nid = \"cards\"\naction = \"block\"\nrules = [\"credit-card-number\"]\n";

    #[test]
    fn what_only_the_request_decides() {
        let downloads = "[[rule]]\nid = \"d\"\naction = \"block\"\nactivities = [\"download\"]\n";
        assert_eq!(settled(downloads, "block", "a.txt"), Some(Action::Block), "stopped whatever it is");
        assert_eq!(settled(CARDS, "allow", "a.txt"), None, "a rule about what is found");
        let uploads = format!("{CARDS}activities = [\"upload\"]\n");
        assert_eq!(settled(&uploads, "allow", "a.txt"), Some(Action::Allow), "a rule that does not apply to downloads");
        assert_eq!(settled(&uploads, "block", "a.txt"), None, "what cannot be examined would be stopped");
        let gaps = format!("[gaps]\nencrypted = \"block\"\n{uploads}");
        assert_eq!(settled(&gaps, "allow", "a.txt"), None, "and so would one kind of that");
        let programs = "[[rule]]\nid = \"e\"\naction = \"block\"\nextensions = [\"exe\"]\n";
        assert_eq!(settled(programs, "allow", "a.exe"), Some(Action::Block));
        assert_eq!(settled(programs, "allow", "a.txt"), Some(Action::Allow));
        for of_file in ["min-size = \"1k\"", "kinds = [\"pdf\"]", "labels = [\"any\"]", "not-rules = [\"iban\"]"] {
            let rule = format!("[[rule]]\nid = \"e\"\naction = \"block\"\n{of_file}\n");
            assert_eq!(settled(&rule, "allow", "a.txt"), None, "{of_file}");
        }
        let both = format!("{downloads}{CARDS}");
        assert_eq!(settled(&both, "allow", "a.txt"), None, "alerts and the list of rules would not be the same");
    }

    #[test]
    fn exceptions_that_depend_on_the_file_settle_nothing() {
        let rule = "[[rule]]\nid = \"d\"\naction = \"block\"\nactivities = [\"download\"]\n";
        let exception = |when: &str| {
            format!(
                "{rule}[[exception]]\nid = \"x\"\nlifts = [\"d\"]\nowner = \"o\"\nreason = \"r\"\nexpires = 2099-01-01\n{when}\n"
            )
        };
        assert_eq!(settled(&exception("labels = [\"none\"]"), "allow", "a.txt"), None);
        // No time is known: nobody knows whether it expired.
        assert_eq!(settled(&exception("names = [\"*.txt\"]"), "allow", "a.txt"), Some(Action::Block));
    }
}
