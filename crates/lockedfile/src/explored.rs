//! What threads may do with locks, in every order that shuttle finds: `cargo xtask shuttle`.
//!
//! The lock files are real. But every opening of one gives a duplicate of a single open file
//! description, on which the kernel refuses this process nothing; so whatever keeps its threads apart
//! here is this crate's.

mod lines;
mod mutexes;
mod places;
mod slots;

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

use crate::sync::let_others_run;

/// How many orders are tried, of those in sequence and of those by lot.
const EXECUTIONS: usize = 2000;

/// Runs a scene in many orders: in sequence from the first, by lot, and by lot with few changes of
/// thread, which finds what takes a certain order. The lots are the same each time.
fn explore(scene: impl Fn() + Send + Sync + 'static) {
    let scene = std::sync::Arc::new(scene);
    let run = |scheduler: Box<dyn Scheduler + Send>| {
        let scene = std::sync::Arc::clone(&scene);
        Runner::new(scheduler, config()).run(move || scene())
    };
    run(Box::new(DfsScheduler::new(Some(EXECUTIONS), false)));
    run(Box::new(RandomScheduler::new_from_seed(1971, EXECUTIONS)));
    run(Box::new(PctScheduler::new_from_seed(1971, 3, EXECUTIONS)));
}

fn config() -> Config {
    let mut config = Config::new();
    // It would say that statics end with an execution, which is what is wanted of them.
    config.silence_warnings = true;
    config
}

/// How many threads are where only one may be, or only those that share.
#[derive(Default)]
struct Inside {
    alone: AtomicU32,
    sharing: AtomicU32,
}

impl Inside {
    /// Stays a while where nobody else may be.
    fn alone(&self) {
        assert_eq!(self.alone.fetch_add(1, SeqCst), 0, "two hold one lock");
        assert_eq!(self.sharing.load(SeqCst), 0, "a lock is held alone and shared");
        let_others_run();
        assert_eq!(self.sharing.load(SeqCst), 0, "a lock is held alone and shared");
        assert_eq!(self.alone.fetch_sub(1, SeqCst), 1, "two hold one lock");
    }

    /// Stays a while beside others that share; says how many those were.
    fn sharing(&self) -> u32 {
        let others = self.sharing.fetch_add(1, SeqCst);
        assert_eq!(self.alone.load(SeqCst), 0, "a lock is held alone and shared");
        let_others_run();
        assert_eq!(self.alone.load(SeqCst), 0, "a lock is held alone and shared");
        self.sharing.fetch_sub(1, SeqCst);
        others
    }

    fn is_empty(&self) -> bool {
        self.alone.load(SeqCst) == 0 && self.sharing.load(SeqCst) == 0
    }
}
