//! `doctor`: what is wrong, why it matters, and what to do.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;

use hakurei_hst::Identity;
use hakurei_store::Format;
use rustix::process::{Signal, WaitId, WaitIdOptions, waitid};

use crate::instances::{corrupt, dead, newer, orphan, unknown};
use crate::place::{Answer, Place, keys, state};
use crate::process::until;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// The one finding in JSON.
fn only(answer: &Answer) -> serde_json::Value {
    let mut array = answer.json();
    assert_eq!(array.as_array().unwrap().len(), 1, "{answer:?}");
    assert_eq!(keys(&array[0]), ["finding", "fix", "path", "why"]);
    array[0].take()
}

/// Looks, expects one finding at that path, and expects it to be there still.
fn finds(place: &Place, path: &Path, words: &str) -> serde_json::Value {
    for option in [&[][..], &["--fix"]] {
        let arguments = [&["--json", "doctor"][..], option].concat();
        let answer = place.output(&arguments);
        assert_eq!(answer.code, Some(4), "{answer:?}");
        let finding = only(&answer);
        assert_eq!(finding["path"], path.to_str().unwrap(), "{finding}");
        assert!(finding["finding"].as_str().unwrap().contains(words), "{words}: {finding}");
        if !option.is_empty() {
            return finding;
        }
    }
    unreachable!()
}

#[test]
fn nothing_is_wrong_with_a_healthy_store() {
    let place = Place::new();
    let answer = place.output(&["doctor"]);
    assert_eq!((answer.code, &*answer.stdout), (Some(0), "nothing is wrong\n"));
    assert!(answer.stderr.contains("there is no store at"), "{answer:?}");
    assert!(!place.store_path().try_exists().unwrap());
    let lease = place.save(&state(7, 1, 1));
    for option in [&["doctor"][..], &["doctor", "--fix"]] {
        let answer = place.output(option);
        assert_eq!(answer.code, Some(0));
        assert_eq!((&*answer.stdout, &*answer.stderr), ("nothing is wrong\n", ""));
    }
    assert_eq!(place.output(&["doctor", "--json"]).stdout, "[]\n");
    lease.destroy().unwrap();
}

#[test]
fn a_finding_has_four_parts_for_people_too() {
    let place = Place::new();
    let gone = dead(&place, 7, 1);
    let answer = place.output(&["doctor"]);
    assert_eq!((answer.code, &*answer.stderr), (Some(4), ""));
    let lines: Vec<_> = answer.stdout.lines().collect();
    assert_eq!(lines[0], format!("{}: its instance is dead", place.entry(7, gone).display()));
    assert!(lines[1].starts_with("  why: ") && lines[2].starts_with("  fix: "), "{answer:?}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn a_store_that_is_open_to_others_is_closed() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    let store = place.store_path();
    set_mode(&store, 0o755);
    let answer = place.output(&["doctor", "--json"]);
    assert_eq!(answer.code, Some(4));
    assert!(answer.stderr.contains("what lies below was not looked at"), "{answer:?}");
    let finding = only(&answer);
    assert!(finding["finding"].as_str().unwrap().contains("0755 lets others in"), "{finding}");
    assert_eq!(finding["path"], store.to_str().unwrap());
    assert_eq!(finding["fix"], format!("chmod 0700 {}", store.display()));
    assert_eq!(mode(&store), 0o755);

    let answer = place.output(&["doctor", "--json", "--fix"]);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""));
    assert_eq!(only(&answer)["fix"], "done: its mode is 0700 now");
    assert_eq!(mode(&store), 0o700);
    assert_eq!(place.output(&["doctor"]).stdout, "nothing is wrong\n");
    lease.destroy().unwrap();
}

#[test]
fn an_open_segment_is_closed_and_so_is_one_that_keeps_its_owner_out() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    let segment = place.store_path().join("7");
    for (bad, words) in [(0o750, "0750 is for others, too"), (0o500, "0500 keeps its owner out")] {
        set_mode(&segment, bad);
        let answer = place.output(&["doctor", "--json"]);
        assert_eq!(answer.code, Some(4), "{answer:?}");
        let finding = only(&answer);
        assert_eq!(finding["path"], segment.to_str().unwrap());
        assert!(finding["finding"].as_str().unwrap().contains(words), "{finding}");
        assert_eq!(place.output(&["doctor", "--fix"]).code, Some(0));
        assert_eq!(mode(&segment), 0o700);
    }
    lease.destroy().unwrap();
}

