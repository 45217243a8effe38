//! One round: real processes on a store, what happens to them, and what is left of it.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use hakurei_check::Absolute;
use hakurei_store::Store;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tempfile::TempDir;

use crate::Result;
use crate::actor::Hand;
use crate::clock;
use crate::history::{Answer, Call, History, Life, Who};
use crate::plan::{Act, Blow, Fate, Part, Plan, SEGMENTS, What};

/// Nothing here takes long; this is so that what hangs is seen to.
const PATIENCE: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };

/// Instances that are there for all of a round, so that a listing which ends too early lacks them.
const BYSTANDERS: [u32; 2] = [101, 102];

/// A process of a round, as its watcher knows it.
struct Watched {
    child: Child,
    process: OwnedFd,
    to: ChildStdin,
    from: ChildStdout,
}

/// Plays a plan on a store of its own.
///
/// # Errors
///
/// What keeps a history from being had at all, such as a process that hangs.
pub(crate) fn play(plan: &Plan, place: &Path) -> Result<History> {
    let directory = TempDir::new_in(place)?;
    let base = Absolute::try_from(directory.path().join("state"))?;
    let log = |who: usize| directory.path().join(format!("log-{who}"));
    let mut history = History::default();
    // Who watches is a process like any, and lives on.
    let mut watcher = Watcher {
        who: plan.0.len(),
        hand: Hand::new(Store::new(base.clone()), std::process::id()),
    };
    watcher.call_for_all(&mut history, What::Save)?;
    let mut watched = Vec::new();
    for (who, part) in plan.0.iter().enumerate() {
        watched.push(Watched::start(part, &base, &log(who))?);
    }
    for it in &watched {
        it.await_word()?;
    }
    let done: Vec<std::result::Result<Life, String>> = thread::scope(|scope| {
        let watch = |(it, part): (&'_ mut Watched, &'_ Part)| {
            it.watch(&part.fates, part.acts.len()).map_err(|error| error.to_string())
        };
        let threads: Vec<_> =
            watched.iter_mut().zip(&plan.0).map(|both| scope.spawn(move || watch(both))).collect();
        threads
            .into_iter()
            .map(|it| it.join().unwrap_or(Err("a watcher panicked".into())))
            .collect()
    });
    for life in done {
        history.lives.push(life?);
    }
    history.lives.push(Life { pid: std::process::id().into(), ..Life::default() });
    watcher.look_after(&mut history, &mut watched)?;
    for who in 0..plan.0.len() {
        history.read(who, &fs::read_to_string(log(who))?)?;
    }
    history.calls.sort_by_key(|call| call.start);
    Ok(history)
}

/// The one who watches over a round.
struct Watcher {
    who: Who,
    hand: Hand,
}

impl Watcher {
    /// Looks while all who are left wait, then when they have ended, and takes away what is left.
    fn look_after(&mut self, history: &mut History, watched: &mut [Watched]) -> Result<()> {
        self.call_in_all(history, &[What::Look, What::List, What::Collect])?;
        for (who, it) in watched.iter_mut().enumerate() {
            if history.lives[who].killed.is_none() {
                history.lives[who] = it.end()?;
            }
            it.child.wait()?;
        }
        self.call_in_all(history, &[What::Look, What::List, What::Collect])?;
        self.call_for_all(history, What::End)?;
        self.call_in_all(history, &[What::Look, What::List])
    }

    fn call_in_all(&mut self, history: &mut History, acts: &[What]) -> Result<()> {
        for segment in 0..SEGMENTS {
            for what in acts {
                self.call(history, Act { what: *what, segment, instance: 0 })?;
            }
        }
        Ok(())
    }

    fn call_for_all(&mut self, history: &mut History, what: What) -> Result<()> {
        for segment in 0..SEGMENTS {
            for instance in BYSTANDERS {
                self.call(history, Act { what, segment, instance })?;
            }
        }
        Ok(())
    }

