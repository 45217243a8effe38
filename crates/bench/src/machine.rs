//! What it was measured on.

use std::fs;

use crate::sys;

/// One line: the processor, how many of them, the memory, and the kernel.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let memory = memory.trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1048576.0;
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".into());
    let kernel = sys::kernel();
    format!("{processor}, {cores} cores, {memory:.0} GiB of memory, {kernel}")
}

/// The first value of that name in a file of /proc.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}
