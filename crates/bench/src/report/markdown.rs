//! Tables that can be read in a terminal, and are Markdown too.

use super::{Report, Table};
use crate::bar::{FLOOR, Outcome, THIS};
use crate::figure::Unit;
use crate::peers::{JSON_FILES, LMDB, REDB, SQLITE, SQLITE_NORMAL};
use crate::row::Row;
use crate::samples::Samples;

/// Contenders with a column of their own; the others share the last.
const COLUMNS: [&str; 7] = [THIS, FLOOR, SQLITE, SQLITE_NORMAL, LMDB, REDB, JSON_FILES];

/// What stands where nobody was measured.
const NOBODY: &str = "–";

/// Everything, a section for each place, and the bars.
pub(super) fn render(report: &Report) -> String {
    let mut text = format!("Measured {}.\n", report.machine);
    for Table { place, left_out, rows } in &report.tables {
        match left_out {
            Some(reason) => text.push_str(&format!("\n### On {place}\n\nLeft out: {reason}.\n")),
            None => text.push_str(&format!("\n### On {place}\n\n{}", table(&figures(rows)))),
        }
    }
    let bars = bars(report);
    if bars.len() > 1 {
        text.push_str(&format!("\n### Bars\n\n{}", table(&bars)));
    }
    text
}

/// Medians, and how far the middle half of the rounds lies apart.
fn figures(rows: &[Row]) -> Vec<Vec<String>> {
    let shown = COLUMNS.into_iter().filter(|who| rows.iter().any(|row| row.samples(who).is_some()));
    let shown: Vec<&str> = shown.collect();
    let others = |row: &Row| -> Vec<String> {
        let others = row.cells.iter().filter(|(who, _)| !COLUMNS.contains(who));
        others.map(|(who, samples)| format!("{who} {}", cell(row.unit, samples))).collect()
    };
    let has_others = rows.iter().any(|row| !others(row).is_empty());
    let mut head = vec!["operation".to_owned(), "unit".to_owned()];
    head.extend(shown.iter().map(|who| (*who).to_owned()));
    head.extend(has_others.then(|| "others".to_owned()));
    let lines = rows.iter().map(|row| {
        let mut line = vec![row.name.clone(), row.unit.word().to_owned()];
        line.extend(shown.iter().map(|who| {
            row.samples(who).map_or_else(|| NOBODY.to_owned(), |samples| cell(row.unit, samples))
        }));
        line.extend(has_others.then(|| others(row).join(", ")));
        line
    });
    [head].into_iter().chain(lines).collect()
}

fn cell(unit: Unit, samples: &Samples) -> String {
    let median = unit.show(samples.median());
    if samples.count() == 1 {
        return median;
    }
    format!("{median} ±{:.0}%", samples.spread() * 50.0)
}

fn bars(report: &Report) -> Vec<Vec<String>> {
    let head = ["operation", "bar", "found", "", "attempts"].map(str::to_owned).to_vec();
    let mut lines = vec![head];
    for row in report.rows() {
        for judged in row.judged() {
            let outcome = match judged.outcome {
                Outcome::Met => "met",
                Outcome::Missed if report.explained.contains(&row.name) => "missed, explained",
                Outcome::Missed => "MISSED",
                Outcome::NotMeasured => "not measured",
            };
            let attempts = row.attempts.to_string();
            lines.push(vec![
                row.name.clone(),
                judged.wanted,
                judged.found,
                outcome.to_owned(),
                attempts,
            ]);
        }
    }
    lines
}

/// Lines of cells as a table, each column as wide as its widest cell.
fn table(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default().max(3)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
        if number == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            text.push_str(&format!("| {} |\n", rule.join(" | ")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::report::tests::report;

    #[test]
    fn shows_medians_bars_and_what_was_left_out() {
        let expected = "\
Measured on a machine.

### On tmpfs

| operation | unit | this     | floor    | others         |
| --------- | ---- | -------- | -------- | -------------- |
| quick     | µs   | 1.10 ±0% | 1.00 ±0% |                |
| slow      | ms   | 20.0     | 10.0     | 2 threads 15.0 |

### On ext4

Left out: only the superuser may mount it.

### Bars

| operation | bar            | found  |        | attempts |
| --------- | -------------- | ------ | ------ | -------- |
| quick     | ≤ 1.25 × floor | 1.10 × | met    | 1        |
| slow      | ≤ 1.20 × floor | 2.00 × | MISSED | 4        |
";
        assert_eq!(report(&[]).to_text(), expected);
        let explained = report(&["slow"]).to_text();
        assert!(explained.contains("| missed, explained | 4 "), "{explained}");
    }
}
