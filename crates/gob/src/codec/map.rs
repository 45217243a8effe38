//! Keys and what they stand for.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use super::Codec;
use crate::error::{EncodeError, GobError};
use crate::reader::Reader;
use crate::wire_id::WireId;
use crate::writer::{Schema, Writer};

/// A map of Go's as a `BTreeMap`; it is written in the order of its keys, and of a key that a
/// stream repeats the last counts. An empty one is sent: what may be nil is an [`Opt`](super::Opt)
/// of it.
#[derive(Debug)]
pub struct Map<K, V>(PhantomData<(K, V)>);

impl<K: Codec<Value: Ord>, V: Codec> Codec for Map<K, V> {
    type Value = BTreeMap<K::Value, V::Value>;

    fn describe(schema: &mut Schema) -> WireId {
        let key = K::describe(schema);
        let element = V::describe(schema);
        schema.map(key, element)
    }

    fn read(reader: &mut Reader<'_>, wire: WireId) -> Result<Self::Value, GobError> {
        // The nodes of a BTreeMap are half full at least.
        let size = 2 * (size_of::<K::Value>() + size_of::<V::Value>());
        let (key, element) = reader.map(wire)?;
        let mut map = BTreeMap::new();
        for _ in 0..reader.count()? {
            let key = K::read(reader, key)?;
            let element = V::read(reader, element)?;
            reader.take_memory(size)?;
            map.insert(key, element);
        }
        Ok(map)
    }

    fn write(map: &Self::Value, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.count(map.len());
        map.iter().try_for_each(|(key, element)| {
            K::write(key, writer)?;
            V::write(element, writer)
        })
    }

    fn is_left_out(_: &Self::Value) -> bool {
        false
    }

    fn absent() -> Option<Self::Value> {
        Some(BTreeMap::new())
    }
}
