//! What a file may hold after a power cut.

use std::collections::BTreeSet;

/// The smallest part of a disk that is written as a whole.
const SECTOR: usize = 512;

/// What blocks may hold that were given to a file and not written.
const STALE: u8 = 0xa5;

/// How closely bytes are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The ways in which files are known to be broken: not there, empty, zeros, the first part alone.
    Coarse,
    /// Every length, and every choice of sectors.
    Fine,
}

/// What may be there of a file that lasts as `lasting` and was then made `newest`.
pub(super) fn of(lasting: &[u8], newest: &[u8], detail: Detail) -> BTreeSet<Vec<u8>> {
    let mut all = BTreeSet::from([lasting.to_vec(), newest.to_vec()]);
    if lasting == newest {
        return all;
    }
    let sectors = newest.len().div_ceil(SECTOR);
    all.extend([vec![0; newest.len()], newest[..newest.len() / 2].to_vec()]);
    all.insert(written(lasting, newest, 0, |at| at < SECTOR));
    all.insert(written(lasting, newest, 0, |at| at >= SECTOR));
    if detail == Detail::Fine {
        // The length comes to the disk by itself, and so does each sector.
        all.extend((0..newest.len()).map(|length| newest[..length].to_vec()));
        all.extend((0..newest.len()).map(|length| written(lasting, newest, 0, |at| at < length)));
        for choice in 0..1_u32 << sectors.min(10) {
            let is_there = |at: usize| choice >> (at / SECTOR).min(31) & 1 == 1;
            all.extend([0, STALE].map(|instead| written(lasting, newest, instead, is_there)));
        }
    }
    all
}

/// The new bytes as far as they have been written, and in the place of others what lasts, or what the
/// blocks held.
fn written(
    lasting: &[u8],
    newest: &[u8],
    instead: u8,
    is_there: impl Fn(usize) -> bool,
) -> Vec<u8> {
    let old = lasting.iter().copied().chain(std::iter::repeat(instead));
    let both = newest.iter().zip(old).enumerate();
    both.map(|(at, (new, old))| if is_there(at) { *new } else { old }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasts_is_what_is_there() {
        assert_eq!(of(b"all", b"all", Detail::Fine), [b"all".to_vec()].into());
    }

    #[test]
    fn anything_may_be_there_of_what_does_not_last() {
        let newest: Vec<u8> =
            (0..1200).map(|at: u32| u8::try_from(at % 251 + 1).expect("small")).collect();
        let coarse = of(&[], &newest, Detail::Coarse);
        assert!(coarse.contains(&Vec::new()) && coarse.contains(&newest));
        assert!(coarse.contains(&vec![0; 1200]));
        let fine = of(&[], &newest, Detail::Fine);
        assert!(coarse.is_subset(&fine));
        assert!(fine.contains(&newest[..777]));
        let mut torn = newest.clone();
        torn[512..1024].fill(STALE);
        assert!(fine.contains(&torn));
    }
}
