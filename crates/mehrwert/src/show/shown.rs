//! The context that everything shown is written in: language, numbers, what the figures are called.

use mehrwert_charts::{Format, Language};
use mehrwert_core::{Amount, Day, Horizon};
use mehrwert_facts::orders::AmountBasis;
use mehrwert_insight::value::{Estimate, Measure, ValueResult};

use super::words::{Fill, Words};

/// How the terminal wants to be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The language.
    pub language: Language,
    /// Whether colour is welcome. It is never the only sign.
    pub colour: bool,
    /// Columns of text.
    pub width: u16,
}

impl Style {
    /// The widest that anything is printed: wider tables are hard to follow with the eye.
    pub const WIDEST: u16 = 100;
    const NARROWEST: u16 = 60;

    /// A style for a terminal so many columns wide; `colour` says whether it is one and `NO_COLOR` is not set.
    #[must_use]
    pub fn new(language: Language, colour: bool, columns: u16) -> Style {
        Style { language, colour, width: columns.clamp(Style::NARROWEST, Style::WIDEST) }
    }
}

/// A result together with the language and the formats it is shown in.
pub(super) struct Shown<'a> {
    pub result: &'a ValueResult,
    pub words: Words,
    /// Numbers and amounts in the currency of the result.
    pub format: Format,
}

impl<'a> Shown<'a> {
    pub fn new(result: &'a ValueResult, language: Language) -> Shown<'a> {
        Shown { result, words: Words::new(language), format: Format::new(language, result.currency) }
    }

    pub fn text(&self, key: &str) -> String {
        self.words.text(key)
    }

    pub fn has_amounts(&self) -> bool {
        self.result.basis != AmountBasis::NoAmounts
    }

    /// What the figure is called: it is value only when costs are known.
    pub fn worth_title(&self) -> String {
        self.text(match self.result.measure {
            Measure::Value => "worth-value-title",
            Measure::Revenue => "worth-revenue-title",
            Measure::Orders => "worth-orders-title",
        })
    }

    /// What the figure is called above a column: orders are added up discounted there, as amounts are.
    pub fn worth_column(&self) -> String {
        match self.result.measure {
            Measure::Value | Measure::Revenue => self.worth_title(),
            Measure::Orders => self.text("worth-orders-discounted"),
        }
    }

    /// The sum that sentences speak of. Nobody counts discounted orders: without amounts it is the orders expected.
    pub fn headline_total(&self) -> Estimate {
        match self.result.measure {
            Measure::Value | Measure::Revenue => self.result.value.total,
            Measure::Orders => self.result.value.expected_orders,
        }
    }

    /// What each customer brings to [`Shown::headline_total`].
    pub fn headline_scores(&self) -> &'a [f64] {
        match self.result.measure {
            Measure::Value | Measure::Revenue => &self.result.scores.value,
            Measure::Orders => &self.result.scores.expected_orders,
        }
    }

    /// [`Shown::headline_total`] per customer.
    pub fn headline_mean(&self) -> f64 {
        match self.result.measure {
            Measure::Value | Measure::Revenue => self.result.value.mean,
            Measure::Orders => self.headline_total().value / self.result.customers.max(1) as f64,
        }
    }

    /// What [`Shown::headline_total`] means.
    pub fn headline_definition(&self) -> String {
        match self.result.measure {
            Measure::Value | Measure::Revenue => self.worth_definition(),
            Measure::Orders => self.words.say("define-expected-orders", &[("next", Fill::Text(&self.horizon_next()))]),
        }
    }

    pub fn worth_share(&self) -> String {
        self.text(match self.result.measure {
            Measure::Value => "worth-value-share",
            Measure::Revenue => "worth-revenue-share",
            Measure::Orders => "worth-orders-share",
        })
    }

    pub fn worth_definition(&self) -> String {
        self.text(match self.result.measure {
            Measure::Value => "define-value",
            Measure::Revenue => "define-revenue-worth",
            Measure::Orders => "define-orders-worth",
        })
    }

    pub fn basis_name(&self) -> String {
        self.text(basis_key(self.result.basis))
    }

    /// A figure of worth in a table: money, or orders where there are no amounts.
    pub fn worth(&self, value: f64) -> String {
        match self.result.measure {
            Measure::Value | Measure::Revenue => self.format.money(value),
            Measure::Orders => self.format.decimal(value, 2),
        }
    }

