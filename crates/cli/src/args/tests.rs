use clap::{CommandFactory as _, Parser as _};
use hakurei_store::Verdict;

use super::{Arguments, Command};

fn parse(arguments: &[&str]) -> Result<Arguments, String> {
    let words = ["hakurei-store"].into_iter().chain(arguments.iter().copied());
    Arguments::try_parse_from(words).map_err(|error| error.to_string())
}

#[test]
fn the_definition_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn global_options_stand_on_either_side() {
    for arguments in [
        &["--store", "/s", "--json", "-v", "run", "--", "true", "--json"][..],
        &["run", "--store", "/s", "--json", "-v", "--", "true", "--json"],
        &["--store=/s", "run", "--json", "-v", "--", "true", "--json"],
    ] {
        let parsed = parse(arguments).unwrap();
        assert_eq!(parsed.global.store.unwrap(), *"/s");
        assert!(parsed.global.json && parsed.global.verbose == 1);
        let Command::Run(run) = parsed.command else { panic!("{arguments:?}") };
        assert_eq!(run.program, ["true", "--json"]);
    }
}

#[test]
fn statuses_are_separated_by_commas_or_given_again() {
    for arguments in [
        &["ps", "--status", "dead,orphaned"][..],
        &["ps", "--status", "dead", "--status", "orphaned"],
    ] {
        let Command::Ps(ps) = parse(arguments).unwrap().command else { panic!("{arguments:?}") };
        let verdicts: Vec<_> = ps.status.iter().map(|status| status.0).collect();
        assert_eq!(verdicts, [Verdict::Dead, Verdict::Orphaned]);
    }
}

#[test]
fn every_word_of_a_listing_can_be_asked_for() {
    let all = "running,orphaned,starting,dead,unknown,corrupt,newer";
    let Command::Ps(ps) = parse(&["ps", "--status", all]).unwrap().command else { panic!() };
    let words: Vec<_> = ps.status.iter().map(|status| status.0.as_str()).collect();
    assert_eq!(words.join(","), all);
}

#[test]
fn what_is_wrong_is_said_in_the_words_of_the_model() {
    for (arguments, words) in [
        (&["ps", "--identity", "007"][..], r#"identity "007" has a leading zero"#),
        (&["ps", "--identity", "+7"], r#"identity "+7" has a sign"#),
        (&["ps", "--identity", "-1"], r#"identity "-1" has a sign"#),
        (&["ps", "--identity", "10000"], "identity 10000 out of range"),
        (&["ps", "--store", "state"], r#"path "state" is not absolute"#),
        (&["ps", "--store", ""], r#"path "" is not absolute"#),
        (&["ps", "--store", "/a\0b"], "contains a NUL byte"),
        (&["ps", "--status", "alive"], "invalid value 'alive'"),
        (&["run", "--id-fd", "2", "--", "true"], "2 is not in 3.."),
        (&["run", "--id-fd", "-1", "--", "true"], "-1 is not in 3.."),
        (&["run", "true"], "unexpected argument 'true'"),
        (&["run", "--"], "required"),
        (&["show"], "required"),
        (&["show", "--pid", "1", "file"], "cannot be used with"),
        (&["show", "--pid", "0"], "0 is not in 1.."),
        (&["wait"], "required"),
        (&["wait", "meow"], "8 to 16 of its random half"),
        (&["wait", "--timeout", "soon", "17288281"], "expected a length of time"),
        (&["wait", "--timeout", "-1s", "17288281"], "a length of time is not negative"),
        (&["kill", "-s", "MEOW", "17288281"], r#"there is no signal "MEOW""#),
        (&["adopt", "17288281"], "required"),
        (&["adopt", "17288281", "true"], "unexpected argument 'true'"),
        (&["meow"], "unrecognized subcommand"),
    ] {
        let refused = parse(arguments).unwrap_err();
        assert!(refused.contains(words), "{arguments:?}: {refused}");
    }
}
