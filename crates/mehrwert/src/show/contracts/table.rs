//! What a person reads in the terminal about contracts: the finding first, then why to believe it.

use mehrwert_insight::contracts::ContractResult;

use super::{Shown, findings, tables, warning};
use crate::show::Style;
use crate::show::terminal::Paper;

/// The whole answer as text in at most [`Style::width`] columns.
#[must_use]
pub fn render(result: &ContractResult, style: &Style) -> String {
    let shown = Shown::new(result, style.language);
    let mut paper = Paper::new(*style);
    let mut sentences = vec![findings::headline(&shown)];
    sentences.extend(findings::lead(&shown));
    paper.strong(&sentences.join(" "));
    paper.captioned(&tables::reconciliation(&shown));
    paper.captioned(&tables::totals_table(&shown));
    let definition = if shown.is_value() { "define-contracts-value" } else { "define-contracts-revenue" };
    paper.remark(&format!("{}: {}", shown.worth_title(), shown.text(definition)));
    for group in &result.groups {
        paper.captioned(&tables::curve(&shown, group));
    }
    paper.remark(&shown.text("define-curve"));
    paper.captioned(&tables::cohorts(&shown));
    paper.remark(&shown.text("define-cohorts"));
    let top = tables::top(&shown);
    if !top.rows.is_empty() {
        paper.captioned(&top);
    }
    paper.captioned(&tables::parameters(&shown));
    for group in &result.groups {
        paper.paragraph(&findings::choice(&shown, group));
    }
    paper.heading(&shown.text("heading-certainty"));
    for sentence in findings::certainty(&shown) {
        paper.paragraph(&sentence);
    }
    paper.heading(&shown.text("heading-warnings"));
    for one in &result.warnings {
        paper.warning(&warning(&shown, one));
    }
    if result.warnings.is_empty() {
        paper.paragraph(&shown.text("warnings-none"));
    }
    paper.blank();
    paper.strong(&findings::last_line(&shown));
    paper.finish()
}
