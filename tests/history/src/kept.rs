//! Plans that have failed, and are played first.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use crate::Result;
use crate::plan::Plan;

fn file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/regressions.txt"))
}

/// All that were kept; an empty line stands between them.
///
/// # Errors
///
/// If the file cannot be read, or understood.
pub(crate) fn read() -> Result<Vec<Plan>> {
    let text = match fs::read_to_string(file()) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        text => text?,
    };
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let plans = lines.split(|line| line.is_empty()).filter(|plan| !plan.is_empty());
    Ok(plans.map(|plan| plan.join("\n").parse()).collect::<std::result::Result<_, _>>()?)
}

/// Adds one, and says where.
///
/// # Errors
///
/// If the file cannot be read or written.
pub(crate) fn keep(plan: &Plan) -> Result<PathBuf> {
    const HEAD: &str = "# Plans that have failed once; `cargo xtask history` plays them first.\n";
    let text = match fs::read_to_string(file()) {
        Err(error) if error.kind() == ErrorKind::NotFound => HEAD.to_owned(),
        text => text?,
    };
    fs::write(file(), format!("{text}\n{plan}"))?;
    Ok(file())
}
