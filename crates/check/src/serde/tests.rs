use ciborium::Value;
use ciborium::value::Error;

use crate::{Absolute, absolute};

fn to_cbor(value: &Absolute) -> Value {
    Value::serialized(value).expect("CBOR holds any pathname")
}

fn from_cbor(value: &Value) -> Result<Absolute, String> {
    // Its Display would quote the message once more.
    value.deserialized().map_err(|Error::Custom(message)| message)
}

fn from_json(document: &str) -> Result<Absolute, String> {
    serde_json::from_str(document).map_err(|error| error.to_string())
}

fn not_utf8() -> Absolute {
    Absolute::new(b"/caf\xe9").expect("it is absolute")
}

#[test]
fn is_a_string_in_json() {
    assert_eq!(serde_json::to_string(&absolute!("/etc/é")).expect("it is text"), r#""/etc/é""#);
    assert_eq!(from_json(r#""/etc/\u00e9""#), Ok(absolute!("/etc/é")));
}

#[test]
fn cannot_be_written_as_json_unless_it_is_text() {
    let error = serde_json::to_string(&not_utf8()).expect_err("JSON holds text alone");
    assert_eq!(error.to_string(), r#"path "/caf\xe9" is not UTF-8 and cannot be written as text"#);
}

#[test]
fn is_text_in_cbor_or_else_bytes() {
    assert_eq!(to_cbor(&absolute!("/etc")), Value::Text("/etc".into()));
    assert_eq!(to_cbor(&not_utf8()), Value::Bytes(b"/caf\xe9".to_vec()));
}

#[test]
fn comes_back_from_cbor() {
    for pathname in [absolute!("/etc/"), not_utf8()] {
        let mut document = Vec::new();
        ciborium::into_writer(&pathname, &mut document).expect("CBOR holds any pathname");
        let back: Absolute = ciborium::from_reader(&*document).expect("it was just written");
        assert_eq!(back, pathname);
    }
    // Bytes that happen to be text are a pathname as well.
    assert_eq!(from_cbor(&Value::Bytes(b"/etc".to_vec())), Ok(absolute!("/etc")));
}

#[test]
fn is_checked_when_read() {
    let relative = r#"path "etc" is not absolute"#;
    let with_nul = r#"path "/a\x00" contains a NUL byte"#;

    let refused = |document| from_json(document).expect_err("faulty pathname");
    assert_eq!(refused(r#""etc""#), format!("{relative} at line 1 column 5"));
    assert_eq!(refused(r#""/a\u0000""#), format!("{with_nul} at line 1 column 10"));

    let refused = |value| from_cbor(&value).expect_err("faulty pathname");
    assert_eq!(refused(Value::Text("etc".into())), relative);
    assert_eq!(refused(Value::Bytes(b"etc".to_vec())), relative);
    assert_eq!(refused(Value::Bytes(b"/a\0".to_vec())), with_nul);
}

#[test]
fn is_nothing_but_a_string_or_bytes() {
    for document in ["null", "1", "true", "[47]", "{}"] {
        let error = from_json(document).expect_err(document);
        assert!(error.contains("expected an absolute pathname"), "{error}");
    }
}
