//! The types that describe a sandboxed instance, and the error that a person reads about it.
//!
//! # Model
//!
//! A [`State`] is one running instance: its [`InstanceId`], its processes, when it began, and the
//! [`Config`] that it was started with. A Config names an application, its [`Identity`], what of the
//! host it gets, and the [`Container`] that it runs in. Everything that can be held is held as it
//! was written; whether it makes sense is asked separately, with [`Config::validate`] and
//! [`Config::warnings`].
//!
//! ```
//! use hakurei_hst::Config;
//!
//! let config = Config::from_json(br#"{
//!     "id": "org.example.Editor",
//!     "identity": 9,
//!     "container": {
//!         "home": "/home/editor", "shell": "/bin/sh", "path": "/usr/bin/editor",
//!         "filesystem": [{"type": "bind", "src": "/usr"}, {"type": "ephemeral"}]
//!     }
//! }"#)?;
//! config.validate()?;
//! let warnings = config.warnings();
//! assert_eq!(warnings[0].to_string(), "container.filesystem[1]: dst is missing");
//!
//! let misspelt = Config::from_json(br#"{"container": {"filesystem": [{"type": "cat"}]}}"#);
//! assert_eq!(
//!     misspelt.unwrap_err().message(),
//!     r#"cannot decode configuration: container.filesystem[0]: invalid filesystem type "cat" at line 1 column 45"#,
//! );
//! # Ok::<(), hakurei_hst::AppError>(())
//! ```
//!
//! # Guarantees
//!
//! - No I/O, no clock, no randomness, no system call, no unsafe code.
//! - An identity out of bounds and a relative path cannot exist.
//! - `serde` on these types is the JSON contract with Go, and that alone: the same keys in the same
//!   order, and unset lists and maps as null, apart from empty ones. What is UTF-8 is read back
//!   equal, unknown bits of [`Enablements`] and [`Flags`] excepted.
//! - An error of reading says where in the document and what.
//!
//! # Limitations
//!
//! A [`Text`] need not be UTF-8, but JSON must be: what is not becomes U+FFFD there, and
//! [`Config::non_utf8`] says where. A path that is not UTF-8 cannot be written as JSON at all. A
//! [`Time`] is between years 1 and 9999, with an offset of less than a day. For a binary format,
//! bring wire types of your own.
//!
//! # Beside Go
//!
//! This is hakurei's `hst`. Where its reader is lax, this one is not: keys are read in their own
//! case alone, upper case in an instance id, bytes that are not UTF-8, and lone surrogates are
//! refused. Its `&`, `<` and `>` are written as `\u0026` and so on, here as they are. An offset with
//! seconds keeps its instant, where Go writes another.

mod app_error;
mod bus;
mod config;
mod container;
mod enablements;
pub mod exit_code;
mod extra_perm;
mod file_mode;
mod filesystem;
mod flags;
mod identity;
mod instance_id;
mod json;
mod non_utf8;
mod object;
mod prefix;
mod state;
mod template;
mod text;
mod time;
mod uid;
mod validate;
mod warning;

pub use app_error::AppError;
pub use bus::{Bus, BusConfig};
pub use config::Config;
pub use container::{Container, PRIVATE_TMP, WAIT_DELAY_DEFAULT, WAIT_DELAY_MAX};
pub use enablements::Enablements;
pub use extra_perm::ExtraPerm;
pub use filesystem::{Bind, Ephemeral, Filesystem, FilesystemError, Link, Overlay};
pub use flags::Flags;
pub use identity::{IDENTITY_MAX, IDENTITY_MIN, Identity, OutOfBounds, ParseIdentityError};
pub use instance_id::{InstanceId, InstanceIdError};
pub use json::JsonError;
pub use prefix::Prefix;
pub use state::State;
pub use template::template;
pub use text::Text;
pub use time::{Time, TimeError};
pub use uid::{APP_START, ISOLATED_START, RANGE_SIZE, USER_OFFSET, Uid, app_uid};
pub use validate::{ConfigError, validate};
pub use warning::Warning;

#[cfg(test)]
mod arbitrary;

/// The README's example is compiled and run as well.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
