//! `mehrwert value` for files of contracts.

use std::io;

use mehrwert_charts::Language;
use mehrwert_core::{Day, Phase, Progress};
use mehrwert_facts::contracts::ContractLog;
use mehrwert_insight::contracts::{ContractRequest, ContractResult, ContractValueError, value_contracts};

use super::{Ending, WordError, command_line, ending, print, write};
use crate::Failure;
use crate::cli::{Format, ValueArguments};
use crate::output::Pending;
use crate::progress::Bars;
use crate::show;

pub(super) fn run(
    arguments: &ValueArguments,
    log: &ContractLog,
    bars: &Bars,
    style: &show::Style,
) -> Result<(), Failure> {
    let language = style.language;
    if arguments.explain {
        return print(|out| out.write_all(show::explain::render(&log.files, style).as_bytes()));
    }
    if let Some(model) = arguments.model {
        return Err(Failure::input(WordError::ModelOfPurchases(model.0.key())));
    }
    if let Some(wish) = wish_for_orders(arguments) {
        return Err(Failure::input(WordError::ForOrdersOnly(wish)));
    }
    let mut pending = Vec::new();
    if let Some(path) = &arguments.rejects {
        pending.push(write(path, |out| show::rejects::write(&log.files, &log.set_aside, language, out))?);
    }
    let request = ContractRequest {
        horizon: arguments.horizon,
        discount_rate: arguments.discount_rate,
        margin: arguments.margin,
        until: arguments.until,
    };
    let result = value_contracts(log, &request, bars).map_err(failure)?;
    bars.begin(Phase::Writing, None);
    pending.extend(write_files(arguments, &result, language)?);
    for file in pending {
        file.publish().map_err(Failure::work)?;
    }
    bars.end();
    match arguments.format {
        Format::Table => print(|out| out.write_all(show::contracts::table::render(&result, style).as_bytes())),
        Format::Json => print(|out| writeln!(out, "{}", show::json::render_contracts(&result))),
        Format::Csv => print(|out| show::contracts::csv::write(&result, out)),
    }
}

/// What only orders can answer.
fn wish_for_orders(arguments: &ValueArguments) -> Option<&'static str> {
    let wishes = [
        (arguments.by.is_some(), "--by"),
        (!arguments.covariates.is_empty(), "--covariates"),
        (arguments.save_model.is_some(), "--save-model"),
        (arguments.saved_model.is_some(), "--saved-model"),
    ];
    wishes.into_iter().find(|wish| wish.0).map(|wish| wish.1)
}

/// A wish that cannot be met is told from work that failed.
fn failure(error: ContractValueError) -> Failure {
    match error {
        ContractValueError::NoModel { .. } => Failure::work(error),
        _ => Failure::input(error),
    }
}

fn write_files(
    arguments: &ValueArguments,
    result: &ContractResult,
    language: Language,
) -> Result<Vec<Pending>, Failure> {
    let mut pending = Vec::new();
    if let Some(path) = &arguments.out {
        pending.push(match ending(path) {
            Some(Ending::Parquet) => {
                write(path, |out| show::contracts::parquet::write(result, out).map_err(io::Error::other))?
            }
            _ => write(path, |out| show::contracts::csv::write(result, out))?,
        });
    }
    if let Some(path) = &arguments.report {
        let today = Day::from(jiff::Zoned::now().date());
        let page = show::contracts::report::render(result, language, today, &command_line()).map_err(Failure::work)?;
        pending.push(write(path, |out| out.write_all(page.as_bytes()))?);
    }
    Ok(pending)
}
