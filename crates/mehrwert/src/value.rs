//! `mehrwert value`: from files of orders or contracts to what every customer is worth.

use std::io::{self, Write};
use std::path::Path;

use mehrwert_charts::Language;
use mehrwert_clv::saved::{SavedModel, SavedModelError};
use mehrwert_core::{Day, Phase, Progress};
use mehrwert_facts::engine::Engine;
use mehrwert_facts::orders::{FileKind, OrderLog, OrderRequest, Scope, parse_mapping};
use mehrwert_facts::{Log, read};
use mehrwert_insight::value::{ValueError, ValueRequest, ValueResult, value};

use crate::Failure;
use crate::cli::{Format, ValueArguments};
use crate::output::Pending;
use crate::progress::Bars;
use crate::reading::{self, Reading};
use crate::show;
use crate::terminal::{self, print};

mod contracts;
mod lake;

/// A wish of the command line that cannot be met.
#[derive(Debug, thiserror::Error)]
enum WordError {
    #[error("--out {0}: expected a file ending in .csv or .parquet")]
    OutEnding(String),
    #[error("--model {0} is a model of purchases; contracts are valued by models of renewals, leave it out")]
    ModelOfPurchases(&'static str),
    #[error("{0} is for orders; this is a file of contracts, leave it out")]
    ForOrdersOnly(&'static str),
    #[error("cannot read the saved model {path}: {source}")]
    SavedUnreadable { path: String, source: io::Error },
    #[error("the saved model {path} cannot be used: {source}")]
    SavedUnusable { path: String, source: SavedModelError },
    #[error("--save-model: there is no model to save; leave it out")]
    NothingToSave,
    #[error("--save-model and --saved-model: the model would be written as it was read; leave one of them out")]
    SavedAgain,
    #[error("--kind {0} is for `mehrwert import`; value takes orders and contracts")]
    ForImport(String),
    #[error("--model {0} is not among --models: name it there too, or leave --models out")]
    ModelNotCompared(&'static str),
}

pub(crate) fn run(arguments: &ValueArguments) -> Result<(), Failure> {
    check(arguments)?;
    let style = terminal::style(arguments.lang);
    let language = style.language;
    let bars = Bars::new(language);
    if arguments.files.is_empty() {
        return lake::run(arguments, &bars, &style);
    }
    let reading = reading::reading(own_reading(arguments), arguments.reading.as_ref(), &arguments.data)?;
    let log = read(&order_request(arguments, &reading)?, &bars).map_err(Failure::input)?;
    // What reads the files is worth keeping, whatever comes of them.
    reading::remember(&reading, arguments.remember.as_ref(), &arguments.data)?;
    match log {
        Log::Orders(log) => orders(arguments, *log, &bars, &style),
        Log::Contracts(log) => contracts::run(arguments, &log, &bars, &style),
    }
}

fn orders(arguments: &ValueArguments, log: OrderLog, bars: &Bars, style: &show::Style) -> Result<(), Failure> {
    let language = style.language;
    if arguments.explain {
        return print(|out| out.write_all(show::explain::render(&log.files, style).as_bytes()));
    }
    let mut pending = Vec::new();
    if let Some(path) = &arguments.rejects {
        pending.push(write(path, |out| show::rejects::write(&log.files, &log.set_aside, language, out))?);
    }
    let engine = Engine::new().map_err(Failure::work)?;
    let result = value(&engine, log, &value_request(arguments)?, bars).map_err(value_failure)?;
    finish(arguments, &result, pending, bars, style)
}

/// Writes the files asked for and prints the answer.
fn finish(
    arguments: &ValueArguments,
    result: &ValueResult,
    mut pending: Vec<Pending>,
    bars: &Bars,
    style: &show::Style,
) -> Result<(), Failure> {
    bars.begin(Phase::Writing, None);
    pending.extend(write_files(arguments, result, style.language)?);
    for file in pending {
        file.publish().map_err(Failure::work)?;
    }
    bars.end();
    match arguments.format {
        Format::Table => print(|out| out.write_all(show::table::render(result, style).as_bytes())),
        Format::Json => print(|out| writeln!(out, "{}", show::json::render(result))),
        Format::Csv => print(|out| show::csv::write(result, out)),
    }
}

/// A wish or a file that cannot be met is told from work that failed.
fn value_failure(error: ValueError) -> Failure {
    match error {
        ValueError::NoPurchases
        | ValueError::UntilBeforeFirst { .. }
        | ValueError::Horizon(_)
        | ValueError::UselessCovariates { .. }
        | ValueError::SavedOther { .. } => Failure::input(error),
        _ => Failure::work(error),
    }
}

/// What can be refused before any work is done.
fn check(arguments: &ValueArguments) -> Result<(), Failure> {
    if let Some(path) = &arguments.out
        && ending(path).is_none()
    {
        return Err(Failure::input(WordError::OutEnding(path.display().to_string())));
    }
    if arguments.save_model.is_some() && arguments.saved_model.is_some() {
        return Err(Failure::input(WordError::SavedAgain));
    }
    match arguments.model {
        Some(model) if !arguments.models.contains(&model) => {
            Err(Failure::input(WordError::ModelNotCompared(model.0.key())))
        }
        _ => Ok(()),
    }
}

enum Ending {
    Csv,
    Parquet,
}

fn ending(path: &Path) -> Option<Ending> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => Some(Ending::Csv),
        "parquet" => Some(Ending::Parquet),
        _ => None,
    }
}

fn own_reading(arguments: &ValueArguments) -> Reading {
    Reading {
        map: arguments.map.clone(),
        kind: arguments.kind,
        dates: arguments.dates,
        decimal: arguments.decimal,
        vat: arguments.vat,
        currency: arguments.currency,
        amounts: None,
    }
}

fn order_request(arguments: &ValueArguments, reading: &Reading) -> Result<OrderRequest, Failure> {
    let mapping = reading.map.as_deref().map_or(Ok(Vec::new()), parse_mapping).map_err(Failure::input)?;
    let kind = reading.kind.map(FileKind::from);
    if let Some(kind) = reading.kind.filter(|kind| !kind.is_of_customers()) {
        return Err(Failure::input(WordError::ForImport(kind.name())));
    }
    Ok(OrderRequest {
        files: arguments.files.clone(),
        scope: Scope::Customers,
        kind,
        mapping,
        attributes: arguments.by.iter().chain(&arguments.covariates).cloned().collect(),
        currency: reading.currency,
        vat: reading.vat,
        date_order: reading.dates.map(Into::into),
        decimal: reading.decimal.map(Into::into),
        today: Day::from(jiff::Zoned::now().date()),
    })
}

/// The model saved earlier, where one was named.
fn saved_model(arguments: &ValueArguments) -> Result<Option<SavedModel>, Failure> {
    let Some(path) = &arguments.saved_model else { return Ok(None) };
    let shown = || path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|source| Failure::input(WordError::SavedUnreadable { path: shown(), source }))?;
    let unusable = |source| Failure::input(WordError::SavedUnusable { path: shown(), source });
    SavedModel::from_json(text.trim()).map(Some).map_err(unusable)
}

