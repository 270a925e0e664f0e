//! What the doctor found: first what must hold, then the health of the data, part by part with what to do.

use std::io::{self, Write};

use mehrwert_charts::{Column, DataTable, Format, Language};
use mehrwert_facts::lake::Broken;
use mehrwert_insight::health::{Judged, Part};
use serde_json::json;

use super::Style;
use super::terminal::Paper;
use super::words::{Fill, Words};
use crate::doctor::Examination;

/// For a person to read.
#[must_use]
pub fn table(examination: &Examination, style: &Style) -> String {
    let words = Words::new(style.language);
    let format = Format::new(style.language, None);
    let mut paper = Paper::new(*style);
    paper.strong(&title(examination, &words, &format));
    invariants(examination, &words, &mut paper);
    state_of_work(examination, &words, &mut paper);
    paper.captioned(&parts(examination, &words, &format));
    for judged in examination.health.parts.iter().filter(|judged| judged.affected > 0) {
        paper.warning(&advice(judged, &words));
    }
    paper.remark(&words.text("doctor-define"));
    paper.finish()
}

fn title(examination: &Examination, words: &Words, format: &Format) -> String {
    let score = match examination.health.score() {
        Some(score) => words.say("doctor-score", &[("score", Fill::Text(&format.decimal(score, 1)))]),
        None => words.text("doctor-no-score"),
    };
    let holds = match examination.broken() {
        0 => words.text("doctor-holds"),
        broken => words.say("doctor-broken", &[("n", Fill::Count(broken as u64))]),
    };
    format!("{holds} {score}")
}

/// What must hold, each with what was compared.
fn invariants(examination: &Examination, words: &Words, paper: &mut Paper) {
    let checked = &examination.checked;
    paper.heading(&words.text("doctor-invariants"));
    let fills = [
        ("files", Fill::Count(checked.files)),
        ("rows", Fill::Count(checked.rows)),
        ("units", Fill::Count(checked.units)),
    ];
    paper.paragraph(&words.say("doctor-looked-at", &fills));
    for broken in &checked.broken {
        paper.warning(&self::broken(broken, words));
    }
    for one in &examination.disagreements {
        let currency = one.currency.map_or_else(|| "-".to_owned(), |currency| currency.to_string());
        let (facts, ledger) = (one.facts.to_string(), one.ledger.to_string());
        let fills = [
            ("table", Fill::Text(&one.evidence)),
            ("currency", Fill::Text(&currency)),
            ("facts", Fill::Text(&facts)),
            ("ledger", Fill::Text(&ledger)),
        ];
        paper.warning(&words.say("doctor-disagreement", &fills));
    }
    let map = examination.map;
    if !map.is_none() {
        let fills = [
            ("links", Fill::Count(map.identities_without_link)),
            ("nobody", Fill::Count(map.links_to_nobody)),
            ("circles", Fill::Count(map.circles)),
        ];
        paper.warning(&words.say("doctor-map", &fills));
    }
}

fn broken(broken: &Broken, words: &Words) -> String {
    match broken {
        Broken::Missing(path) => words.say("doctor-missing", &[("path", Fill::Text(&path.display().to_string()))]),
        Broken::Unreadable { path, reason } => words.say(
            "doctor-unreadable",
            &[("path", Fill::Text(&path.display().to_string())), ("reason", Fill::Text(reason))],
        ),
        Broken::Rows { path, expected, found } => words.say(
            "doctor-rows",
            &[
                ("path", Fill::Text(&path.display().to_string())),
                ("expected", Fill::Count(*expected)),
                ("found", Fill::Count(*found)),
            ],
        ),
        Broken::UnknownTable { path, table } => words.say(
            "doctor-unknown-table",
            &[("path", Fill::Text(&path.display().to_string())), ("table", Fill::Text(table))],
        ),
        Broken::Doubled { table, units, example } => words.say(
            "doctor-doubled",
            &[("table", Fill::Text(table)), ("n", Fill::Count(*units)), ("example", Fill::Text(example))],
        ),
    }
}

/// What is under way or left over, and no fault.
fn state_of_work(examination: &Examination, words: &Words, paper: &mut Paper) {
    if examination.waiting > 0 {
        paper.paragraph(&words.say("doctor-waiting", &[("n", Fill::Count(examination.waiting))]));
    }
    if examination.pending_erasures > 0 {
        paper.warning(&words.say("doctor-erasures", &[("n", Fill::Count(examination.pending_erasures))]));
    }
    if let Some(first) = examination.orphans.first() {
        let fills = [("n", Fill::Count(examination.orphans.len() as u64)), ("path", Fill::Text(first))];
        paper.paragraph(&words.say("doctor-orphans", &fills));
    }
}

