//! `ps` in bare system calls: each entry is opened, looked at, read and probed, and named on a line.

use std::io::Write as _;
use std::path::Path;

use crate::floor::{self, Reader};
use crate::{Result, sys};

pub(crate) fn run() -> Result<()> {
    let base = std::env::args_os().nth(1).ok_or("floor-ps DIRECTORY")?;
    let mut reader = Reader::new();
    let mut lines = Vec::new();
    floor::each_entry(&sys::c_path(Path::new(&base))?, |segment, name| {
        let (_, is_leased) = reader.read_with_lease(segment, name)?;
        lines.extend_from_slice(name.to_bytes());
        lines.extend_from_slice(if is_leased { b" running\n" } else { b" unknown\n" });
        Ok(())
    })?;
    Ok(std::io::stdout().lock().write_all(&lines)?)
}
