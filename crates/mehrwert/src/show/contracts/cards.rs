//! The cards of the page about contracts: one question each.

use mehrwert_charts::{BandPoint, BandWords, Picture, Texts, band};
use mehrwert_insight::contracts::{CurvePoint, Estimate, IntervalGroup};

use super::{Shown, findings, tables};
use crate::show::report::{Card, CardFigure};
use crate::show::words::Fill;

pub(super) fn all(shown: &Shown<'_>) -> Vec<Card> {
    let mut cards = vec![survival(shown), retention(shown), cohorts(shown)];
    cards.extend(top(shown));
    cards
}

/// Rates of fewer contracts say nothing and would only stretch the axis: they stand in the table, not in the drawing.
const FEW: u64 = 10;

/// Which of a point's two curves a card shows.
#[derive(Clone, Copy)]
struct Curve {
    id: &'static str,
    question: &'static str,
    axis: &'static str,
    seen: fn(&CurvePoint) -> Option<Estimate>,
    model: fn(&CurvePoint) -> Option<Estimate>,
    finding: fn(&Shown<'_>, &IntervalGroup) -> String,
    seen_column: &'static str,
}

fn retention(shown: &Shown<'_>) -> Card {
    let curve = Curve {
        id: "retention",
        question: "card-retention",
        axis: "card-retention-axis",
        seen: |point| point.retention_seen,
        model: |point| point.retention,
        finding: findings::retention,
        seen_column: "column-retention-seen",
    };
    card(shown, curve)
}

fn survival(shown: &Shown<'_>) -> Card {
    let curve = Curve {
        id: "survival",
        question: "card-survival",
        axis: "card-survival-axis",
        seen: |point| point.survival_seen,
        model: |point| point.survival,
        finding: findings::survival,
        seen_column: "column-survival-seen",
    };
    card(shown, curve)
}

fn card(shown: &Shown<'_>, curve: Curve) -> Card {
    let groups = || shown.result.groups.iter().filter(|group| group.chosen.is_some());
    let figures: Vec<CardFigure> = groups().map(|group| figure(shown, group, curve)).collect();
    let nothing = shown.text("card-curve-nothing");
    let is_drawn = figures.iter().any(|shown| matches!(shown.figure.picture, Picture::Drawn { .. }));
    let finding = shown.main_group().map_or(String::new(), |group| (curve.finding)(shown, group));
    let mut remarks = vec![shown.text("card-curve-read")];
    if groups().any(|group| group.curve.iter().any(|point| (1..FEW).contains(&point.due))) {
        remarks.push(shown.words.say("card-curve-few", &[("n", Fill::Count(FEW))]));
    }
    if curve.id == "retention" && shown.has_several_intervals() {
        remarks.extend(groups().filter_map(|group| findings::churn(shown, group)));
    }
    Card {
        id: curve.id,
        question: shown.text(curve.question),
        finding: if is_drawn { finding } else { nothing },
        remarks: if is_drawn { remarks } else { Vec::new() },
        figures: if is_drawn { figures } else { Vec::new() },
        tables: Vec::new(),
    }
}

fn figure(shown: &Shown<'_>, group: &IntervalGroup, curve: Curve) -> CardFigure {
    let point = |point: &CurvePoint| {
        let Estimate { value, low, high } = (curve.model)(point)?;
        let seen = (curve.seen)(point).map(|seen| seen.value);
        Some(BandPoint { at: point.renewal, seen, few: point.due < FEW, value, low, high })
    };
    let points: Vec<BandPoint> = group.curve.iter().filter_map(point).collect();
    let columns = ["column-renewal", curve.seen_column, "column-retention", "column-low", "column-high"];
    let texts = Texts {
        id: format!("{}-{}", curve.id, group.interval.name()),
        title: if shown.has_several_intervals() {
            shown.interval_first(group.interval)
        } else {
            shown.text(curve.question)
        },
        summary: (curve.finding)(shown, group),
        horizontal: shown.text("card-renewal-axis"),
        vertical: shown.text(curve.axis),
        nothing: shown.text("card-curve-nothing"),
        columns: columns.map(|key| shown.text(key)).to_vec(),
    };
    let words = ["card-curve-seen", "card-curve-model", "card-curve-beyond"].map(|key| shown.text(key));
    let words = BandWords { seen: &words[0], model: &words[1], beyond: &words[2] };
    CardFigure { figure: band(&texts, &points, words, &shown.format), is_titled: shown.has_several_intervals() }
}

fn cohorts(shown: &Shown<'_>) -> Card {
    let table = tables::cohorts(shown);
    let last = shown.result.cohorts.iter().max_by_key(|cohort| cohort.relationships);
    let finding = last.map_or(String::new(), |cohort| {
        let money = |value: f64| shown.format.money_short(value);
        let (name, mean) = (shown.cohort(cohort), money(cohort.mean.value));
        let (low, high) = (money(cohort.mean.low), money(cohort.mean.high));
        let fills = [
            ("cohort", Fill::Text(&name)),
            ("n", Fill::Count(u64::from(shown.result.cohort_age_years))),
            ("mean", Fill::Text(&mean)),
            ("low", Fill::Text(&low)),
            ("high", Fill::Text(&high)),
        ];
        shown.words.say("card-cohorts-finding", &fills)
    });
    Card {
        id: "cohorts",
        question: shown.text("card-cohorts"),
        finding,
        remarks: vec![shown.text("define-cohorts")],
        figures: Vec::new(),
        tables: vec![table],
    }
}

fn top(shown: &Shown<'_>) -> Option<Card> {
    let table = tables::top(shown);
    if table.rows.is_empty() {
        return None;
    }
    let values = &shown.result.scores.value;
    let rows = tables::most_valuable(shown, 10);
    let total: f64 = rows.into_iter().map(|row| values[row].map_or(0.0, |value| value.value)).sum();
    let (total, next) = (shown.format.money_short(total), shown.next());
    Some(Card {
        id: "top",
        question: table.caption.clone(),
        finding: shown
            .words
            .say("card-top-contracts-finding", &[("total", Fill::Text(&total)), ("next", Fill::Text(&next))]),
        remarks: Vec::new(),
        figures: Vec::new(),
        tables: vec![table],
    })
}
