use std::collections::hash_map::DefaultHasher;
use std::ffi::{OsStr, OsString};
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

fn absolute(pathname: &[u8]) -> Absolute {
    Absolute::new(pathname).expect("the test writes absolute pathnames")
}

/// A rooted path of any bytes but NUL, with plenty of slashes and dots.
fn any_absolute() -> impl Strategy<Value = Absolute> {
    element().prop_map(|element| absolute(&[b"/", &*element].concat()))
}

/// What may be joined: anything without NUL, be it empty, absolute, or several elements.
fn element() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => Just(b'/'), 3 => Just(b'.'), 2 => Just(b'a'), 1 => 1..=u8::MAX];
    prop::collection::vec(byte, 0..16)
}

/// One name, as a directory entry has it.
fn name() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(1..=u8::MAX, 1..8)
        .prop_filter("not one name", |name| !name.contains(&b'/') && name != b"." && name != b"..")
}

fn hash(value: &Absolute) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A base, what is joined to it, and the result.
type Join<'a> = (&'a [u8], &'a [&'a [u8]], &'a [u8]);

/// The answers of Go's `path.Join`.
#[test]
fn joins_as_go_does() {
    let cases: &[Join<'_>] = &[
        (b"/", &[], b"/"),
        (b"/", &[b""], b"/"),
        (b"/a", &[], b"/a"),
        (b"/a/", &[], b"/a"),
        (b"/a", &[b""], b"/a"),
        (b"/a", &[b"", b""], b"/a"),
        (b"/a", &[b"", b"b", b"", b"c"], b"/a/b/c"),
        (b"/a", &[b"b"], b"/a/b"),
        (b"/a", &[b"b/"], b"/a/b"),
        (b"/a", &[b"/b"], b"/a/b"),
        (b"/a/", &[b"/b/"], b"/a/b"),
        (b"/a", &[b"//b//"], b"/a/b"),
        (b"/a", &[b"b/c"], b"/a/b/c"),
        (b"/a", &[b"/"], b"/a"),
        (b"/a", &[b" "], b"/a/ "),
        (b"/a", &[b"."], b"/a"),
        (b"/a", &[b".", b"b"], b"/a/b"),
        (b"/a", &[b"..."], b"/a/..."),
        (b"/a", &[b".."], b"/"),
        (b"/a", &[b"/.."], b"/"),
        (b"/a", &[b"/../"], b"/"),
        (b"/a", &[b"..", b".."], b"/"),
        (b"/a", &[b"../../.."], b"/"),
        (b"/", &[b"..", b"a"], b"/a"),
        (b"/a", &[b"../b"], b"/b"),
        (b"/a", &[b"b", b".."], b"/a"),
        (b"/a", &[b"b", b"./.."], b"/a"),
        (b"/a", &[b"b", b"../c"], b"/a/c"),
        (b"/a", &[b"b/..", b"../../../c"], b"/c"),
        (b"/a/..", &[b"b"], b"/b"),
        (b"/a/./b//c/..", &[b"d"], b"/a/b/d"),
        (b"/a", &[b"\xff"], b"/a/\xff"),
        (b"/\xff", &[b"..", b"x"], b"/x"),
    ];
    for &(base, elements, joined) in cases {
        let answer = absolute(base).join_all(elements).expect("no element holds NUL");
        assert_eq!(answer, absolute(joined), "{base:?} and {elements:?}");
    }
}

/// The answers of Go's `path.Dir`.
#[test]
fn takes_the_parent_as_go_does() {
    let cases: &[(&[u8], &[u8])] = &[
        (b"/", b"/"),
        (b"//", b"/"),
        (b"/.", b"/"),
        (b"/..", b"/"),
        (b"/../a", b"/"),
        (b"/.././a/", b"/a"),
        (b"/a", b"/"),
        (b"/a/", b"/a"),
        (b"/a//", b"/a"),
        (b"/a/.", b"/a"),
        (b"/a/..", b"/a"),
        (b"/a/../", b"/"),
        (b"/a/../..", b"/"),
        (b"/a/b/..", b"/a/b"),
        (b"/a/b/../..", b"/a"),
        (b"/a/./b//c/..", b"/a/b/c"),
        (b"/a//b", b"/a"),
        (b"/...", b"/"),
        (b"/a/.b/", b"/a/.b"),
        (b"/ /.. ", b"/ "),
        (b"/\xff/../\xfe/", b"/\xfe"),
        (b"/a/\x80./..", b"/a/\x80."),
    ];
    for &(pathname, parent) in cases {
        assert_eq!(absolute(pathname).parent(), absolute(parent), "{pathname:?}");
    }
}

#[test]
fn keeps_what_was_written() {
    for written in ["/", "//", "/etc/", "/a/../b", "/a/./b"] {
        let kept = Absolute::new(written).expect("it is absolute");
        assert_eq!(kept, *written);
        assert_eq!(kept.to_str(), Some(written));
        assert_eq!(kept.as_path().as_os_str(), written);
        assert_eq!(kept.into_bytes(), written.as_bytes());
    }
    assert_ne!(absolute!("/etc/"), absolute!("/etc"));
}

