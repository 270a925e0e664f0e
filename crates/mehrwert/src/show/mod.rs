//! How answers look: the table a person reads, JSON, CSV and Parquet for programs, and the page for the owner.
//!
//! Everything here is pure over [`ValueResult`](mehrwert_insight::value::ValueResult): no file is opened, no clock
//! read. A figure is built once ([`findings`] for sentences, [`tables`] for rows) and then printed by terminal and page
//! alike, so that it is the same everywhere, to the digit. The JSON wire format is known to [`json`] only.

pub mod contracts;
pub mod csv;
pub mod doctor;
pub mod explain;
pub mod import;
pub mod json;
pub mod ledger;
pub mod parquet;
pub mod rejects;
pub mod report;
pub mod table;

mod explained;
mod findings;
mod names;
mod segments;
mod shown;
mod tables;
mod terminal;
mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub use shown::Style;

/// What each phase of long work is called.
pub fn phases(language: mehrwert_charts::Language) -> [(mehrwert_core::Phase, String); 5] {
    use mehrwert_core::Phase;
    let words = words::Words::new(language);
    [
        (Phase::Reading, words.text("phase-reading")),
        (Phase::Histories, words.text("phase-histories")),
        (Phase::Fitting, words.text("phase-fitting")),
        (Phase::Scoring, words.text("phase-scoring")),
        (Phase::Writing, words.text("phase-writing")),
    ]
}
