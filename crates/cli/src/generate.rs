//! Completions and manual pages, made from the definition of the arguments.

use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::Man as Page;
use hakurei_check::PathError;
use hakurei_hst::AppError;

use crate::args::{Arguments, Completions, Man};
use crate::exit::Exit;
use crate::report::{Failure, print_result};

pub(crate) fn completions(arguments: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "hakurei-store",
        &mut script,
    );
    print_result(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

pub(crate) fn man(arguments: &Man) -> Result<Exit, Failure> {
    match &arguments.directory {
        Some(directory) => write_pages(directory)?,
        None => {
            let mut page = Vec::new();
            Page::new(Arguments::command())
                .render(&mut page)
                .map_err(|error| Failure::failed(AppError::new("write the manual page", error)))?;
            print_result(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(Exit::Done)
}

fn write_pages(directory: &Path) -> Result<(), Failure> {
    clap_mangen::generate_to(Arguments::command(), directory).map_err(|error| {
        let cause = PathError::new("write to", directory, error);
        Failure::failed(AppError::new("write the manual pages", cause))
    })
}