    fn call(&mut self, history: &mut History, act: Act) -> Result<()> {
        let start = clock::now();
        let answer = self.hand.act(act).map_err(|error| error.message())?;
        let answered = Some((clock::now(), answer));
        history.calls.push(Call { who: self.who, act, start, answered });
        Ok(())
    }
}

impl History {
    /// Adds what a process has written down.
    fn read(&mut self, who: usize, log: &str) -> Result<()> {
        // Of a line without an end nothing is believed.
        for line in log.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            let unknown = || format!("what process {who} wrote down: {line}");
            let mut words = line.splitn(3, ' ');
            let (word, time) = (words.next(), words.next().unwrap_or_default().parse()?);
            let rest = words.next().unwrap_or_default();
            match word {
                Some("start") => {
                    let act = rest.parse()?;
                    self.calls.push(Call { who, act, start: time, answered: None });
                }
                Some("end") => {
                    let answer: Answer =
                        rest.parse().map_err(|error| format!("process {who} was told {error}"))?;
                    self.calls.last_mut().ok_or_else(unknown)?.answered = Some((time, answer));
                }
                _ => return Err(unknown().into()),
            }
        }
        Ok(())
    }
}

impl Watched {
    fn start(part: &Part, base: &Absolute, log: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("act").arg(part.to_string()).arg(base.as_path()).arg(log);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // It is there, though empty, even if the process comes to nothing.
        File::create(log)?;
        let mut child = command.spawn()?;
        let process = pidfd_open(Pid::from_child(&child), PidfdFlags::empty())?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(to), Some(from)) => Ok(Self { child, process, to, from }),
            _ => Err("both were asked for".into()),
        }
    }

    /// Waits until it asks for leave for its next act, or has done all.
    fn await_word(&self) -> Result<()> {
        if is_ready(&self.from, PATIENCE)? { Ok(()) } else { Err("a process hangs".into()) }
    }

    fn hear(&mut self) -> Result<()> {
        self.await_word()?;
        self.from.read_exact(&mut [0])?;
        Ok(())
    }

    /// Lets happen what is to happen, until the process has done all, or is gone.
    fn watch(&mut self, fates: &[Fate], acts: usize) -> Result<Life> {
        for at in 0..acts {
            self.hear()?;
            self.to.write_all(b"!")?;
            for fate in fates.iter().filter(|fate| fate.at == at) {
                self.let_pass(fate.after)?;
                match fate.what {
                    Blow::Kill => return self.end(),
                    Blow::Pause(time) => {
                        pidfd_send_signal(&self.process, Signal::STOP)?;
                        self.let_pass(time)?;
                        pidfd_send_signal(&self.process, Signal::CONT)?;
                    }
                }
            }
        }
        self.hear()?;
        Ok(Life { pid: self.child.id().into(), ..Life::default() })
    }

    /// Lets so many microseconds pass, of which the process notices nothing.
    fn let_pass(&self, micros: u64) -> Result<()> {
        let time = Timespec { tv_sec: 0, tv_nsec: i64::try_from(micros * 1000)? };
        if is_ready(&self.process, time)? {
            Err("a process has ended by itself".into())
        } else {
            Ok(())
        }
    }

    /// Kills it, and waits until the kernel tells of its end.
    fn end(&mut self) -> Result<Life> {
        let killed = clock::now();
        pidfd_send_signal(&self.process, Signal::KILL)?;
        if !is_ready(&self.process, PATIENCE)? {
            return Err("a process does not end".into());
        }
        Ok(Life { pid: self.child.id().into(), killed: Some(killed), gone: Some(clock::now()) })
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended, and been waited for, before.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

fn is_ready(fd: impl AsFd, time: Timespec) -> Result<bool> {
    let mut ready = [PollFd::new(&fd, PollFlags::IN)];
    Ok(poll(&mut ready, Some(&time))? > 0)
}
