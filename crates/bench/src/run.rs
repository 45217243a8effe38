//! One run: every job, and the report.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::Result;
use crate::arguments::Options;
use crate::operations::{Again, JOBS, Job, Scale, Setting};
use crate::place::Place;
use crate::report::{Report, Table};
use crate::rounds::Effort;
use crate::row::Row;
use crate::{explained, machine};

/// What a quick run may spend on what it missed: it has to end within 50 seconds.
const QUICK: Duration = Duration::from_secs(9);

/// Measures what was asked for, and shows it.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let start = Instant::now();
    let tmpfs = Place::tmpfs()?;
    let jobs: Vec<&Job> = JOBS
        .iter()
        .filter(|job| options.only.is_empty() || options.only.contains(&job.topic))
        .collect();
    let text = fs::read_to_string(&options.report).unwrap_or_default();
    let explained = explained::rows(&text);
    let again = if options.quick {
        Again { spare: Cell::new(QUICK), except: explained.clone() }
    } else {
        Again { spare: Cell::new(Duration::MAX), except: BTreeSet::new() }
    };
    let mut tables = Vec::new();
    if jobs.iter().any(|job| job.on_disk) {
        tables.push(on_disk(&tmpfs, &jobs, options)?);
    }
    tables.insert(0, on_tmpfs(&setting(&tmpfs, options, &again), &jobs)?);
    let how = if options.quick { "quickly, " } else { "" };
    let machine = format!("{how}on {}", machine::describe());
    let report = Report { machine, tables, explained };
    println!("{}", report.to_text());
    println!("measured in {:.0} s", start.elapsed().as_secs_f64());
    if let Some(file) = &options.json {
        fs::write(file, report.to_json()?).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    if options.write {
        report.write_into(&options.report, &text)?;
    }
    Ok(judge(&report, options))
}

fn judge(report: &Report, options: &Options) -> ExitCode {
    let missed = report.missed();
    if !options.check || missed.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("missed, and not explained in {}:", options.report.display());
    missed.iter().for_each(|line| eprintln!("  {line}"));
    ExitCode::FAILURE
}

/// The rows that the bars are held against.
fn on_tmpfs(setting: &Setting<'_>, jobs: &[&Job]) -> Result<Table> {
    let mut rows = Vec::new();
    for job in jobs {
        rows.extend(measure(job, setting)?);
    }
    Ok(Table { place: setting.place.name, left_out: None, rows })
}

/// The short operations, where no bars are.
fn on_disk(tmpfs: &Place, jobs: &[&Job], options: &Options) -> Result<Table> {
    let name = "ext4 with a journal, fresh";
    let place = match Place::ext4(tmpfs) {
        Ok(place) => place,
        Err(reason) => return Ok(Table { place: name, left_out: Some(reason), rows: Vec::new() }),
    };
    let never = Again::default();
    let setting = setting(&place, options, &never);
    let mut rows = Vec::new();
    for job in jobs.iter().filter(|job| job.on_disk) {
        let measured = measure(job, &setting)?;
        rows.extend(measured.into_iter().map(|row| Row { bars: Vec::new(), ..row }));
    }
    Ok(Table { place: name, left_out: None, rows })
}

fn setting<'a>(place: &'a Place, options: &Options, again: &'a Again) -> Setting<'a> {
    let turn = Duration::from_millis(if options.quick { 1 } else { 4 });
    let row = Duration::from_millis(if options.quick { 500 } else { 5000 });
    let scale = if options.quick { Scale::Quick } else { Scale::Full };
    Setting { place, effort: Effort { row, turn, fewest: 5 }, scale, again }
}

fn measure(job: &Job, setting: &Setting<'_>) -> Result<Vec<Row>> {
    let topic = job.topic.name();
    eprintln!("measuring {topic} on {}", setting.place.name);
    (job.measure)(setting).map_err(|error| format!("{topic}: {error}").into())
}
