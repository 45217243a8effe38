//! Another boot: the one that comes after a power cut.

use std::fs;

use crate::Result;

/// What an entry begins with, and what stands before the owner in Go's format.
const MAGIC: [u8; 4] = [0x00, 0xff, 0xca, 0xfe];
const TRAILER: &[u8] = b"hkowner\x01";

/// This boot's number.
///
/// # Errors
///
/// If the kernel does not say.
pub(crate) fn current() -> Result<[u8; 16]> {
    let told = fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    let digits = told.trim().replace('-', "");
    Ok(u128::from_str_radix(&digits, 16)?.to_be_bytes())
}

/// An entry as if it had been written in another boot than this one: what is left of one when the
/// machine has started again. What is no entry is left as it is.
///
/// # Errors
///
/// If it says nothing of its boot.
pub(crate) fn before_this(entry: &mut [u8], boot: [u8; 16]) -> Result<()> {
    if !entry.starts_with(&MAGIC) {
        return Ok(());
    }
    let at = find(entry, &boot).ok_or("an entry without a boot")?;
    entry[at..at + boot.len()].iter_mut().for_each(|byte| *byte = !*byte);
    // In this project's format the body lies behind the checksum, in Go's there is one of its own.
    let checksum = match find(entry, TRAILER) {
        Some(trailer) => trailer + 12,
        None => 12,
    };
    let before = crc32c::crc32c(&entry[4..checksum]);
    let all = crc32c::crc32c_append(before, &entry[checksum + 4..]);
    entry[checksum..checksum + 4].copy_from_slice(&all.to_be_bytes());
    Ok(())
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use hakurei_check::Absolute;
    use hakurei_store::{Format, Store, Verdict};
    use hakurei_tests::identity;

    use super::*;
    use crate::act;

    #[test]
    fn whoever_lives_on_is_dead_after_another_boot() {
        for format in [Format::Cbor, Format::Gob] {
            let directory = tempfile::tempdir().expect("made");
            let base = Absolute::try_from(directory.path().join("state")).expect("absolute");
            let store = Store::new(base).in_format(format);
            // This process, which lives on.
            let state = act::subject(1, act::SEGMENT, std::process::id());
            let record = store.record(&state).expect("valid");
            store.handle(record.identity()).expect("made").save(&record).expect("saved").release();
            let verdict = || {
                let view = store.entry(identity(act::SEGMENT), state.id).expect("read");
                view.expect("there").verdict()
            };
            assert_eq!(verdict(), Verdict::Running);
            let path = store.base().as_path().join(format!("{}/{}", act::SEGMENT, state.id));
            let mut entry = fs::read(&path).expect("read");
            before_this(&mut entry, current().expect("told")).expect("an entry");
            fs::write(&path, entry).expect("written");
            assert_eq!(verdict(), Verdict::Dead, "{format}");
        }
    }
}
