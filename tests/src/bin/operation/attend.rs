//! The other side of an operation: who sets the stage for it, and looks around after it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, stdin};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hakurei_check::Absolute;
use hakurei_hst::{Identity, InstanceId};
use hakurei_store::{Error, Store, Verdict};
use hakurei_tests::{Scene, identity};

use crate::ground::{self, BYSTANDERS, GOS, Laid, OURS};
use crate::say;
use crate::table::{self, Operation, Subject};

/// How long the kernel may take to end a process that has been killed.
const END: Duration = Duration::from_secs(10);

/// An id that is used to see whether the store still works.
const NEXT: InstanceId = InstanceId::from_bytes(*b"what comes after");

/// A stage that is set.
struct Set {
    scene: Scene,
    laid: Laid,
}

/// Does what it is told, line by line, until the input ends.
pub(crate) fn attend() {
    let mut set = None;
    for line in stdin().lock().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        match (&*words, set.take()) {
            (["prepare", name], _) => {
                let Some(operation) = table::named(name) else { return };
                let scene = Scene::new();
                let base = base_in(&scene);
                let laid = operation.ground.lay(&Store::new(base.clone()));
                say(&format!("prepared {base}"));
                set = Some(Set { scene, laid });
            }
            (["check", name, end, words @ ..], Some(set)) => {
                let Some(operation) = table::named(name) else { return };
                let disturbance = Disturbance::of(end, words);
                let subject = match *end {
                    // Who is not proven dead is not collected.
                    _ if operation.collects && disturbance.is_misled => Subject::Either,
                    "killed" => operation.killed(),
                    "unwound" => Subject::Either,
                    "done" => operation.done,
                    _ => operation.failed,
                };
                for finding in set.look_around(operation, subject, disturbance) {
                    say(&finding.replace('\n', " "));
                }
                say("checked");
            }
            _ => return,
        }
    }
}

/// Not in the scene itself, so that the way to it has to be made as well.
fn base_in(scene: &Scene) -> Absolute {
    let base = scene.path().join("run/state");
    Absolute::try_from(base).unwrap_or_else(|error| panic!("{error}"))
}

/// What was done to an operation, as far as that excuses what it leaves behind.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Disturbance {
    /// A call gave an error, though nothing had gone wrong.
    is_misled: bool,
    /// And that said how the world is, so that it had to be believed.
    is_lied_to: bool,
    /// It ended in the middle of writing an entry under its name, where half of it is seen.
    may_leave_half: bool,
}

impl Disturbance {
    fn of(end: &str, words: &[&str]) -> Self {
        let is_lied_to = words.contains(&"lied-to");
        let may_leave_half = words.contains(&"in-place") && end == "killed" && !is_lied_to;
        Self { is_misled: words.contains(&"misled"), is_lied_to, may_leave_half }
    }
}

impl Set {
    fn look_around(
        mut self,
        operation: &Operation,
        subject: Subject,
        disturbance: Disturbance,
    ) -> Vec<String> {
        self.laid.unlock();
        let store = Store::new(base_in(&self.scene));
        let mut findings = self.look_at_names(store.base());
        findings.extend(self.look_at_bystanders(&store, operation, disturbance));
        findings.extend(look_at_subject(&store, subject, operation.ground.verdict(), disturbance));
        findings.extend(go_on(&store).err().map(|error| {
            format!("lost: the next process is in trouble: {}: {}", error.step(), error.message())
        }));
        findings
    }

