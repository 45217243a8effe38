//! Tables: columns for people, and for programs that count words.

use std::io::{self, IsTerminal as _};

pub(crate) use comfy_table::Cell;
use comfy_table::{Color, ContentArrangement, Table, presets};
use hakurei_store::Verdict;

/// What stands in a column that nothing is known for.
pub(crate) const UNKNOWN: &str = "-";

/// Below this many columns, a table made to fit is harder to read than one that is cut.
const NARROWEST: u16 = 40;

/// Who reads the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Columns are made to fit, and colours help.
    Terminal,
    /// One line is one row, however long, and text is all there is.
    Program,
}

impl Reader {
    /// Who reads what this process prints.
    pub(crate) fn of_stdout() -> Self {
        if io::stdout().is_terminal() { Self::Terminal } else { Self::Program }
    }
}

/// Writes a header and a line for each row. The text of cells is fit for a terminal.
pub(crate) fn render<const N: usize>(
    header: [&str; N],
    rows: Vec<[Cell; N]>,
    reader: Reader,
) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    match reader {
        Reader::Terminal => table.set_content_arrangement(arrangement(&table)).enforce_styling(),
        Reader::Program => table.force_no_tty(),
    };
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Columns are made to fit, if there is room to speak of: a serial line says that it has none.
fn arrangement(table: &Table) -> ContentArrangement {
    match table.width() {
        Some(width) if width >= NARROWEST => ContentArrangement::Dynamic,
        _ => ContentArrangement::Disabled,
    }
}

/// A verdict, in the colour of its urgency.
pub(crate) fn verdict(verdict: Verdict) -> Cell {
    let colour = match verdict {
        Verdict::Running => Some(Color::Green),
        Verdict::Orphaned | Verdict::Unknown => Some(Color::Yellow),
        Verdict::Dead => Some(Color::DarkGrey),
        Verdict::Corrupt | Verdict::Newer => Some(Color::Red),
        Verdict::Starting => None,
    };
    coloured(Cell::new(verdict), colour)
}

/// The state of a process, in the colour of its urgency.
pub(crate) fn state(state: &str) -> Cell {
    coloured(Cell::new(state), (state == "stopped").then_some(Color::Yellow))
}

fn coloured(cell: Cell, colour: Option<Color>) -> Cell {
    match colour {
        Some(colour) => cell.fg(colour),
        None => cell,
    }
}

#[cfg(test)]
mod tests {
    use hakurei_store::Verdict;

    use super::{Cell, Reader, render, verdict};

    const HEADER: [&str; 5] = ["INSTANCE", "PID", "APPLICATION", "STATUS", "UPTIME"];

    fn rows() -> Vec<[Cell; 5]> {
        let row = |instance: &str, application: &str, status| {
            let [instance, pid, application, uptime] =
                [instance, "4711", application, "-"].map(Cell::new);
            [instance, pid, application, verdict(status), uptime]
        };
        vec![
            row("17288281", "9 (org.example.Editor)", Verdict::Running),
            row("f1e2d3c4", "0", Verdict::Dead),
        ]
    }

    #[test]
    fn a_program_gets_aligned_columns_and_no_colour() {
        assert_eq!(
            render(HEADER, rows(), Reader::Program),
            "INSTANCE  PID   APPLICATION             STATUS   UPTIME\n\
             17288281  4711  9 (org.example.Editor)  running  -\n\
             f1e2d3c4  4711  0                       dead     -\n",
        );
        assert_eq!(
            render(HEADER, Vec::new(), Reader::Program),
            "INSTANCE  PID  APPLICATION  STATUS  UPTIME\n"
        );
    }

    #[test]
    fn a_program_gets_a_line_for_each_row_however_long() {
        let mut rows = rows();
        rows[0][2] = Cell::new("a".repeat(4000));
        assert_eq!(render(HEADER, rows, Reader::Program).lines().count(), 3);
    }

    #[test]
    fn a_terminal_gets_colour() {
        assert!(render(HEADER, rows(), Reader::Terminal).contains("\x1b["));
    }
}
