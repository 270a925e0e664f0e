//! The page for the owner: one HTML file that needs nothing from elsewhere, for screen and paper.
//!
//! A sentence first, then the figures with their definitions, then cards that each answer one question, then how we
//! know. Scripts, fonts and requests are absent on purpose: the file can be mailed, printed and kept.

mod acquired;
mod cards;

use askama::Template;
use mehrwert_charts::{DataTable, Figure, Language, Picture, STYLE};
use mehrwert_core::Day;
use mehrwert_facts::orders::FileReport;
use mehrwert_insight::value::ValueResult;

use super::shown::Shown;
use super::tables::Total;
use super::words::{Fill, Words};
use super::{explain, explained, findings, names, tables};

/// The rest of the style sheet: how the page is laid out.
pub(super) const PAGE_STYLE: &str = include_str!("../../templates/report.css");

#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page<'a> {
    pub language: &'static str,
    pub words: &'a Words,
    pub chart_style: &'static str,
    pub page_style: &'static str,
    pub title: String,
    pub subtitle: String,
    pub finding: String,
    pub lead: Vec<String>,
    pub totals: Vec<Total>,
    pub cards: Vec<Card>,
    pub warnings: Vec<String>,
    pub blocks: Vec<Block>,
    pub generated: String,
    pub command: &'a str,
}

/// A card: one question, its answer in words, and what shows it.
pub(super) struct Card {
    pub id: &'static str,
    pub question: String,
    pub finding: String,
    pub remarks: Vec<String>,
    pub figures: Vec<CardFigure>,
    pub tables: Vec<DataTable>,
}

pub(super) struct CardFigure {
    pub figure: Figure,
    /// Whether its title is printed: only where a card has several figures.
    pub is_titled: bool,
}

/// A part of "How we know".
pub(super) struct Block {
    pub id: &'static str,
    pub heading: String,
    pub sentences: Vec<String>,
    pub tables: Vec<DataTable>,
    pub remarks: Vec<String>,
}

/// The page, made on `generated` by `command`.
///
/// # Errors
/// What the template engine says; with texts that are all in memory this does not happen.
pub fn render(
    result: &ValueResult,
    language: Language,
    generated: Day,
    command: &str,
) -> Result<String, askama::Error> {
    let shown = Shown::new(result, language);
    let day = shown.format.day(generated);
    let has_customers = result.customers > 0;
    let page = Page {
        language: language.code(),
        words: &shown.words,
        chart_style: STYLE,
        page_style: PAGE_STYLE,
        title: title(&shown),
        subtitle: subtitle(&shown),
        finding: findings::headline(&shown),
        lead: if has_customers { lead(&shown) } else { Vec::new() },
        totals: if has_customers { tables::totals(&shown) } else { Vec::new() },
        cards: if has_customers { cards::all(&shown) } else { Vec::new() },
        warnings: result.warnings.iter().map(|warning| names::warning(&shown, warning)).collect(),
        blocks: blocks(&shown),
        generated: shown.words.say("page-generated", &[("day", Fill::Text(&day))]),
        command,
    };
    page.render()
}

fn title(shown: &Shown<'_>) -> String {
    let (worth, period) = (shown.worth_title(), tables::period(shown, shown.result.period));
    shown.words.say("page-title", &[("worth", Fill::Text(&worth)), ("period", Fill::Text(&period))])
}

/// What explains the headline.
fn lead(shown: &Shown<'_>) -> Vec<String> {
    let mut sentences: Vec<String> = findings::concentration(shown).into_iter().collect();
    sentences.push(findings::existing_customers(shown));
    sentences
}

fn subtitle(shown: &Shown<'_>) -> String {
    let period = shown.result.period;
    let (from, to) = (shown.format.day(period.from), shown.format.day(period.to));
    let basis = shown.basis_name();
    let key = if shown.has_amounts() { "page-subtitle" } else { "page-subtitle-orders" };
    shown.words.say(key, &[("from", Fill::Text(&from)), ("to", Fill::Text(&to)), ("basis", Fill::Text(&basis))])
}

fn blocks(shown: &Shown<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let has_customers = shown.result.customers > 0;
    if has_customers {
        blocks.push(Block {
            id: "certainty",
            heading: shown.text("heading-certainty"),
            sentences: findings::certainty(shown),
            tables: Vec::new(),
            remarks: Vec::new(),
        });
        blocks.extend(accuracy_block(shown));
        blocks.extend(explained_blocks(shown));
        let mut sentences = vec![findings::choice(shown)];
        sentences.extend(findings::spend(shown));
        let parameters = tables::parameters(shown);
        blocks.push(Block {
            id: "models",
            heading: shown.text("heading-parameters"),
            sentences,
            tables: if parameters.rows.is_empty() { Vec::new() } else { vec![parameters] },
            remarks: Vec::new(),
        });
        blocks.push(Block {
            id: "settings",
            heading: shown.text("page-settings"),
            sentences: Vec::new(),
            tables: vec![tables::settings(shown)],
            remarks: Vec::new(),
        });
    }
    blocks.push(Block {
        id: "reconciliation",
        heading: shown.text("heading-reconciliation"),
        sentences: Vec::new(),
        tables: vec![tables::reconciliation(shown)],
        remarks: Vec::new(),
    });
    blocks.extend(files_block(shown));
    blocks
}

/// What columns of the files explain, and the season.
fn explained_blocks(shown: &Shown<'_>) -> Vec<Block> {
    let covariates = shown.result.covariates.as_ref().map(|report| Block {
        id: "covariates",
        heading: shown.text("heading-covariates"),
        sentences: vec![explained::effects_finding(shown, report)],
        tables: vec![explained::effects(shown, report)],
        remarks: vec![shown.text("define-effects")],
    });
    let season = shown.result.season.as_ref().map(|report| Block {
        id: "season",
        heading: shown.text("heading-season"),
        sentences: vec![explained::season_finding(shown, report)],
        tables: vec![explained::season(shown, report)],
        remarks: Vec::new(),
    });
    covariates.into_iter().chain(season).collect()
}

fn accuracy_block(shown: &Shown<'_>) -> Option<Block> {
    let tables: Vec<DataTable> =
        [tables::holdout_accuracy(shown), tables::rolling_accuracy(shown)].into_iter().flatten().collect();
    let heading = match tables.as_slice() {
        [] => return None,
        [only] => only.caption.clone(),
        _ => shown.text("heading-accuracy"),
    };
    Some(Block { id: "accuracy", heading, sentences: Vec::new(), tables, remarks: tables::accuracy_definitions(shown) })
}

fn files_block(shown: &Shown<'_>) -> Option<Block> {
    files_of(&shown.words, &shown.result.files)
}

/// Files and columns, of whatever was read.
pub(super) fn files_of(words: &Words, files: &[FileReport]) -> Option<Block> {
    if files.is_empty() {
        return None;
    }
    Some(Block {
        id: "files",
        heading: words.text("page-files"),
        sentences: files.iter().map(|file| explain::file_line(words, file)).collect(),
        tables: files.iter().map(|file| explain::columns(words, file)).collect(),
        remarks: Vec::new(),
    })
}
