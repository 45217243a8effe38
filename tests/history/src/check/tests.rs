use super::*;
use crate::history::{Call, Life};

/// Three processes and who watches; a line is `WHO START END ACT → ANSWER`, or `WHO START ACT` of who
/// did not survive it, or `WHO KILLED GONE dies`.
fn checked(lines: &[&str]) -> Result<Counts, String> {
    let lives = (0..4).map(|who| Life { pid: 100 + who, ..Life::default() }).collect();
    let mut history = History { calls: Vec::new(), lives };
    for line in lines {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let who: usize = words[0].parse().expect("a process");
        let start = words[1].parse().expect("a time");
        if words[3] == "dies" {
            history.lives[who].killed = Some(start);
            history.lives[who].gone = Some(words[2].parse().expect("a time"));
        } else if let Some((act, answer)) = words[3].split_once(" → ") {
            let end = words[2].parse().expect("a time");
            let answered = Some((end, answer.parse().expect("an answer")));
            history.calls.push(Call { who, act: act.parse().expect("an act"), start, answered });
        } else {
            let act = format!("{} {}", words[2], words[3]).parse().expect("an act");
            history.calls.push(Call { who, act, start, answered: None });
        }
    }
    check(&history)
}

fn assert_wrong(lines: &[&str], why: &str) {
    let error = checked(lines).expect_err(why);
    assert!(error.contains(why), "{error}");
}

const NO_ORDER: &str = "there is no order";

#[test]
fn what_overlaps_may_have_come_in_any_order() {
    for seen in ["", "1", "1,2"] {
        checked(&[
            "0 10 30 save 0 1 → done",
            "1 10 30 save 0 2 → done",
            &format!("2 5 35 list 0 → listed 20 21 {seen}"),
        ])
        .expect("at some moment it was so");
    }
}

#[test]
fn what_was_answered_has_happened() {
    let saved = "0 10 20 save 0 1 → done";
    assert_wrong(&[saved, "1 30 40 list 0 → listed 31 32 "], NO_ORDER);
    assert_wrong(&[saved, "1 30 40 save 0 1 → done"], NO_ORDER);
    assert_wrong(&[saved, "1 30 40 destroy 0 1 → missing"], NO_ORDER);
    assert_wrong(&[saved, "0 21 22 end 0 1 → done", "1 30 40 list 0 → listed 31 32 1"], NO_ORDER);
    assert_wrong(&["1 30 40 list 0 → listed 31 32 1"], NO_ORDER);
    checked(&[saved, "1 30 40 save 0 1 → exists"]).expect("it was taken");
    // Another segment is another thing.
    checked(&[saved, "1 30 40 list 1 → listed 31 32 "]).expect("nobody saved there");
}

#[test]
fn nobodys_end_takes_anothers_entry_away() {
    let lines = [
        "0 10 20 save 0 1 → done",
        "1 30 40 destroy 0 1 → done",
        "2 50 60 save 0 1 → done",
        "0 70 80 end 0 1 → done",
    ];
    checked(&[&lines[..], &["1 90 99 list 0 → listed 91 92 1"]].concat())
        .expect("it is still there");
    assert_wrong(&[&lines[..], &["1 90 99 list 0 → listed 91 92 "]].concat(), NO_ORDER);
}

#[test]
fn a_call_that_its_caller_did_not_survive_has_happened_or_not() {
    let died = ["0 10 save 0 1", "0 15 20 dies"];
    for seen in ["", "1"] {
        let listed = format!("1 30 40 list 0 → listed 31 32 {seen}");
        checked(&[&died[..], &[&listed]].concat()).expect("it may have happened");
    }
    // But then it stays so.
    let both = ["1 30 40 list 0 → listed 31 32 1", "1 50 60 list 0 → listed 51 52 "];
    assert_wrong(&[&died[..], &both].concat(), NO_ORDER);
}

#[test]
fn the_living_are_not_collected_and_the_dead_are() {
    let saved = "0 10 20 save 0 1 → done";
    let (kept, taken) = ("1 50 60 collect 0 → collected ", "1 50 60 collect 0 → collected 1");
    assert_wrong(&[saved, taken], NO_ORDER);
    assert_wrong(&[saved, "0 30 40 dies", kept], NO_ORDER);
    checked(&[saved, "0 30 40 dies", taken]).expect("it was dead");
    // Who dies meanwhile is dead or not.
    checked(&[saved, "0 40 70 dies", taken]).expect("it may have been dead");
    checked(&[saved, "0 40 70 dies", kept]).expect("it may have lived");
    let with_shim = "0 10 20 save-with-shim 0 1 → done";
    assert_wrong(&[with_shim, "0 30 40 dies", taken], NO_ORDER);
    assert_wrong(&[saved, "0 30 40 dies", "1 50 60 gc 0 → collected 1001"], NO_ORDER);
}

