//! `mehrwert value` without files: the orders of the data directory, at the margins of its ledger.

use mehrwert_insight::value::{SOURCE, value_of_lake};

use super::{finish, value_failure, value_request};
use crate::Failure;
use crate::cli::ValueArguments;
use crate::data::{Absent, Data};
use crate::progress::Bars;
use crate::question::{Moment, check_rates};
use crate::show;

/// Words that are for files only, or that the data directory does not know.
#[derive(Debug, thiserror::Error)]
enum LakeError {
    #[error("{0} is for files; the data directory is read as it was imported, leave it out or name a FILE")]
    ForFilesOnly(&'static str),
    #[error("--by {0}: customers of the data directory can be grouped by source, the source that won them")]
    By(String),
    #[error("--covariates is for columns of files; leave it out, or name a FILE")]
    Covariates,
}

pub(super) fn run(arguments: &ValueArguments, bars: &Bars, style: &show::Style) -> Result<(), Failure> {
    check(arguments)?;
    let take = async |data: &mut Data| Moment::take(data, arguments.as_of).await;
    let moment = arguments.data.work(Absent::Refuse, take)?.not_empty(arguments.as_of)?;
    let (engine, terms) = moment.engine(arguments.currency)?;
    check_rates(&engine, &terms)?;
    let request = value_request(arguments)?;
    let result = value_of_lake(&engine, terms.currency, &request, bars).map_err(value_failure)?;
    finish(arguments, &result, Vec::new(), bars, style)
}

fn check(arguments: &ValueArguments) -> Result<(), Failure> {
    let for_files = [
        (arguments.map.is_some(), "--map"),
        (arguments.kind.is_some(), "--kind"),
        (arguments.explain, "--explain"),
        (arguments.dates.is_some(), "--dates"),
        (arguments.decimal.is_some(), "--decimal"),
        (arguments.vat.is_some(), "--vat"),
        (arguments.remember.is_some(), "--remember"),
        (arguments.reading.is_some(), "--as"),
        (arguments.rejects.is_some(), "--rejects"),
    ];
    if let Some((_, word)) = for_files.into_iter().find(|(is_said, _)| *is_said) {
        return Err(Failure::input(LakeError::ForFilesOnly(word)));
    }
    match &arguments.by {
        Some(column) if column != SOURCE => return Err(Failure::input(LakeError::By(column.clone()))),
        _ => {}
    }
    if arguments.covariates.is_empty() { Ok(()) } else { Err(Failure::input(LakeError::Covariates)) }
}
