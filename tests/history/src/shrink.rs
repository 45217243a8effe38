//! The smallest plan that still fails.

use std::time::{Duration, Instant};

use crate::plan::Plan;

/// So long it is tried at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a smaller plan is played before it is taken for a sound one.
const TRIES: usize = 30;

/// Leaves out one thing after the other, as long as what is left fails with any error.
pub(crate) fn shrink(
    plan: &Plan,
    error: &str,
    mut failing: impl FnMut(&Plan) -> Option<String>,
) -> (Plan, String) {
    let deadline = Instant::now() + PATIENCE;
    let (mut plan, mut error) = (plan.clone(), error.to_owned());
    'smaller: loop {
        for smaller in plan.smaller() {
            for _ in 0..TRIES {
                if Instant::now() > deadline {
                    return (plan, error);
                }
                if let Some(found) = failing(&smaller) {
                    (plan, error) = (smaller, found);
                    continue 'smaller;
                }
            }
        }
        return (plan, error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::What;

    #[test]
    fn leaves_what_makes_it_fail() {
        let adopts = |plan: &Plan| {
            let mut acts = plan.0.iter().flat_map(|part| &part.acts);
            acts.any(|act| act.what == What::Adopt).then(|| "adopts".to_owned())
        };
        let plan = (0..).map(Plan::by_chance).find(|plan| adopts(plan).is_some()).expect("some do");
        let (smallest, error) = shrink(&plan, "", adopts);
        assert_eq!(error, "adopts");
        let acts: Vec<_> = smallest.0.iter().flat_map(|part| &part.acts).collect();
        assert_eq!((smallest.0.len(), acts.len(), acts[0].what), (1, 1, What::Adopt));
    }
}