#[test]
fn a_way_that_others_can_change_is_told_and_left() {
    let place = Place::new();
    let above = place.path().join("above");
    fs::create_dir(&above).unwrap();
    set_mode(&above, 0o777);
    let store = above.join("state");
    fs::create_dir(&store).unwrap();
    set_mode(&store, 0o700);
    let arguments = ["--store", store.to_str().unwrap(), "--json", "doctor", "--fix"];
    let answer = place.output(&arguments);
    assert_eq!(answer.code, Some(4), "{answer:?}");
    let finding = only(&answer);
    assert_eq!(finding["path"], above.to_str().unwrap());
    assert!(finding["fix"].as_str().unwrap().contains("chmod go-w"), "{finding}");
    assert_eq!(mode(&above), 0o777);
}

#[test]
fn a_link_or_a_file_in_the_stores_place() {
    let place = Place::new();
    let store = place.store_path();
    std::os::unix::fs::symlink("/tmp", &store).unwrap();
    let finding = finds(&place, &store, "symbolic link");
    assert!(finding["fix"].as_str().unwrap().contains("in the place of the link"), "{finding}");
    fs::remove_file(&store).unwrap();
    fs::write(&store, "").unwrap();
    finds(&place, &store, "");
}

#[test]
fn a_store_of_somebody_elses_is_not_repaired() {
    if !rustix::process::geteuid().is_root() {
        skipped!("takes root");
        return;
    }
    let place = Place::new();
    let store = place.store_path();
    place.save(&state(7, 1, 1)).destroy().unwrap();
    set_mode(&store, 0o755);
    let given = Command::new("chown").args(["-R", "61234"]).arg(&store).status();
    assert!(given.unwrap().success());
    finds(&place, &store, "lets others in");
    assert_eq!(mode(&store), 0o755);
    // A segment of another user's than its store.
    set_mode(&store, 0o700);
    std::os::unix::fs::chown(store.join("7"), Some(4242), None).unwrap();
    finds(&place, &store.join("7"), "belongs to user 4242");
}

#[test]
fn names_that_do_not_belong_there() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    let store = place.store_path();
    fs::write(store.join("stray\x1b[2J"), "").unwrap();
    finds(&place, &store, "stray");
    assert!(!place.output(&["doctor"]).stdout.contains('\x1b'));
    fs::remove_file(store.join("stray\x1b[2J")).unwrap();
    fs::write(store.join("7/stray"), "").unwrap();
    finds(&place, &store.join("7"), "stray");
    assert!(store.join("7/stray").try_exists().unwrap());
    lease.destroy().unwrap();
}

#[test]
fn the_dead_are_removed_and_nothing_else_is() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 0xff));
    let gone = dead(&place, 7, 1);
    let (orphaned, program) = orphan(&place, 7, 2);
    let (broken, later) = (corrupt(&place, 7, 3), newer(&place, 7, 4));
    let answer = place.output(&["doctor", "--json", "--fix"]);
    assert_eq!((answer.code, &*answer.stderr), (Some(4), ""));
    let findings = answer.json();
    let findings = findings.as_array().unwrap();
    assert_eq!(findings.len(), 4, "{answer:?}");
    for (id, is_done, words) in [
        (gone, true, "its instance is dead"),
        (orphaned, false, "its monitor is gone"),
        (broken, false, "nonsense"),
        (later, false, "unexpected revision 8002"),
    ] {
        let path = place.entry(7, id).display().to_string();
        let found = findings.iter().find(|finding| finding["path"] == path).unwrap();
        assert_eq!(found["fix"].as_str().unwrap().starts_with("done: "), is_done, "{found}");
        let said = found["finding"].as_str().unwrap();
        assert!(said.contains(words) || words == "nonsense", "{found}");
    }
    assert_eq!(place.statuses(), ["orphaned", "corrupt", "newer", "running"]);
    program.end();
    for path in [place.entry(7, broken), place.entry(7, later)] {
        fs::remove_file(path).unwrap();
    }
    assert_eq!(place.output(&["doctor", "--fix"]).code, Some(0));
    assert_eq!(place.statuses(), ["running"]);
    assert_eq!(place.output(&["doctor"]).stdout, "nothing is wrong\n");
    lease.destroy().unwrap();
}

