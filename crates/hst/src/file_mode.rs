//! The text of a file mode, as Go writes it.

use std::fmt;

/// Bits of Go's `fs.FileMode`, whose text is like that of `ls`: `-rwxr-xr-x`.
pub(crate) struct FileMode(pub(crate) u32);

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The kinds stand in the highest bits, from the 31st down.
        let mut kinds = 0;
        for (place, letter) in "dalTLDpSugct?".chars().enumerate() {
            if self.0 >> (31 - place) & 1 == 1 {
                write!(f, "{letter}")?;
                kinds += 1;
            }
        }
        if kinds == 0 {
            f.write_str("-")?;
        }
        for (place, letter) in "rwxrwxrwx".chars().enumerate() {
            let set = self.0 >> (8 - place) & 1 == 1;
            write!(f, "{}", if set { letter } else { '-' })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::FileMode;

    #[test]
    fn texts_are_those_of_go() {
        for (bits, text) in [
            (0, "----------"),
            (0o755, "-rwxr-xr-x"),
            (0o700, "-rwx------"),
            (0o7777, "-rwxrwxrwx"),
            (1 << 31 | 0o755, "drwxr-xr-x"),
            (1 << 20 | 0o777, "trwxrwxrwx"),
            (1 << 31 | 1 << 20 | 0o1, "dt--------x"),
            (1 << 19, "?---------"),
            (u32::MAX, "dalTLDpSugct?rwxrwxrwx"),
        ] {
            assert_eq!(FileMode(bits).to_string(), text, "{bits:o}");
        }
    }
}
