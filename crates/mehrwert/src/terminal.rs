//! Standard output: how it wants to be written to, and in which language.

use std::io::{self, IsTerminal, Write};

use mehrwert_charts::Language;

use crate::Failure;
use crate::cli::Lang;
use crate::show;

/// Prints to standard output; whoever stops reading early (`| head`) is no failure.
pub(crate) fn print(content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match content(&mut out).and_then(|()| out.flush()) {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        outcome => outcome.map_err(Failure::work),
    }
}

/// Whether an error is that nobody reads any longer, also where the CSV writer has wrapped it.
fn is_broken_pipe(error: &io::Error) -> bool {
    let wrapped = error.get_ref().and_then(|inner| inner.downcast_ref::<csv::Error>());
    match wrapped.map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(inner)) => inner.kind() == io::ErrorKind::BrokenPipe,
        _ => error.kind() == io::ErrorKind::BrokenPipe,
    }
}

/// How standard output wants to be written to: colour only on a terminal, and not where NO_COLOR is set.
pub(crate) fn style(chosen: Option<Lang>) -> show::Style {
    let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    show::Style::new(language(chosen), colour, show::Style::WIDEST)
}

/// The language asked for, else that of the surroundings.
pub(crate) fn language(chosen: Option<Lang>) -> Language {
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let surrounding = || variables.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    match chosen {
        Some(Lang::De) => Language::De,
        Some(Lang::En) => Language::En,
        None if surrounding().is_some_and(|value| value.starts_with("de")) => Language::De,
        None => Language::En,
    }
}