#[test]
fn both_formats_in_one_store() {
    let place = Place::new();
    let cbor = place.save(&state(7, 1, 1));
    assert_eq!(place.output(&["doctor"]).code, Some(0));
    let gob = place.store().in_format(Format::Gob);
    let other = state(8, 1, 2);
    let handle = gob.handle(other.config.identity).unwrap();
    let gob = handle.save(&gob.record(&other).unwrap()).unwrap();
    finds(&place, &place.store_path(), "1 in cbor, 1 in gob");
    cbor.destroy().unwrap();
    assert_eq!(place.output(&["doctor"]).code, Some(0));
    gob.destroy().unwrap();
}

#[test]
fn a_lock_that_is_held_all_the_while() {
    let place = Place::new();
    place.save(&state(7, 1, 1)).destroy().unwrap();
    let lock = place.store_path().join("7/lock");
    let handle = place.store().handle(Identity::from_static(7)).unwrap();
    let segment = handle.lock().unwrap();
    let answer = place.output(&["doctor", "--json"]);
    assert_eq!((answer.code, &*answer.stderr), (Some(4), ""));
    let finding = only(&answer);
    assert_eq!(finding["path"], lock.to_str().unwrap());
    let said = finding["finding"].as_str().unwrap();
    let holder = format!("held by pid {}", std::process::id());
    assert!(said.contains(&holder) && said.contains("all the while"), "{finding}");
    // What is dead behind it is left, and said to be.
    segment.unlock().unwrap();
    let gone = dead(&place, 7, 2);
    let segment = handle.lock().unwrap();
    let answer = place.output(&["doctor", "--json", "--fix"]);
    assert_eq!(answer.code, Some(4));
    let findings = answer.json();
    let path = place.entry(7, gone).display().to_string();
    let left = findings.as_array().unwrap().iter().find(|it| it["path"] == path).unwrap();
    assert!(left["fix"].as_str().unwrap().contains("not done: "), "{left}");
    segment.unlock().unwrap();
}

#[test]
fn a_lock_that_a_stopped_process_holds() {
    let place = Place::new();
    place.save(&state(7, 1, 1)).destroy().unwrap();
    let lock = place.store_path().join("7/lock");
    // It becomes the program, which has the lock open from then on.
    let mut command = Command::new("flock");
    command.arg("--no-fork").arg(&lock).args(["sh", "-c", "echo; exec sleep 600"]);
    let mut holder = crate::process::Started::new(&mut command);
    holder.line();
    holder.send(Signal::STOP);
    until("it stops", || {
        waitid(WaitId::Pid(holder.pid()), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG)
            .unwrap()
            .is_some()
    });
    let finding = finds(&place, &lock, "which is stopped");
    let continued = format!("kill -CONT {}", holder.pid());
    assert!(finding["fix"].as_str().unwrap().contains(&continued), "{finding}");
    holder.send(Signal::CONT);
}

#[test]
fn a_lock_file_with_another_name_or_a_bad_mode() {
    let place = Place::new();
    place.save(&state(7, 1, 1)).destroy().unwrap();
    let lock = place.store_path().join("7/lock");
    set_mode(&lock, 0o400);
    finds(&place, &lock, "0400 keeps its owner from locking it");
    set_mode(&lock, 0o600);
    fs::hard_link(&lock, place.path().join("other")).unwrap();
    finds(&place, &lock, "it has 2 names");
}

