use super::*;
use crate::trace;

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

/// A recording of a trace whose strings are put in for `{…}`.
fn recorded(lines: &[(&str, &[&str])]) -> Result<Recording> {
    let trace = lines.iter().map(|(line, texts)| {
        let filled = texts.iter().fold((*line).to_owned(), |line, text| {
            line.replacen("{}", &format!("\"{}\"", hex(text)), 1)
        });
        filled + "\n"
    });
    let mut recording = Recording::new(Path::new("/tmp/stage"));
    recording.add(&trace::parse(&trace.collect::<String>())?)?;
    Ok(recording)
}

#[test]
fn follows_descriptors_to_what_they_are_of() {
    let recording = recorded(&[
        ("openat(AT_FDCWD, {}, O_RDONLY|O_PATH) = 3", &["/"]),
        ("openat(3, {}, O_RDONLY|O_PATH) = 4", &["tmp"]),
        ("openat(4, {}, O_RDONLY|O_PATH) = 3", &["stage"]),
        ("mkdirat(3, {}, 0700) = 0", &["a"]),
        ("openat(3, {}, O_RDONLY) = 5", &["a"]),
        ("openat(5, {}, O_RDWR|O_TMPFILE, 0600) = 6", &["."]),
        ("write(6, {}, 2) = 2", &["xy"]),
        ("write(6, {}, 2) = 1", &["zz"]),
        ("fcntl(6, F_DUPFD_CLOEXEC, 3) = 8", &[]),
        ("fdatasync(8) = 0", &[]),
        ("linkat(6, {}, 5, {}, AT_EMPTY_PATH) = 0", &["", "f"]),
        ("linkat(AT_FDCWD, {}, 5, {}, AT_SYMLINK_FOLLOW) = 0", &["/proc/thread-self/fd/6", "g"]),
        ("fsync(5) = 0", &[]),
        ("openat(5, {}, O_RDONLY) = 9", &["../.."]),
        ("fsync(9) = 0", &[]),
        ("unlinkat(3, {}, 0) = 0", &["a/f"]),
        ("write(1, {}, 2) = 2", &["saved 1\nsaved 2\n"]),
    ]);
    let recording = recording.expect("all is known");
    let told: Vec<String> = recording.steps.iter().map(|step| format!("{step:?}")).collect();
    assert_eq!(
        told,
        [
            "a in 0 is 1",
            "2 bytes of 2 from 0 on",
            "1 bytes of 2 from 2 on",
            "fdatasync of a file without a name",
            "f in 1 is 2",
            "g in 1 is 2",
            "fsync of a",
            "f in 1 is nothing",
            "it says: saved 1",
            "it says: saved 2",
        ]
    );
    assert_eq!(recording.above, 1);
}

#[test]
fn says_what_it_does_not_know_of_the_stage() {
    let enter: (&str, &[&str]) = ("openat(AT_FDCWD, {}, O_RDONLY) = 3", &["/tmp/stage"]);
    for (line, texts) in [
        ("ftruncate(3, 0) = 0", &[][..]),
        ("mmap(NULL, 1, PROT_WRITE, MAP_SHARED, 3, 0) = 0x7f00", &[]),
        ("truncate({}, 0) = 0", &["/tmp/stage/a"]),
        ("renameat(9, {}, 3, {}) = 0", &["a", "a"]),
        ("sync() = 0", &[]),
    ] {
        let error = recorded(&[enter, (line, texts)]).expect_err("nobody uses it yet");
        assert!(error.to_string().contains(" is not modelled"), "{error}");
    }
    recorded(&[enter, ("ftruncate(3, 0) = -1 EBADF", &[])]).expect("it did nothing");
    recorded(&[enter, ("ppoll([{fd=9, events=POLLIN}], 1, NULL, NULL, 3) = 1", &[])])
        .expect("it is elsewhere");
    recorded(&[enter, ("ftruncate(4, 0) = 0", &[])]).expect("it is elsewhere");
    recorded(&[enter, ("truncate({}, 0) = 0", &["/tmp/other"])]).expect("it is elsewhere");
}
