use proptest::prelude::*;

use super::*;

/// Of Linux 6.18, with an OFD lock, a lease and a process outside of the pid namespace added.
const LOCKS: &str = "\
1: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF
1: -> FLOCK  ADVISORY  WRITE 4712 08:01:131 0 EOF
2: POSIX  ADVISORY  READ 4713 08:01:131 128 128
3: OFDLCK ADVISORY  WRITE -1 08:01:131 0 EOF
4: LEASE  ACTIVE    READ 4714 08:01:131 0 EOF
5: FLOCK  ADVISORY  READ 0 103:1f:18446744073709551615 0 EOF
";

const MOUNTINFO: &str = "\
21 26 0:20 / /proc rw,nosuid,nodev,noexec,relatime shared:5 - proc proc rw
26 1 0:24 /@ / rw,relatime shared:1 - btrfs /dev/vda2 rw,subvol=/@
61 26 8:17 / /mnt/with\\040space rw master:1 propagate_from:2 - ext4 /dev/sdb1 rw
";

fn known(major: u32, minor: u32, number: u64) -> File {
    File { device: Device { major, minor }, number }
}

#[test]
fn only_flocks_that_are_held_are_records() {
    let records: Vec<_> = records(LOCKS).collect();
    assert_eq!(
        records,
        [
            Record { process: Some(4711), file: known(8, 1, 131) },
            Record { process: None, file: known(0x103, 0x1f, u64::MAX) },
        ]
    );
}

#[test]
fn a_descriptor_holds_what_its_own_lines_say() {
    let fdinfo = "pos:\t0\nflags:\t02100002\nmnt_id:\t26\nino:\t131\n\
                  lock:\t1: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF\n";
    assert_eq!(held(fdinfo).collect::<Vec<_>>(), [known(8, 1, 131)]);
    assert_eq!(held("lock:\t1: POSIX  ADVISORY  WRITE 1 08:01:131 0 EOF").count(), 0);
    assert_eq!(held("1: FLOCK  ADVISORY  WRITE 1 08:01:131 0 EOF").count(), 0);
    assert_eq!(descriptor(fdinfo), Descriptor { mount: Some(26), number: Some(131) });
}

#[test]
fn old_kernels_give_no_inode_number() {
    let fdinfo = "pos:\t0\nflags:\t02100002\nmnt_id:\t26\n";
    assert_eq!(descriptor(fdinfo), Descriptor { mount: Some(26), number: None });
    assert_eq!(descriptor(""), Descriptor::default());
    assert_eq!(descriptor("mnt_id: many\nino:"), Descriptor::default());
}

#[test]
fn a_mount_is_found_by_its_whole_number() {
    assert_eq!(mount_device(MOUNTINFO, 26), Some(Device { major: 0, minor: 24 }));
    assert_eq!(mount_device(MOUNTINFO, 61), Some(Device { major: 8, minor: 17 }));
    assert_eq!(mount_device(MOUNTINFO, 2), None);
    assert_eq!(mount_device("26 1", 26), None);
    assert_eq!(mount_device("26 1 8 / /", 26), None);
}

#[test]
fn the_state_stands_behind_the_last_parenthesis() {
    assert!(is_stopped("4711 (hakurei) T 1 4711 4711 0 -1"));
    assert!(is_stopped("4711 (a) S (b)) t 1 4711"));
    assert!(!is_stopped("4711 (a) T 1 (b) S 1 4711"));
    assert!(!is_stopped("4711 (a)"));
    assert!(!is_stopped(""));
}

#[test]
fn lines_that_are_cut_or_strange_are_not_there() {
    let line = "1: FLOCK  ADVISORY  WRITE 4711 08:01:131";
    assert_eq!(records(line).count(), 1);
    for end in 0..line.len() {
        let cut = &line[..end];
        assert!(records(cut).all(|record| record.file.number != 131), "{cut}");
    }
    for strange in ["1: FLOCK ADVISORY WRITE 1 <none>:0 0 EOF", "FLOCK a b 1 1:1:1", "1: FLOCK"] {
        assert_eq!(records(strange).count(), 0, "{strange}");
    }
    assert_eq!(records("1: FLOCK A W 1 1:1:1:1 0 EOF").count(), 0);
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in r"(?s).{0,200}", number in any::<u64>()) {
        let files: Vec<_> = records(&text).map(|record| record.file).collect();
        prop_assert!(held(&text).count() <= text.lines().count() && files.len() <= text.len());
        let _ = (descriptor(&text), mount_device(&text, number), is_stopped(&text));
    }

    #[test]
    fn what_the_kernel_writes_is_read_back(
        (pid, major, minor, number) in (1..u32::MAX, any::<u32>(), any::<u32>(), any::<u64>())
    ) {
        let line = format!("1: FLOCK  ADVISORY  READ {pid} {major:02x}:{minor:02x}:{number} 0 EOF\n");
        let file = known(major, minor, number);
        let read: Vec<_> = records(&line).collect();
        prop_assert_eq!(read, [Record { process: Some(pid), file }]);
        let fdinfo = format!("lock:\t{line}");
        prop_assert_eq!(held(&fdinfo).collect::<Vec<_>>(), [file]);
    }
}
