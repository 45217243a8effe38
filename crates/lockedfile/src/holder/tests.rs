use super::*;

fn process(command: &str, is_stopped: bool) -> Option<Process> {
    Some(Process { pid: 12, command: Some(escaped(command)), is_stopped })
}

fn holder(
    process: Option<Process>,
    recorded_by: Option<u32>,
    recorder_is_gone: bool,
) -> (String, Visibility) {
    let holder = Holder { process, recorded_by, recorder_is_gone };
    (holder.to_string(), holder.visibility())
}

#[test]
fn it_says_who_holds_the_lock_and_how_that_is_known() {
    let cases = [
        (holder(process("sh", false), Some(12), false), "held by pid 12 (sh)"),
        (holder(process("sh", true), Some(12), false), "held by pid 12 (sh), which is stopped"),
        (
            holder(process("sh", false), Some(11), true),
            "held by pid 12 (sh), recorded by pid 11, which is gone",
        ),
        (holder(process("sh", false), Some(11), false), "held by pid 12 (sh), recorded by pid 11"),
        (holder(process("sh", false), None, false), "held by pid 12 (sh)"),
    ];
    for ((text, visibility), expected) in cases {
        assert_eq!((text.as_str(), visibility), (expected, Visibility::Confirmed));
    }
}

#[test]
fn who_is_stopped_is_said_to_be() {
    for is_stopped in [false, true] {
        let process = process("sh", is_stopped);
        let holder = Holder { process, recorded_by: Some(12), recorder_is_gone: false };
        assert_eq!(holder.is_stopped(), is_stopped);
    }
    let hidden = Holder { process: None, recorded_by: Some(12), recorder_is_gone: false };
    assert!(!hidden.is_stopped());
}

#[test]
fn it_names_nobody_that_it_has_not_seen() {
    assert_eq!(
        holder(None, Some(11), true),
        ("held, recorded by pid 11, which is gone".to_owned(), Visibility::RecorderGone)
    );
    let hidden = "held by a process that is not visible from here";
    assert_eq!(holder(None, None, false), (hidden.to_owned(), Visibility::Hidden));
    assert_eq!(
        holder(None, Some(11), false),
        (format!("{hidden}, recorded by pid 11"), Visibility::Hidden)
    );
}

#[test]
fn a_command_cannot_drive_a_terminal() {
    let (text, _) = holder(process("\x1b[2J\"\n\u{202e}", false), Some(12), false);
    assert_eq!(text, r#"held by pid 12 (\x1b[2J\"\n\u202e)"#);
}
