//! The lines of strace, as calls.

use crate::Result;

/// A system call that a process made.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Vec<String>,
    /// What it returned; a negative number, or none, is a failure.
    pub(crate) returned: Option<i64>,
    /// As strace wrote it.
    pub(crate) line: String,
}

/// The calls of a trace; what else strace tells, such as the end of the process, is left out.
///
/// # Errors
///
/// A line that is neither.
pub(crate) fn parse(trace: &str) -> Result<Vec<Call>> {
    let calls = trace.lines().filter(|line| !line.starts_with(['+', '-']));
    calls
        .map(|line| Call::parse(line).ok_or_else(|| format!("what is this: {line}").into()))
        .collect()
}

impl Call {
    fn parse(line: &str) -> Option<Self> {
        // Strings are written in hexadecimal digits, so none holds a bracket or an equals sign.
        let (made, returned) = line.rsplit_once(" = ")?;
        let (name, arguments) = made.trim_end().strip_suffix(')')?.split_once('(')?;
        let returned = returned.split(' ').next().unwrap_or_default();
        let number = match returned.strip_prefix("0x") {
            Some(digits) => i64::from_str_radix(digits, 16).ok(),
            None => returned.parse().ok(),
        };
        Some(Self {
            name: name.to_owned(),
            arguments: split(arguments),
            returned: number,
            line: line.to_owned(),
        })
    }

    pub(crate) fn succeeded(&self) -> bool {
        self.returned.is_some_and(|number| number >= 0)
    }

    /// An argument as it was written.
    pub(crate) fn word(&self, at: usize) -> &str {
        self.arguments.get(at).map_or("", String::as_str)
    }

    /// An argument that is a number, such as a descriptor.
    pub(crate) fn number(&self, at: usize) -> Option<i64> {
        self.word(at).parse().ok()
    }

    /// An argument that is a string, byte for byte.
    ///
    /// # Errors
    ///
    /// If it is none, or strace has cut it.
    pub(crate) fn bytes(&self, at: usize) -> Result<Vec<u8>> {
        let refused = || format!("argument {at} is no whole string: {}", self.line);
        let digits = self.word(at).strip_prefix('"').and_then(|word| word.strip_suffix('"'));
        let digits = digits.ok_or_else(refused)?;
        let byte = |pair: &str| u8::from_str_radix(pair, 16);
        let bytes: std::result::Result<_, _> = digits.split("\\x").skip(1).map(byte).collect();
        bytes.map_err(|_| refused().into())
    }

    /// The same, of text.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), or if it is no text.
    pub(crate) fn text(&self, at: usize) -> Result<String> {
        Ok(String::from_utf8(self.bytes(at)?)?)
    }
}

/// Arguments stand between commas that are within no bracket.
fn split(arguments: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_i32;
    for character in arguments.chars() {
        match character {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_strace_writes() {
        let trace = concat!(
            "openat2(3, \"\\x37\", {flags=O_RDONLY|O_CLOEXEC, mode=0600}, 24) = 6\n",
            "openat(AT_FDCWD, \"\\x61\\x62\", O_RDONLY) = -1 ENOENT (No such file or directory)\n",
            "write(8, \"\\x00\\xff\", 2)       = 2\n",
            "lseek(6, 0, SEEK_SET)                   = 0\n",
            "+++ exited with 0 +++\n",
        );
        let calls = parse(trace).expect("it is a trace");
        let names: Vec<&str> = calls.iter().map(|call| &*call.name).collect();
        assert_eq!(names, ["openat2", "openat", "write", "lseek"]);
        assert_eq!(calls[0].text(1).expect("text"), "7");
        assert_eq!(calls[0].word(2), "{flags=O_RDONLY|O_CLOEXEC, mode=0600}");
        assert_eq!(calls[0].returned, Some(6));
        assert!(!calls[1].succeeded());
        assert_eq!(calls[2].bytes(1).expect("bytes"), [0, 255]);
        assert_eq!((calls[3].number(0), calls[3].number(2)), (Some(6), None));
    }

    #[test]
    fn refuses_what_strace_has_cut() {
        let calls = parse("write(8, \"\\x00\"..., 2)       = 2\n").expect("it is a trace");
        calls[0].bytes(1).expect_err("it was cut");
        parse("write(8, <unfinished ...>\n").expect_err("no call");
    }
}