fn parts(examination: &Examination, words: &Words, format: &Format) -> DataTable {
    let columns = [
        Column::words(words.text("doctor-part")),
        Column::figures(words.text("doctor-affected")),
        Column::figures(words.text("doctor-total")),
        Column::figures(words.text("doctor-in-order")),
        Column::words(words.text("doctor-example")),
    ];
    let mut table = DataTable::new(words.text("doctor-health"), columns);
    for judged in &examination.health.parts {
        let share = judged.share().map_or_else(|| "-".to_owned(), |share| format.percent(share, 1));
        table.push([
            words.text(part_key(judged.part)),
            format.count(judged.affected),
            format.count(judged.total),
            share,
            super::names::plain(judged.example.as_deref().unwrap_or_default(), 24),
        ]);
    }
    table
}

/// What to do about a part that falls short.
fn advice(judged: &Judged, words: &Words) -> String {
    let name = words.text(part_key(judged.part));
    format!("{name}: {}", words.text(advice_key(judged.part)))
}

fn part_key(part: Part) -> &'static str {
    match part {
        Part::TouchesOfNobody => "health-touches-of-nobody",
        Part::OrdersOfNobody => "health-orders-of-nobody",
        Part::OrdersWithoutSource => "health-orders-without-source",
        Part::OrdersOnlyReported => "health-orders-only-reported",
        Part::OrdersTwice => "health-orders-twice",
        Part::RefundsWithoutOrder => "health-refunds-without-order",
        Part::PaymentsWithoutOrder => "health-payments-without-order",
        Part::CostsOfNobody => "health-costs-of-nobody",
        Part::SalesWithoutGoodsCost => "health-sales-without-goods-cost",
        Part::DaysWithoutOrders => "health-days-without-orders",
        Part::DaysWithoutCosts => "health-days-without-costs",
        Part::AmountsWithoutRate => "health-amounts-without-rate",
    }
}

fn advice_key(part: Part) -> &'static str {
    match part {
        Part::TouchesOfNobody => "advice-touches-of-nobody",
        Part::OrdersOfNobody => "advice-orders-of-nobody",
        Part::OrdersWithoutSource => "advice-orders-without-source",
        Part::OrdersOnlyReported => "advice-orders-only-reported",
        Part::OrdersTwice => "advice-orders-twice",
        Part::RefundsWithoutOrder => "advice-refunds-without-order",
        Part::PaymentsWithoutOrder => "advice-payments-without-order",
        Part::CostsOfNobody => "advice-costs-of-nobody",
        Part::SalesWithoutGoodsCost => "advice-sales-without-goods-cost",
        Part::DaysWithoutOrders => "advice-days-without-orders",
        Part::DaysWithoutCosts => "advice-days-without-costs",
        Part::AmountsWithoutRate => "advice-amounts-without-rate",
    }
}

/// For programs.
#[must_use]
pub fn json(examination: &Examination) -> String {
    let english = Words::new(Language::En);
    let part = |judged: &Judged| {
        json!({
            "part": judged.part.name(),
            "affected": judged.affected,
            "total": judged.total,
            "share_in_order": judged.share(),
            "example": judged.example,
        })
    };
    let disagreement = |one: &mehrwert_insight::ledger::Disagreement| {
        json!({
            "table": one.evidence,
            "currency": one.currency.map(|currency| currency.to_string()),
            "facts": one.facts.to_string(),
            "ledger": one.ledger.to_string(),
        })
    };
    let map = examination.map;
    let answer = json!({
        "holds": examination.broken() == 0,
        "generation": examination.generation,
        "files": examination.checked.files,
        "rows": examination.checked.rows,
        "units": examination.checked.units,
        "broken": examination.checked.broken.iter().map(|one| broken(one, &english)).collect::<Vec<_>>(),
        "disagreements": examination.disagreements.iter().map(disagreement).collect::<Vec<_>>(),
        "alias_map": {
            "identities_without_link": map.identities_without_link,
            "links_to_nobody": map.links_to_nobody,
            "circles": map.circles,
        },
        "inbox_waiting": examination.waiting,
        "pending_erasures": examination.pending_erasures,
        "orphans": examination.orphans,
        "score": examination.health.score(),
        "parts": examination.health.parts.iter().map(part).collect::<Vec<_>>(),
    });
    format!("{answer:#}\n")
}

/// A row per part of the health score.
///
/// # Errors
/// What the writer says.
pub fn csv(examination: &Examination, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let words = Words::new(language);
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["part", "affected", "total", "share_in_order", "example", "advice"])?;
    for judged in &examination.health.parts {
        let advice = if judged.affected > 0 { words.text(advice_key(judged.part)) } else { String::new() };
        writer.write_record([
            judged.part.name(),
            &judged.affected.to_string(),
            &judged.total.to_string(),
            &judged.share().map(|share| share.to_string()).unwrap_or_default(),
            super::csv::harmless(judged.example.as_deref().unwrap_or_default()).as_ref(),
            &advice,
        ])?;
    }
    writer.flush()
}
