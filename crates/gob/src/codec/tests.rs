use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Bool, ByteArray, Codec, Int, List, Map, Opaque, Opt, Str, Uint};
use crate::{decode, encode};

fn again<C: Codec>(value: &C::Value) -> C::Value {
    let mut stream = Vec::new();
    encode::<C>(value, &mut stream).unwrap();
    let (value, rest) = decode::<C>(&stream).unwrap();
    assert_eq!(rest, b"");
    value
}

proptest! {
    #[test]
    fn scalars_are_read_back(flag: bool, int: i64, small: i8, uint: u64, byte: u8) {
        prop_assert_eq!(again::<Bool>(&flag), flag);
        prop_assert_eq!(again::<Int>(&int), int);
        prop_assert_eq!(again::<Int<i8>>(&small), small);
        prop_assert_eq!(again::<Uint>(&uint), uint);
        prop_assert_eq!(again::<Uint<u8>>(&byte), byte);
    }

    #[test]
    fn bytes_are_read_back(bytes: Vec<u8>, text: String, array: [u8; 16]) {
        prop_assert_eq!(again::<Str>(&bytes), bytes.clone());
        prop_assert_eq!(again::<Opaque>(&bytes), bytes);
        prop_assert_eq!(again::<Str<String>>(&text), text);
        prop_assert_eq!(again::<ByteArray<16>>(&array), array);
    }

    #[test]
    fn collections_are_read_back(
        list: Vec<Vec<i64>>,
        map: BTreeMap<String, Vec<u64>>,
        option: Option<bool>,
    ) {
        prop_assert_eq!(again::<List<List<Int>>>(&list), list);
        prop_assert_eq!(again::<Map<Str<String>, List<Uint>>>(&map), map);
        if option.is_some() {
            prop_assert_eq!(again::<Opt<Bool>>(&option), option);
        }
    }
}

#[test]
fn what_go_leaves_out_is_left_out() {
    assert!(Bool::is_left_out(&false) && !Bool::is_left_out(&true));
    assert!(<Int>::is_left_out(&0) && !<Int>::is_left_out(&-1));
    assert!(<Uint>::is_left_out(&0) && !<Uint>::is_left_out(&1));
    assert!(<Str>::is_left_out(&vec![]) && !<Str>::is_left_out(&vec![0]));
    assert!(List::<Bool>::is_left_out(&vec![]) && !List::<Bool>::is_left_out(&vec![false]));
    assert!(!Map::<Str, Str>::is_left_out(&BTreeMap::new()));
    assert!(!ByteArray::<2>::is_left_out(&[0, 0]));
    assert!(Opt::<Map<Str, Str>>::is_left_out(&None));
    assert!(!Opt::<Map<Str, Str>>::is_left_out(&Some(BTreeMap::new())));
    assert!(Opt::<Int>::is_left_out(&Some(0)));
}
