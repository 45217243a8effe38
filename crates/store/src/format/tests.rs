use hakurei_hst::{Config, Container, Enablements, Identity, InstanceId, Text, Time, template};
use proptest::prelude::*;

use super::cbor::{FRAME, checksum};
use super::*;
use crate::owner::{BootId, Process};

fn state() -> State {
    State {
        id: InstanceId::from_bytes(*b"0123456789abcdef"),
        pid: 4711,
        shim_pid: 4712,
        config: template(),
        time: Time::from_parts(1_700_000_000, 123_456_789, 5 * 3600 + 1800).expect("a time"),
    }
}

fn owner() -> Owner {
    Owner {
        boot: Some(BootId::of_the_kernel([3; 16])),
        pid_namespace: Some(4_026_531_836),
        time_namespace: Some(4_026_531_834),
        monitor: Some(Process { pid: 4711, start: Some(99), inode: Some(1 << 40) }),
        shim: Some(Process { pid: 4712, start: None, inode: None }),
    }
}

/// Makes header and checksum fit a body again, as somebody might who means harm.
fn reframed(body: &[u8]) -> Vec<u8> {
    let mut entry =
        encode(&state(), &owner(), Format::Cbor).expect("it can be encoded")[..FRAME].to_vec();
    entry[8..12].copy_from_slice(&u32::try_from(body.len()).expect("short").to_be_bytes());
    let sum = checksum(&entry[4..12], body);
    entry[12..FRAME].copy_from_slice(&sum.to_be_bytes());
    entry.extend_from_slice(body);
    entry
}

#[test]
fn what_was_written_is_read() {
    let entry = encode(&state(), &owner(), Format::Cbor).expect("it can be encoded");
    let front = decode_front(&entry).expect("it can be decoded");
    assert_eq!(front.summary.owner(), Some(&owner()));
    assert_eq!(front.header.enablements(), state().config.enablements.unwrap_or_default());
    assert_eq!(decode_state(&entry, &front).expect("whole"), state());
    let in_container = Owner { boot: Some(BootId::of_a_container([3; 16])), ..owner() };
    for format in [Format::Cbor, Format::Gob] {
        let entry = encode(&state(), &in_container, format).expect("it can be encoded");
        let front = decode_front(&entry).expect("it can be decoded");
        assert_eq!(front.summary.owner(), Some(&in_container));
    }
}

#[test]
fn what_is_unset_stays_apart_from_what_is_empty() {
    let mut state = state();
    state.config = Config { container: Some(Container::default()), ..Config::default() };
    let unset = decode(&encode(&state, &Owner::default(), Format::Cbor).expect("encoded"))
        .expect("decoded");
    assert_eq!(unset, state);
    state.config.groups = Some(Vec::new());
    state.config.enablements = Some(Enablements::default());
    if let Some(container) = &mut state.config.container {
        container.env = Some(std::collections::BTreeMap::new());
        container.args = Some(vec![Text::from(&b"\xff\x00 not text"[..])]);
    }
    let empty = decode(&encode(&state, &Owner::default(), Format::Cbor).expect("encoded"))
        .expect("decoded");
    assert_eq!(empty, state);
}

#[test]
fn the_frame_stands_where_it_is_drawn() {
    let entry = encode(&state(), &owner(), Format::Cbor).expect("it can be encoded");
    assert_eq!(entry[..6], [0x00, 0xff, 0xca, 0xfe, 0x80, 0x01]);
    assert_eq!(entry[6], state().config.enablements.expect("the template has some").bits());
    assert_eq!(entry[7], !entry[6]);
    let length = u32::from_be_bytes(entry[8..12].try_into().expect("four bytes"));
    assert_eq!(length as usize, entry.len() - 16);
    let mut covered = entry[4..12].to_vec();
    covered.extend_from_slice(&entry[16..]);
    assert_eq!(entry[12..16], crc32c::crc32c(&covered).to_be_bytes());
}

