//! What a person reads in the terminal: the finding first, then why to believe it, the one line that matters last.

use mehrwert_charts::{Column, DataTable};
use mehrwert_insight::value::{Measure, ValueResult};

use super::shown::Shown;
use super::terminal::Paper;
use super::words::Fill;
use super::{Style, explained, findings, names, segments, tables};

/// The whole answer as text in at most [`Style::width`] columns.
#[must_use]
pub fn render(result: &ValueResult, style: &Style) -> String {
    let shown = Shown::new(result, style.language);
    let mut paper = Paper::new(*style);
    paper.strong(&findings::finding(&shown));
    paper.captioned(&tables::reconciliation(&shown));
    if result.customers > 0 {
        value_sections(&shown, &mut paper);
        model_sections(&shown, &mut paper);
    }
    paper.heading(&shown.text("heading-warnings"));
    for warning in &result.warnings {
        paper.warning(&names::warning(&shown, warning));
    }
    if result.warnings.is_empty() {
        paper.paragraph(&shown.text("warnings-none"));
    }
    paper.blank();
    paper.strong(&findings::last_line(&shown));
    paper.finish()
}

fn value_sections(shown: &Shown<'_>, paper: &mut Paper) {
    paper.heading(&shown.text("heading-totals"));
    paper.table(&totals(shown));
    paper.remark(&format!("{}: {}", shown.worth_column(), shown.worth_definition()));
    paper.captioned(&tables::pyramid(shown));
    acquisition_sections(shown, paper);
    paper.captioned(&tables::top_customers(shown));
    paper.remark(&shown.text("define-alive"));
    paper.heading(&shown.text("heading-existing"));
    paper.paragraph(&findings::existing_customers(shown));
}

/// Value from acquisition by cohort and by group, with what the words in their tables mean.
fn acquisition_sections(shown: &Shown<'_>, paper: &mut Paper) {
    let acquired = &shown.result.from_acquisition;
    paper.captioned(&segments::cohorts(shown));
    paper.remark(&format!("{}: {}", shown.acquired_title(), shown.acquired_definition()));
    paper.remark(&shown.text("define-brought"));
    let mut has_immature = segments::has_immature(&acquired.cohorts);
    if let Some(groups) = &shown.result.groups {
        paper.captioned(&segments::groups(shown, groups));
        has_immature |= segments::has_immature(&groups.groups);
    }
    if segments::has_costs(std::slice::from_ref(&acquired.all)) {
        paper.remark(&shown.text("define-acquisition-cost"));
    }
    if has_immature {
        paper.remark(&shown.text("define-maturity"));
    }
}

/// What columns of the files explain, and the season.
fn explained_sections(shown: &Shown<'_>, paper: &mut Paper) {
    if let Some(report) = &shown.result.covariates {
        paper.captioned(&explained::effects(shown, report));
        paper.paragraph(&explained::effects_finding(shown, report));
        paper.remark(&shown.text("define-effects"));
    }
    if let Some(report) = &shown.result.season {
        paper.captioned(&explained::season(shown, report));
        paper.paragraph(&explained::season_finding(shown, report));
    }
}

fn model_sections(shown: &Shown<'_>, paper: &mut Paper) {
    explained_sections(shown, paper);
    paper.captioned(&tables::parameters(shown));
    paper.paragraph(&findings::choice(shown));
    if let Some(sentence) = findings::spend(shown) {
        paper.paragraph(&sentence);
    }
    let accuracies = [tables::rolling_accuracy(shown), tables::holdout_accuracy(shown)];
    let has_accuracy = accuracies.iter().any(Option::is_some);
    for table in accuracies.iter().flatten() {
        paper.captioned(table);
    }
    if has_accuracy {
        for definition in tables::accuracy_definitions(shown) {
            paper.remark(&definition);
        }
    }
    paper.heading(&shown.text("heading-certainty"));
    for sentence in findings::certainty(shown) {
        paper.paragraph(&sentence);
    }
}

/// Totals and settings in one table; the definitions stand on the page, where there is room for them.
fn totals(shown: &Shown<'_>) -> DataTable {
    let settings = tables::settings(shown);
    let mut table = DataTable::new(
        shown.text("heading-totals"),
        [Column::words(shown.text("column-item")), Column::figures(shown.text("column-value"))],
    );
    for total in tables::totals(shown) {
        let figure = match total.range {
            Some(range) => format!("{} ({range})", total.figure),
            None => total.figure,
        };
        table.push([total.name, figure]);
    }
    table.rows.extend(settings.rows);
    if shown.result.measure != Measure::Orders {
        let basis = shown.basis_name();
        let named = shown.words.say("total-revenue-basis", &[("basis", Fill::Text(&basis))]);
        let revenue = shown.text("total-revenue");
        for row in table.rows.iter_mut().filter(|row| row[0] == revenue) {
            row[0].clone_from(&named);
        }
    }
    table
}
