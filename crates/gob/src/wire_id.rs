//! The numbers of types.

/// The number by which a stream knows a type.
///
/// Those of the basic types are fixed. All others are given out by whoever writes, and mean
/// something in that stream alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WireId(i32);

impl WireId {
    pub(crate) const BOOL: Self = Self(1);
    pub(crate) const INT: Self = Self(2);
    pub(crate) const UINT: Self = Self(3);
    pub(crate) const FLOAT: Self = Self(4);
    pub(crate) const BYTES: Self = Self(5);
    pub(crate) const STRING: Self = Self(6);
    pub(crate) const COMPLEX: Self = Self(7);
    pub(crate) const INTERFACE: Self = Self(8);

    /// The first that Go gives to a program's own types; those below are its own.
    pub(crate) const FIRST_DEFINED: Self = Self(64);

    /// The first that is given out here, which is also the first that Go programs are seen to use.
    pub(crate) const FIRST_WRITTEN: Self = Self(65);

    /// Takes a number from a stream. Go keeps them in 32 bits, and none is zero.
    pub(crate) fn new(number: i64) -> Option<Self> {
        i32::try_from(number).ok().filter(|number| *number > 0).map(Self)
    }

    /// The one that is so many behind it.
    pub(crate) fn plus(self, count: usize) -> Self {
        // Schemas are written by hand and have nothing like 2^31 types.
        Self(self.0.saturating_add(i32::try_from(count).unwrap_or(i32::MAX)))
    }

    pub(crate) fn number(self) -> i64 {
        self.0.into()
    }
}
