//! How much memory an item may take once it is decoded.
//!
//! A string of CBOR can be one byte long, and is some sixty in memory; so without a limit a megabyte
//! could become sixty. Every item is counted before anything is decoded.

use crate::format::FormatError;

/// So many items pass, however short they are.
const BASE: usize = 16_384;

/// Beyond that, one for so many bytes passes: then an entry takes about four times its length.
const BYTES_PER_ITEM: usize = 8;

/// Counts the items in well-formed bytes. Where they are not, the decoder will say so.
pub(in crate::format) fn check(bytes: &[u8]) -> Result<(), FormatError> {
    if bytes.len() <= BASE {
        // No item is shorter than a byte.
        return Ok(());
    }
    let most = BASE + bytes.len() / BYTES_PER_ITEM;
    let mut rest = bytes;
    let mut items = 0;
    while let Some(next) = skip_head(rest) {
        rest = next;
        items += 1;
        if items > most {
            return Err(FormatError::TooManyItems { most });
        }
    }
    Ok(())
}

/// Passes over the head of an item (RFC 8949, section 3), and over the contents of a string; what
/// arrays and maps hold comes next.
fn skip_head(bytes: &[u8]) -> Option<&[u8]> {
    let (first, rest) = bytes.split_first()?;
    let (argument, rest) = match first & 0x1f {
        short @ 0..=23 => (u64::from(short), rest),
        24 => rest.split_first_chunk().map(|(be, rest)| (u8::from_be_bytes(*be).into(), rest))?,
        25 => rest.split_first_chunk().map(|(be, rest)| (u16::from_be_bytes(*be).into(), rest))?,
        26 => rest.split_first_chunk().map(|(be, rest)| (u32::from_be_bytes(*be).into(), rest))?,
        27 => rest.split_first_chunk().map(|(be, rest)| (u64::from_be_bytes(*be), rest))?,
        _ => (0, rest),
    };
    let is_string = matches!(first >> 5, 2 | 3);
    if is_string { rest.get(usize::try_from(argument).ok()?..) } else { Some(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_strings_pass_up_to_a_number_and_long_ones_beyond() {
        let short = vec![0x60; BASE * 8 / 7];
        assert!(check(&short).is_ok());
        assert!(check(&vec![0x60; 2 * BASE]).is_err());
        let long: Vec<u8> = std::iter::repeat_n([0x6f; 16], 3 * BASE).flatten().collect();
        assert!(check(&long).is_ok());
    }

    #[test]
    fn every_length_of_a_head_is_passed_over() {
        for item in [
            &b"\x17"[..],
            b"\x18\xff",
            b"\x39\x01\x00",
            b"\x1a\0\0\0\x01",
            b"\x1b\0\0\0\0\0\0\0\x01",
            b"\x43abc",
            b"\x78\x03abc",
            b"\x79\x00\x01a",
            b"\x80",
            b"\xa0",
            b"\xf5",
            b"\xfb\0\0\0\0\0\0\0\0",
        ] {
            assert_eq!(skip_head(item), Some(&b""[..]), "{item:x?}");
        }
        assert_eq!(skip_head(b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!(skip_head(b"\x19\x01"), None);
    }
}
