//! One operation at a time, performed where a tracer can make any of its system calls fail or be the
//! last; and the stage for it: what is there before, and what must be there after.
//!
//! `cargo xtask faults` runs it.
//!
//! ```text
//! operation list                        → a line for each:
//!                                         NAME library | NAME command WORD… | NAME endless N WORD…
//! operation entries                     → a line for each that lies there, the subject last:
//!                                         ID leased | ID free
//! operation perform NAME BASE           performs one of the library's, between two marks
//!   → done                                or `failed`, `kind …`, `step …`, `path …`, `errno …`
//!   → again done | again failed …         the same once more, if it has failed
//!   → WHAT IS WRONG                       lines that begin with `left`, `held`, `wrong`, or with
//!                                         `lost`, which no error excuses
//! operation attend                      a conversation
//!   prepare NAME                        → prepared BASE
//!   check NAME END WORD…                → lines of what is wrong, and then `checked`
//!     END: done, failed, killed at any point, or unwound from there
//!     WORD: misled, by a false error; lied-to, by one that says how the world is; in-place, where no
//!     file can be without a name
//! ```

mod acts;
mod attend;
mod ground;
mod leaks;
mod stage;
mod table;

use std::ffi::OsString;
use std::io::{Write as _, stdout};
use std::process::ExitCode;

use hakurei_check::Absolute;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let order = words.first().and_then(|word| word.to_str()).unwrap_or_default();
    match (order, &words[1.min(words.len())..]) {
        ("list", []) => table::list(),
        ("entries", []) => ground::list(),
        ("attend", []) => attend::attend(),
        ("perform", [name, base]) => {
            let operation = name.to_str().and_then(table::named);
            let (Some(operation), Ok(base)) = (operation, Absolute::try_from(base.clone())) else {
                return ExitCode::FAILURE;
            };
            stage::perform(operation, base);
        }
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}

/// Says a line to whoever asked.
fn say(line: &str) {
    // Nobody who matters is gone: whoever started this waits for its end.
    let _unheard = writeln!(stdout(), "{line}").and_then(|()| stdout().flush());
}
