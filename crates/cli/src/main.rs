//! The command; all of it is in the library beside this.

use std::process::ExitCode;

fn main() -> ExitCode {
    hakurei_cli::main()
}
