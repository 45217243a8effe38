//! The ends of the long help texts: exit codes and examples.

pub(crate) const GENERAL: &str = "\
Exit codes:
  0    done
  1    failed
  2    wrong usage
  3    no such instance, or more than one
  4    `doctor` found something, or a listing met what cannot be read
  124  a --timeout ran out
  125, 126, 127, and any other: see `run` and `adopt`

All that can be read is printed before exit 4. A closed pipe is not an error.

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
  125      run itself failed: bad configuration, or nothing recorded
  126      the program cannot be executed
  127      the program was not found
  2        wrong usage
  128 + N  also if signal N came while run still waited for a lock

Examples:
  hakurei-store run -- sleep 60
  hakurei-store run --identity 9 --config editor.json -- bwrap --die-with-parent --args 4 editor
  hakurei-store run --id-fd 3 -- worker 3>id
  hakurei-store --store /var/lib/editor/state run --durable -- editor";

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
  4  something in it could not be read; all else has been printed

With --watch it goes on until a signal comes or nobody reads on. Into a pipe, the whole table comes \
again with each change, with -q an empty line after each list, and with --json an array a line.

Examples:
  hakurei-store ps
  hakurei-store ps --identity 9 -q
  hakurei-store ps --status orphaned,unknown
  hakurei-store ps --watch
  hakurei-store ps --json | jq -r '.[] | select(.leased | not) | .instance'";

pub(crate) const SHOW: &str = "\
Exit codes:
  0  done, or the configuration is valid
  1  the configuration is not valid, or cannot be read
  2  wrong usage
  3  no such instance, none of that process, or more than one
  4  the instance's entry cannot be read

A process belongs to the instance whose program or monitor it is, else to that of its parent, and so \
on; only processes that are proven to live are asked.

Examples:
  hakurei-store show 17288281
  hakurei-store show --pid $$
  hakurei-store show ./editor.json
  hakurei-store --json show - < editor.json";

pub(crate) const WAIT: &str = "\
Exit codes:
  0    all have ended
  1    they cannot be watched
  2    wrong usage
  3    no such instance, or more than one: all of them are named
  124  the --timeout ran out

Where the kernel cannot tell, as from another process namespace, it looks every 50 ms.

Examples:
  hakurei-store wait 17288281
  hakurei-store ps -q --identity 9 | xargs -r hakurei-store wait --timeout 10s";

pub(crate) const KILL: &str = "\
Signals go by name, with or without SIG, or by number: TERM, SIGUSR1, 9, RTMIN+1. The superuser \
signals only processes of the store's user, or of the instance's identity. The second example ends no \
adopted instance: end its adopter, which `locks` names.

Exit codes:
  0    all have been signalled; with --timeout, and have ended
  1    one could not be signalled, or has ended; the others were
  2    wrong usage
  3    no such instance, or more than one; none was signalled
  124  the --timeout ran out

Examples:
  hakurei-store kill 17288281
  hakurei-store kill --timeout 5s 17288281 || hakurei-store kill -s KILL 17288281
  hakurei-store ps -q --status orphaned | xargs -r hakurei-store kill -s HUP";

pub(crate) const WATCH: &str = "\
Lines:
  appeared ID IDENTITY  its entry is there
  ended ID IDENTITY     it is dead, or its entry is gone
  removed ID IDENTITY   its entry is gone
With --json, an object a line: event, instance, identity.

Exit codes:
  0  nobody reads on
  1  the store cannot be watched
  2  wrong usage

Examples:
  hakurei-store watch
  hakurei-store watch --json | jq --unbuffered -r 'select(.event == \"ended\") | .instance'";

pub(crate) const GC: &str = "\
It prints a line for each: the whole id, and what it was. With --json, an array of objects: \
instance, identity, status. What has its lease held is never removed, nor what a later version \
wrote.

Exit codes:
  0    done; also if there was nothing to remove
  1    something could not be removed; everything else was
  2    wrong usage
  130  Ctrl-C ended the wait for a lock; what was removed is printed

Examples:
  hakurei-store gc
  hakurei-store gc --dry-run --orphans --corrupt
  hakurei-store gc --dry-run --unknown";

pub(crate) const ADOPT: &str = "\
Environment of the program:
  HAKUREI_INSTANCE  the id of the instance, 32 digits
  HAKUREI_STORE     the directory of the store

Exit codes:
  the program's own, or 128 + N if signal N ended it
  125      not adopted: it runs, has ended, or it cannot be told
  126      the program cannot be executed
  127      the program was not found
  3        no such instance, or more than one: all of them are named
  2        wrong usage
  128 + N  also if signal N came while adopt still waited for a lock
If the program did not begin, the entry is left as it was.

Examples:
  hakurei-store adopt 17288281 -- supervise-editor --resume";

pub(crate) const DOCTOR: &str = "\
Of each thing it says what is wrong, why that matters, and what to do. With --json, an array of \
objects: finding, path, why, fix. What --fix has repaired is still said, and its fix begins with \
\"done:\".

Exit codes:
  0  nothing is wrong, or all of it was repaired
  1  it could not look
  2  wrong usage
  4  something is wrong

Examples:
  hakurei-store doctor
  hakurei-store doctor --fix
  hakurei-store doctor --json | jq -r '.[].path'";

pub(crate) const LOCKS: &str = "\
State:
  running  the holder runs
  stopped  it is stopped, and lets go of nothing until it is continued
  -        it is not visible from here; -v says what is known

Exit codes:
  0  done; also if there is no store yet
  1  the store cannot be read
  2  wrong usage
  4  something in it could not be asked; all else has been printed

Examples:
  hakurei-store locks
  hakurei-store locks --json | jq -r '.[] | select(.state == \"stopped\") | .pid'";

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

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 13] =
        [GENERAL, RUN, PS, SHOW, WAIT, KILL, WATCH, GC, ADOPT, DOCTOR, LOCKS, COMPLETIONS, MAN];

    #[test]
    fn paragraphs_are_one_line_which_whoever_shows_them_breaks() {
        let is_prose = |line: &str| !line.is_empty() && !line.starts_with(' ');
        for text in ALL {
            let lines: Vec<_> = text.lines().collect();
            for pair in lines.windows(2) {
                let is_broken = is_prose(pair[0]) && is_prose(pair[1]);
                assert!(!is_broken, "{pair:?}");
            }
        }
    }

    #[test]
    fn rows_of_tables_fit_into_a_manual_page_of_80_columns() {
        for text in ALL {
            let tables = text.split("Examples:").next().unwrap_or_default();
            for row in tables.lines().filter(|line| line.starts_with(' ')) {
                assert!(row.chars().count() <= 71, "{row}");
            }
        }
    }
}
