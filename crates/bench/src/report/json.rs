//! All figures, for programs.

use serde_json::{Value, json};

use super::{Report, Table};
use crate::Result;
use crate::bar::Outcome;
use crate::row::Row;

pub(super) fn render(report: &Report) -> Result<String> {
    let tables: Vec<Value> = report.tables.iter().map(|it| table(report, it)).collect();
    let document = json!({ "machine": report.machine, "tables": tables });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn table(report: &Report, table: &Table) -> Value {
    let rows: Vec<Value> = table.rows.iter().map(|it| row(report, it)).collect();
    json!({ "place": table.place, "left_out": table.left_out, "rows": rows })
}

/// Times are in seconds, and memory in bytes.
fn row(report: &Report, row: &Row) -> Value {
    let cells = row.cells.iter().map(|(who, samples)| {
        json!({
            "who": who,
            "median": samples.median(),
            "fastest_quarter": samples.fastest(),
            "spread": samples.spread(),
            "worst": samples.worst(),
            "rounds": samples.count(),
        })
    });
    let bars = row.judged().into_iter().map(|judged| {
        let outcome = match judged.outcome {
            Outcome::Met => "met",
            Outcome::Missed if report.explained.contains(&row.name) => "explained",
            Outcome::Missed => "missed",
            Outcome::NotMeasured => "not measured",
        };
        json!({ "bar": judged.wanted, "found": judged.found, "outcome": outcome })
    });
    json!({
        "operation": row.name,
        "unit": row.unit.word(),
        "attempts": row.attempts,
        "contenders": cells.collect::<Vec<_>>(),
        "bars": bars.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::report::tests::report;

    #[test]
    fn has_every_figure_and_every_bar() {
        let text = report(&[]).to_json().expect("it can be written");
        let document: Value = serde_json::from_str(&text).expect("it is JSON");
        let slow = &document["tables"][0]["rows"][1];
        assert_eq!(slow["contenders"][0]["median"], 0.02);
        assert_eq!(slow["bars"][0]["outcome"], "missed");
        assert_eq!(document["tables"][1]["left_out"], "only the superuser may mount it");
    }
}
