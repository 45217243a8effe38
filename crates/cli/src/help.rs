//! The ends of the long help texts: exit codes and examples.

pub(crate) const GENERAL: &str = "\
Exit codes:
  0    done
  1    failed
  2    wrong usage
  3    no such instance, or more than one
  4    a listing met what it could not read; everything else has been printed
  125, 126, 127, and any other: see `run`

A closed pipe is not an error.

Environment:
  HAKUREI_STORE     the directory of the store
  XDG_RUNTIME_DIR   the store is hakurei/state below it
  NO_COLOR          no colours, on a terminal either";

pub(crate) const RUN: &str = "\
Environment of the program:
  HAKUREI_INSTANCE  the id of its instance, 32 digits
  HAKUREI_STORE     the directory of the store

Exit codes:
  the program's own, or 128 + N if signal N ended it
  125      run itself failed: a bad configuration, or the instance was not recorded
  126      the program cannot be executed
  127      the program was not found
  2        wrong usage
  128 + N  also if signal N came while run still waited for a lock

Examples:
  hakurei-store run -- sleep 60
  hakurei-store run --identity 9 --config editor.json -- bwrap --die-with-parent --args 4 editor
  hakurei-store run --id-fd 3 -- worker 3>id";

pub(crate) const PS: &str = "\
Status:
  running   it runs
  orphaned  its monitor is gone, but its program may live on
  starting  it is just being recorded
  dead      all that it lived by is gone
  unknown   nothing can be told from here
  corrupt   its entry is damaged
  newer     its entry was written by a later version

Exit codes:
  0  done; also if there is no store yet, which is an empty list
  1  the store cannot be read
  2  wrong usage
  4  something in it could not be read; everything else has been printed

Examples:
  hakurei-store ps
  hakurei-store ps --identity 9 -q
  hakurei-store ps --json | jq -r '.[] | select(.status == \"dead\") | .instance'";

pub(crate) const SHOW: &str = "\
Exit codes:
  0  done, or the configuration is valid
  1  the configuration is not valid, or cannot be read
  2  wrong usage
  3  no such instance, or more than one: all of them are named
  4  the instance's entry cannot be read

Examples:
  hakurei-store show 17288281
  hakurei-store show ./editor.json
  hakurei-store --json show - < editor.json";

pub(crate) const COMPLETIONS: &str = "\
Exit codes:
  0  done
  1  the script cannot be written
  2  wrong usage

Examples:
  hakurei-store completions bash > /etc/bash_completion.d/hakurei-store";

pub(crate) const MAN: &str = "\
Exit codes:
  0  done
  1  a page cannot be written
  2  wrong usage

Examples:
  hakurei-store man | man -l -
  hakurei-store man /usr/local/share/man/man1";
