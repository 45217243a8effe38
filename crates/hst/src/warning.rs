//! What is amiss with a configuration that can be started all the same.

use std::fmt;

use crate::{Config, ExtraPerm, Filesystem};

/// Something that is amiss with a valid [`Config`]: an entry in it that cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    place: String,
    fault: &'static str,
}

impl Warning {
    /// Where it is, as it would be in JSON: `container.filesystem[3]`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong there.
    #[must_use]
    pub fn fault(&self) -> &'static str {
        self.fault
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}

impl Config {
    /// The extra permissions and mount points that are invalid, in order.
    ///
    /// ```
    /// use hakurei_hst::Config;
    ///
    /// let config = Config::from_json(br#"{"extra_perms": [{"r": true}]}"#)?;
    /// assert_eq!(config.warnings()[0].to_string(), "extra_perms[0]: path is missing");
    /// # Ok::<(), hakurei_hst::AppError>(())
    /// ```
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let perms = self.extra_perms.iter().map(ExtraPerm::fault);
        let mounts = self.container.iter().filter_map(|container| container.filesystem.as_ref());
        let mounts = mounts.flatten().map(Filesystem::fault);
        let perms = faults("extra_perms", perms);
        perms.chain(faults("container.filesystem", mounts)).collect()
    }
}

fn faults(
    list: &str,
    faults: impl Iterator<Item = Option<&'static str>>,
) -> impl Iterator<Item = Warning> {
    faults.enumerate().filter_map(move |(index, fault)| {
        fault.map(|fault| Warning { place: format!("{list}[{index}]"), fault })
    })
}

#[cfg(test)]
mod tests {
    use crate::{Config, Container, Ephemeral, ExtraPerm, Filesystem, template};

    #[test]
    fn the_template_is_beyond_reproach() {
        assert_eq!(template().warnings(), []);
    }

    #[test]
    fn invalid_entries_are_found_where_they_are() {
        let mut config = template();
        config.extra_perms.insert(1, ExtraPerm::default());
        let mut filesystem = vec![Filesystem::Ephemeral(Ephemeral::default())];
        filesystem
            .extend(config.container.take().and_then(|container| container.filesystem).unwrap());
        filesystem.push(Filesystem::Bind(crate::Bind::default()));
        config.container = Some(Container { filesystem: Some(filesystem), ..Container::default() });
        let warnings: Vec<_> = config.warnings().iter().map(ToString::to_string).collect();
        assert_eq!(
            warnings,
            [
                "extra_perms[1]: path is missing",
                "container.filesystem[0]: dst is missing",
                "container.filesystem[9]: src is missing",
            ],
        );
        assert_eq!(Config::default().warnings(), []);
    }
}
