//! The configuration that is recorded.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use hakurei_check::{Absolute, absolute};
use hakurei_hst::{AppError, Config, Container, Text};

use crate::args::Run;
use crate::{document, program};

/// Takes the configuration that is given, or makes one of the surroundings; what was said on the
/// command line counts in both. It is valid.
pub(super) fn of(arguments: &Run) -> Result<Config, AppError> {
    let mut config = match &arguments.config {
        Some(source) => Config::from_json(&document::read(source)?)?,
        None => of_surroundings(&arguments.program)?,
    };
    if let Some(identity) = arguments.identity {
        config.identity = identity;
    }
    if let Some(app_id) = &arguments.app_id {
        config.id = app_id.as_bytes().into();
    }
    config.validate()?;
    Ok(config)
}

fn of_surroundings(program: &[OsString]) -> Result<Config, AppError> {
    let path = match program.first() {
        Some(name) => Some(program::resolve(name)?),
        None => None,
    };
    let container = Container {
        home: Some(variable("HOME").unwrap_or(Absolute::ROOT)),
        shell: Some(variable("SHELL").unwrap_or(absolute!("/bin/sh"))),
        path,
        args: Some(program.iter().map(|word| Text::from(word.as_bytes())).collect()),
        ..Container::default()
    };
    Ok(Config { container: Some(container), ..Config::default() })
}

/// A variable, if it is set to an absolute path.
fn variable(name: &str) -> Option<Absolute> {
    Absolute::new(std::env::var_os(name)?.into_vec()).ok()
}