/// Files of this revision are read for good: this one was written by the first version, and what it
/// says stands beside it.
#[test]
fn the_first_entry_ever_written_is_read() {
    let entry = include_bytes!("fixtures/8001-full");
    let expected = State::from_json(include_bytes!("fixtures/8001-full.json")).expect("it is JSON");
    assert_eq!(decode(entry).expect("it is read"), expected);
    assert_eq!(decode_front(entry).expect("it is read").summary.owner(), Some(&owner()));
}

#[test]
fn every_truncation_is_an_error_that_may_still_be_completed() {
    let entry = encode(&state(), &owner(), Format::Cbor).expect("it can be encoded");
    for length in 0..entry.len() {
        let fault = decode(&entry[..length]).expect_err("cut short");
        assert!(fault.is_incomplete(&entry[..length]), "{length}: {fault}");
    }
    // Without what stands behind it, it is an entry of Go's own.
    let entry = encode(&state(), &owner(), Format::Gob).expect("it can be encoded");
    let is_gos = |length: &usize| decode(&entry[..*length]).is_ok();
    let trailer = (0..entry.len()).find(is_gos).expect("it can be decoded");
    for length in (0..entry.len()).filter(|length| *length != trailer) {
        let fault = decode(&entry[..length]).expect_err("cut short");
        assert!(fault.is_incomplete(&entry[..length]), "{length}: {fault}");
        if let FormatError::Truncated { length: there, expected } = fault {
            assert_eq!(there, length);
            let whole = [trailer + FRAME, entry.len()];
            assert_eq!(expected, whole[usize::from(length >= whole[0])]);
        }
    }
}

#[test]
fn what_no_more_bytes_could_mend_is_not_incomplete() {
    let header = Header::new(Revision::GO, Some(Enablements::default())).to_bytes();
    let broken = [&header[..], b"\x03no gob"].concat();
    let fault = decode(&broken).expect_err("no gob");
    assert!(matches!(fault, FormatError::Gob(_)) && !fault.is_incomplete(&broken), "{fault}");
    let entry = encode(&state(), &owner(), Format::Cbor).expect("it can be encoded");
    let mut longer = entry.clone();
    longer.push(0);
    assert_eq!(
        decode(&longer).expect_err("longer").to_string(),
        "state entry has 1 bytes left over"
    );
}

#[test]
fn every_changed_byte_is_noticed() {
    for format in [Format::Cbor, Format::Gob] {
        let entry = encode(&state(), &owner(), format).expect("it can be encoded");
        for at in 0..entry.len() {
            for bit in [0x01, 0x80, 0xff] {
                let mut changed = entry.clone();
                changed[at] ^= bit;
                let fault = decode(&changed).expect_err("changed");
                assert!(!fault.to_string().is_empty());
            }
        }
    }
}

#[test]
fn a_length_is_held_against_what_is_there_and_what_may_be() {
    let check = |entry, announced| FormatError::check_length(entry, FRAME, announced);
    let most = u32::try_from(MAX_ENTRY - FRAME).expect("a mebibyte");
    assert!(check(MAX_ENTRY, most).is_ok());
    assert!(matches!(
        check(MAX_ENTRY, most + 1),
        Err(FormatError::TooLong { length }) if length == MAX_ENTRY as u64 + 1
    ));
    assert!(matches!(
        check(FRAME + 9, 10),
        Err(FormatError::Truncated { length, expected })
            if (length, expected) == (FRAME + 9, FRAME + 10)
    ));
    assert!(matches!(check(FRAME + 13, 10), Err(FormatError::LeftOver { count: 3 })));
}

#[test]
fn each_error_has_a_step_of_the_protocol() {
    for (fault, step) in [
        (FormatError::InconsistentEnablements, "decode state header"),
        (FormatError::UnexpectedEnablements(1, 2), "validate state enablement"),
        (FormatError::LeftOver { count: 1 }, "decode state body"),
    ] {
        assert_eq!(fault.step(), step, "{fault}");
    }
}

