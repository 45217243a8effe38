//! Arguments, written out in one of the ways in which they can be said.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use clap::ValueEnum;

use crate::args::{
    Adopt, Arguments, Command, Completions, Doctor, Gc, Global, Kill, Locks, Man, Ps, Run, Show,
    Wait, Watch,
};
use crate::selector::Selector;

/// The words after the command's own name.
pub(super) fn of(arguments: &Arguments) -> Vec<OsString> {
    let Arguments { global, command } = arguments;
    let mut words = Words(Vec::new());
    words.global(global);
    match command {
        Command::Run(run) => words.run(run),
        Command::Ps(ps) => words.ps(ps),
        Command::Show(show) => words.show(show),
        Command::Wait(Wait { timeout, instances }) => {
            words.word("wait");
            words.timeout(*timeout);
            words.instances(instances);
        }
        Command::Kill(Kill { signal, timeout, instances }) => {
            words.word("kill");
            words.option("signal", Some(signal));
            words.timeout(*timeout);
            words.instances(instances);
        }
        Command::Watch(Watch {}) => words.word("watch"),
        Command::Gc(gc) => words.gc(gc),
        Command::Adopt(Adopt { instance, program }) => {
            words.word("adopt");
            words.word(instance.to_string());
            words.behind(program);
        }
        Command::Doctor(Doctor { fix }) => {
            words.word("doctor");
            words.flag("fix", *fix);
        }
        Command::Locks(Locks {}) => words.word("locks"),
        Command::Completions(Completions { shell }) => {
            words.word("completions");
            words.word(shell.to_string());
        }
        Command::Man(Man { directory }) => {
            words.word("man");
            words.behind(directory.iter().map(|directory| directory.as_os_str().to_owned()));
        }
    }
    words.0
}

struct Words(Vec<OsString>);

impl Words {
    fn global(&mut self, Global { store, json, verbose }: &Global) {
        self.option_of("store", store.as_ref().map(|store| OsStr::from_bytes(store.as_bytes())));
        self.flag("json", *json);
        (0..*verbose).for_each(|_| self.word("-v"));
    }

    fn run(&mut self, run: &Run) {
        let Run { identity, config, app_id, format, durable, id_fd, program } = run;
        self.word("run");
        self.option("identity", identity.as_ref());
        self.option_of("config", config.as_deref());
        self.option_of("app-id", app_id.as_deref());
        self.option("format", format.and_then(|format| name_of(&format)).as_ref());
        self.flag("durable", *durable);
        self.option("id-fd", id_fd.as_ref());
        self.behind(program);
    }

    fn ps(&mut self, Ps { quiet, identity, status, watch }: &Ps) {
        self.word("ps");
        self.flag("quiet", *quiet);
        self.option("identity", identity.as_ref());
        status.iter().for_each(|status| self.option("status", name_of(status).as_ref()));
        self.flag("watch", *watch);
    }

    fn show(&mut self, Show { subject, pid }: &Show) {
        self.word("show");
        self.option("pid", pid.as_ref());
        self.behind(subject);
    }

    fn gc(&mut self, Gc { dry_run, orphans, unknown, corrupt }: &Gc) {
        self.word("gc");
        self.flag("dry-run", *dry_run);
        self.flag("orphans", *orphans);
        self.flag("unknown", *unknown);
        self.flag("corrupt", *corrupt);
    }

    fn timeout(&mut self, timeout: Option<Duration>) {
        let text =
            |timeout: Duration| format!("{}s {}ns", timeout.as_secs(), timeout.subsec_nanos());
        self.option("timeout", timeout.map(text).as_ref());
    }

    fn instances(&mut self, instances: &[Selector]) {
        instances.iter().for_each(|instance| self.word(instance.to_string()));
    }

    /// What may begin with a hyphen.
    fn behind(&mut self, words: impl IntoIterator<Item = impl Into<OsString>>) {
        self.word("--");
        words.into_iter().for_each(|word| self.word(word));
    }

    fn option(&mut self, name: &str, value: Option<&impl Display>) {
        self.option_of(name, value.map(|value| OsString::from(value.to_string())).as_deref());
    }

    fn option_of(&mut self, name: &str, value: Option<&OsStr>) {
        if let Some(value) = value {
            let mut word = OsString::from(format!("--{name}="));
            word.push(value);
            self.word(word);
        }
    }

    fn flag(&mut self, name: &str, is_set: bool) {
        if is_set {
            self.word(format!("--{name}"));
        }
    }

    fn word(&mut self, word: impl Into<OsString>) {
        self.0.push(word.into());
    }
}

fn name_of(value: &impl ValueEnum) -> Option<String> {
    value.to_possible_value().map(|value| value.get_name().to_owned())
}
