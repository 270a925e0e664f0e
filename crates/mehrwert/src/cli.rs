//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mehrwert_clv::ModelKind;
use mehrwert_core::{Currency, Day, Horizon, Share};

use crate::add::AddArguments;
use crate::data::DataArguments;
use crate::doctor::DoctorArguments;
use crate::import::ImportArguments;
use crate::ledger::LedgerArguments;
use crate::question::AsOf;

/// What every customer, source, offer and measure is worth.
#[derive(Debug, Parser)]
#[command(name = "mehrwert", version, about, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// From files of orders or contracts, or from the data directory, to what every customer is worth.
    Value(Box<ValueArguments>),
    /// Every entry behind one customer's value, with its evidence.
    Ledger(LedgerArguments),
    /// Whether everything that must hold does, and how healthy the data are.
    Doctor(DoctorArguments),
    /// Takes files into the data directory: orders, payments, costs, contracts, touches, events, counts, products, rates,
    /// people.
    Import(Box<ImportArguments>),
    /// Adds one cost, count or event that has no file.
    Add(Box<AddArguments>),
}

const EXAMPLES: &str = "Examples:
  mehrwert value examples/cdnow.txt.gz --report cdnow.html
  mehrwert value orders.csv --map customer=Kunde,date=Datum --margin 40% --out customers.csv
  mehrwert value examples/contracts.csv --margin 60% --report contracts.html
  mehrwert value --by source";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ValueArguments {
    /// Files of orders or of contracts: CSV, TSV, white-space separated text, gzip of those, or Parquet. Without any, the
    /// orders of the data directory are valued, at the margins that its costs give.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Names columns where their own names do not tell: role=column, separated by commas.
    #[arg(long, value_name = "ROLE=COLUMN,...", help_heading = "Reading")]
    pub map: Option<String>,

    /// Takes the files for this kind instead of finding it by the column names.
    #[arg(long, value_enum, value_name = "KIND", help_heading = "Reading")]
    pub kind: Option<Kind>,

    /// Prints what each column was taken for, and stops.
    #[arg(long, help_heading = "Reading")]
    pub explain: bool,

    /// Order of day and month in dates that could be read both ways.
    #[arg(long, value_enum, value_name = "ORDER", help_heading = "Reading")]
    pub dates: Option<Dates>,

    /// Decimal mark of numbers that could be read both ways.
    #[arg(long, value_enum, value_name = "MARK", help_heading = "Reading")]
    pub decimal: Option<Decimal>,

    /// Takes VAT of this rate out of amounts that contain it.
    #[arg(long, value_name = "RATE", help_heading = "Reading")]
    pub vat: Option<Share>,

    /// Values orders in this currency and sets all others aside.
    #[arg(long, value_name = "CODE", help_heading = "Reading")]
    pub currency: Option<Currency>,

    /// Keeps how these files are read (--map, --kind, --dates, --decimal, --vat, --currency) under this name.
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub remember: Option<String>,

    /// Reads the files as kept under this name; what is said beside it goes before.
    #[arg(long = "as", value_name = "NAME", help_heading = "Reading")]
    pub reading: Option<String>,

    /// Writes every row set aside to this CSV file: file, row, column, reason.
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    pub rejects: Option<PathBuf>,

    /// Values the data directory as it was at the end of this day (UTC) or at this time: what came later is not known.
    #[arg(long, value_name = "DAY|TIME", help_heading = "Valuing", conflicts_with = "files")]
    pub as_of: Option<AsOf>,

    /// Compares groups of customers by this column, such as a country or a source: the value at a customer's first
    /// purchase counts. Small groups lean on the others. On the data directory: source, which won the customer.
    #[arg(long, value_name = "COLUMN", help_heading = "Valuing")]
    pub by: Option<String>,

    /// Columns that may explain how often customers buy and how soon they leave; their values at the first purchase.
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',', help_heading = "Valuing", conflicts_with = "by")]
    pub covariates: Vec<String>,

    /// Up to which age of a customer relation value from acquisition is counted.
    #[arg(long, value_name = "SPAN", default_value = "3y", help_heading = "Valuing")]
    pub age: Horizon,

    /// How far ahead value is counted, by the calendar: 90d, 26w, 12m, 3y.
    #[arg(long, value_name = "SPAN", default_value = "3y", help_heading = "Valuing")]
    pub horizon: Horizon,

    /// Yearly discount rate.
    #[arg(long, value_name = "RATE", default_value = "10%", help_heading = "Valuing")]
    pub discount_rate: Share,

    /// Contribution margin as a share of revenue; without it and without goods costs the figure is revenue, not value.
    #[arg(long, value_name = "SHARE", help_heading = "Valuing")]
    pub margin: Option<Share>,

    /// Lets the models see nothing after this day, and compares them with what came then.
    #[arg(long, value_name = "DAY", help_heading = "Valuing")]
    pub until: Option<Day>,

    /// Models of purchases to compare.
    #[arg(long, value_name = "MODEL,...", value_delimiter = ',', help_heading = "Valuing",
          default_values_t = ModelName::ALL)]
    pub models: Vec<ModelName>,

    /// The model to use, instead of the one that rolling cuts inside the history choose.
    #[arg(long, value_name = "MODEL", help_heading = "Valuing")]
    pub model: Option<ModelName>,

    /// Uses a model saved earlier as it is, instead of fitting one to these orders.
    #[arg(long, value_name = "FILE.json", help_heading = "Valuing", conflicts_with_all = ["by", "covariates", "model"])]
    pub saved_model: Option<PathBuf>,

    /// Where random numbers begin: the same seed gives the same digits.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, help_heading = "Valuing")]
    pub seed: u64,

    /// What is printed: a table for people, JSON, or CSV with a row per customer or contract.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,

    /// Writes a row per customer or contract to this file; its ending, .csv or .parquet, says which.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub out: Option<PathBuf>,

    /// Writes a self-contained page with charts to this file.
    #[arg(long, value_name = "FILE.html", help_heading = "Output")]
    pub report: Option<PathBuf>,

    /// Writes the chosen model to this file, a few hundred bytes, for --saved-model.
    #[arg(long, value_name = "FILE.json", help_heading = "Output")]
    pub save_model: Option<PathBuf>,

    /// Language of table and page; without it LC_ALL, LC_MESSAGES or LANG decides.
    #[arg(long, value_enum, value_name = "LANGUAGE", help_heading = "Output")]
    pub lang: Option<Lang>,

    #[command(flatten)]
    pub data: DataArguments,
}

