use proptest::prelude::*;

use super::*;

fn message(sorted: Option<Result<Identity, Error>>) -> String {
    sorted.expect("not passed over").expect_err("not a segment").message()
}

#[test]
fn segments_are_named_in_one_way_only() {
    for (name, identity) in [("0", 0), ("7", 7), ("9999", 9999)] {
        let sorted = segment(name.as_bytes(), FileType::Directory);
        assert_eq!(sorted.expect("not passed over").expect("a segment").get(), identity);
    }
    let cases = [
        ("007", r#"skipped non-identity entry "007""#),
        ("+7", r#"skipped non-identity entry "+7""#),
        ("-0", r#"skipped non-identity entry "-0""#),
        ("", r#"skipped non-identity entry """#),
        ("seven", r#"skipped non-identity entry "seven""#),
        ("10000", "skipped out of bounds entry 10000"),
        ("16384", "skipped out of bounds entry 16384"),
        ("-1", "skipped out of bounds entry -1"),
        ("lock", r#"skipped non-identity entry "lock""#),
    ];
    for (name, expected) in cases {
        assert_eq!(message(segment(name.as_bytes(), FileType::Directory)), expected);
    }
    let bytes = segment(b"\xff\n", FileType::Directory);
    assert_eq!(message(bytes), r#"skipped non-identity entry "\xff\n""#);
}

#[test]
fn files_in_the_base_are_stray_but_for_the_lock() {
    assert!(segment(b"lock", FileType::RegularFile).is_none());
    let stray = segment(b"7", FileType::RegularFile);
    assert_eq!(message(stray), r#"skipped non-directory entry "7""#);
    let stray = segment(b"lock", FileType::Symlink);
    assert_eq!(message(stray), r#"skipped non-directory entry "lock""#);
}

#[test]
fn the_errors_of_stray_names_say_their_step_and_number() {
    let numbered = |name: &[u8], kind| {
        let error = segment(name, kind).expect("not passed over").expect_err("stray");
        assert_eq!(error.step(), "process store segment");
        assert_eq!(error.kind(), ErrorKind::Stray);
        let source = std::error::Error::source(&error).expect("a cause");
        source.downcast_ref::<std::io::Error>().expect("a number").raw_os_error()
    };
    assert_eq!(numbered(b"x", FileType::RegularFile), Some(Errno::NOTDIR.raw_os_error()));
    assert_eq!(numbered(b"16384", FileType::Directory), Some(Errno::RANGE.raw_os_error()));
}

#[test]
fn entries_are_ids_in_lower_case() {
    let id = "0123456789abcdef0123456789abcdef";
    let sorted = entry(id.as_bytes(), FileType::RegularFile).expect("not passed over");
    assert_eq!(sorted.expect("an entry").to_string(), id);
    // What is no file is judged when it is opened, so that a fifo in an entry's place is listed.
    assert!(entry(id.as_bytes(), FileType::Fifo).expect("not passed over").is_ok());
    assert!(entry(b"lock", FileType::RegularFile).is_none());
    let cases = [
        (&b"0123456789ABCDEF0123456789ABCDEF"[..], FileType::RegularFile, "skipped non-entry file"),
        (b"0123456789abcdef0123456789abcde", FileType::RegularFile, "skipped non-entry file"),
        (b"x", FileType::RegularFile, "skipped non-entry file \"x\": identifier string has"),
        (id.as_bytes(), FileType::Directory, "unexpected directory \"0123"),
        (b"lock", FileType::Directory, "unexpected directory \"lock\" in store"),
    ];
    for (name, kind, expected) in cases {
        let error = entry(name, kind).expect("not passed over").expect_err("stray");
        assert!(error.message().starts_with(expected), "{}", error.message());
    }
}

proptest! {
    #[test]
    fn names_are_what_the_types_print(identity in 0_u16..=9999, id in any::<[u8; 16]>()) {
        let identity = Identity::new(identity).expect("within bounds");
        let name = Name::of_segment(identity);
        prop_assert_eq!(name.as_c_str().to_str(), Ok(&*identity.to_string()));
        let id = InstanceId::from_bytes(id);
        let name = Name::of_entry(id);
        prop_assert_eq!(name.as_c_str().to_str(), Ok(&*id.to_string()));
    }

    #[test]
    fn any_name_is_sorted_out(name in proptest::collection::vec(1_u8.., 0..40)) {
        let sorted = segment(&name, FileType::Directory);
        if let Some(Ok(identity)) = sorted {
            prop_assert_eq!(identity.to_string().into_bytes(), name);
        }
    }
}
