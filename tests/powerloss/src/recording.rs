//! What processes did to the directories and files below the stage, in order.
//!
//! A call that changes something and that this does not know is an error: whoever uses a new one
//! teaches it here what a power cut may leave of it.

mod descriptors;

use std::collections::BTreeMap;
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

use self::descriptors::{Descriptors, Place};
use crate::Result;
use crate::trace::Call;

/// A file or a directory, by its number in the recording. A number is never given again.
pub(crate) type Inode = usize;

/// The stage itself, which was on the disk before.
pub(crate) const ROOT: Inode = 0;

/// One thing that was done, or said.
#[derive(Clone)]
pub(crate) enum Step {
    /// A name means another file from here on, or none.
    Name { dir: Inode, name: String, to: Option<Inode> },
    /// Bytes have been written.
    Write { file: Inode, at: usize, bytes: Vec<u8> },
    /// A file has been synced, or a directory: its bytes, or the names in it.
    Sync { of: Inode, what: String },
    /// What the program said on its standard output.
    Mark(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Directory,
    File,
}

/// What one process after another did.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) steps: Vec<Step>,
    /// How many syncs were of directories above the stage, which were there before.
    pub(crate) above: usize,
    stage: PathBuf,
    /// The directory that each was made in; a directory has no other.
    parents: BTreeMap<Inode, Inode>,
    /// What the names mean now.
    names: BTreeMap<(Inode, String), Inode>,
}

/// Calls on the stage that change nothing, or nothing that a power cut could take back: the mode and the
/// owner of a file are taken to come with it.
const HARMLESS: &[&str] = &[
    "faccessat",
    "faccessat2",
    "fchmod",
    "fchmodat",
    "fchown",
    "flock",
    "fstat",
    "fstatfs",
    "getdents64",
    "lseek",
    "newfstatat",
    "read",
    "statx",
];

/// In few words: nobody wants to read the bytes.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { dir, name, to: Some(to) } => write!(f, "{name} in {dir} is {to}"),
            Self::Name { dir, name, to: None } => write!(f, "{name} in {dir} is nothing"),
            Self::Write { file, at, bytes } => {
                write!(f, "{} bytes of {file} from {at} on", bytes.len())
            }
            Self::Sync { what, .. } => f.write_str(what),
            Self::Mark(said) => write!(f, "it says: {said}"),
        }
    }
}

