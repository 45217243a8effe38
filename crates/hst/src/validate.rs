//! Whether a configuration can be started.

use std::collections::BTreeMap;

use crate::{AppError, Bus, BusConfig, Config, Container, Text};

/// The step of these errors.
pub(crate) const STEP: &str = "validate configuration";

/// What is wrong with a configuration; the cause of an [`AppError`] whose step is
/// `validate configuration`.
///
/// An identity that is out of bounds cannot be in a [`Config`]; where one is read, the cause is
/// [`OutOfBounds`](crate::OutOfBounds).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Something that must be there is not.
    #[error("unexpected null in config")]
    Null,
    /// A name on a bus that the proxy would fail on without a word.
    #[error("bad interface string {name:?} in {bus} bus configuration")]
    Interface {
        /// The name.
        name: Text,
        /// The bus that it is configured for.
        bus: Bus,
    },
    /// A name in the environment with `=` or NUL in it.
    #[error("invalid environment variable name")]
    EnvironmentName {
        /// The name.
        name: Text,
    },
}

/// Checks a configuration that may not be there at all.
///
/// # Errors
///
/// `validate configuration` if there is none, or for what [`Config::validate`] finds.
pub fn validate(config: Option<&Config>) -> Result<(), AppError> {
    config.ok_or_else(null_config)?.validate()
}

impl Config {
    /// Checks whether an application can be started with it.
    ///
    /// Mount points and extra permissions are not looked at, as Go does not either; see
    /// [`warnings`](Self::warnings).
    ///
    /// ```
    /// use hakurei_hst::Config;
    ///
    /// let error = Config::default().validate().unwrap_err();
    /// assert_eq!(error.message(), "configuration missing container state");
    /// ```
    ///
    /// # Errors
    ///
    /// `validate configuration`, with a [`ConfigError`], for the first that is found of: a bad name
    /// on the session bus, then on the system bus; no container; no home, shell or path in it; a
    /// bad name in the environment.
    pub fn validate(&self) -> Result<(), AppError> {
        check_bus(self.session_bus.as_ref(), Bus::Session)?;
        check_bus(self.system_bus.as_ref(), Bus::System)?;
        match &self.container {
            Some(container) => check_container(container),
            None => Err(null("configuration missing container state")),
        }
    }
}

fn check_bus(config: Option<&BusConfig>, bus: Bus) -> Result<(), AppError> {
    let Some(name) = config.and_then(BusConfig::bad_name) else {
        return Ok(());
    };
    let error = ConfigError::Interface { name: name.clone(), bus };
    let message = error.to_string();
    Err(AppError::new(STEP, error).with_message(message))
}

fn check_container(container: &Container) -> Result<(), AppError> {
    if container.home.is_none() {
        return Err(null("container configuration missing path to home directory"));
    }
    if container.shell.is_none() {
        return Err(null("container configuration missing path to shell"));
    }
    if container.path.is_none() {
        return Err(null("container configuration missing path to initial program"));
    }
    let is_bad = |name: &&Text| name.as_bytes().iter().any(|byte| matches!(byte, b'=' | 0));
    match container.env.iter().flat_map(BTreeMap::keys).find(is_bad) {
        Some(name) => Err(bad_environment(name)),
        None => Ok(()),
    }
}

fn bad_environment(name: &Text) -> AppError {
    AppError::new(STEP, ConfigError::EnvironmentName { name: name.clone() })
        .with_message(format!("invalid environment variable {name:?}"))
}

/// There is no configuration at all.
pub(crate) fn null_config() -> AppError {
    null("invalid configuration")
}

fn null(message: &'static str) -> AppError {
    AppError::new(STEP, ConfigError::Null).with_message(message)
}

#[cfg(test)]
mod tests;
