//! The text files of the project.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::probe;
use crate::outcome::Failure;

/// Every text file, by its path below the root.
pub(super) struct Tree {
    pub(super) files: Vec<File>,
}

pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
}

impl Tree {
    /// Reads what git has, or is about to be given; without git, what is not built.
    pub(super) fn read(root: &Path) -> Result<Self, Failure> {
        let paths = match listed_by_git(root) {
            Some(paths) => paths,
            None => walked(root).map_err(|error| unreadable(root, &error))?,
        };
        let mut files = Vec::new();
        for path in paths {
            let place = root.join(&path);
            if !place.is_file() {
                continue; // Removed, but not yet committed; or a link, which has no lines.
            }
            let bytes = fs::read(&place).map_err(|error| unreadable(&place, &error))?;
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(File { path, text });
            }
        }
        Ok(Self { files })
    }

    pub(super) fn find(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files.
    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }
}

impl File {
    /// Its lines with their numbers, up to the first that only tests see.
    pub(super) fn lines_without_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        (1..).zip(lines)
    }

    /// Whether it belongs to a published crate's library or program, and is no test.
    pub(super) fn is_shipped(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.next() == Some("crates")
            && parts.nth(1) == Some("src")
            && parts.all(|part| part != "tests" && part != "tests.rs")
    }

    /// The part of its path behind `src/`.
    pub(super) fn place(&self) -> &str {
        self.path.split_once("/src/").map_or(&*self.path, |(_, place)| place)
    }
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let options = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let list = probe(Command::new("git").args(options).current_dir(root))?;
    let list = String::from_utf8(list).ok()?;
    Some(list.split_terminator('\0').map(str::to_owned).collect())
}

fn walked(root: &Path) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut to_visit = vec![PathBuf::new()];
    while let Some(directory) = to_visit.pop() {
        for entry in fs::read_dir(root.join(&directory))? {
            let entry = entry?;
            let path = directory.join(entry.file_name());
            if !entry.file_type()?.is_dir() {
                paths.extend(path.to_str().map(str::to_owned));
            } else if !["target", ".git"].contains(&&*entry.file_name().to_string_lossy()) {
                to_visit.push(path);
            }
        }
    }
    Ok(paths)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read {}: {error}", path.display()), "see who may read it")
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Tree {
    fn from(files: [(&str, &str); N]) -> Self {
        let file = |(path, text): (&str, &str)| File { path: path.into(), text: text.into() };
        Self { files: files.map(file).into() }
    }
}
