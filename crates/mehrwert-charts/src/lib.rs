//! Charts as inline SVG and numbers by language: numbers in, marks out.
//!
//! One chart module, one set of marks, scales and number formats, so that a figure looks the same in a report, on a
//! dashboard and in a mail. This room knows no input or output and no words of its own: titles, summaries and axis
//! names are handed in ([`Texts`]), written in the reader's [`Language`]; every text is escaped here.
//!
//! Every chart gives back a [`Figure`]: the drawing in a wide and a narrow size (the narrow one keeps letters legible on
//! a phone) and its table twin. Each drawing carries its title and its summary sentence for those who cannot see it.
//! With too little to draw there is a sentence instead of a broken chart. A page includes [`STYLE`] once; it holds the
//! colours for light, dark and paper. On paper nothing is told by colour alone: lines are dashed, areas hatched, cells
//! and bars carry their numbers.

mod alive;
mod band;
mod concentration;
mod course;
mod estimates;
mod figure;
mod histogram;
mod language;
mod number;
mod scale;
mod svg;
mod table;

pub use alive::{AlivePoint, AliveWords, alive_map};
pub use band::{BandPoint, BandWords, band};
pub use concentration::{PyramidBar, concentration, pyramid};
pub use course::{Course, CoursePoint, CourseWords, course};
pub use estimates::{EstimateBar, estimates};
pub use figure::{Figure, Picture, Texts};
pub use histogram::histogram;
pub use language::{Language, UnknownLanguage};
pub use number::{Format, UNKNOWN};
pub use table::{Align, Column, DataTable};

/// The style sheet of the charts and the colours of the pages around them: light, dark and for paper.
pub const STYLE: &str = include_str!("style.css");

#[cfg(test)]
mod tests;
