use proptest::prelude::*;

use super::clean;

/// Go's algorithm, transcribed for rooted paths: one pass over the bytes, which backs up over what
/// it has already written when it meets `..`. It shares no idea with [`clean`].
fn clean_as_go(rooted: &[u8]) -> Vec<u8> {
    let mut out = vec![b'/'];
    let mut at = 1;
    while at < rooted.len() {
        let ends = |index: usize| index == rooted.len() || rooted[index] == b'/';
        if rooted[at] == b'/' || (rooted[at] == b'.' && ends(at + 1)) {
            at += 1;
        } else if rooted[at] == b'.' && rooted.get(at + 1) == Some(&b'.') && ends(at + 2) {
            at += 2;
            if out.len() > 1 {
                let mut end = out.len() - 1;
                while end > 1 && out[end] != b'/' {
                    end -= 1;
                }
                out.truncate(end);
            }
        } else {
            if out.len() != 1 {
                out.push(b'/');
            }
            while at < rooted.len() && rooted[at] != b'/' {
                out.push(rooted[at]);
                at += 1;
            }
        }
    }
    out
}

/// Rooted paths in which slashes and dots are as frequent as they are troublesome.
fn rooted() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"/".to_vec()),
        3 => Just(b".".to_vec()),
        3 => Just(b"/..".to_vec()),
        2 => Just(b"/a".to_vec()),
        1 => prop::collection::vec(1..=u8::MAX, 1..4),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| [b"/".to_vec(), pieces.concat()].concat())
}

/// The answers of Go's `path.Clean`.
#[test]
fn cleans_as_go_does() {
    let cases: &[(&[u8], &[u8])] = &[
        (b"/", b"/"),
        (b"//", b"/"),
        (b"///", b"/"),
        (b"/.", b"/"),
        (b"/./", b"/"),
        (b"/..", b"/"),
        (b"/../", b"/"),
        (b"/./..", b"/"),
        (b"/../..", b"/"),
        (b"/../a", b"/a"),
        (b"/.././a/", b"/a"),
        (b"/a", b"/a"),
        (b"/a/", b"/a"),
        (b"/a//", b"/a"),
        (b"/a/.", b"/a"),
        (b"/a/./", b"/a"),
        (b"/a/..", b"/"),
        (b"/a/../", b"/"),
        (b"/a/../..", b"/"),
        (b"/a/../../b", b"/b"),
        (b"/a/b/..", b"/a"),
        (b"/a/b/../..", b"/"),
        (b"/a/./b//c/..", b"/a/b"),
        (b"/a//b", b"/a/b"),
        (b"/...", b"/..."),
        (b"/a/...", b"/a/..."),
        (b"/a/..b", b"/a/..b"),
        (b"/a/b..", b"/a/b.."),
        (b"/..a", b"/..a"),
        (b"/.a", b"/.a"),
        (b"/a/.b/", b"/a/.b"),
        (b"/a b", b"/a b"),
        (b"/ /.. ", b"/ /.. "),
        (b"/\xff/../\xfe/", b"/\xfe"),
        (b"/a/\x80./..", b"/a"),
    ];
    for &(rooted, cleaned) in cases {
        assert_eq!(clean(rooted), cleaned, "{}", rooted.escape_ascii());
        assert_eq!(clean_as_go(rooted), cleaned, "the model, {}", rooted.escape_ascii());
    }
}

proptest! {
    #[test]
    fn agrees_with_the_algorithm_of_go(rooted in rooted()) {
        prop_assert_eq!(clean(&rooted), clean_as_go(&rooted));
    }

    #[test]
    fn leaves_nothing_to_clean(rooted in rooted()) {
        let cleaned = clean(&rooted);
        prop_assert_eq!(clean(&cleaned), &*cleaned);
        prop_assert_eq!(cleaned[0], b'/');
        if cleaned != b"/" {
            let no_name: [&[u8]; 3] = [b"", b".", b".."];
            prop_assert!(cleaned[1..].split(|byte| *byte == b'/').all(|name| !no_name.contains(&name)));
        }
    }
}