#[test]
fn takes_every_kind_of_string() {
    let etc = absolute!("/etc");
    assert_eq!("/etc".parse(), Ok(etc.clone()));
    assert_eq!(Absolute::try_from("/etc"), Ok(etc.clone()));
    assert_eq!(Absolute::try_from(String::from("/etc")), Ok(etc.clone()));
    assert_eq!(Absolute::try_from(&b"/etc"[..]), Ok(etc.clone()));
    assert_eq!(Absolute::try_from(b"/etc".to_vec()), Ok(etc.clone()));
    assert_eq!(Absolute::try_from(OsStr::new("/etc")), Ok(etc.clone()));
    assert_eq!(Absolute::try_from(OsString::from("/etc")), Ok(etc.clone()));
    assert_eq!(Absolute::try_from(Path::new("/etc")), Ok(etc.clone()));
    assert_eq!(Absolute::try_from(PathBuf::from("/etc")), Ok(etc));
}

#[test]
fn refuses_what_is_relative_or_holds_nul_from_every_source() {
    let cases = [("", true), ("etc", true), ("./etc", true), ("~", true), (" /etc", true)];
    let with_nul = [("/\0", false), ("/a\0b", false), ("/etc\0", false), ("a\0", true)];
    for (refused, relative) in cases.into_iter().chain(with_nul) {
        let errors = [
            refused.parse::<Absolute>(),
            Absolute::try_from(refused),
            Absolute::try_from(refused.to_owned()),
            Absolute::try_from(refused.as_bytes()),
            Absolute::try_from(refused.as_bytes().to_vec()),
            Absolute::try_from(OsStr::new(refused)),
            Absolute::try_from(OsString::from(refused)),
            Absolute::try_from(Path::new(refused)),
            Absolute::try_from(PathBuf::from(refused)),
        ];
        for error in errors {
            let error = error.expect_err(refused);
            assert_eq!(error.pathname(), refused.as_bytes());
            assert_eq!(error.is_relative(), relative, "{refused:?}");
        }
    }
}

#[test]
fn says_why_it_refuses() {
    let text = |pathname: &[u8]| {
        Absolute::new(pathname).expect_err("the test writes faulty pathnames").to_string()
    };
    assert_eq!(text(b""), r#"path "" is not absolute"#);
    assert_eq!(text(b"etc"), r#"path "etc" is not absolute"#);
    assert_eq!(text(b"\xff\x1b[2J"), r#"path "\xff\x1b[2J" is not absolute"#);
    assert_eq!(text(b"/a\0b"), r#"path "/a\x00b" contains a NUL byte"#);
}

#[test]
fn refuses_to_join_nul_even_where_it_would_be_cleaned_away() {
    for element in ["\0", "a\0b", "a\0/..", "\0/../../b"] {
        let error = absolute!("/base").join(element).expect_err(element);
        assert!(!error.is_relative());
        assert_eq!(error.pathname(), format!("/base/{element}").as_bytes());
    }
}

#[test]
#[should_panic(expected = "must begin with '/' and hold no NUL")]
fn refuses_a_constant_with_nul() {
    let _panics = Absolute::from_static("/a\0");
}

#[test]
fn displays_text_and_debugs_bytes() {
    let odd = absolute(b"/caf\xc3\xa9/\xff\n");
    assert_eq!(odd.to_str(), None);
    assert_eq!(odd.to_string(), "/café/\u{fffd}\n");
    assert_eq!(format!("{odd:?}"), r#""/café/\xff\n""#);
    assert_eq!(format!("[{:>6}]", absolute!("/etc")), "[  /etc]");
}

#[test]
fn escapes_itself_for_overlay() {
    assert_eq!(*absolute!("/a:b").escaped_for_overlay(), *br"/a\:b");
}

#[test]
fn a_constant_equals_its_owned_twin() {
    let (constant, owned) = (absolute!("/run"), absolute(b"/run"));
    assert_eq!(constant, owned);
    assert_eq!(hash(&constant), hash(&owned));
}

proptest! {
    #[test]
    fn joining_at_once_is_joining_one_by_one(
        base in any_absolute(),
        first in element(),
        second in element(),
    ) {
        let at_once = base.join_all([&first, &second])?;
        prop_assert_eq!(&base.join(&first)?.join(&second)?, &at_once);
        prop_assert_eq!(&base.join([&*first, b"/", &*second].concat())?, &at_once);
    }

    #[test]
    fn the_parent_of_a_child_is_the_cleaned_base(base in any_absolute(), name in name()) {
        let child = base.join(&name)?;
        prop_assert_eq!(child.parent(), base.join("")?);
        prop_assert!(child.as_bytes().ends_with(&name));
    }

    #[test]
    fn the_order_is_that_of_the_bytes(left in any_absolute(), right in any_absolute()) {
        prop_assert_eq!(left.cmp(&right), left.as_bytes().cmp(right.as_bytes()));
        prop_assert_eq!(left == right, left.as_bytes() == right.as_bytes());
        if left == right {
            prop_assert_eq!(hash(&left), hash(&right));
        }
    }
}

#[test]
fn the_kernel_gets_the_same_bytes_and_their_end() {
    for pathname in [&b"/"[..], b"/a/b", b"/\xff//.."] {
        let absolute = absolute(pathname);
        assert_eq!(absolute.to_c_string().as_bytes(), absolute.as_bytes());
    }
}
