//! Value from acquisition by cohort and by group, as tables.

use mehrwert_charts::{Column, DataTable};
use mehrwert_core::Day;
use mehrwert_insight::value::{Groups, Maturity, Measure, Segment, SegmentName};

use super::names;
use super::shown::Shown;
use super::words::Fill;

impl Shown<'_> {
    /// What value from acquisition is called.
    pub(super) fn acquired_title(&self) -> String {
        self.text(match self.result.measure {
            Measure::Value => "acquired-value-title",
            Measure::Revenue => "acquired-revenue-title",
            Measure::Orders => "acquired-orders-title",
        })
    }

    pub(super) fn acquired_definition(&self) -> String {
        self.words.say("define-acquired", &[("age", Fill::Text(&self.age()))])
    }
}

/// Everybody, then the cohorts from the earliest on.
pub(super) fn cohorts(shown: &Shown<'_>) -> DataTable {
    let acquired = &shown.result.from_acquisition;
    let (worth, age) = (shown.acquired_title(), shown.age());
    let fills = [("worth", Fill::Text(&worth)), ("age", Fill::Text(&age))];
    let caption = shown.words.say("heading-acquired", &fills);
    let segments = std::iter::once(&acquired.all).chain(&acquired.cohorts);
    table(shown, caption, shown.text("column-cohort"), segments)
}

/// The groups, the largest first.
pub(super) fn groups(shown: &Shown<'_>, groups: &Groups) -> DataTable {
    let column = names::plain(&groups.column, 36);
    let caption = shown.words.say("heading-groups", &[("column", Fill::Text(&column))]);
    table(shown, caption, shown.text("column-group"), groups.groups.iter())
}

fn table<'a>(
    shown: &Shown<'_>,
    caption: String,
    first: String,
    segments: impl Iterator<Item = &'a Segment> + Clone,
) -> DataTable {
    let has_costs = segments.clone().any(|segment| segment.acquisition_cost.is_some());
    let figures = ["column-customers", "column-brought", "column-still-expected", "column-acquired", "column-low"];
    let figures = figures.into_iter().chain(["column-high"]).chain(has_costs.then_some("column-acquisition-cost"));
    let figures = figures.chain(["column-remaining"]);
    let columns = std::iter::once(Column::words(first)).chain(figures.map(|key| Column::figures(shown.text(key))));
    let mut table = DataTable::new(caption, columns);
    for segment in segments {
        let acquired = segment.from_acquisition;
        let mut cells = vec![name_with_maturity(shown, segment), shown.format.count(segment.customers)];
        cells.extend(
            [segment.brought, segment.expected, acquired.value, acquired.low, acquired.high].map(|v| shown.worth(v)),
        );
        if has_costs {
            cells.push(segment.acquisition_cost.map_or_else(|| "-".to_owned(), |cost| shown.format.money(cost)));
        }
        cells.push(shown.worth_short(segment.remaining.value));
        table.push(cells);
    }
    table
}

/// Whether what winning customers cost is known.
pub(super) fn has_costs(segments: &[Segment]) -> bool {
    segments.iter().any(|segment| segment.acquisition_cost.is_some())
}

/// Whether any segment needs the remark on what young and few mean.
pub(super) fn has_immature(segments: &[Segment]) -> bool {
    segments.iter().any(|segment| segment.maturity != Maturity::Mature)
}

pub(super) fn name(shown: &Shown<'_>, segment: &Segment) -> String {
    match &segment.name {
        SegmentName::All => shown.text("segment-all"),
        SegmentName::Cohort { from, to } => span_of_calendar(*from, *to),
        SegmentName::Group(value) => names::plain(value, 28),
        SegmentName::Unknown => shown.text("segment-unknown"),
        SegmentName::Others(count) => shown.words.say("segment-others", &[("n", Fill::Count(*count))]),
    }
}

fn name_with_maturity(shown: &Shown<'_>, segment: &Segment) -> String {
    let name = name(shown, segment);
    let key = match segment.maturity {
        Maturity::Mature => return name,
        Maturity::Young => "segment-young",
        Maturity::Few => "segment-few",
    };
    shown.words.say(key, &[("name", Fill::Text(&name))])
}

/// `2024-03`, `2024-Q2` or `2024`: how both languages write a month, quarter or year among others.
fn span_of_calendar(from: Day, to: Day) -> String {
    let months = to.month_number() - from.month_number() + 1;
    let (year, month) = (from.month_number().div_euclid(12), from.month_number().rem_euclid(12));
    match months {
        1 => format!("{year}-{:02}", month + 1),
        3 => format!("{year}-Q{}", month / 3 + 1),
        _ => year.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_named_by_their_length() {
        let name = |from: &str, to: &str| span_of_calendar(from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(name("2024-03-01", "2024-03-31"), "2024-03");
        assert_eq!(name("2024-04-01", "2024-06-30"), "2024-Q2");
        assert_eq!(name("2024-01-01", "2024-12-31"), "2024");
    }
}