#[test]
fn an_orphan_is_adopted_by_one() {
    let orphaned = ["0 10 20 save-with-shim 0 1 → done", "0 30 40 dies"];
    let adopted = "1 50 60 adopt 0 1 → done";
    checked(&[&orphaned[..], &[adopted, "2 70 80 adopt 0 1 → leased"]].concat()).expect("by one");
    assert_wrong(&[&orphaned[..], &[adopted, "2 70 80 adopt 0 1 → done"]].concat(), NO_ORDER);
    assert_wrong(&[orphaned[0], adopted], NO_ORDER);
    assert_wrong(&[&orphaned[..], &["1 50 60 adopt 0 1 → leased"]].concat(), NO_ORDER);
}

#[test]
fn who_is_counted_lives() {
    let saved = ["0 10 20 save 0 1 → done", "1 10 20 save 0 2 → done", "2 10 20 save 0 3 → done"];
    let left = |count: usize| format!("0 50 60 end-with-account 0 1 → left {count}");
    checked(&[&saved[..], &["2 30 40 dies", &left(1)]].concat()).expect("one is left");
    assert_wrong(&[&saved[..], &["2 30 40 dies", &left(2)]].concat(), NO_ORDER);
    assert_wrong(&[&saved[..], &["2 30 40 dies", &left(0)]].concat(), NO_ORDER);
    for count in [1, 2] {
        checked(&[&saved[..], &["2 55 70 dies", &left(count)]].concat()).expect("it dies just now");
    }
}

#[test]
fn a_listing_without_a_lock_has_what_is_there_all_the_time() {
    let saved = "0 10 20 save 0 1 → done";
    let (without, with) = ("1 30 40 look 0 → seen ", "1 30 40 look 0 → seen 1:running:true:100");
    assert_wrong(&[saved, without], "not instance 1, which was there");
    checked(&[saved, with]).expect("it is there");
    checked(&[saved, "0 35 50 end 0 1 → done", without]).expect("it was going");
    checked(&[saved, "0 35 50 end 0 1 → done", with]).expect("it was going");
    assert_wrong(&[saved, "0 22 25 end 0 1 → done", with], "not there any more");
    assert_wrong(&["0 50 60 save 0 1 → done", with], "not there any more, or not yet");
    assert_wrong(&[with], "nobody had saved that");
    assert_wrong(&[saved, &with.replace(":100", ":101")], "nobody had saved that");
    assert_wrong(&[saved, &format!("{with},1:running:true:100")], "twice");
}

#[test]
fn each_verdict_was_right_at_some_moment() {
    let saved = "0 10 20 save 0 1 → done";
    let look = |seen: &str| format!("1 50 60 look 0 → seen 1:{seen}:100");
    let wrong = "at no moment";
    assert_wrong(&[saved, &look("dead:false")], wrong);
    assert_wrong(&[saved, &look("orphaned:false")], wrong);
    assert_wrong(&[saved, &look("corrupt:false")], wrong);
    assert_wrong(&[saved, &look("running:false")], "its owner had its lease");
    let died = "0 30 40 dies";
    checked(&[saved, died, &look("dead:false")]).expect("it was dead");
    assert_wrong(&[saved, died, &look("running:true")], wrong);
    assert_wrong(&[saved, died, &look("dead:true")], "whose lease is held runs");
    assert_wrong(&[saved, died, &look("running:true")], wrong);
    for verdict in ["dead:false", "running:true", "running:false"] {
        checked(&[saved, "0 45 70 dies", &look(verdict)]).expect("it dies just now");
    }
}

#[test]
fn an_orphan_runs_again_once_it_is_adopted() {
    let orphaned = ["0 10 20 save-with-shim 0 1 → done", "0 30 40 dies"];
    let adopted = "2 42 45 adopt 0 1 → done";
    let look = |seen: &str| format!("1 50 60 look 0 → seen 1:{seen}:100");
    checked(&[&orphaned[..], &[&look("orphaned:false")]].concat()).expect("nobody has it");
    assert_wrong(&[&orphaned[..], &[&look("dead:false")]].concat(), "at no moment");
    assert_wrong(&[&orphaned[..], &[&look("running:true")]].concat(), "at no moment");
    checked(&[&orphaned[..], &[adopted, &look("running:true")]].concat()).expect("adopted");
    assert_wrong(&[&orphaned[..], &[adopted, &look("orphaned:false")]].concat(), "at no moment");
}

#[test]
fn one_at_a_time_holds_the_lock() {
    let (first, second) = ("0 10 30 list 0 → listed 11 20 ", "1 10 30 list 0 → listed 19 29 ");
    assert_wrong(&[first, second], "held the lock at a time");
    checked(&[first, &second.replace("listed 19", "listed 20")]).expect("one after the other");
    checked(&[first, &second.replace("list 0", "list 1")]).expect("in two segments");
    assert_wrong(&["0 10 30 try 0 → busy"], "nobody had it");
    checked(&[first, "1 12 13 try 0 → busy"]).expect("somebody had it");
}
