//! Why customers could not be valued, and what to do about it.

use mehrwert_clv::calendar::SeasonalFitError;
use mehrwert_clv::covariates::CovariateError;
use mehrwert_clv::pooling::PoolError;
use mehrwert_clv::posterior::IntervalError;
use mehrwert_clv::{FitError, ModelKind, ParameterError};
use mehrwert_core::Day;
use mehrwert_facts::engine::EngineError;

/// A model without a fit, and why.
pub(super) type Failure = (ModelKind, FitError);

/// Why customers could not be valued.
#[derive(Debug, thiserror::Error)]
pub enum ValueError {
    /// No sale is left.
    #[error("no purchase is left to value: every row is a refund, a cancellation or was set aside")]
    NoPurchases,
    /// The history would be empty.
    #[error(
        "the history would end on {until}, before the first purchase on {first}: expected --until {first} or later"
    )]
    UntilBeforeFirst {
        /// The day named.
        until: Day,
        /// The first purchase.
        first: Day,
    },
    /// The purchases are not in the order they were asked for: a mistake in this program.
    #[error("the purchase days do not come in order; this is a mistake in mehrwert")]
    Timelines(#[source] mehrwert_clv::TimelineError),
    /// The horizon leads past the calendar.
    #[error(transparent)]
    Horizon(#[from] mehrwert_core::HorizonError),
    /// A history longer than any customer lives.
    #[error("a customer's history cannot be used; check the dates of the file")]
    History(#[from] mehrwert_clv::HistoryError),
    /// No candidate could be fitted.
    #[error("no model could be fitted to this history: {reasons}")]
    NoModel {
        /// What each fit said.
        reasons: String,
    },
    /// Groups could not be fitted together.
    #[error("the groups of '{column}' could not be fitted together; leave out --by, or group by another column")]
    Groups {
        /// The column.
        column: String,
        /// What was the matter.
        #[source]
        source: PoolError,
    },
    /// The columns could not be used to explain anything.
    #[error("the columns of --covariates could not be used")]
    Covariates(#[source] CovariateError),
    /// The saved model is of something else.
    #[error(
        "the saved model is {kind}, which is not a model of purchases; expected one saved by --save-model from orders"
    )]
    SavedOther {
        /// Its kind.
        kind: &'static str,
    },
    /// None of the columns tells customers apart.
    #[error(
        "no column of --covariates tells customers apart ({columns}): expected a column of which at least 20 customers \
             differ from the others"
    )]
    UselessCovariates {
        /// The columns.
        columns: String,
    },
    /// The season could not be looked for.
    #[error("the season of purchases could not be looked for; this is a mistake in mehrwert")]
    Season(#[source] SeasonalFitError),
    /// Intervals could not be made.
    #[error("the intervals of the forecast could not be made")]
    Interval(#[from] IntervalError),
    /// A fitted parameter is none.
    #[error("a fitted model has a parameter that none can have; this is a mistake in mehrwert")]
    Parameter(#[from] ParameterError),
    /// The spend model could not be fitted.
    #[error("the spend model could not be fitted")]
    Spend(#[source] mehrwert_clv::FitError),
    /// Matched returns, or the lines and costs of the lake, could not be handed to the engine.
    #[error("rows could not be handed to the query engine")]
    Returns(#[source] arrow::error::ArrowError),
    /// A query failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl ValueError {
    pub(super) fn no_model(failures: &[Failure]) -> ValueError {
        // Models mostly fail for the same reason, which is then said once.
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for (kind, error) in failures {
            let reason = error.to_string();
            match reasons.iter_mut().find(|one| one.0 == reason) {
                Some(known) => known.1.push(kind.name()),
                None => reasons.push((reason, vec![kind.name()])),
            }
        }
        let said: Vec<String> =
            reasons.iter().map(|(reason, names)| format!("{} ({})", reason, names.join(", "))).collect();
        ValueError::NoModel { reasons: said.join("; ") }
    }
}
