//! Many savers and listers at once.

use hakurei_store::Verdict;
use hakurei_tests::{Peer, Scene, id, identity, state};

use crate::peer;

#[test]
fn sixteen_savers_and_four_listers_lose_nothing_and_leave_nothing() {
    let scene = Scene::new();
    let store = scene.store();
    let permanent: Vec<_> = (0..3)
        .map(|number| {
            let state = state(identity(number), id(std::process::id(), number.into()));
            let record = store.record(&state).expect("valid");
            store.handle(identity(number)).expect("made").save(&record).expect("saved")
        })
        .collect();
    let mut listers: Vec<Peer> = (0..4).map(|_| peer(&scene.base())).collect();
    for lister in &mut listers {
        lister.tell("list");
    }
    let mut savers: Vec<Peer> = (0..16).map(|_| peer(&scene.base())).collect();
    for (number, saver) in savers.iter_mut().enumerate() {
        saver.tell(&format!("churn {} 200", number % 3));
    }
    for saver in &mut savers {
        assert_eq!(saver.hear(), "done");
    }
    for lister in &mut listers {
        let answer = lister.ask("enough");
        let count = answer.strip_suffix(" listings").unwrap_or_else(|| panic!("{answer}"));
        assert_ne!(count, "0");
    }
    let left: Vec<_> = store.entries().expect("listed").map(|view| view.expect("read")).collect();
    assert!(left.iter().all(|view| view.verdict() == Verdict::Running));
    assert_eq!(left.len(), permanent.len());
    for lease in permanent {
        lease.destroy().expect("destroyed");
    }
    assert_eq!(store.ids().expect("listed").count(), 0);
}
