use proptest::prelude::*;

use super::quote;

/// The answers of Go's `%q`.
#[test]
fn quotes_as_go_does() {
    let cases: &[(&[u8], &str)] = &[
        (b"", r#""""#),
        (b"/etc", r#""/etc""#),
        (b"'", r#""'""#),
        (b"\"", r#""\"""#),
        (b"\\", r#""\\""#),
        (b"a\"b\\c", r#""a\"b\\c""#),
        (b"\x07\x08\x0c\n\r\t\x0b", r#""\a\b\f\n\r\t\v""#),
        (b"\0\x01\x1b\x1f\x7f", r#""\x00\x01\x1b\x1f\x7f""#),
        ("\u{80}\u{9f}".as_bytes(), r#""\u0080\u009f""#),
        ("é日本".as_bytes(), r#""é日本""#),
        ("e\u{301}".as_bytes(), "\"e\u{301}\""),
        ("\u{301}".as_bytes(), "\"\u{301}\""),
        ("😀".as_bytes(), r#""😀""#),
        ("👩\u{200d}👩".as_bytes(), r#""👩\u200d👩""#),
        ("\u{fffd}".as_bytes(), "\"\u{fffd}\""),
        // Spaces other than the one on the keyboard.
        ("\u{a0}\u{2003}\u{3000}".as_bytes(), r#""\u00a0\u2003\u3000""#),
        ("\u{2028}\u{2029}".as_bytes(), r#""\u2028\u2029""#),
        // What is not seen, and what turns text around.
        ("\u{ad}\u{200b}\u{200c}\u{feff}".as_bytes(), r#""\u00ad\u200b\u200c\ufeff""#),
        ("\u{200e}\u{200f}".as_bytes(), r#""\u200e\u200f""#),
        ("\u{202a}\u{202e}\u{2066}\u{2069}".as_bytes(), r#""\u202a\u202e\u2066\u2069""#),
        // Private, unassigned, never to be assigned.
        ("\u{e000}\u{378}\u{fdd0}".as_bytes(), r#""\ue000\u0378\ufdd0""#),
        ("\u{e0001}\u{f0000}\u{10ffff}".as_bytes(), r#""\U000e0001\U000f0000\U0010ffff""#),
        // Not UTF-8: a stray byte, cut sequences, a surrogate, an overlong form.
        (b"a\xffb", r#""a\xffb""#),
        (b"\xc3", r#""\xc3""#),
        (b"\xe2\x82", r#""\xe2\x82""#),
        (b"\xf0\x9f\x98", r#""\xf0\x9f\x98""#),
        (b"\xed\xa0\x80", r#""\xed\xa0\x80""#),
        (b"\xc0\x80", r#""\xc0\x80""#),
    ];
    for &(bytes, quoted) in cases {
        assert_eq!(quote(bytes), quoted, "{}", bytes.escape_ascii());
    }
}

proptest! {
    #[test]
    fn nothing_in_a_quotation_drives_a_terminal(bytes: Vec<u8>, text: String) {
        for quoted in [quote(&bytes), quote(text.as_bytes())] {
            prop_assert!(!quoted.chars().any(char::is_control));
            let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let unescaped = inner.map(|inner| inner.replace(r"\\", "").replace(r#"\""#, ""));
            prop_assert!(unescaped.is_some_and(|rest| !rest.contains('"')));
        }
    }
}
