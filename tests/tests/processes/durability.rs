//! What is synced, and when; seen from outside, by strace.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use hakurei_tests::{Peer, Scene, identity, obstacle_to_tracing, skipped};

/// A helper program whose system calls are written down, and some of which fail.
struct Traced {
    peer: Peer,
    log: PathBuf,
}

impl Traced {
    /// None where nothing can be traced, which is said. What fails does so on the segment alone.
    fn start(scene: &Scene, failing: &[&str]) -> Option<Self> {
        if !can_trace() {
            return None;
        }
        let log = scene.path().join("log");
        let mut command = Command::new("strace");
        command.args(["-qq", "-y", "-e", "trace=openat,openat2,linkat,fdatasync,fsync,unlinkat"]);
        if !failing.is_empty() {
            let segment = scene.base().as_path().join("7");
            command.arg("-P").arg(segment);
            command
                .args(failing.iter().flat_map(|what| ["-e".to_owned(), format!("inject={what}")]));
        }
        command.arg("-o").arg(&log).arg(env!("CARGO_BIN_EXE_peer"));
        Some(Self { peer: Peer::start_by(command, &scene.base()), log })
    }

    /// The calls that an order took: those that name or sync something.
    fn calls(&mut self, order: &str) -> (String, Vec<String>) {
        let before = self.read_log().len();
        let answer = self.peer.ask(order);
        let calls = self.read_log().split_off(before);
        let names = ["linkat(", "fdatasync(", "fsync(", "unlinkat("];
        let is_one = |call: &String| names.iter().any(|name| call.starts_with(name));
        (answer, calls.into_iter().filter(is_one).collect())
    }

    fn read_log(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

/// Whether anything can be traced; if not, it is said.
fn can_trace() -> bool {
    let obstacle = obstacle_to_tracing();
    if let Some(why) = &obstacle {
        skipped!("{why}");
    }
    obstacle.is_none()
}

/// Whether the calls are these, in this order: each the name of a call and the end of what it is on.
fn assert_calls(calls: &[String], expected: &[(&str, &str)]) {
    let are_those = calls.len() == expected.len()
        && calls.iter().zip(expected).all(|(call, (name, on))| {
            let on = if on.is_empty() { String::new() } else { format!("{on}>") };
            call.starts_with(name) && call.contains(&on)
        });
    assert!(are_those, "{calls:#?} are not {expected:#?}");
}

/// How many directories there are from the base up, as far as they are of its filesystem.
fn ancestors(scene: &Scene) -> usize {
    let device = |path: &std::path::Path| {
        std::os::unix::fs::MetadataExt::dev(&fs::metadata(path).expect("there"))
    };
    let base = scene.base().as_path().to_owned();
    base.ancestors().take_while(|path| device(path) == device(&base)).count()
}

#[test]
fn a_durable_entry_is_synced_before_it_has_a_name_and_its_name_after() {
    let scene = Scene::new();
    drop(scene.store().handle(identity(7)).expect("made"));
    let Some(mut traced) = Traced::start(&scene, &[]) else { return };
    let (answer, calls) = traced.calls("save-durably 7 1");
    assert!(answer.starts_with("saved "), "{answer}");
    // The first time, the way down as well.
    let (way, calls) = calls.split_at(ancestors(&scene));
    assert!(way.iter().all(|call| call.starts_with("fsync(")), "{way:#?}");
    assert_calls(&way[..1], &[("fsync(", "/state")]);
    assert_calls(calls, &[("fdatasync(", ""), ("linkat(", "/state/7"), ("fsync(", "/state/7")]);
    let (_, calls) = traced.calls("save-durably 7 2");
    assert_calls(&calls, &[("fdatasync(", ""), ("linkat(", "/state/7"), ("fsync(", "/state/7")]);
    let (_, calls) = traced.calls("save 7 3");
    assert_calls(&calls, &[("linkat(", "/state/7")]);
    let (_, calls) = traced.calls("end");
    assert_calls(&calls, &[("unlinkat(", "/state/7")]);
}

#[test]
fn where_there_are_no_unnamed_files_an_entry_is_synced_in_its_place() {
    let scene = Scene::new();
    drop(scene.store().handle(identity(7)).expect("made"));
    let Some(mut traced) = Traced::start(&scene, &["openat:error=EOPNOTSUPP"]) else { return };
    let (answer, calls) = traced.calls("save-durably 7 1");
    assert!(answer.starts_with("saved "), "{answer}");
    // Of the entry itself, which is not the segment, nothing is seen here.
    assert_calls(&calls, &[("fsync(", "/state/7")]);
    assert_eq!(scene.store().ids().expect("listed").count(), 1);
}

#[test]
fn what_cannot_be_synced_has_not_been_saved() {
    for failing in [&["fsync:error=EIO"][..], &["fsync:error=EIO", "openat:error=EOPNOTSUPP"]] {
        let scene = Scene::new();
        drop(scene.store().handle(identity(7)).expect("made"));
        let Some(mut traced) = Traced::start(&scene, failing) else { return };
        let (answer, calls) = traced.calls("save-durably 7 1");
        assert!(answer.starts_with("error System: cannot fsync "), "{answer}");
        let taken_away = [("fsync(", "/state/7"), ("unlinkat(", "/state/7")];
        assert_calls(&calls[calls.len() - 2..], &taken_away);
        assert_eq!(scene.store().ids().expect("listed").count(), 0);
        let (answer, _) = traced.calls("save 7 1");
        assert!(answer.starts_with("saved "), "{answer}");
    }
}

#[test]
fn bytes_that_cannot_be_synced_never_get_a_name() {
    let scene = Scene::new();
    drop(scene.store().handle(identity(7)).expect("made"));
    if !can_trace() {
        return;
    }
    let mut command = Command::new("strace");
    command.args(["-qq", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=ENOSPC", "-o"]);
    command.arg(scene.path().join("log")).arg(env!("CARGO_BIN_EXE_peer"));
    let mut peer = Peer::start_by(command, &scene.base());
    let answer = peer.ask("save-durably 7 1");
    assert!(answer.starts_with("error System: cannot fdatasync "), "{answer}");
    assert_eq!(scene.store().ids().expect("listed").count(), 0);
}
