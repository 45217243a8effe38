//! How the objects of a JSON document are read.
//!
//! Derived code would take an array for an object, refuse null and repeated keys, and lose the
//! place of a fault wherever objects share their members, as a State and a Config do.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

/// A type that a JSON object stands for. Keys that are missing, null or unknown leave it as its
/// default has it; the last of a repeated key counts.
pub(crate) trait Object: Default {
    /// What it is, with its article, for whoever wrote something else.
    const WHAT: &'static str;

    /// Takes the member that belongs to the key, or ignores it.
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        member: Member<'_, A>,
    ) -> Result<(), A::Error>;
}

/// The value that belongs to a key.
pub(crate) struct Member<'a, A>(&'a mut A);

impl<'de, A: MapAccess<'de>> Member<'_, A> {
    /// Reads it; null is the default.
    pub(crate) fn read<T: Deserialize<'de> + Default>(self) -> Result<T, A::Error> {
        Ok(self.0.next_value::<Option<T>>()?.unwrap_or_default())
    }

    /// Skips it, whatever it is.
    pub(crate) fn ignore(self) -> Result<(), A::Error> {
        self.0.next_value::<IgnoredAny>().map(drop)
    }
}

/// Reads an object; null, which is an element of a list here, is the default.
pub(crate) fn read<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::default();
        while let Some(key) = map.next_key::<String>()? {
            object.read(&key, Member(&mut map))?;
        }
        Ok(object)
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }
}

/// Whether a member that is left out when unset is unset.
pub(crate) fn is_unset<T: Default + PartialEq>(member: &T) -> bool {
    *member == T::default()
}
