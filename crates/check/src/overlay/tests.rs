use proptest::prelude::*;

use super::*;

/// Takes back one backslash before any byte, as the kernel does.
fn unescape(escaped: &[u8]) -> Vec<u8> {
    let mut bytes = escaped.iter();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        plain.push(if *byte == b'\\' { *bytes.next().expect("a byte is escaped") } else { *byte });
    }
    plain
}

#[test]
fn escapes_what_overlayfs_divides_at() {
    let cases: &[(&[u8], &[u8])] = &[
        (b"", b""),
        (b"/", b"/"),
        (b"/nix/store", b"/nix/store"),
        (b"/a:b", br"/a\:b"),
        (b"/a,b", br"/a\,b"),
        (br"/a\b", br"/a\\b"),
        (br"/a\:b", br"/a\\\:b"),
        (b":,\\", br"\:\,\\"),
        (b"/a=b c\n", b"/a=b c\n"),
        (b"/\xff:\xfe", b"/\xff\\:\xfe"),
        (b"/a\0b:c", b"/a"),
        (b"/a:b\0:", br"/a\:b"),
        (b"\0", b""),
    ];
    for &(pathname, escaped) in cases {
        assert_eq!(*escape_overlay(pathname), *escaped, "{}", pathname.escape_ascii());
    }
}

#[test]
fn copies_only_what_needs_it() {
    assert!(matches!(escape_overlay(b"/usr/lib\0"), Cow::Borrowed(b"/usr/lib")));
    assert!(matches!(escape_overlay(b"/usr:lib"), Cow::Owned(_)));
}

proptest! {
    #[test]
    fn unescaping_gives_it_back(pathname in prop::collection::vec(
        prop_oneof![Just(b'\\'), Just(b','), Just(b':'), 1..=u8::MAX], 0..24,
    )) {
        let escaped = escape_overlay(&pathname);
        prop_assert_eq!(unescape(&escaped), &*pathname);
        // What is left bare when each escaped byte and its backslash are gone divides nothing.
        let specials = pathname.iter().filter(|byte| is_special(byte)).count();
        prop_assert_eq!(escaped.len(), pathname.len() + specials);
    }
}