    /// Nothing stands there but what belongs there.
    fn look_at_names(&self, base: &Absolute) -> Vec<String> {
        let mut findings = Vec::new();
        let mut strange = |directory: &Path, belongs: &dyn Fn(&str) -> bool| {
            for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
                let name = entry.file_name();
                if !name.to_str().is_some_and(belongs) {
                    findings.push(format!("left: {}", entry.path().display()));
                }
            }
        };
        strange(self.scene.path(), &|name| matches!(name, "run" | "trace" | "printed"));
        strange(&self.scene.path().join("run"), &|name| name == "state");
        strange(base.as_path(), &|name| matches!(name, "lock" | "0" | "7" | "9" | "11"));
        for number in [0, OURS, 9, GOS] {
            let segment = base.as_path().join(number.to_string());
            strange(&segment, &|name| name == "lock" || name.parse::<InstanceId>().is_ok());
        }
        findings
    }

    fn look_at_bystanders(
        &self,
        store: &Store,
        operation: &Operation,
        disturbance: Disturbance,
    ) -> Vec<String> {
        let mut findings = Vec::new();
        for ((path, inode, bytes), bystander) in self.laid.files.iter().zip(BYSTANDERS) {
            // Who is said to be no more may be collected with the dead, unless the lease says otherwise.
            let is_dead = bystander.verdict == Verdict::Dead
                || (disturbance.is_lied_to && !bystander.leased && bystander.is_of_processes());
            let is_prey = operation.collects && is_dead;
            let now = fs::read(path).ok();
            if now.is_none() && is_prey {
                continue;
            }
            let is_same = fs::metadata(path).is_ok_and(|metadata| metadata.ino() == *inode);
            if !is_same || now.as_ref() != Some(bytes) {
                findings.push(format!("lost: {} is not what it was", path.display()));
                continue;
            }
            match store.entry(identity(bystander.identity), bystander.id) {
                Ok(Some(view)) if view.verdict() == bystander.verdict => {}
                found => findings.push(format!("wrong: {}: {found:?}", path.display())),
            }
        }
        findings
    }
}

/// Whatever is no bystander is the subject: whole and nobody's, or absent.
fn look_at_subject(
    store: &Store,
    subject: Subject,
    expected: Verdict,
    disturbance: Disturbance,
) -> Vec<String> {
    let mut findings = Vec::new();
    let known: BTreeSet<InstanceId> = BYSTANDERS.iter().map(|bystander| bystander.id).collect();
    let mut found: Vec<PathBuf> = Vec::new();
    let ids = match store.ids() {
        Ok(ids) => ids,
        Err(error) => return vec![format!("lost: nothing can be listed: {}", error.message())],
    };
    for id in ids {
        match id {
            Ok((identity, id)) if !known.contains(&id) => {
                found.push(store.base().as_path().join(format!("{identity}/{id}")));
                findings.extend(look_at_entry(store, identity, id, expected, disturbance));
            }
            Ok(_) => {}
            Err(error) => findings.push(format!("wrong: {}", error.message())),
        }
    }
    if !subject.allows(found.len()) {
        findings.push(format!("lost: of the subject there is left {found:?}"));
    }
    findings
}

fn look_at_entry(
    store: &Store,
    identity: Identity,
    id: InstanceId,
    expected: Verdict,
    disturbance: Disturbance,
) -> Option<String> {
    let deadline = Instant::now() + END;
    loop {
        match store.entry(identity, id) {
            Ok(Some(view)) => {
                if let Err(error) = view.state()
                    && !disturbance.may_leave_half
                {
                    return Some(format!("wrong: half an entry: {}", error.message()));
                }
                // What it lived by may be about to end: a shim is killed with its monitor, and a
                // monitor lives for a moment.
                match view.verdict() {
                    verdict if verdict == expected => return None,
                    Verdict::Corrupt if disturbance.may_leave_half => return None,
                    // What could not be read of an owner is not in the entry, and proves nothing.
                    Verdict::Unknown if disturbance.is_misled => return None,
                    Verdict::Orphaned | Verdict::Running if Instant::now() < deadline => {
                        std::thread::yield_now();
                    }
                    verdict => return Some(format!("wrong: {id} is {verdict}, not {expected}")),
                }
            }
            found => return Some(format!("wrong: {id} is {found:?}")),
        }
    }
}

/// The next process can lock, save, list and destroy everywhere, without waiting.
fn go_on(store: &Store) -> Result<(), Error> {
    for number in [OURS, 9, GOS] {
        let handle = store.handle_with(identity(number), hakurei_store::Wait::never())?;
        let record = ground::record(store, identity(number), NEXT, std::process::id().into());
        let lease = {
            let segment = handle.lock_with(hakurei_store::Wait::never())?;
            segment.save(&record)?
        };
        let is_listed = store.entry(identity(number), NEXT)?;
        let is_listed = is_listed.is_some_and(|view| view.verdict() == Verdict::Running);
        assert!(is_listed, "what has just been saved is there and runs");
        lease.destroy()?;
    }
    Ok(())
}