fn value_request(arguments: &ValueArguments) -> Result<ValueRequest, Failure> {
    Ok(ValueRequest {
        horizon: arguments.horizon,
        discount_rate: arguments.discount_rate,
        margin: arguments.margin,
        candidates: arguments.models.iter().map(|model| model.0).collect(),
        model: arguments.model.map(|model| model.0),
        age: arguments.age,
        seed: arguments.seed,
        // The column to group by is the first attribute asked for.
        by: arguments.by.as_ref().map(|_| 0),
        covariates: (0..arguments.covariates.len()).collect(),
        until: arguments.until,
        saved: saved_model(arguments)?,
    })
}

fn write_files(arguments: &ValueArguments, result: &ValueResult, language: Language) -> Result<Vec<Pending>, Failure> {
    let mut pending = Vec::new();
    if let Some(path) = &arguments.out {
        pending.push(match ending(path) {
            Some(Ending::Parquet) => write(path, |out| show::parquet::write(result, out).map_err(io::Error::other))?,
            _ => write(path, |out| show::csv::write(result, out))?,
        });
    }
    if let Some(path) = &arguments.save_model {
        let model = result.model.as_ref().ok_or_else(|| Failure::input(WordError::NothingToSave))?;
        pending.push(write(path, |out| writeln!(out, "{}", model.to_json()))?);
    }
    if let Some(path) = &arguments.report {
        let today = Day::from(jiff::Zoned::now().date());
        let page = show::report::render(result, language, today, &command_line()).map_err(Failure::work)?;
        pending.push(write(path, |out| out.write_all(page.as_bytes()))?);
    }
    Ok(pending)
}

fn write(path: &Path, content: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> Result<Pending, Failure> {
    Pending::write(path, content).map_err(Failure::work)
}

/// The command as it was typed, for the page to name.
fn command_line() -> String {
    let words = std::env::args().skip(1).map(|word| if word.contains(' ') { format!("'{word}'") } else { word });
    std::iter::once("mehrwert".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
