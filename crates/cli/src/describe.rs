//! Instances and configurations in words, a line for each thing.

use std::fmt::{Display, Write as _};

use hakurei_check::{Absolute, quote};
use hakurei_hst::{BusConfig, Config, Container, State, Text};
use hakurei_store::{Verdict, View};

use crate::escape::escape;
use crate::uptime;

/// Columns that the names of things take.
const INDENT: usize = 14;

/// All that is recorded of an instance, and what was found out about it.
pub(crate) fn instance(view: &View<'_>, state: &State) -> String {
    let mut lines = Lines::default();
    lines.found(view);
    lines.field("pid", state.pid);
    lines.field("shim pid", state.shim_pid);
    lines.field("started", state.time);
    if let (Ok(summary), Verdict::Running | Verdict::Orphaned) = (view.summary(), view.verdict()) {
        lines.field("uptime", uptime::for_people(uptime::of(summary)));
    }
    lines.config(&state.config);
    lines.0
}

/// What can be said of an entry that cannot be read.
pub(crate) fn unreadable(view: &View<'_>) -> String {
    let mut lines = Lines::default();
    lines.found(view);
    lines.field("identity", view.identity());
    lines.0
}

/// A configuration that is valid, and what is amiss with it all the same.
pub(crate) fn valid(config: &Config) -> String {
    let mut lines = Lines("valid\n".to_owned());
    lines.config(config);
    lines.list("warnings", config.warnings());
    lines.0
}

/// Lines that begin with the name of a thing. What is added is escaped.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn field(&mut self, name: &str, value: impl Display) {
        let name = if name.is_empty() { String::new() } else { format!("{name}:") };
        // Writing to a String cannot fail.
        let _infallible = writeln!(self.0, "{name:INDENT$}{}", escape(value.to_string()));
    }

    /// Adds a line for each, the name before the first; none for none.
    fn list<T: Display>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        for (name, value) in names.zip(values) {
            self.field(name, value);
        }
    }

    /// Adds a text, unless it is unset.
    fn text(&mut self, name: &str, text: &Text) {
        if !text.is_empty() {
            self.field(name, escape(text));
        }
    }

    fn path(&mut self, name: &str, path: Option<&Absolute>) {
        self.list(name, path.map(|path| escape(path.as_bytes())));
    }

    fn found(&mut self, view: &View<'_>) {
        self.field("instance", view.id());
        self.field("status", view.verdict());
        self.field("leased", yes_or_no(view.is_leased()));
        self.list("format", view.format());
    }

    fn config(&mut self, config: &Config) {
        self.text("application", &config.id);
        self.field("identity", config.identity);
        self.list("enablements", config.enablements);
        self.bus("session bus", config.session_bus.as_ref());
        self.bus("system bus", config.system_bus.as_ref());
        if config.direct_wayland {
            self.field("wayland", "direct");
        }
        self.list("extra perms", &config.extra_perms);
        self.list("groups", config.groups.iter().flatten().map(escape));
        if let Some(container) = &config.container {
            self.container(container);
        }
    }

    fn bus(&mut self, name: &str, bus: Option<&BusConfig>) {
        let Some(bus) = bus else { return };
        let filter = if bus.filter { "filtered" } else { "not filtered" };
        let mut rules = vec![filter.to_owned()];
        if bus.log {
            rules.push("logged".to_owned());
        }
        for (access, names) in [("see", &bus.see), ("talk", &bus.talk), ("own", &bus.own)] {
            rules.extend(names.iter().flatten().map(|name| format!("{access} {}", word(name))));
        }
        for (access, map) in [("call", &bus.call), ("broadcast", &bus.broadcast)] {
            let map = map.iter().flatten();
            rules.extend(map.map(|(name, rule)| format!("{access} {}={}", word(name), word(rule))));
        }
        self.list(name, rules);
    }

    fn container(&mut self, container: &Container) {
        self.text("hostname", &container.hostname);
        self.text("username", &container.username);
        self.path("home", container.home.as_ref());
        self.path("shell", container.shell.as_ref());
        self.path("path", container.path.as_ref());
        let args: Vec<_> = container.args.iter().flatten().map(word).collect();
        self.list("args", container.args.is_some().then(|| args.join(" ")));
        let variables = container.env.as_ref().map_or(0, std::collections::BTreeMap::len);
        self.field("environment", format_args!("{variables} variables"));
        self.field("flags", container.flags);
        let delay = container.effective_wait_delay();
        self.field("wait delay", format_args!("{delay:?}"));
        self.list("filesystem", container.filesystem.iter().flatten());
    }
}

fn yes_or_no(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}

/// One word among others: quoted where it would not look like one.
fn word(text: &Text) -> String {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.iter().any(|byte| matches!(byte, b' ' | b'"' | b'=')) {
        return quote(bytes);
    }
    escape(bytes)
}

#[cfg(test)]
mod tests {
    use hakurei_hst::{Config, Container, ExtraPerm, Text, template};

    use super::valid;

    #[test]
    fn the_template_is_described_whole() {
        let description = valid(&template());
        for line in [
            "valid",
            "application:  org.example.Atelier",
            "identity:     9",
            "enablements:  wayland, dbus, pulseaudio",
            "session bus:  filtered",
            "              see org.a11y.Bus",
            "              own org.example.Atelier.*",
            "              call org.freedesktop.portal.*=*",
            "system bus:   filtered",
            "              logged",
            "extra perms:  --x+:/var/lib/hakurei/u0",
            "groups:       video",
            "              lp",
            "home:         /data/org.example.Atelier",
            "path:         /opt/atelier/bin/atelier",
            r#"args:         atelier --canvas a4 "--colour-profile=srgb" untitled.ora"#,
            "environment:  2 variables",
            "wait delay:   10s",
            "              d+/dev/dri",
        ] {
            assert!(description.lines().any(|found| found == line), "{line}\n{description}");
        }
        assert!(!description.contains("warnings"));
    }

    #[test]
    fn what_is_hostile_or_odd_stays_on_its_line() {
        let config = Config {
            id: "org.evil\x1b[2J\nstatus: running".into(),
            extra_perms: vec![ExtraPerm::default()],
            container: Some(Container {
                args: Some(vec![Text::new(), "a b".into(), Text::from(&b"\xff\n"[..])]),
                ..Container::default()
            }),
            ..Config::default()
        };
        let description = valid(&config);
        for line in [
            r"application:  org.evil\u{1b}[2J\nstatus: running",
            r#"args:         "" "a b" \xff\n"#,
            "warnings:     extra_perms[0]: path is missing",
        ] {
            assert!(description.lines().any(|found| found == line), "{line}\n{description}");
        }
    }
}
