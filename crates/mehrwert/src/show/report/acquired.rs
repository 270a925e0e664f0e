//! The cards on value from acquisition: by cohort, and by group where groups were asked for.

use mehrwert_charts::{EstimateBar, Texts, estimates};
use mehrwert_insight::value::{Groups, Maturity, Segment};

use super::super::shown::Shown;
use super::super::words::Fill;
use super::super::{names, segments};
use super::{Card, CardFigure};

pub(super) fn cohorts(shown: &Shown<'_>) -> Card {
    let acquired = &shown.result.from_acquisition;
    let all = &acquired.all;
    let age = shown.age();
    let figures = [all.from_acquisition.value, all.from_acquisition.low, all.from_acquisition.high, all.brought];
    let [value, low, high, brought] = figures.map(|figure| shown.worth(figure));
    let fills = [
        ("age", Fill::Text(&age)),
        ("value", Fill::Text(&value)),
        ("low", Fill::Text(&low)),
        ("high", Fill::Text(&high)),
        ("brought", Fill::Text(&brought)),
    ];
    let finding = shown.words.say("card-acquired-finding", &fills);
    let figure = figure(shown, ["acquired", "card-acquired", "card-acquired-nothing"], &finding, &acquired.cohorts);
    let mut remarks = vec![shown.acquired_definition(), shown.text("define-brought")];
    if segments::has_immature(&acquired.cohorts) {
        remarks.push(shown.text("define-maturity"));
    }
    Card {
        id: "acquired",
        question: shown.text("card-acquired"),
        finding,
        remarks,
        figures: vec![figure],
        tables: vec![segments::cohorts(shown)],
    }
}

pub(super) fn groups(shown: &Shown<'_>, groups: &Groups) -> Card {
    let finding = groups_finding(shown, groups);
    let figure = figure(shown, ["groups", "card-groups", "card-groups-nothing"], &finding, &groups.groups);
    let mut remarks = vec![shown.acquired_definition()];
    if segments::has_immature(&groups.groups) {
        remarks.push(shown.text("define-maturity"));
    }
    Card {
        id: "groups",
        question: shown.text("card-groups"),
        finding,
        remarks,
        figures: vec![figure],
        tables: vec![segments::groups(shown, groups)],
    }
}

fn groups_finding(shown: &Shown<'_>, groups: &Groups) -> String {
    let column = names::plain(&groups.column, 36);
    let mature = groups.groups.iter().filter(|group| group.maturity == Maturity::Mature);
    let best = mature.max_by(|one, other| one.from_acquisition.value.total_cmp(&other.from_acquisition.value));
    let Some(best) = best else {
        return shown.words.say("card-groups-none", &[("column", Fill::Text(&column))]);
    };
    let acquired = best.from_acquisition;
    let name = segments::name(shown, best);
    let [value, low, high] = [acquired.value, acquired.low, acquired.high].map(|figure| shown.worth(figure));
    let fills = [
        ("column", Fill::Text(&column)),
        ("best", Fill::Text(&name)),
        ("value", Fill::Text(&value)),
        ("low", Fill::Text(&low)),
        ("high", Fill::Text(&high)),
    ];
    shown.words.say("card-groups-finding", &fills)
}

/// More rows than this are left to the table, and so are segments of a few customers.
const MOST_ROWS: usize = 24;

/// The words are the id and the keys of the title and of the sentence for too little to draw.
fn figure(shown: &Shown<'_>, words: [&str; 3], summary: &str, segments: &[Segment]) -> CardFigure {
    let [id, title, nothing] = words;
    let worth = shown.acquired_title();
    let columns =
        ["column-group", "column-customers", "column-brought", "column-acquired", "column-low", "column-high"];
    let texts = Texts {
        id: id.to_owned(),
        title: shown.text(title),
        summary: summary.to_owned(),
        horizontal: shown.words.say("card-acquired-axis", &[("worth", Fill::Text(&worth))]),
        vertical: String::new(),
        nothing: shown.text(nothing),
        columns: columns.iter().map(|key| shown.text(key)).collect(),
    };
    let bar = |segment: &Segment| EstimateBar {
        name: segments::name(shown, segment),
        detail: shown.words.say("customers-unit", &[("n", Fill::Count(segment.customers))]),
        value: segment.from_acquisition.value,
        low: segment.from_acquisition.low,
        high: segment.from_acquisition.high,
        known: segment.brought,
        is_faint: segment.maturity != Maturity::Mature,
    };
    // Groups of a few customers spread so wide that the others could not be told apart on the same axis.
    let is_many = |segment: &&Segment| segment.maturity != Maturity::Few;
    let bars: Vec<EstimateBar> = segments.iter().filter(is_many).take(MOST_ROWS).map(bar).collect();
    let figure = estimates(&texts, &bars, |value| shown.worth(value), |value| shown.worth_tick(value));
    CardFigure { figure, is_titled: false }
}
