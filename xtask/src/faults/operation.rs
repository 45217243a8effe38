//! One operation, as the helper program lists it.

use super::variants::Variant;
use super::window::Window;

/// One line of the helper program's list.
pub(super) struct Operation {
    pub(super) name: String,
    /// The arguments of the command; none for an operation of the library.
    pub(super) words: Option<Vec<String>>,
    /// After how many lines nobody listens to the command any more, which ends it.
    pub(super) lines: Option<usize>,
    /// What strace does in every run of it, besides.
    standing: Option<(Variant, String)>,
}

impl Operation {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ').map(str::to_owned);
        let (name, kind) = (words.next()?, words.next()?);
        let lines = if kind == "endless" { Some(words.next()?.parse().ok()?) } else { None };
        let words = (kind != "library").then(|| words.collect());
        Some(Self { name, words, lines, standing: None })
    }

    /// What the helper program knows it by.
    pub(super) fn plain_name(&self) -> &str {
        self.name.split('@').next().unwrap_or_default()
    }

    /// Whether it runs a program, and so has pipes. What strace makes fail is not executed: then a pipe
    /// stays open that the kernel would have closed, and whoever waits for its end waits for ever.
    pub(super) fn has_pipes(&self) -> bool {
        self.words.iter().flatten().any(|word| word == "--")
    }

    /// What strace does in every run of it.
    pub(super) fn standing_injection(&self) -> Option<&str> {
        self.standing.as_ref().map(|(_, injection)| &**injection)
    }

    /// Which call that is about.
    pub(super) fn standing_call(&self) -> Option<&str> {
        self.standing.as_ref().map(|(variant, _)| variant.call)
    }

    /// And which error that call gives.
    pub(super) fn standing_errno(&self) -> Option<&'static str> {
        self.standing.as_ref().map(|(variant, _)| variant.errno)
    }

    /// Whether it waits for an end or a change; who is told that one has not come, waits on.
    pub(super) fn waits(&self) -> bool {
        const WAITING: [&str; 7] = [
            "wait",
            "wait-for-end",
            "watch",
            "watch-from-nothing",
            "ps-watch",
            "command-wait",
            "command-watch",
        ];
        self.has_pipes() || WAITING.contains(&self.plain_name())
    }

    /// Whether it prints a verdict on an instance, whatever is known of it.
    pub(super) fn prints(&self, id: &str) -> bool {
        match self.plain_name() {
            "ps" | "ps-json" => true,
            "show" => self.words.iter().flatten().any(|word| word == id),
            _ => false,
        }
    }

    /// Whether an entry has its name before it is whole.
    pub(super) fn writes_in_place(&self) -> bool {
        self.standing.as_ref().is_some_and(|(variant, _)| variant.writes_in_place())
    }

    /// Whether strace can do something to that call: of each name, it does one thing alone.
    pub(super) fn leaves_free(&self, call: &str) -> bool {
        self.standing.as_ref().is_none_or(|(variant, _)| variant.call != call)
    }

    /// Whether an error makes the process do without a call for good, and so makes nonsense of the
    /// number that another call is known by.
    pub(super) fn is_upset_by(&self, errno: &str) -> bool {
        self.standing.is_some() && errno == "ENOSYS"
    }

    /// The same, on an older kernel or another filesystem.
    pub(super) fn varied(&self, variant: Variant, window: &Window) -> Option<Self> {
        let name = format!("{}@{}", self.name, variant.name);
        let standing = Some((variant, variant.injection(window)?));
        Some(Self { name, words: self.words.clone(), lines: self.lines, standing })
    }
}
