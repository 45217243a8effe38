//! Absolute pathnames, checked once and then known to be absolute.
//!
//! # Model
//!
//! An [`Absolute`] is a pathname that begins with `/` and holds no NUL byte; nothing else about it
//! is changed or looked up. Joining and taking the parent clean the result lexically, exactly as
//! Go's `path.Join` and `path.Dir` do, so that two programs in two languages agree on every name.
//! Pathnames are bytes: they need not be UTF-8.
//!
//! ```
//! use hakurei_check::{Absolute, absolute};
//!
//! const RUNTIME: Absolute = absolute!("/run/user/1971/");
//!
//! let state = RUNTIME.join("hakurei/state")?;
//! assert_eq!(state, *"/run/user/1971/hakurei/state");
//! assert_eq!(state.parent(), *"/run/user/1971/hakurei");
//!
//! let refused = Absolute::new("etc").unwrap_err();
//! assert_eq!(refused.to_string(), r#"path "etc" is not absolute"#);
//! # Ok::<(), hakurei_check::PathnameError>(())
//! ```
//!
//! # Guarantees
//!
//! - A value that is relative or that holds NUL does not exist; [`absolute!`] refuses to compile one.
//! - No I/O, no unsafe code, no panic outside of [`absolute!`], which panics at compile time alone.
//! - `..` never climbs above `/`; an absolute argument of [`join`](Absolute::join) lands below the
//!   base, it never replaces it.
//!
//! # Limitations
//!
//! Symbolic links are not resolved, so the lexical parent of a name need not be the directory that
//! the kernel would find. Whoever must not be fooled opens directories and goes on from their
//! descriptors.
//!
//! # Beside Go
//!
//! This is hakurei's `container/check`, with one difference: a NUL byte is refused when the value
//! is made, where Go lets it in and the kernel refuses it later.

mod absolute;
mod clean;
mod list;
mod overlay;
mod path_error;
mod quote;
#[cfg(feature = "serde")]
mod serde;

pub use absolute::{Absolute, PathnameError};
pub use list::{compact, sort};
pub use overlay::escape_overlay;
pub use path_error::PathError;
pub use quote::quote;

/// Compiles the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