#[test]
fn a_directory_that_is_no_store_keeps_its_mode() {
    let place = Place::new();
    let directory = place.path().join("directory");
    let arguments = ["--store", directory.to_str().unwrap(), "--json", "doctor", "--fix"];
    for (bad, made, words) in [
        (0o755, &["notes.txt"][..], "foreign files, as notes.txt"),
        (0o755, &["007/"], "foreign files, as 007"),
        (0o755, &["7/", "7/notes.txt"], "foreign files, as 7"),
        (0o755, &["lock/"], "foreign files, as lock"),
        (0o755, &[], "it is empty"),
        (0o1777, &["lock"], "sticky"),
    ] {
        fs::create_dir(&directory).unwrap();
        for name in made {
            match name.strip_suffix('/') {
                Some(name) => fs::create_dir(directory.join(name)).unwrap(),
                None => fs::write(directory.join(name), "").unwrap(),
            }
        }
        set_mode(&directory, bad);
        let answer = place.output(&arguments);
        assert_eq!(answer.code, Some(4), "{made:?}: {answer:?}");
        let finding = only(&answer);
        assert!(finding["finding"].as_str().unwrap().contains(words), "{words}: {finding}");
        let fix = finding["fix"].as_str().unwrap();
        assert!(fix.contains("--store") && !fix.contains("chmod"), "{finding}");
        assert_eq!(mode(&directory), bad, "{made:?}");
        fs::remove_dir_all(&directory).unwrap();
    }
    // By its name alone is an empty one known; by what it holds, one of any name.
    for (path, segment) in [(place.store_path(), None), (directory, Some("7"))] {
        fs::create_dir(&path).unwrap();
        segment.into_iter().for_each(|name| fs::create_dir(path.join(name)).unwrap());
        set_mode(&path, 0o755);
        let answer = place.output(&["--store", path.to_str().unwrap(), "doctor", "--fix"]);
        assert_eq!(mode(&path), 0o700, "{answer:?}");
    }
}

#[test]
fn the_root_keeps_its_mode() {
    let before = mode(Path::new("/"));
    let answer = Place::new().output(&["--store", "/", "--json", "doctor"]);
    assert_eq!(answer.code, Some(4), "{answer:?}");
    assert!(!answer.stdout.contains("chmod"), "{answer:?}");
    assert_eq!(mode(Path::new("/")), before);
}

#[test]
fn a_segment_with_foreign_files_keeps_its_mode() {
    let place = Place::new();
    place.save(&state(7, 1, 1)).destroy().unwrap();
    let segment = place.store_path().join("7");
    fs::write(segment.join("notes.txt"), "").unwrap();
    set_mode(&segment, 0o755);
    let answer = place.output(&["--json", "doctor", "--fix"]);
    assert_eq!(answer.code, Some(4), "{answer:?}");
    assert!(answer.stdout.contains("foreign files, as notes.txt"), "{answer:?}");
    assert_eq!(mode(&segment), 0o755);
}

#[test]
fn a_place_where_no_store_can_be_made() {
    let place = Place::new();
    let above = place.path().join("above");
    fs::create_dir(&above).unwrap();
    let finds = |store: &Path, path: &Path, words: &str| {
        let answer = place.output(&["--store", store.to_str().unwrap(), "--json", "doctor"]);
        assert_eq!(answer.code, Some(4), "{answer:?}");
        let finding = only(&answer);
        assert_eq!(finding["path"], path.to_str().unwrap(), "{finding}");
        assert!(finding["finding"].as_str().unwrap().contains(words), "{words}: {finding}");
    };
    set_mode(&above, 0o777);
    finds(&above.join("missing/state"), &above, "0777 lets others");
    set_mode(&above, 0o755);
    finds(Path::new("/proc/missing/state"), Path::new("/proc"), "nothing can be made in it");
    let file = place.file("file", "");
    finds(&file.join("state"), &file, "");
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&above, Some(4242), None).unwrap();
        finds(&above.join("state"), &above, "belongs to user 4242");
    } else {
        set_mode(&above, 0o500);
        finds(&above.join("state"), &above, "nothing can be made in it");
    }
}

