//! What can be wrong with a stream, or with a value that is to become one.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// Why a stream could not be read, and at which byte.
///
/// Its text says what is wrong, where in the stream and in which field: `a bool is 0 or 1, not 7 at
/// byte 310, in FSBind.Write`. What a conversion said stands in [`source`](Error::source).
#[derive(Debug)]
pub struct GobError(Box<Details>);

#[derive(Debug)]
struct Details {
    kind: ErrorKind,
    offset: usize,
    what: Cow<'static, str>,
    field: Option<Field>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// What kind of thing is wrong with a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends before the value does: so far, it may be the beginning of a valid stream.
    Truncated,
    /// These bytes are no gob, whatever follows them.
    Malformed,
    /// It is gob, but its types are not those that were asked for.
    Mismatch,
    /// A field that must be there is left out, or null.
    Missing,
    /// The value was refused by the type that it is converted to; the source says why.
    Refused,
    /// It takes more types, depth or memory than is granted.
    Limit,
}

/// A field of a struct, by the names that Go gave them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) of: &'static str,
    pub(crate) name: &'static str,
}

impl GobError {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, offset: usize, what: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Details { kind, offset, what: what.into(), field: None, cause: None }))
    }

    #[cold]
    pub(crate) fn refused(offset: usize, cause: Box<dyn Error + Send + Sync>) -> Self {
        let mut error = Self::new(ErrorKind::Refused, offset, "value is refused");
        error.0.cause = Some(cause);
        error
    }

    /// Notes the field, unless a field within it is already noted.
    #[cold]
    pub(crate) fn within(mut self, field: Field) -> Self {
        self.0.field.get_or_insert(field);
        self
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it is: so many bytes of the input stand before it.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The innermost field that was being read, as the names of its struct and its own in Go.
    #[must_use]
    pub fn field(&self) -> Option<(&'static str, &'static str)> {
        self.0.field.map(|Field { of, name }| (of, name))
    }
}

impl fmt::Display for GobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.0.what, self.0.offset)?;
        self.0.field.map_or(Ok(()), |field| write!(f, ", in {field}"))
    }
}

impl Error for GobError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.of, self.name)
    }
}

/// Why a value cannot be written.
///
/// Its text names the field; what a conversion said stands in [`source`](Error::source).
#[derive(Debug)]
pub struct EncodeError {
    field: Option<Field>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl EncodeError {
    /// A list or map has an element that is nil, for which gob has no form.
    pub(crate) const NIL_ELEMENT: Self = Self { field: None, cause: None };

    #[cold]
    pub(crate) fn refused(cause: Box<dyn Error + Send + Sync>) -> Self {
        Self { field: None, cause: Some(cause) }
    }

    /// Notes the field, unless a field within it is already noted.
    #[cold]
    pub(crate) fn within(mut self, field: Field) -> Self {
        self.field.get_or_insert(field);
        self
    }

    /// The innermost field that was being written, as the names of its struct and its own in Go.
    #[must_use]
    pub fn field(&self) -> Option<(&'static str, &'static str)> {
        self.field.map(|Field { of, name }| (of, name))
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.cause {
            None => "a null within a list or map cannot be encoded",
            Some(_) => "value is refused",
        })?;
        self.field.map_or(Ok(()), |field| write!(f, ", in {field}"))
    }
}

impl Error for EncodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