#[test]
fn what_is_unset_takes_no_room() {
    let state = State {
        config: Config { container: Some(Container::default()), ..Config::default() },
        ..state()
    };
    let entry = encode(&state, &Owner::default(), Format::Cbor).expect("it can be encoded");
    let front = decode_front(&entry).expect("it can be decoded");
    let rest: ciborium::Value = ciborium::from_reader(&entry[front.rest..]).expect("it is CBOR");
    let nothing = ciborium::Value::Map(Vec::new());
    assert_eq!(rest, ciborium::Value::Map(vec![("c".into(), nothing)]));
}

#[test]
fn what_is_of_another_kind_is_said_to_be() {
    let entry = encode(&state(), &owner(), Format::Cbor).expect("it can be encoded");
    let front = decode_front(&entry).expect("it can be decoded");
    let with = |rest: ciborium::Value| {
        let mut body = entry[FRAME..front.rest].to_vec();
        ciborium::into_writer(&rest, &mut body).expect("written");
        decode(&reframed(&body)).expect_err("of another kind").to_string()
    };
    let map = |key: &str, value| ciborium::Value::Map(vec![(key.into(), value)]);
    let number = || ciborium::Value::from(1);
    for (rest, expected) in [
        (map("c", map("h", number())), "expected a string at byte "),
        (map("s", map("s", number())), "another item is wanted at byte "),
        (map("s", map("c", number())), "another item is wanted at byte "),
    ] {
        let message = with(rest);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn errors_say_what_was_found() {
    let entry = encode(&state(), &owner(), Format::Cbor).expect("it can be encoded");
    let changed = |at: usize, bytes: &[u8]| {
        let mut changed = entry.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        decode(&changed).expect_err("changed").to_string()
    };
    assert_eq!(changed(3, &[0xff]), "invalid header 00ffcaff");
    assert_eq!(changed(4, &[0xff, 0xff]), "unexpected revision ffff");
    assert_eq!(changed(6, &[0x7f]), "header enablement value is inconsistent");
    assert!(changed(12, &[0, 0, 0, 0]).contains("checksum"));
    assert_eq!(
        decode(&entry[..7]).expect_err("short").to_string(),
        "state entry file is too short"
    );
    let mut other = entry[FRAME..].to_vec();
    let complaint = "has unexpected enablement byte";
    let mut lying = reframed(&other);
    lying[6..8].copy_from_slice(&[0x00, 0xff]);
    let sum = checksum(&lying[4..12], &lying[FRAME..]);
    lying[12..FRAME].copy_from_slice(&sum.to_be_bytes());
    assert!(decode(&lying).expect_err("lying").to_string().contains(complaint));
    other.push(0xf6);
    let longer = decode(&reframed(&other)).expect_err("longer");
    assert_eq!(longer.to_string(), "state entry has 1 bytes left over");
}

#[test]
fn a_newer_revision_is_newer_whatever_else_it_says() {
    let newer = [0x00, 0xff, 0xca, 0xfe, 0x80, 0x02, 0x01, 0x01];
    let fault = decode_front(&newer).expect_err("not of this version");
    assert_eq!(fault.to_string(), "unexpected revision 8002");
    assert!(matches!(fault, FormatError::UnexpectedRevision(revision) if revision.is_newer()));
}

#[test]
fn unknown_keys_are_ignored_in_both_items() {
    #[derive(serde::Serialize)]
    struct Later<'a> {
        #[serde(flatten)]
        known: std::collections::BTreeMap<String, ciborium::Value>,
        zz: &'a str,
    }
    let entry = encode(&state(), &owner(), Format::Cbor).expect("it can be encoded");
    let mut rest = &entry[FRAME..];
    let mut body = Vec::new();
    for _ in 0..2 {
        let known = ciborium::from_reader(&mut rest).expect("an item");
        ciborium::into_writer(&Later { known, zz: "of a later day" }, &mut body).expect("written");
    }
    assert!(rest.is_empty());
    assert_eq!(decode(&reframed(&body)).expect("it is read"), state());
}

#[test]
fn an_entry_has_a_largest_size() {
    let mut state = state();
    let mut with = |count| {
        state.config.groups = Some(vec![Text::from("x".repeat(count))]);
        encode(&state, &owner(), Format::Cbor)
    };
    let some = MAX_ENTRY / 2;
    let most = MAX_ENTRY - (with(some).expect("short enough").len() - some);
    assert_eq!(with(most).expect("just short enough").len(), MAX_ENTRY);
    let fault = with(most + 1).expect_err("too long");
    assert!(matches!(fault, FormatError::TooLong { length } if length == MAX_ENTRY as u64 + 1));
}

#[test]
fn a_format_has_a_word_for_scripts() {
    assert_eq!([Format::Cbor, Format::Gob].map(|format| format.to_string()), ["cbor", "gob"]);
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let mut state = state();
    for (count, is_written) in [(10_000, true), (200_000, false)] {
        if let Some(container) = &mut state.config.container {
            container.args = Some(vec![Text::new(); count]);
        }
        for format in [Format::Cbor, Format::Gob] {
            let written = encode(&state, &owner(), format);
            assert_eq!(written.is_ok(), is_written, "{count} {format}");
            if let Ok(entry) = written {
                assert_eq!(decode(&entry).expect("it is read"), state, "{count} {format}");
            }
        }
    }
}

#[test]
fn identities_out_of_bounds_do_not_get_in() {
    let mut state = state();
    let largest = 9999_u16.to_be_bytes();
    state.config.identity = Identity::MAX;
    let entry = encode(&state, &owner(), Format::Cbor).expect("it can be encoded");
    let at = entry.windows(2).position(|pair| pair == largest).expect("it is in the summary");
    let mut body = entry[FRAME..].to_vec();
    body[at - FRAME..at - FRAME + 2].copy_from_slice(&10_000_u16.to_be_bytes());
    let fault = decode_front(&reframed(&body)).expect_err("out of bounds");
    assert!(fault.to_string().contains("out of bounds"), "{fault}");
}

proptest! {
    #[test]
    fn no_bytes_at_all_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let entry = reframed(&body);
        if let Ok(front) = decode_front(&entry) {
            let _rest = decode_state(&entry, &front);
        }
        let _unframed = decode_front(&body).is_ok();
    }
}