/// The kinds of files, by the name the command line gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Generic,
    Shopify,
    Woocommerce,
    Stripe,
    Paypal,
    OnlineRetail,
    Cdnow,
    Contracts,
    Payments,
    Costs,
    GoogleAds,
    MetaAds,
    Touches,
    Events,
    Tallies,
    Products,
    Rates,
    People,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Dates {
    /// Day first: 31.12.2024 or 31/12/2024.
    Dmy,
    /// Month first: 12/31/2024.
    Mdy,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Decimal {
    /// 1,234.56
    Point,
    /// 1.234,56
    Comma,
}

/// Whether amounts contain VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AmountsAre {
    /// Without VAT.
    Net,
    /// With VAT.
    Gross,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Csv,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Lang {
    De,
    En,
}

/// A purchase model by the name the command line gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ModelName(pub ModelKind);

impl ModelName {
    const ALL: [ModelName; 3] =
        [ModelName(ModelKind::BgNbd), ModelName(ModelKind::MbgNbd), ModelName(ModelKind::ParetoNbd)];
}

impl std::str::FromStr for ModelName {
    type Err = <ModelKind as std::str::FromStr>::Err;

    fn from_str(text: &str) -> Result<ModelName, Self::Err> {
        text.parse().map(ModelName)
    }
}

impl std::fmt::Display for ModelName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0.key())
    }
}
