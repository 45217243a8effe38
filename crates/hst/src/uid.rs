//! The user ids that identities run as.

use std::fmt;

use crate::Identity;

/// How far the user ids of one user's applications lie from the next user's.
pub const USER_OFFSET: u32 = 100_000;

/// How many ids each range of a user's has: one range for applications, one for isolated processes.
pub const RANGE_SIZE: u32 = USER_OFFSET / 10;

/// Where the range of applications begins, within a user's ids.
pub const APP_START: u32 = RANGE_SIZE;

/// Where the range of isolated processes begins, within a user's ids.
pub const ISOLATED_START: u32 = RANGE_SIZE * 9;

/// A user or group id of the initial namespace, with the name that it has as an application's.
///
/// ```
/// use hakurei_hst::{Identity, Uid, app_uid};
///
/// let uid = app_uid(10, Identity::from_static(127)).expect("user 10 is in range");
/// assert_eq!(uid.get(), 1_010_127);
/// assert_eq!(uid.to_string(), "u10_a127");
/// assert_eq!(Uid::new(1000).to_string(), "1000");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(u32);

/// The id that a user's application runs as: `user * 100000 + 10000 + identity`, or none if 32 bits
/// cannot hold it.
#[must_use]
pub fn app_uid(user: u32, identity: Identity) -> Option<Uid> {
    let base = user.checked_mul(USER_OFFSET)?;
    base.checked_add(APP_START + u32::from(identity.get())).map(Uid)
}

impl Uid {
    /// Takes any id.
    #[must_use]
    pub const fn new(uid: u32) -> Self {
        Self(uid)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The identity of the application that runs as it, if it is in a range of applications.
    #[must_use]
    pub fn identity(self) -> Option<Identity> {
        self.within(APP_START).and_then(|number| Identity::new(number).ok())
    }

    /// The number of the isolated process that runs as it, if it is in a range of those.
    #[must_use]
    pub fn isolated(self) -> Option<u32> {
        self.within(ISOLATED_START)
    }

    /// How far it lies in the range that begins there.
    fn within(self, start: u32) -> Option<u32> {
        (self.0 % USER_OFFSET).checked_sub(start).filter(|number| *number < RANGE_SIZE)
    }
}

impl fmt::Display for Uid {
    /// Writes `u{user}_a{identity}` or `u{user}_i{number}`, and any other id as a number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.0 / USER_OFFSET;
        if let Some(number) = self.isolated() {
            write!(f, "u{user}_i{number}")
        } else if let Some(identity) = self.identity() {
            write!(f, "u{user}_a{identity}")
        } else {
            fmt::Display::fmt(&self.0, f)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Uid, app_uid};
    use crate::Identity;

    #[test]
    fn names_ids_as_go_does() {
        let cases = [
            (0, "0"),
            (9_999, "9999"),
            (10_000, "u0_a0"),
            (19_999, "u0_a9999"),
            (20_000, "20000"),
            (89_999, "89999"),
            (90_000, "u0_i0"),
            (99_999, "u0_i9999"),
            (100_000, "100000"),
            (1_010_127, "u10_a127"),
            (999_919_999, "u9999_a9999"),
            (999_999_999, "u9999_i9999"),
            (u32::MAX, "4294967295"),
        ];
        for (uid, name) in cases {
            assert_eq!(Uid::new(uid).to_string(), name);
        }
    }

    #[test]
    fn what_32_bits_cannot_hold_is_no_id() {
        assert_eq!(app_uid(42_949, Identity::MAX).map(Uid::get), Some(4_294_919_999));
        assert_eq!(app_uid(42_950, Identity::MIN), None);
        assert_eq!(app_uid(u32::MAX, Identity::MIN), None);
    }

    proptest! {
        #[test]
        fn the_identity_is_found_again(user in 0_u32..=42_949, number in 0_u16..=9999) {
            let identity = Identity::new(number).unwrap();
            let uid = app_uid(user, identity).unwrap();
            prop_assert_eq!(uid.identity(), Some(identity));
            prop_assert_eq!(uid.isolated(), None);
            prop_assert_eq!(uid.to_string(), format!("u{user}_a{number}"));
        }
    }
}
