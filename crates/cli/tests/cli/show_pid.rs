//! `show --pid`: the instance that a process belongs to.

use crate::instances::{dead, orphan, running, unleased};
use crate::place::{BINARY, Place, keys, state};

/// The instance that a process belongs to, by `show`.
fn instance_of(place: &Place, pid: &impl ToString) -> String {
    let answer = place.output(&["--json", "show", "--pid", &pid.to_string()]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    answer.json()["instance"].as_str().unwrap().to_owned()
}

#[test]
fn a_program_its_children_and_its_monitor_belong_to_it() {
    let place = Place::new();
    let (mut run, id) = running(&place, "5", "echo $$; sh -c 'echo $$; read _; exit 0'; exit 3");
    let (program, child) = (run.line(), run.line());
    for pid in [&program, &child, &run.pid().as_raw_pid().to_string()] {
        assert_eq!(instance_of(&place, pid), id);
    }
    let answer = place.output(&["show", "--pid", &child]);
    assert!(answer.stdout.starts_with(&format!("instance:     {id}\n")), "{answer:?}");
    run.close_stdin();
    assert_eq!(run.end().0, Some(3));
}

#[test]
fn the_nearest_wins() {
    let place = Place::new();
    let script = r#"echo $$; "$0" run --identity 6 -- sh -c 'echo $HAKUREI_INSTANCE; echo $$; read _'; exit 0"#;
    let mut command = place.command(&["run", "--identity", "5", "--", "sh", "-c", script, BINARY]);
    let mut run = crate::process::Started::new(&mut command);
    let [outer, id, inner] = [(); 3].map(|()| run.line());
    assert_eq!(instance_of(&place, &inner), id);
    let outers = instance_of(&place, &outer);
    assert_ne!(outers, id);
    assert!(place.output(&["ps", "-q", "--identity", "5"]).stdout.contains(&outers));
    run.close_stdin();
    assert_eq!(run.end().0, Some(0));
}

#[test]
fn what_is_program_here_and_monitor_there_lives_here() {
    let place = Place::new();
    let script = r#"exec "$0" run --identity 6 -- sh -c 'echo $PPID; echo $HAKUREI_INSTANCE; read _; exit 0'"#;
    let mut command = place.command(&["run", "--identity", "5", "--", "sh", "-c", script, BINARY]);
    let mut run = crate::process::Started::new(&mut command);
    let (middle, inner) = (run.line(), run.line());
    let found = instance_of(&place, &middle);
    assert_ne!(found, inner);
    assert_eq!(place.output(&["show", &found, "--json"]).json()["identity"], 5);
    run.close_stdin();
    assert_eq!(run.end().0, Some(0));
}

#[test]
fn only_the_living_are_asked() {
    let place = Place::new();
    dead(&place, 5, 1);
    let (orphaned, program) = orphan(&place, 5, 2);
    assert_eq!(instance_of(&place, &program.pid()), orphaned.to_string());
    let (unleased, monitor) = unleased(&place, 5, 3);
    assert_eq!(instance_of(&place, &monitor.pid()), unleased.to_string());
}

#[test]
fn a_process_of_no_instance_is_not_found() {
    let place = Place::new();
    let idle = crate::instances::Idle::new();
    let pid = idle.pid().to_string();
    for (pid, words) in [
        (&*pid, "belongs to no instance"),
        ("2147483647", "does not exist, or is not visible from here"),
    ] {
        let answer = place.output(&["--json", "show", "--pid", pid]);
        assert_eq!((answer.code, &*answer.stdout), (Some(3), ""));
        // The first line is the note that there is no store.
        let error = answer.stderr.lines().last().unwrap();
        let error: serde_json::Value = serde_json::from_str(error).unwrap();
        assert_eq!(keys(&error), ["err", "message", "step"]);
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
    }
}

#[test]
fn the_monitor_of_several_is_ambiguous() {
    let place = Place::new();
    let monitor = crate::instances::Idle::new();
    let of = |random| hakurei_hst::State { pid: monitor.pid(), shim_pid: 0, ..state(5, 1, random) };
    let states = [of(1), of(2)];
    states.iter().for_each(|state| place.save(state).release());
    let answer = place.output(&["show", "--pid", &monitor.pid().to_string()]);
    assert_eq!((answer.code, &*answer.stdout), (Some(3), ""));
    for state in &states {
        assert!(answer.stderr.contains(&state.id.to_string()), "{answer:?}");
    }
}
