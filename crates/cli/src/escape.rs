//! Text of strangers, made fit for a terminal and for one line.

use std::fmt::Write as _;

/// Writes bytes so that they stay on their line and cannot drive a terminal.
///
/// Control characters, line ends, bidirectional marks, characters without a width of their own and
/// whatever else has no shape become `\u{202e}` and the like; bytes that are not UTF-8 become `\xff`.
/// All else is kept, backslashes too: the result is for eyes, not for reading back.
pub(crate) fn escape(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let mut escaped = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if is_plain(character) {
                escaped.push(character);
            } else {
                escaped.extend(character.escape_default());
            }
        }
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _infallible = write!(escaped, "\\x{byte:02x}");
        }
    }
    escaped
}

/// Whether a terminal shows the character as itself, and nothing else happens.
///
/// The standard library's own escaping knows which have a shape. It is asked behind a letter, where
/// a combining mark belongs, and escapes quotes and backslashes besides.
pub(crate) fn is_plain(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    let text = String::from_iter(['a', character]);
    text.escape_debug().eq(text.chars())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::escape;

    /// What must never reach a terminal: controls, line ends, marks that turn the direction of
    /// writing, and what hides between other characters.
    fn is_dangerous(character: char) -> bool {
        character.is_control()
            || matches!(character,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
    }

    #[test]
    fn what_drives_a_terminal_is_spelt_out() {
        for (text, escaped) in [
            ("org.chromium.Chromium", "org.chromium.Chromium"),
            ("\x1b[2J", r"\u{1b}[2J"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("a\nb\tc\r", r"a\nb\tc\r"),
            ("\x7f\0", r"\u{7f}\u{0}"),
            ("\u{202e}gpj.exe", r"\u{202e}gpj.exe"),
            ("\u{2066}\u{200f}\u{61c}", r"\u{2066}\u{200f}\u{61c}"),
            ("zero\u{200b}width", r"zero\u{200b}width"),
            ("\u{1f600} ü e\u{301} 漢", "\u{1f600} ü e\u{301} 漢"),
            (r#"C:\ "quoted" it's"#, r#"C:\ "quoted" it's"#),
        ] {
            assert_eq!(escape(text), escaped);
        }
        assert_eq!(escape(b"caf\xe9\xff"), r"caf\xe9\xff");
    }

    proptest! {
        #[test]
        fn nothing_dangerous_is_left(text in any::<String>(), marks in "[\u{80}-\u{9f}\u{200b}-\u{206f}]*") {
            for character in escape(text + &marks).chars() {
                prop_assert!(!is_dangerous(character), "{character:?}");
            }
        }

        #[test]
        fn any_bytes_become_one_line(bytes in any::<Vec<u8>>()) {
            prop_assert!(!escape(&bytes).contains(['\n', '\r', '\x1b']));
        }

        #[test]
        fn printable_ascii_is_kept(text in "[ -~]*") {
            prop_assert_eq!(escape(&text), text);
        }

        #[test]
        fn escaping_twice_changes_nothing(text in any::<String>()) {
            let once = escape(text);
            prop_assert_eq!(escape(&once), once);
        }
    }
}
