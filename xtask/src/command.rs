//! Programs that steps start.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitStatus, Output, Stdio};

use crate::outcome::{Failure, Outcome};

/// The packages that are meant where all are: wherever cargo is called from, and whichever features
/// are on. The benchmarks stand apart, for with all features they compile databases.
pub(crate) const MEMBERS: [&str; 2] = ["--workspace", "--exclude=hakurei-bench"];

/// The cargo that started this program, or else the one on the PATH.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments);
    cargo
}

/// Shows a command, runs it with its output on the terminal, and passes if it does.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Result<Outcome, Failure> {
    let line = line(command);
    println!("$ {line}");
    let status = command.status().map_err(|error| not_started(&line, &error))?;
    judge(&line, status, remedy)
}

/// The same, and looks at each line that it prints.
pub(crate) fn watch(
    command: &mut Command,
    mut look: impl FnMut(&str),
    remedy: &str,
) -> Result<Outcome, Failure> {
    let line = line(command);
    println!("$ {line}");
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| not_started(&line, &error))?;
    for printed in child.stdout.take().into_iter().flat_map(|from| BufReader::new(from).lines()) {
        // What is not text cannot be looked at, and nothing that is watched prints it.
        let Ok(printed) = printed else { break };
        println!("{printed}");
        look(&printed);
    }
    let status = child.wait().map_err(|error| not_started(&line, &error))?;
    judge(&line, status, remedy)
}

fn judge(line: &str, status: ExitStatus, remedy: &str) -> Result<Outcome, Failure> {
    if status.success() {
        return Ok(Outcome::Passed);
    }
    Err(Failure::new(format!("`{line}` failed: {status}"), remedy))
}

/// Runs a command for what it prints.
pub(crate) fn capture(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let line = line(command);
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|error| not_started(&line, &error))?;
    let Output { status, stdout, .. } = output;
    if status.success() {
        return Ok(stdout);
    }
    Err(Failure::new(format!("`{line}` failed: {status}"), "see its own message above"))
}

/// What a command prints, unless it is missing or fails.
pub(crate) fn probe(command: &mut Command) -> Option<Vec<u8>> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The command as one would type it.
fn line(command: &Command) -> String {
    let program = if command.get_program() == env::var_os("CARGO").unwrap_or_default() {
        "cargo".into()
    } else {
        command.get_program().to_string_lossy()
    };
    let variables = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}='{}'", name.to_string_lossy(), value?.to_string_lossy()))
    });
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    let words: Vec<String> = variables.chain([program.into_owned()]).chain(arguments).collect();
    words.join(" ")
}

fn not_started(line: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{line}` did not start: {error}"), "install it, or mend the PATH")
}
