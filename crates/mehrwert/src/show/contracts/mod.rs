//! How the answer about contracts looks: the same table, page, CSV and Parquet as for orders, over
//! [`ContractResult`]. Its JSON is known to [`super::json`].

pub mod csv;
pub mod parquet;
pub mod report;
pub mod table;

mod cards;
mod findings;
mod tables;

#[cfg(test)]
mod tests;

use mehrwert_charts::{Format, Language};
use mehrwert_clv::contracts::ContractModelKind;
use mehrwert_facts::contracts::Interval;
use mehrwert_insight::contracts::{
    CohortUnit, ContractResult, ContractWarning, Estimate, IntervalGroup, Measure, StartCohort,
};

use super::names;
use super::shown::Ahead;
use super::words::{Fill, Words};

/// A result together with the language and the formats it is shown in.
pub(super) struct Shown<'a> {
    pub result: &'a ContractResult,
    pub words: Words,
    /// Numbers and amounts in the currency of the result.
    pub format: Format,
}

impl<'a> Shown<'a> {
    pub fn new(result: &'a ContractResult, language: Language) -> Shown<'a> {
        Shown { result, words: Words::new(language), format: Format::new(language, result.currency) }
    }

    pub fn text(&self, key: &str) -> String {
        self.words.text(key)
    }

    /// What the figure is called: it is value only when a margin was named.
    pub fn worth_title(&self) -> String {
        self.text(if self.is_value() { "worth-value-title" } else { "worth-revenue-title" })
    }

    pub fn is_value(&self) -> bool {
        self.result.measure == Measure::Value
    }

    /// `in den nächsten 3 Jahren`.
    pub fn next(&self) -> String {
        self.ahead().next(&self.words)
    }

    pub fn ahead(&self) -> Ahead {
        Ahead::new(self.result.horizon_days, self.result.period.to)
    }

    /// From the lower bound to the upper, each written by `write`.
    pub fn range(&self, estimate: Estimate, write: impl Fn(f64) -> String) -> String {
        let (low, high) = (write(estimate.low), write(estimate.high));
        self.words.say("range-from-to", &[("low", Fill::Text(&low)), ("high", Fill::Text(&high))])
    }

    /// `Monatsverträge`.
    pub fn interval(&self, interval: Interval) -> String {
        self.text(match interval {
            Interval::Week => "interval-week",
            Interval::Month => "interval-month",
            Interval::Quarter => "interval-quarter",
            Interval::HalfYear => "interval-half-year",
            Interval::Year => "interval-year",
        })
    }

    /// The same at the beginning of a sentence.
    pub fn interval_first(&self, interval: Interval) -> String {
        let name = self.interval(interval);
        let mut letters = name.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    }

    /// `2023`, `Q2 2023` or `Mai 2023`.
    pub fn cohort(&self, cohort: &StartCohort) -> String {
        let date = cohort.span.from.date();
        match cohort.unit {
            CohortUnit::Year => date.year().to_string(),
            CohortUnit::Quarter => format!("Q{} {}", (date.month() - 1) / 3 + 1, date.year()),
            CohortUnit::Month => format!("{} {}", self.format.month(date.month()), date.year()),
        }
    }

    /// The interval of most relationships, which the sentences speak of.
    pub fn main_group(&self) -> Option<&'a IntervalGroup> {
        self.result.groups.iter().max_by_key(|group| group.relationships)
    }

    pub fn has_several_intervals(&self) -> bool {
        self.result.groups.len() > 1
    }
}

/// A warning as a sentence.
pub(super) fn warning(shown: &Shown<'_>, warning: &ContractWarning) -> String {
    let say = |key: &str, fills: &[(&str, Fill<'_>)]| shown.words.say(key, fills);
    let count = |key: &str, count: u64| say(key, &[("n", Fill::Count(count))]);
    match warning {
        ContractWarning::Read(warning) => names::read_warning(&shown.words, warning),
        ContractWarning::IntervalAssumed { rows, interval: Some(interval) } => {
            let interval = shown.interval(*interval);
            say("warning-interval-assumed", &[("n", Fill::Count(*rows)), ("interval", Fill::Text(&interval))])
        }
        ContractWarning::IntervalAssumed { rows, interval: None } => count("warning-interval-some", *rows),
        ContractWarning::FewContracts { contracts } => count("warning-few-contracts", *contracts),
        ContractWarning::NobodyLeft { interval } => {
            say("warning-nobody-left", &[("interval", Fill::Text(&shown.interval_first(*interval)))])
        }
        ContractWarning::AtBoundary { interval, kind } => {
            let interval = shown.interval_first(*interval);
            say("warning-at-boundary", &[("interval", Fill::Text(&interval)), ("model", Fill::Text(kind.name()))])
        }
        ContractWarning::ModelFailed { interval, kind, reason } => {
            let interval = shown.interval_first(*interval);
            let fills = [
                ("interval", Fill::Text(&interval)),
                ("model", Fill::Text(model(*kind))),
                ("reason", Fill::Text(reason)),
            ];
            say("warning-contract-model-failed", &fills)
        }
        ContractWarning::NotValued { interval, contracts } => {
            let interval = shown.interval_first(*interval);
            say("warning-not-valued", &[("n", Fill::Count(*contracts)), ("interval", Fill::Text(&interval))])
        }
        ContractWarning::BeyondSeen { interval, seen, forecast } => {
            let interval = shown.interval_first(*interval);
            let fills = [
                ("interval", Fill::Text(&interval)),
                ("seen", Fill::Count(u64::from(*seen))),
                ("forecast", Fill::Count(u64::from(*forecast))),
            ];
            say("warning-beyond-seen", &fills)
        }
        ContractWarning::PlanChanges { changes } => count("warning-plan-changes", *changes),
        ContractWarning::LaterContracts { contracts } => count("warning-later-contracts", *contracts),
    }
}

/// A model as its paper calls it.
pub(super) fn model(kind: ContractModelKind) -> &'static str {
    kind.name()
}
