//! A line that says what to do.

use std::path::Path;
use std::str::Split;

use hakurei_hst::Identity;
use hakurei_tests::identity;

/// What to do, and with what; what is left out is 0 or empty.
pub(crate) struct Order<'a> {
    name: &'a str,
    words: Split<'a, char>,
}

impl<'a> Order<'a> {
    pub(crate) fn new(line: &'a str) -> Self {
        let mut words = line.split(' ');
        Self { name: words.next().unwrap_or_default(), words }
    }

    pub(crate) fn name(&self) -> &'a str {
        self.name
    }

    pub(crate) fn word(&mut self) -> &'a str {
        self.words.next().unwrap_or_default()
    }

    pub(crate) fn path(&mut self) -> &'a Path {
        Path::new(self.word())
    }

    pub(crate) fn number(&mut self) -> u32 {
        self.word().parse().unwrap_or_default()
    }

    pub(crate) fn identity(&mut self) -> Identity {
        identity(self.number().try_into().unwrap_or_default())
    }
}
