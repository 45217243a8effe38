//! Processes that are measured: this program, started again. They say when they are ready, begin when
//! they are told to, and answer with one line of numbers.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Result;
use crate::arguments::Order;
use crate::operations;

/// A worker that waits for its beginning.
pub(crate) struct Worker {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts one, and waits until it is ready.
    pub(crate) fn start(order: &[&str]) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("worker")
            .args(order)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().ok_or("a worker has no input")?;
        let output = BufReader::new(process.stdout.take().ok_or("a worker has no output")?);
        let mut worker = Self { process, input, output };
        match worker.line()?.as_str() {
            "ready" => Ok(worker),
            other => Err(format!("a worker says `{other}`").into()),
        }
    }

    /// Lets it begin.
    pub(crate) fn begin(&mut self) -> Result<()> {
        Ok(self.input.write_all(b"begin\n")?)
    }

    /// Waits for its answer and its end.
    pub(crate) fn answer(mut self) -> Result<Vec<f64>> {
        let line = self.line()?;
        let status = self.process.wait()?;
        if !status.success() {
            return Err(format!("a worker has failed: {status}").into());
        }
        let numbers = line.split(' ').map(str::parse).collect::<std::result::Result<_, _>>();
        Ok(numbers.map_err(|error| format!("a worker says `{line}`: {error}"))?)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

/// Is a worker.
pub(crate) fn run(order: &Order) -> Result<()> {
    let numbers = match order {
        Order::Contend { who, directory, seconds } => {
            operations::contend(who, directory, *seconds, await_beginning)?
        }
        Order::Iterate { directory } => operations::iterate(directory, await_beginning)?,
    };
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    println!("{}", words.join(" "));
    Ok(())
}

/// Says that all is ready, and waits to be told.
fn await_beginning() -> Result<()> {
    println!("ready");
    std::io::stdin().lock().read_line(&mut String::new())?;
    Ok(())
}
