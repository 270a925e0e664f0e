//! Charts as inline SVG and numbers by language: numbers in, marks out.
//!
//! One chart module, one set of marks, scales and number formats, so that a figure looks the same in a report, on a
//! dashboard and in a mail. This room knows no input or output and no words of its own: titles, summaries and axis
//! names are handed in, written in the reader's [`Language`]; every text is escaped here.

mod language;
mod number;
mod table;

pub use language::{Language, UnknownLanguage};
pub use number::{Format, UNKNOWN};
pub use table::{Align, Column, DataTable};
