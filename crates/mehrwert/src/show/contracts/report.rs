//! The page about contracts: the same page as that about orders, with other cards.

use askama::Template;
use mehrwert_charts::{Language, STYLE};
use mehrwert_core::Day;
use mehrwert_insight::contracts::ContractResult;

use super::{Shown, cards, findings, tables, warning};
use crate::show::report::{Block, PAGE_STYLE, Page, files_of};
use crate::show::shown::basis_key;
use crate::show::words::Fill;

/// The page, made on `generated` by `command`.
///
/// # Errors
/// What the template engine says; with texts that are all in memory this does not happen.
pub fn render(
    result: &ContractResult,
    language: Language,
    generated: Day,
    command: &str,
) -> Result<String, askama::Error> {
    let shown = Shown::new(result, language);
    let (worth, as_of) = (shown.worth_title(), shown.format.day(result.period.to));
    let page = Page {
        language: language.code(),
        words: &shown.words,
        chart_style: STYLE,
        page_style: PAGE_STYLE,
        title: shown.words.say("page-contracts-title", &[("worth", Fill::Text(&worth)), ("day", Fill::Text(&as_of))]),
        subtitle: subtitle(&shown),
        finding: findings::headline(&shown),
        lead: findings::lead(&shown),
        totals: tables::totals(&shown),
        cards: cards::all(&shown),
        warnings: result.warnings.iter().map(|one| warning(&shown, one)).collect(),
        blocks: blocks(&shown),
        generated: shown.words.say("page-generated", &[("day", Fill::Text(&shown.format.day(generated)))]),
        command,
    };
    page.render()
}

fn subtitle(shown: &Shown<'_>) -> String {
    let period = shown.result.period;
    let (from, to) = (shown.format.day(period.from), shown.format.day(period.to));
    let basis = shown.text(basis_key(shown.result.basis));
    let fills = [("from", Fill::Text(&from)), ("to", Fill::Text(&to)), ("basis", Fill::Text(&basis))];
    shown.words.say("page-contracts-subtitle", &fills)
}

fn blocks(shown: &Shown<'_>) -> Vec<Block> {
    let block = |id: &'static str, heading: &str, sentences, tables, remarks| Block {
        id,
        heading: shown.text(heading),
        sentences,
        tables,
        remarks,
    };
    let groups = &shown.result.groups;
    let choices = groups.iter().map(|group| findings::choice(shown, group)).collect();
    let mut blocks = vec![
        block("certainty", "heading-certainty", findings::certainty(shown), Vec::new(), Vec::new()),
        block("models", "heading-parameters", choices, vec![tables::parameters(shown)], Vec::new()),
        block("settings", "page-settings", Vec::new(), vec![tables::settings(shown)], Vec::new()),
        block("reconciliation", "heading-reconciliation", Vec::new(), vec![tables::reconciliation(shown)], Vec::new()),
    ];
    blocks.extend(files_of(&shown.words, &shown.result.files));
    blocks
}