impl Recording {
    /// Of a stage that is empty, and whose pathname goes through no link.
    pub(crate) fn new(stage: &Path) -> Self {
        Self {
            kinds: vec![Kind::Directory],
            steps: Vec::new(),
            above: 0,
            stage: stage.to_owned(),
            parents: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }

    /// Adds what another process did.
    ///
    /// # Errors
    ///
    /// A call that is not known, or cannot be understood.
    pub(crate) fn add(&mut self, calls: &[Call]) -> Result<()> {
        let mut descriptors = Descriptors::default();
        for call in calls.iter().filter(|call| call.succeeded()) {
            self.follow(call, &mut descriptors)
                .map_err(|error| format!("{error}\n  in {}", call.line))?;
        }
        Ok(())
    }

    fn follow(&mut self, call: &Call, open: &mut Descriptors) -> Result<()> {
        match &*call.name {
            "openat" | "openat2" => self.open(call, open)?,
            "close" => open.close(call.number(0)),
            "fcntl" if call.word(1).starts_with("F_DUPFD") => open.duplicate(call),
            "fcntl" => {}
            "write" if call.number(0) == Some(1) => {
                let said = call.text(1)?;
                self.steps.extend(said.lines().map(|line| Step::Mark(line.to_owned())));
            }
            "write" => self.write(call, open)?,
            "fsync" | "fdatasync" => self.sync(call, open)?,
            "mkdirat" | "mkdir" => {
                let at = usize::from(call.name == "mkdirat");
                if let Some((dir, name)) = self.name(call, at, open)? {
                    let made = self.make(Kind::Directory, dir);
                    self.give(dir, name, Some(made));
                }
            }
            "linkat" => self.link(call, open)?,
            "unlinkat" | "unlink" | "rmdir" => {
                let at = usize::from(call.name == "unlinkat");
                if let Some((dir, name)) = self.name(call, at, open)? {
                    self.give(dir, name, None);
                }
            }
            harmless if HARMLESS.contains(&harmless) => {}
            other if self.is_about(call, open) => {
                return Err(format!("{other} is not modelled").into());
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a call is about something on the stage, or about everything.
    fn is_about(&self, call: &Call, open: &mut Descriptors) -> bool {
        let stage = self.stage.as_os_str().as_bytes();
        let is_ours = |place: &Place| !matches!(place, Place::Outside(_));
        let descriptors: &[usize] = match &*call.name {
            "mmap" => &[4],
            "symlinkat" => &[1],
            "copy_file_range" | "renameat" | "renameat2" | "splice" => &[0, 2],
            _ => &[0],
        };
        let mut fds = descriptors.iter().filter_map(|at| call.number(*at));
        let mut texts = (0..call.arguments.len()).filter_map(|at| call.bytes(at).ok());
        call.name == "sync"
            || fds.any(|fd| open.at(fd).is_some_and(|(place, _)| is_ours(place)))
            || texts.any(|text| text.starts_with(stage))
    }

    /// What an open of whatever kind gives a descriptor of, and perhaps makes.
    fn open(&mut self, call: &Call, open: &mut Descriptors) -> Result<()> {
        let flags = call.word(2).to_owned();
        if flags.contains("O_TRUNC") {
            return Err("O_TRUNC is not modelled".into());
        }
        let mut place = self.resolve(call, 1, open)?;
        if flags.contains("O_TMPFILE") {
            if let Place::Inside(dir) = place {
                place = Place::Inside(self.make(Kind::File, dir));
            }
        } else if flags.contains("O_CREAT")
            && let Place::Missing(dir, name) = place
        {
            let made = self.make(Kind::File, dir);
            self.give(dir, name, Some(made));
            place = Place::Inside(made);
        }
        open.opened(call, place);
        Ok(())
    }

    fn write(&mut self, call: &Call, open: &mut Descriptors) -> Result<()> {
        let (Some(fd), Some(written)) = (call.number(0), call.returned) else { return Ok(()) };
        let Some((Place::Inside(file), at)) = open.at(fd) else { return Ok(()) };
        let mut bytes = call.bytes(1)?;
        bytes.truncate(usize::try_from(written)?);
        let (file, at) = (*file, std::mem::replace(at, *at + bytes.len()));
        self.steps.push(Step::Write { file, at, bytes });
        Ok(())
    }

    fn sync(&mut self, call: &Call, open: &mut Descriptors) -> Result<()> {
        let fd = call.number(0).ok_or("no descriptor")?;
        match open.at(fd) {
            Some((Place::Inside(of), _)) => {
                let (of, what) = (*of, format!("{} of {}", call.name, self.describe(*of)));
                self.steps.push(Step::Sync { of, what });
            }
            Some((Place::Outside(_), _)) => self.above += 1,
            _ => return Err("of what?".into()),
        }
        Ok(())
    }

    /// A name for a file that has none: by its descriptor, or by that of /proc.
    fn link(&mut self, call: &Call, open: &mut Descriptors) -> Result<()> {
        let Some((dir, name)) = self.name_at(call, 2, 3, open)? else { return Ok(()) };
        let from = call.text(1)?;
        let fd = match from.rsplit_once("/fd/") {
            Some((_, number)) => number.parse().ok(),
            None if from.is_empty() => call.number(0),
            None => return Err("a link from one name to another is not modelled".into()),
        };
        match fd.and_then(|fd| open.at(fd)) {
            Some((Place::Inside(file), _)) => {
                let file = *file;
                self.give(dir, name, Some(file));
                Ok(())
            }
            _ => Err("a link from elsewhere is not modelled".into()),
        }
    }

    /// The directory and the name in it that arguments mean, if they are on the stage.
    fn name(
        &self,
        call: &Call,
        at: usize,
        open: &mut Descriptors,
    ) -> Result<Option<(Inode, String)>> {
        self.name_at(call, at.saturating_sub(1), at, open)
    }

    fn name_at(
        &self,
        call: &Call,
        fd: usize,
        at: usize,
        open: &mut Descriptors,
    ) -> Result<Option<(Inode, String)>> {
        let path = PathBuf::from(call.text(at)?);
        let name = path.file_name().ok_or("no name")?.to_string_lossy().into_owned();
        let dir = path.parent().unwrap_or(Path::new(""));
        match self.walk(self.start(call, fd, dir, open), dir)? {
            Place::Inside(dir) => Ok(Some((dir, name))),
            Place::Outside(_) => Ok(None),
            Place::Missing(..) => Err("no such directory".into()),
        }
    }

    fn resolve(&self, call: &Call, at: usize, open: &mut Descriptors) -> Result<Place> {
        let path = PathBuf::from(call.text(at)?);
        self.walk(self.start(call, at - 1, &path, open), &path)
    }

    /// Where a pathname starts from.
    fn start(&self, call: &Call, fd: usize, path: &Path, open: &mut Descriptors) -> Place {
        if path.is_absolute() {
            return Place::Outside(PathBuf::from("/"));
        }
        // A relative pathname of the working directory's is none of the library's.
        let known = call.number(fd).and_then(|fd| open.at(fd)).map(|(place, _)| place.clone());
        known.unwrap_or(Place::Outside(PathBuf::from("/")))
    }

    fn walk(&self, from: Place, path: &Path) -> Result<Place> {
        let mut place = from;
        for component in path.components() {
            place = match (place, component) {
                (place, Component::CurDir) => place,
                (_, Component::RootDir) => Place::Outside(PathBuf::from("/")),
                (Place::Outside(path), Component::ParentDir) => {
                    Place::Outside(path.parent().unwrap_or(Path::new("/")).to_owned())
                }
                (Place::Inside(ROOT), Component::ParentDir) => {
                    Place::Outside(self.stage.parent().unwrap_or(Path::new("/")).to_owned())
                }
                (Place::Inside(dir), Component::ParentDir) => {
                    Place::Inside(*self.parents.get(&dir).ok_or("no parent")?)
                }
                (Place::Outside(path), Component::Normal(name)) => {
                    let path = path.join(name);
                    if path == self.stage { Place::Inside(ROOT) } else { Place::Outside(path) }
                }
                (Place::Inside(dir), Component::Normal(name)) => {
                    let name = name.to_string_lossy().into_owned();
                    match self.names.get(&(dir, name.clone())) {
                        Some(inode) => Place::Inside(*inode),
                        None => Place::Missing(dir, name),
                    }
                }
                (place, component) => return Err(format!("{place:?} {component:?}").into()),
            };
        }
        Ok(place)
    }

    fn make(&mut self, kind: Kind, parent: Inode) -> Inode {
        self.kinds.push(kind);
        let made = self.kinds.len() - 1;
        self.parents.insert(made, parent);
        made
    }

    fn give(&mut self, dir: Inode, name: String, to: Option<Inode>) {
        match to {
            Some(inode) => self.names.insert((dir, name.clone()), inode),
            None => self.names.remove(&(dir, name.clone())),
        };
        self.steps.push(Step::Name { dir, name, to });
    }

    /// Where it is, for people.
    fn describe(&self, inode: Inode) -> String {
        if inode == ROOT {
            return "the stage".into();
        }
        let named = self.names.iter().find(|(_, to)| **to == inode);
        match named {
            Some(((ROOT, name), _)) => name.clone(),
            Some(((dir, name), _)) => {
                let name = if name.len() == 32 { "ENTRY" } else { name };
                format!("{}/{name}", self.describe(*dir))
            }
            None => "a file without a name".into(),
        }
    }
}

#[cfg(test)]
mod tests;
