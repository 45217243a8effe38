//! The command on a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::place::{BINARY, Place, state};
use crate::process::{await_input, ended};

/// A terminal, from the side of who sits at it.
struct Terminal {
    keyboard_and_screen: File,
    line: OwnedFd,
}

impl Terminal {
    fn new() -> Self {
        Self::with_columns(80)
    }

    fn with_columns(columns: u16) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let line = ioctl_tiocgptpeer(&master, flags).unwrap();
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&line, size).unwrap();
        Self { keyboard_and_screen: master.into(), line }
    }

    fn line(&self) -> Stdio {
        self.line.try_clone().unwrap().into()
    }

    /// Starts a command as the leader of the terminal's session, with stdout there.
    fn lead(&self, place: &Place, arguments: &[&str]) -> Child {
        let mut command = Command::new("setsid");
        command.args(["--ctty", BINARY]).args(arguments);
        command.env("HAKUREI_STORE", place.store_path());
        command.stdin(self.line()).stdout(self.line()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn types(&mut self, keys: &[u8]) {
        self.keyboard_and_screen.write_all(keys).unwrap();
    }

    /// Reads what is shown until these words are.
    fn shows(&mut self, words: &str) -> String {
        let mut shown = Vec::new();
        loop {
            let mut more = [0; 1024];
            await_input(&self.keyboard_and_screen);
            let length = self.keyboard_and_screen.read(&mut more).unwrap();
            shown.extend_from_slice(&more[..length]);
            let text = String::from_utf8_lossy(&shown);
            if text.contains(words) {
                return text.into_owned();
            }
        }
    }
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

#[test]
fn the_interrupt_key_reaches_the_program_once() {
    let place = Place::new();
    let mut terminal = Terminal::new();
    let script =
        "trap 'echo interrupted' INT; trap 'exit 9' USR1; echo ready; while :; do read _; done";
    let mut run = terminal.lead(&place, &["-v", "run", "--", "sh", "-c", script]);
    terminal.shows("ready");
    terminal.types(b"\x03");
    terminal.shows("interrupted");
    // What came before this is done with once this has come.
    send(&run, Signal::USR1);
    let mut told = String::new();
    run.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(ended(&mut run).code(), Some(9));
    assert!(told.contains("passing signal 10 on"), "{told}");
    assert!(!told.contains("passing signal 2 on"), "{told}");
}

#[test]
fn a_terminal_that_hangs_up_ends_the_program() {
    let place = Place::new();
    let mut terminal = Terminal::new();
    let mut run = terminal.lead(&place, &["run", "--", "sh", "-c", "echo ready; exec sleep 600"]);
    terminal.shows("ready");
    drop(terminal);
    assert_eq!(ended(&mut run).code(), Some(129));
    assert_eq!(place.statuses(), [""; 0]);
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    for (variable, has_colour) in [("UNRELATED", true), ("NO_COLOR", false)] {
        let mut terminal = Terminal::new();
        let mut command = place.command(&["ps"]);
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("TERM", "xterm");
        let mut ps = command.env(variable, "1").stdout(terminal.line()).spawn().unwrap();
        let shown = terminal.shows("running");
        assert_eq!(ended(&mut ps).code(), Some(0));
        assert_eq!(shown.contains("\x1b["), has_colour, "{shown:?}");
    }
    lease.destroy().unwrap();
}

#[test]
fn columns_are_made_to_fit() {
    let place = Place::new();
    let lease = place.save(&state(7, 1, 1));
    for (columns, fits) in [(50, true), (80, true), (0, false), (10, false)] {
        let mut terminal = Terminal::with_columns(columns);
        let mut ps = place.command(&["ps"]);
        let mut ps = ps.env("NO_COLOR", "1").stdout(terminal.line()).spawn().unwrap();
        let shown = terminal.shows("running");
        assert_eq!(ended(&mut ps).code(), Some(0));
        let widest = shown.lines().map(|line| line.trim_end().len()).max().unwrap();
        assert_eq!(widest <= columns.into(), fits, "{columns}: {shown}");
    }
    lease.destroy().unwrap();
}

#[test]
fn who_sits_at_a_terminal_is_told_whom_run_waits_for() {
    let place = Place::new();
    let mut terminal = Terminal::new();
    let handle = place.store().handle(hakurei_hst::Identity::from_static(8)).unwrap();
    let segment = handle.lock().unwrap();
    let mut command = place.command(&["run", "--identity", "8", "--", "true"]);
    let mut run = command.stderr(terminal.line()).spawn().unwrap();
    let shown = terminal.shows("waiting for segment 8, held by pid");
    assert!(shown.contains(&std::process::id().to_string()), "{shown}");
    segment.unlock().unwrap();
    assert_eq!(ended(&mut run).code(), Some(0));
}

#[test]
fn the_list_is_drawn_in_place() {
    let place = Place::new();
    for (terminal_type, is_cleared) in [("xterm", true), ("dumb", false)] {
        let mut terminal = Terminal::new();
        let mut command = place.command(&["ps", "--watch"]);
        command.env("TERM", terminal_type).env("NO_COLOR", "1");
        let mut ps = command.stdout(terminal.line()).stderr(Stdio::null()).spawn().unwrap();
        assert_eq!(terminal.shows("INSTANCE").contains("\x1b[H\x1b[2J"), is_cleared);
        let lease = place.save(&state(7, 1, 1));
        assert_eq!(terminal.shows("running").contains("\x1b[H\x1b[2J"), is_cleared);
        lease.destroy().unwrap();
        terminal.shows("INSTANCE");
        send(&ps, Signal::INT);
        assert_eq!(ended(&mut ps).code(), None);
    }
}

#[test]
fn who_hangs_up_ends_the_list() {
    let place = Place::new();
    let mut terminal = Terminal::new();
    let mut ps = terminal.lead(&place, &["ps", "--watch"]);
    terminal.shows("INSTANCE");
    drop(terminal);
    let status = ended(&mut ps);
    // By the signal that comes with it, or because nobody reads on.
    assert!(status.code().is_none_or(|code| code == 0), "{status}");
}

#[test]
fn what_takes_its_time_shows_how_far_it_is() {
    let place = Place::new();
    let handle = place.store().handle(hakurei_hst::Identity::from_static(8)).unwrap();
    let segment = handle.lock().unwrap();
    for (arguments, is_shown) in [(&["doctor"][..], true), (&["doctor", "--json"], false)] {
        let mut terminal = Terminal::new();
        let mut command = place.command(arguments);
        let (mut reader, writer) = std::io::pipe().unwrap();
        let mut doctor = command.stdout(writer).stderr(terminal.line()).spawn().unwrap();
        drop(command);
        if is_shown {
            let shown = terminal.shows("\r\x1b[K");
            assert!(shown.contains("looking at locks [#"), "{shown:?}");
        }
        assert_eq!(ended(&mut doctor).code(), Some(4));
        let mut found = String::new();
        reader.read_to_string(&mut found).unwrap();
        assert!(found.contains("all the while"), "{found}");
    }
    segment.unlock().unwrap();
}