#[test]
fn damage_to_what_is_leased_is_not_to_be_removed() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    fs::write(place.entry(7, lease.id()), "nonsense").unwrap();
    let holder = format!("its lease is held by pid {}", std::process::id());
    let finding = finds(&place, &place.entry(7, lease.id()), &holder);
    assert!(!finding["fix"].as_str().unwrap().contains("--corrupt"), "{finding}");
    for option in [&["gc"][..], &["gc", "--corrupt"]] {
        let answer = place.output(option);
        assert_eq!((answer.code, &*answer.stdout), (Some(0), ""));
        assert!(answer.stderr.contains(&holder), "{answer:?}");
        assert!(!answer.stderr.contains("--corrupt"), "{answer:?}");
    }
    lease.release();
    assert!(place.output(&["gc"]).stderr.contains("--corrupt"));
}

#[test]
fn a_namespace_that_is_gone_leaves_what_only_a_word_removes() {
    let place = Place::new();
    let Some(id) = unknown(&place, "7") else { return };
    let path = place.entry(7, id.parse().unwrap());
    let finding = finds(&place, &path, "nothing proves from here");
    assert!(finding["fix"].as_str().unwrap().contains("gc --unknown"), "{finding}");
    let answer = place.output(&["adopt", &id, "--", "true"]);
    assert_eq!(answer.code, Some(125), "{answer:?}");
    assert!(answer.stderr.contains("it cannot be told from here"), "{answer:?}");
    let answer = place.output(&["gc"]);
    assert_eq!((answer.code, &*answer.stdout), (Some(0), ""));
    assert!(answer.stderr.contains("--unknown"), "{answer:?}");
    let answer = place.output(&["gc", "--unknown"]);
    let printed = format!("{id} unknown\n");
    assert_eq!((answer.code, answer.stdout, &*answer.stderr), (Some(0), printed, ""));
    assert_eq!(place.statuses(), [""; 0]);
}

#[test]
fn its_own_want_of_descriptors_is_no_finding() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    let mut failed = 0;
    for limit in 4..16 {
        let script = format!("ulimit -n {limit}; exec \"$0\" doctor");
        let mut command = Command::new("sh");
        command.args(["-c", &script, crate::place::BINARY]);
        command.env("HAKUREI_STORE", place.store_path());
        let answer = crate::place::answer(&mut command);
        if answer.code == Some(1) {
            failed += 1;
            assert!(answer.stderr.contains("could not look"), "{limit}: {answer:?}");
            assert_eq!(answer.stdout, "", "{limit}");
        } else {
            assert_eq!((answer.code, &*answer.stdout), (Some(0), "nothing is wrong\n"), "{limit}");
        }
    }
    assert!(failed > 0);
    lease.destroy().unwrap();
}

#[test]
fn a_filesystem_that_is_full_or_read_only() {
    if !rustix::process::geteuid().is_root() {
        skipped!("takes root, to mount a filesystem");
        return;
    }
    let place = Place::new();
    let mounted = place.path().join("mounted");
    fs::create_dir(&mounted).unwrap();
    let gone = dead(&place, 7, 1);
    // In a mount namespace of its own, so that nothing is left behind.
    let script = r#"mount -t tmpfs -o size=64k,mode=700 tmpfs "$1" && cp -a "$HAKUREI_STORE" "$1/state" &&
        head -c 1000000 /dev/zero > "$1/zeros" 2>/dev/null;
        "$0" --json --store "$1/state" doctor --fix; echo $?; ls "$1/state/7"; rm "$1/zeros"; mount -o remount,ro "$1"; "$0" --json --store "$1/state" doctor; echo $?"#;
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, crate::place::BINARY]).arg(&mounted);
    command.env("HAKUREI_STORE", place.store_path());
    let answer = crate::place::answer(&mut command);
    if answer.stderr.contains("unshare") || answer.stderr.contains("mount:") {
        skipped!("no mount namespace here: {}", answer.stderr);
        return;
    }
    let full = answer.stdout.find("its filesystem is full").unwrap();
    let read_only = answer.stdout.find("its filesystem is read-only").unwrap();
    assert!(full < read_only, "{answer:?}");
    // Removing needs no room.
    assert!(answer.stdout.contains("done: the entry is removed"), "{answer:?}");
    assert!(!answer.stdout.lines().any(|line| line == gone.to_string()), "{answer:?}");
    assert_eq!(answer.stdout.lines().filter(|line| *line == "4").count(), 2, "{answer:?}");
}
