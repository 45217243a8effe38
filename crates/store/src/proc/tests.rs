use super::*;

#[test]
fn the_start_time_is_found_behind_whatever_the_command_is_called() {
    let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";
    for command in ["cat", "a b", ")", ") S 1 (", "(((", "\u{ff}"] {
        let stat = format!("12 ({command}) {rest}");
        assert_eq!(parse_start_time(stat.as_bytes()), Some(4711), "{command}");
    }
}

#[test]
fn a_line_that_is_cut_short_has_no_start_time() {
    assert_eq!(parse_start_time(b""), None);
    assert_eq!(parse_start_time(b"12 (cat"), None);
    assert_eq!(parse_start_time(b"12 (cat) S 1 2"), None);
    assert_eq!(
        parse_start_time(b"12 (cat) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x 2"),
        None
    );
}

#[test]
fn a_boot_id_is_sixteen_bytes_in_hexadecimal() {
    let text = b"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\n";
    let boot = parse_boot_id(text).expect("this is one");
    assert_eq!(BootId::of_the_kernel(boot).to_string().as_bytes(), text.trim_ascii_end());
    for not_one in [
        &b""[..],
        b"0f1e2d3c",
        b"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1fg",
        b"+f1e2d3c4b5a69788796a5b4c3d2e1f0",
    ] {
        assert_eq!(parse_boot_id(not_one), None);
    }
}

#[test]
fn this_process_is_seen_in_proc() {
    assert!(is_ours());
    assert!(start_time(sys::getpid()).is_some());
    assert_eq!(start_time(i32::MAX), None);
    assert!(namespace("pid").is_some());
    assert_eq!(namespace("of-no-kind"), None);
}

#[test]
fn users_are_found_in_the_status() {
    let status = b"Name:\tUid:\nUmask:\t0022\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n";
    assert_eq!(parse_users(status), Some([1, 2, 3, 4]));
    assert_eq!(parse_users(b"Uid:\t1\t2\t3\n"), None);
    assert_eq!(parse_users(b"Uid:\t1\t-2\t3\t4\n"), None);
    assert_eq!(parse_users(b""), None);
    let mine = users(sys::getpid()).expect("this process is there");
    assert_eq!(mine[1], sys::effective_uid());
}

#[test]
fn the_parent_is_the_fourth_field() {
    let parent_of_this = i64::from(std::os::unix::process::parent_id());
    assert_eq!(parent(i64::from(sys::getpid())), Some(parent_of_this));
    assert_eq!(parent(i64::MAX), None);
}

#[test]
fn root_is_mapped_only_if_it_is_itself() {
    assert!(maps_root(b"         0          0 4294967295\n"));
    assert!(!maps_root(b"         0       1000          1\n"));
    assert!(!maps_root(b"      1000       1000          1\n"));
    assert!(maps_root(b"1000 1000 1\n0 0 1\n"));
    assert!(!maps_root(b""));
}

#[test]
fn the_kernel_says_who_is_mapped_and_who_stands_for_the_rest() {
    let read = |path: &str| sys::read_proc(path).unwrap();
    assert_eq!(root_is_mapped(), maps_root(&read("/proc/self/uid_map")));
    let expected = String::from_utf8(read("/proc/sys/kernel/overflowuid")).unwrap();
    assert_eq!(overflow_uid().to_string(), expected.trim_end());
}