    /// A figure of worth in a sentence.
    pub fn worth_short(&self, value: f64) -> String {
        match self.result.measure {
            Measure::Value | Measure::Revenue => self.format.money_short(value),
            Measure::Orders => self.format.number_short(value),
        }
    }

    /// A figure of worth on an axis.
    pub fn worth_tick(&self, value: f64) -> String {
        match self.result.measure {
            Measure::Value | Measure::Revenue => self.format.money_tick(value),
            Measure::Orders => self.format.number_short(value),
        }
    }

    pub fn amount(&self, amount: Amount) -> String {
        self.format.amount(amount)
    }

    /// `3 Jahre`: the length of the look ahead, as the calendar counts it.
    pub fn horizon(&self) -> String {
        Ahead::new(self.result.value.horizon_days, self.result.period.to).length(&self.words)
    }

    /// `3 Jahren`: an age that a customer reaches.
    pub fn age(&self) -> String {
        let (count, unit) = match self.result.from_acquisition.age.months_and_days() {
            (months, 0) if months % 12 == 0 => (months / 12, Unit::Years),
            (months, 0) => (months, Unit::Months),
            (_, days) if days % 7 == 0 => (days / 7, Unit::Weeks),
            (_, days) => (days, Unit::Days),
        };
        let key = match unit {
            Unit::Years => "age-years",
            Unit::Months => "age-months",
            Unit::Weeks => "age-weeks",
            Unit::Days => "age-days",
        };
        self.words.say(key, &[("n", Fill::Count(u64::from(count.unsigned_abs())))])
    }

    /// `in den nächsten 3 Jahren`.
    pub fn horizon_next(&self) -> String {
        Ahead::new(self.result.value.horizon_days, self.result.period.to).next(&self.words)
    }
}

/// The look ahead. The result states days; a person counts the years or months that led to them from a day.
pub(super) struct Ahead {
    count: u64,
    unit: Unit,
}

impl Ahead {
    /// So many days from `start` on.
    pub fn new(days: u32, start: Day) -> Ahead {
        let leads_to = |horizon: &str| {
            horizon.parse::<Horizon>().ok().and_then(|horizon| horizon.days_from(start).ok()) == Some(days)
        };
        let years = (days + 2) / 365;
        if years > 0 && leads_to(&format!("{years}y")) {
            return Ahead { count: u64::from(years), unit: Unit::Years };
        }
        let most_months = days / 28;
        for months in (most_months.saturating_sub(12)..=most_months).rev().filter(|months| *months > 0) {
            if leads_to(&format!("{months}m")) {
                return Ahead { count: u64::from(months), unit: Unit::Months };
            }
        }
        if days > 0 && days.is_multiple_of(7) {
            Ahead { count: u64::from(days / 7), unit: Unit::Weeks }
        } else {
            Ahead { count: u64::from(days), unit: Unit::Days }
        }
    }

    /// `3 Jahre`.
    pub fn length(&self, words: &Words) -> String {
        let key = match self.unit {
            Unit::Years => "horizon-years",
            Unit::Months => "horizon-months",
            Unit::Weeks => "horizon-weeks",
            Unit::Days => "horizon-days",
        };
        words.say(key, &[("n", Fill::Count(self.count))])
    }

    /// `in den nächsten 3 Jahren`.
    pub fn next(&self, words: &Words) -> String {
        let key = match self.unit {
            Unit::Years => "horizon-next-years",
            Unit::Months => "horizon-next-months",
            Unit::Weeks => "horizon-next-weeks",
            Unit::Days => "horizon-next-days",
        };
        words.say(key, &[("n", Fill::Count(self.count))])
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Years,
    Months,
    Weeks,
    Days,
}

/// Whether amounts contain VAT, in words.
pub(super) const fn basis_key(basis: AmountBasis) -> &'static str {
    match basis {
        AmountBasis::Net => "basis-net",
        AmountBasis::NetByRate => "basis-net-by-rate",
        AmountBasis::Gross => "basis-gross",
        AmountBasis::AsGiven => "basis-as-given",
        AmountBasis::NoAmounts => "basis-no-amounts",
    }
}
