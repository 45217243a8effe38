//! What a command has printed of instances: which there are, and with what verdict.

use std::collections::BTreeMap;

/// The words for verdicts, as scripts rely on them.
const VERDICTS: [&str; 7] =
    ["running", "orphaned", "starting", "dead", "unknown", "corrupt", "newer"];

/// An id is shown by no fewer digits.
const SHORTEST: usize = 8;

/// An entry that lies in the store, as the helper program lists it.
pub(super) struct Entry {
    id: String,
    leased: bool,
}

impl Entry {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (id, lease) = line.split_once(' ')?;
        Some(Self { id: id.to_owned(), leased: lease == "leased" })
    }

    /// Its id in full.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether these digits are how a command shows it: all of them, or some from the ninth byte on.
    fn is_shown_as(&self, digits: &str) -> bool {
        self.id == digits || self.id.get(16..).is_some_and(|rest| rest.starts_with(digits))
    }
}

/// The verdict of each instance that has a line with one, by the digits that it is shown by.
pub(super) fn sightings(printed: &str) -> BTreeMap<&str, &str> {
    printed.lines().filter_map(sighting).collect()
}

/// In tables as in JSON the id comes first, and the verdict is the last of the words for one.
fn sighting(line: &str) -> Option<(&str, &str)> {
    let words = || line.split(|c: char| !c.is_ascii_alphanumeric());
    let id = words()
        .find(|word| word.len() >= SHORTEST && word.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let verdict = words().rfind(|word| VERDICTS.contains(word))?;
    Some((id, verdict))
}

/// What cannot be, by what the same command prints undisturbed: a verdict that has become another, but
/// for *unknown*; somebody who is dead, and was not told of; and, if `is_whole`, an instance that is missing.
pub(super) fn compare(undisturbed: &str, printed: &str, is_whole: bool) -> Vec<String> {
    let (before, now) = (sightings(undisturbed), sightings(printed));
    let judge = |(id, expected): (&str, &str)| match now.get(id) {
        Some(found) if *found == expected || *found == "unknown" => None,
        Some(found) => Some(format!("{id} is {expected}, and is printed as {found}")),
        None if is_whole => Some(format!("{id} is not printed, and nothing is said of that")),
        None => None,
    };
    let changed = before.iter().map(|(id, verdict)| (*id, *verdict)).filter_map(judge);
    let killed =
        now.iter().filter(|(id, verdict)| !before.contains_key(*id) && **verdict == "dead");
    changed.chain(killed.map(|(id, _)| format!("{id} is printed as dead"))).collect()
}

/// Who is printed as ended though somebody holds the lease, which no error excuses.
pub(super) fn lost(printed: &str, entries: &[Entry]) -> Vec<String> {
    let ended = |(id, verdict): &(&str, &str)| {
        matches!(*verdict, "dead" | "orphaned")
            && entries.iter().any(|entry| entry.leased && entry.is_shown_as(id))
    };
    let lost = sightings(printed).into_iter().filter(ended);
    lost.map(|(id, verdict)| format!("{id} is leased, and is printed as {verdict}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
INSTANCE  PID    APPLICATION  STATUS   UPTIME
834fe78c  22491  9            dead     -
406003ed  22490  7            running  1s
";

    #[test]
    fn ids_and_verdicts_are_found_in_tables_and_in_json() {
        let expected = BTreeMap::from([("834fe78c", "dead"), ("406003ed", "running")]);
        assert_eq!(sightings(TABLE), expected);
        let json = r#"{"instance":"18ea6a0553b8adbe834fe78c63b68971","identity":9,"status":"dead","format":"cbor"},"#;
        let expected = BTreeMap::from([("18ea6a0553b8adbe834fe78c63b68971", "dead")]);
        assert_eq!(sightings(json), expected);
        assert!(sightings("[\n]\n").is_empty());
    }

    #[test]
    fn who_is_leased_has_not_ended() {
        let entries =
            ["18ea6a0553b8adbe406003ed63b68971 leased", "18ea6a0553b8adbe834fe78c63b68971 free"];
        let entries = entries.map(|line| Entry::parse(line).unwrap());
        assert!(lost(TABLE, &entries).is_empty());
        assert!(lost(&TABLE.replace("running", "unknown"), &entries).is_empty());
        for ended in ["dead", "orphaned"] {
            assert_eq!(lost(&TABLE.replace("running", ended), &entries).len(), 1);
        }
    }

    #[test]
    fn another_verdict_and_a_missing_row_are_noticed() {
        assert!(compare(TABLE, TABLE, true).is_empty());
        assert!(compare(TABLE, &TABLE.replace("running", "unknown"), true).is_empty());
        assert_eq!(compare(TABLE, &TABLE.replace("running", "dead"), true).len(), 1);
        assert_eq!(compare(TABLE, "", true).len(), 2);
        assert!(compare(TABLE, "", false).is_empty());
        assert_eq!(compare("", TABLE, false).len(), 1);
    }
}