#[test]
fn an_application_without_a_name_is_not_called_null() {
    let mut state = state();
    state.config.id = Text::new();
    let entry = encode(&state, &owner(), Format::Cbor).expect("it can be encoded");
    assert_eq!(decode(&entry).expect("unset is fine"), state);
    // One more key in the map of the summary, which comes first: "a", null.
    let mut body = entry[FRAME..].to_vec();
    assert!((0xa1..0xb7).contains(&body[0]), "a map of a few keys");
    body[0] += 1;
    body.splice(1..1, *b"\x61a\xf6");
    decode_front(&reframed(&body)).expect_err("null is no name");
}

/// The library that writes reads as well, and is the check on the one that reads: whatever both make
/// sense of, they make the same of it.
#[test]
fn both_libraries_read_the_same() {
    let entry = encode(&state(), &owner(), Format::Cbor).expect("it can be encoded");
    let front = decode_front(&entry).expect("it can be decoded");
    let item = &entry[front.rest..];
    let mut agreements = 0;
    for at in 0..item.len() {
        for change in [0x00, 0x01, 0x20, 0x80, 0xff] {
            let mut changed = item.to_vec();
            changed[at] ^= change;
            let ours = wire::read_first::<wire::Rest>(&changed);
            let theirs = ciborium::from_reader::<wire::Rest, _>(&*changed);
            if let (Ok((ours, _)), Ok(theirs)) = (ours, theirs) {
                let [ours, theirs] = [ours, theirs].map(|rest| rest.into_config(&front.summary));
                assert_eq!(ours, theirs, "byte {at} changed by {change:#x}");
                agreements += 1;
            }
        }
    }
    assert!(agreements > item.len(), "{agreements}");
}
