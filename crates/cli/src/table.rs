//! The table of `ps`.

use comfy_table::{Cell, Color, ContentArrangement, Table, presets};
use hakurei_store::Verdict;

/// What the columns are called; the names are part of the contract with scripts.
const HEADER: [&str; 5] = ["INSTANCE", "PID", "APPLICATION", "STATUS", "UPTIME"];

/// Below this many columns, a table made to fit is harder to read than one that is cut.
const NARROWEST: u16 = 40;

/// One line of the table, whose text is fit for a terminal.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) instance: String,
    pub(crate) pid: String,
    pub(crate) application: String,
    pub(crate) status: Verdict,
    pub(crate) uptime: String,
}

/// Who reads the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Columns are made to fit, and colours help.
    Terminal,
    /// One line is one row, however long, and text is all there is.
    Program,
}

/// Writes a header and a line for each row.
pub(crate) fn render(rows: Vec<Row>, reader: Reader) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(HEADER);
    match reader {
        Reader::Terminal => table.set_content_arrangement(arrangement(&table)).enforce_styling(),
        Reader::Program => table.force_no_tty(),
    };
    table.add_rows(rows.into_iter().map(cells));
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

fn cells(row: Row) -> [Cell; 5] {
    let status = Cell::new(row.status);
    let status = match colour(row.status) {
        Some(colour) => status.fg(colour),
        None => status,
    };
    [
        Cell::new(row.instance),
        Cell::new(row.pid),
        Cell::new(row.application),
        status,
        Cell::new(row.uptime),
    ]
}

fn colour(status: Verdict) -> Option<Color> {
    match status {
        Verdict::Running => Some(Color::Green),
        Verdict::Orphaned | Verdict::Unknown => Some(Color::Yellow),
        Verdict::Dead => Some(Color::DarkGrey),
        Verdict::Corrupt | Verdict::Newer => Some(Color::Red),
        Verdict::Starting => None,
    }
}

#[cfg(test)]
mod tests {
    use hakurei_store::Verdict;

    use super::{Reader, Row, render};

    fn rows() -> Vec<Row> {
        let row = |instance: &str, application: &str, status| Row {
            instance: instance.into(),
            pid: "4711".into(),
            application: application.into(),
            status,
            uptime: "-".into(),
        };
        vec![
            row("17288281", "9 (org.example.Editor)", Verdict::Running),
            row("f1e2d3c4", "0", Verdict::Dead),
        ]
    }

    #[test]
    fn a_program_gets_aligned_columns_and_no_colour() {
        assert_eq!(
            render(rows(), Reader::Program),
            "INSTANCE  PID   APPLICATION             STATUS   UPTIME\n\
             17288281  4711  9 (org.example.Editor)  running  -\n\
             f1e2d3c4  4711  0                       dead     -\n",
        );
        assert_eq!(
            render(Vec::new(), Reader::Program),
            "INSTANCE  PID  APPLICATION  STATUS  UPTIME\n"
        );
    }

    #[test]
    fn a_program_gets_a_line_for_each_row_however_long() {
        let mut rows = rows();
        rows[0].application = "a".repeat(4000);
        assert_eq!(render(rows, Reader::Program).lines().count(), 3);
    }

    #[test]
    fn a_terminal_gets_colour() {
        assert!(render(rows(), Reader::Terminal).contains("\x1b["));
    }
}
