//! `watch` and `ps --watch`: what changes, as it changes.

use hakurei_hst::Identity;
use rustix::process::Signal;

use crate::instances::{ENDLESS, dead, running};
use crate::place::{Place, keys, state};
use crate::process::{Started, Stranger};

#[test]
fn what_is_there_appears_first_and_then_what_changes() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    let first = lease.id();
    let mut watch = Started::new(&mut place.command(&["watch"]));
    assert_eq!(watch.line(), format!("appeared {first} 7"));
    // A segment that is made meanwhile.
    let later = place.save(&state(9, 1, 2));
    let second = later.id();
    assert_eq!(watch.line(), format!("appeared {second} 9"));
    lease.destroy().unwrap();
    assert_eq!(watch.line(), format!("ended {first} 7"));
    assert_eq!(watch.line(), format!("removed {first} 7"));
    later.destroy().unwrap();
    assert_eq!(watch.line(), format!("ended {second} 9"));
    assert_eq!(watch.line(), format!("removed {second} 9"));
}

#[test]
fn a_kill_is_an_end_and_gc_a_removal() {
    let place = Place::new();
    let mut watch = Started::new(&mut place.command(&["watch", "--json"]));
    // The store does not exist yet.
    let (mut run, id) = running(&place, "9", ENDLESS);
    let mut next = |event: &str| {
        let object: serde_json::Value = serde_json::from_str(&watch.line()).unwrap();
        assert_eq!(keys(&object), ["event", "identity", "instance"]);
        assert_eq!((&object["event"], &object["identity"]), (&event.into(), &9.into()));
        assert_eq!(object["instance"], id);
    };
    next("appeared");
    run.send(Signal::KILL);
    run.wait();
    next("ended");
    assert_eq!(place.output(&["gc"]).code, Some(0));
    next("removed");
}

#[test]
fn a_lock_that_is_held_holds_nothing_up() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    let handle = place.store().handle(Identity::from_static(7)).unwrap();
    let segment = handle.lock().unwrap();
    let mut watch = Started::new(&mut place.command(&["watch"]));
    assert_eq!(watch.line(), format!("appeared {} 7", lease.id()));
    let mut follow = Started::new(&mut place.command(&["ps", "--watch", "-q"]));
    assert_eq!(follow.line(), lease.id().to_string());
    segment.end(lease).unwrap();
    assert!(watch.line().starts_with("ended"));
    segment.unlock().unwrap();
}

#[test]
fn it_ends_in_silence_when_nobody_reads_on() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    for arguments in [&["watch"][..], &["watch", "--json"], &["ps", "--watch"]] {
        // One that is closed from the beginning.
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        drop(reader);
        let output = place.command(arguments).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]), "{arguments:?}");
        // One that is closed while nothing happens.
        let mut watch = Started::new(&mut place.command(arguments));
        watch.line();
        watch.close_stdout();
        assert_eq!(watch.wait().code(), Some(0), "{arguments:?}");
    }
    lease.destroy().unwrap();
}

#[test]
fn a_signal_ends_it_in_silence() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    for signal in [Signal::INT, Signal::TERM] {
        for arguments in [&["watch"][..], &["ps", "--watch", "--json"]] {
            let mut watch = Started::new(&mut place.command(arguments));
            watch.line();
            watch.send(signal);
            // Ended by a signal, it has no code.
            let (code, stdout, stderr) = watch.end();
            assert_eq!((code, &*stdout, &*stderr), (None, "", ""), "{arguments:?}");
        }
    }
    lease.destroy().unwrap();
}

#[test]
fn a_list_comes_again_with_each_change() {
    let place = Place::new();
    let mut table = Started::new(&mut place.command(&["ps", "--watch"]));
    let mut json = Started::new(&mut place.command(&["ps", "--watch", "--json"]));
    let mut ids = Started::new(&mut place.command(&["ps", "--watch", "-q"]));
    let header = "INSTANCE  PID  APPLICATION  STATUS  UPTIME";
    assert_eq!(table.line(), header);
    assert_eq!(json.line(), "[]");
    assert_eq!(ids.line(), "");

    let lease = place.save(&state(7, 1, 1));
    assert!(table.line().starts_with("INSTANCE"));
    let row = table.line();
    assert!(row.starts_with("00000000") && row.contains("running"), "{row}");
    let array: serde_json::Value = serde_json::from_str(&json.line()).unwrap();
    assert_eq!(array[0]["instance"], lease.id().to_string());
    assert_eq!(array[0]["status"], "running");
    assert_eq!([ids.line(), ids.line()], [lease.id().to_string(), String::new()]);

    lease.destroy().unwrap();
    assert_eq!(table.line(), header);
    assert_eq!(json.line(), "[]");
    assert_eq!(ids.line(), "");
}

#[test]
fn a_list_of_the_dead_changes_when_one_dies() {
    let place = Place::new();
    let (mut run, id) = running(&place, "9", ENDLESS);
    let mut table =
        Started::new(&mut place.command(&["ps", "-q", "--watch", "--status", "dead,corrupt"]));
    assert_eq!(table.line(), "");
    run.send(Signal::KILL);
    run.wait();
    assert_eq!([table.line(), table.line()], [id, String::new()]);
}

#[test]
fn what_cannot_be_read_is_told_once() {
    let place = Place::new();
    let broken = crate::instances::corrupt(&place, 7, 3);
    let mut follow = Started::new(&mut place.command(&["ps", "--watch", "--json"]));
    assert!(follow.line().contains("corrupt"));
    assert!(follow.line_of_stderr("").contains(&broken.to_string()));
    let lease = place.save(&state(7, 1, 1));
    assert!(follow.line().contains("running"));
    follow.send(Signal::TERM);
    assert_eq!(follow.end().2, "");
    lease.destroy().unwrap();
}

#[test]
fn an_orphan_shows_though_it_is_no_event() {
    let place = Place::new();
    // The program gives itself a monitor that dies alone.
    let monitor = crate::instances::Idle::new();
    let program = crate::instances::Idle::new();
    let of = hakurei_hst::State { pid: monitor.pid(), shim_pid: program.pid(), ..state(7, 1, 1) };
    place.save(&of).release();
    let mut follow = Started::new(&mut place.command(&["ps", "--watch", "--json"]));
    assert!(follow.line().contains("running"));
    monitor.end();
    assert!(follow.line().contains("orphaned"));
    let ended = Stranger::new(&program.pid().to_string());
    program.end();
    ended.wait();
    assert!(follow.line().contains("dead"));
}

#[test]
fn a_store_that_may_not_be_trusted_is_an_error() {
    let place = Place::new();
    std::os::unix::fs::symlink("/tmp", place.store_path()).unwrap();
    for arguments in [&["watch", "--json"][..], &["ps", "--watch", "--json"]] {
        let answer = place.output(arguments);
        assert_eq!((answer.code, &*answer.stdout), (Some(1), ""), "{arguments:?}");
        assert_eq!(keys(&answer.error_json()), ["err", "message", "step"]);
    }
}

#[test]
fn the_dead_have_ended_before_anybody_looked() {
    let place = Place::new();
    let gone = dead(&place, 7, 1);
    let mut watch = Started::new(&mut place.command(&["watch"]));
    assert_eq!(watch.line(), format!("appeared {gone} 7"));
    assert_eq!(watch.line(), format!("ended {gone} 7"));
}
