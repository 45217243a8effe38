//! Lexical cleaning, as Go's `path.Clean` does it to a rooted path.

/// Drops `.`, empty elements and the slash at the end, and resolves `..` against what stands before
/// it; at the root there is nothing to take back.
pub(crate) fn clean(rooted: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for element in rooted.split(|byte| *byte == b'/') {
        match element {
            b"" | b"." => {}
            b".." => drop(kept.pop()),
            name => kept.push(name),
        }
    }
    let mut cleaned = Vec::with_capacity(rooted.len());
    for name in &kept {
        cleaned.push(b'/');
        cleaned.extend_from_slice(name);
    }
    if cleaned.is_empty() {
        cleaned.push(b'/');
    }
    cleaned
}

#[cfg(test)]
mod tests;
