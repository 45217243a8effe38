//! Where a configuration has what JSON cannot hold.

use std::collections::BTreeMap;

use hakurei_check::Absolute;

use crate::json::push_key;
use crate::{BusConfig, Config, Container, Filesystem, State, Text};

impl Config {
    /// The places of all text that is not UTF-8, and so is written as JSON with U+FFFD in it.
    ///
    /// ```
    /// use hakurei_hst::{Config, Text};
    ///
    /// let groups = vec!["video".into(), Text::from(&b"caf\xe9"[..])];
    /// let config = Config { groups: Some(groups), ..Config::default() };
    /// assert_eq!(config.non_utf8(), ["groups[1]"]);
    /// ```
    #[must_use]
    pub fn non_utf8(&self) -> Vec<String> {
        Places::of(self).texts
    }

    /// The place of the first path that is not UTF-8, which keeps all of it from being written.
    pub(crate) fn first_path_not_utf8(&self) -> Option<String> {
        Places::of(self).paths.into_iter().next()
    }
}

impl State {
    /// The places of all text that is not UTF-8; see [`Config::non_utf8`].
    #[must_use]
    pub fn non_utf8(&self) -> Vec<String> {
        self.config.non_utf8()
    }
}

/// The places of what is not UTF-8, in the order of the document.
#[derive(Default)]
struct Places {
    texts: Vec<String>,
    paths: Vec<String>,
}

impl Places {
    fn of(config: &Config) -> Self {
        let mut places = Self::default();
        places.text("id", &config.id);
        places.bus("session_bus", config.session_bus.as_ref());
        places.bus("system_bus", config.system_bus.as_ref());
        for (index, perm) in config.extra_perms.iter().enumerate() {
            places.path(&format!("extra_perms[{index}].path"), perm.path.as_ref());
        }
        places.list("groups", config.groups.as_ref());
        if let Some(container) = &config.container {
            places.container(container);
        }
        places
    }

    fn bus(&mut self, place: &str, bus: Option<&BusConfig>) {
        let Some(bus) = bus else { return };
        self.list(&format!("{place}.see"), bus.see.as_ref());
        self.list(&format!("{place}.talk"), bus.talk.as_ref());
        self.list(&format!("{place}.own"), bus.own.as_ref());
        self.map(&format!("{place}.call"), bus.call.as_ref());
        self.map(&format!("{place}.broadcast"), bus.broadcast.as_ref());
    }

    fn container(&mut self, container: &Container) {
        self.text("container.hostname", &container.hostname);
        self.map("container.env", container.env.as_ref());
        for (index, entry) in container.filesystem.iter().flatten().enumerate() {
            self.filesystem(&format!("container.filesystem[{index}]"), entry);
        }
        self.text("container.username", &container.username);
        self.path("container.shell", container.shell.as_ref());
        self.path("container.home", container.home.as_ref());
        self.path("container.path", container.path.as_ref());
        self.list("container.args", container.args.as_ref());
    }

    fn filesystem(&mut self, place: &str, entry: &Filesystem) {
        match entry {
            Filesystem::Bind(bind) => {
                self.path(&format!("{place}.dst"), bind.target.as_ref());
                self.path(&format!("{place}.src"), bind.source.as_ref());
            }
            Filesystem::Ephemeral(ephemeral) => {
                self.path(&format!("{place}.dst"), ephemeral.target.as_ref());
            }
            Filesystem::Overlay(overlay) => {
                self.path(&format!("{place}.dst"), overlay.target.as_ref());
                for (index, lower) in overlay.lower.iter().flatten().enumerate() {
                    self.path(&format!("{place}.lower[{index}]"), lower.as_ref());
                }
                self.path(&format!("{place}.upper"), overlay.upper.as_ref());
                self.path(&format!("{place}.work"), overlay.work.as_ref());
            }
            Filesystem::Link(link) => {
                self.path(&format!("{place}.dst"), link.target.as_ref());
                self.text(&format!("{place}.linkname"), &link.linkname);
            }
        }
    }

    fn list(&mut self, place: &str, list: Option<&Vec<Text>>) {
        for (index, text) in list.into_iter().flatten().enumerate() {
            self.text(&format!("{place}[{index}]"), text);
        }
    }

    /// Notes a member whose key or value is not UTF-8.
    fn map(&mut self, place: &str, map: Option<&BTreeMap<Text, Text>>) {
        for (key, value) in map.into_iter().flatten() {
            if key.to_str().is_none() || value.to_str().is_none() {
                let mut place = place.to_owned();
                push_key(&mut place, key.as_bytes());
                self.texts.push(place);
            }
        }
    }

    fn text(&mut self, place: &str, text: &Text) {
        if text.to_str().is_none() {
            self.texts.push(place.to_owned());
        }
    }

    fn path(&mut self, place: &str, path: Option<&Absolute>) {
        if path.is_some_and(|path| path.to_str().is_none()) {
            self.paths.push(place.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
