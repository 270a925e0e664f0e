//! `mehrwert import`: from files to the data directory.

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{AliasId, Currency, Day, FileId, PersonId, Share};
use mehrwert_facts::identities::Fresh;
use mehrwert_facts::import::{Amounts, FileImport, ImportError, ImportRequest, Place, import_file};
use mehrwert_facts::orders::{FileReport, OrderRequest, Scope, SetAside, parse_mapping};

use crate::Failure;
use crate::cli::{AmountsAre, Dates, Decimal, Format, Kind, Lang};
use crate::data::{Absent, Chance, Data, DataArguments};
use crate::output::Pending;
use crate::progress::Bars;
use crate::reading::{self, Reading};
use crate::show;
use crate::terminal::{language, print, style};

const EXAMPLES: &str = "Examples:
  mehrwert import orders_export.csv
  mehrwert import bestellungen.csv --amounts gross --vat 19% --remember shop
  mehrwert import google-ads.csv meta-ads.csv stripe.csv --dry-run";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArguments {
    /// Files to take in: CSV, TSV, white-space separated text, gzip of those, or Parquet.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Looks everything up, says what would change, and writes nothing.
    #[arg(long)]
    pub dry_run: bool,

    /// Names columns where their own names do not tell: role=column, separated by commas.
    #[arg(long, value_name = "ROLE=COLUMN,...", help_heading = "Reading")]
    pub map: Option<String>,

    /// Takes the files for this kind instead of finding it by the column names.
    #[arg(long, value_enum, value_name = "KIND", help_heading = "Reading")]
    pub kind: Option<Kind>,

    /// Whether amounts contain VAT, where a file does not say.
    #[arg(long, value_enum, value_name = "BASIS", help_heading = "Reading")]
    pub amounts: Option<AmountsAre>,

    /// The rate of VAT for amounts that contain it and products that have no rate of their own.
    #[arg(long, value_name = "RATE", help_heading = "Reading")]
    pub vat: Option<Share>,

    /// The currency of rows that state none.
    #[arg(long, value_name = "CODE", help_heading = "Reading")]
    pub currency: Option<Currency>,

    /// How new the files are: a day or a time; without it the latest time that each holds. Of two statements the newer
    /// one holds, whichever is imported first.
    #[arg(long, value_name = "DAY", help_heading = "Reading")]
    pub as_of: Option<String>,

    /// The shop whose order and customer numbers these are.
    #[arg(long, value_name = "NAME", default_value = "main", help_heading = "Reading")]
    pub shop: String,

    /// The shop's time zone, for times without one and for days.
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "Europe/Berlin",
        env = "MEHRWERT_TIME_ZONE",
        help_heading = "Reading"
    )]
    pub time_zone: String,

    /// The source of costs and counts that name none.
    #[arg(long, value_name = "SOURCE", help_heading = "Reading")]
    pub source: Option<String>,

    /// Takes payments for orders: where there is no other record of the sales.
    #[arg(long, help_heading = "Reading")]
    pub payments_are_orders: bool,

    /// Order of day and month in dates that could be read both ways.
    #[arg(long, value_enum, value_name = "ORDER", help_heading = "Reading")]
    pub dates: Option<Dates>,

    /// Decimal mark of numbers that could be read both ways.
    #[arg(long, value_enum, value_name = "MARK", help_heading = "Reading")]
    pub decimal: Option<Decimal>,

    /// Keeps how these files are read under this name.
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub remember: Option<String>,

    /// Reads the files as kept under this name; what is said beside it goes before.
    #[arg(long = "as", value_name = "NAME", help_heading = "Reading")]
    pub reading: Option<String>,

    /// Writes every row set aside to this CSV file: file, row, column, reason.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub rejects: Option<PathBuf>,

    /// What is printed: a table for people, JSON, or CSV.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,

    /// Language of the table; without it LC_ALL, LC_MESSAGES or LANG decides.
    #[arg(long, value_enum, value_name = "LANGUAGE", help_heading = "Output")]
    pub lang: Option<Lang>,

    #[command(flatten)]
    pub data: DataArguments,
}

/// A wish that cannot be met.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WordError {
    #[error("--time-zone {0}: expected a time zone such as Europe/Berlin")]
    Zone(String),
    #[error("{name} {text}: expected a day such as 2024-03-31, or a time such as 2024-03-31T18:00:00Z")]
    Time { name: &'static str, text: String },
    #[error("{0}: expected net or gross")]
    Answer(String),
    #[error("expected a rate such as 19%, found '{0}'")]
    Rate(String),
    #[error("cannot make a place for the rehearsal")]
    Rehearsal(#[source] io::Error),
}

pub(crate) fn run(arguments: &ImportArguments) -> Result<(), Failure> {
    let language = language(arguments.lang);
    let bars = Bars::new(language);
    let reading = reading::reading(own_reading(arguments), arguments.reading.as_ref(), &arguments.data)?;
    let mut request = request(arguments, &reading)?;
    // A rehearsal makes no data directory: where there is none it works in one that is gone afterwards.
    let (place, _rehearsal) = rehearsed(&arguments.data, arguments.dry_run)?;
    let (done, outcome) = place.work(Absent::Make, async |data| {
        let now = Timestamp::now();
        let mut done = Vec::new();
        let outcome = import_all(data, &mut request, now, &bars, &mut done).await;
        Ok((done, outcome))
    })?;
    bars.stop();
    // What reads the files is worth keeping, whatever comes of them.
    if outcome.is_ok() && !arguments.dry_run {
        let amounts = request.amounts.map(|amounts| match amounts {
            Amounts::Net => AmountsAre::Net,
            Amounts::Gross => AmountsAre::Gross,
        });
        let reading = Reading { amounts: reading.amounts.or(amounts), vat: reading.vat.or(request.vat), ..reading };
        reading::remember(&reading, arguments.remember.as_ref(), &arguments.data)?;
    }
    if let Some(path) = &arguments.rejects {
        let (files, set_aside) = rejects(&done);
        let pending = Pending::write(path, |out| show::rejects::write(&files, &set_aside, language, out));
        pending.and_then(Pending::publish).map_err(Failure::work)?;
    }
    if !done.is_empty() {
        let is_rehearsal = arguments.dry_run;
        match arguments.format {
            Format::Table => {
                let text = show::import::render(&done, is_rehearsal, &style(language));
                print(|out| out.write_all(text.as_bytes()))?;
            }
            Format::Json => print(|out| writeln!(out, "{}", show::json::import(&done, is_rehearsal)))?,
            Format::Csv => print(|out| show::import::csv(&done, out))?,
        }
    }
    outcome
}

/// Imports the files one after the other; what is done is kept, whatever becomes of the next.
async fn import_all(
    data: &mut Data,
    request: &mut ImportRequest,
    now: Timestamp,
    bars: &Bars,
    done: &mut Vec<FileImport>,
) -> Result<(), Failure> {
    for path in request.reading.files.clone() {
        let mut fresh = FreshIds { chance: &mut data.chance, now };
        let place = Place { state: &data.state, lake: &data.lake };
        let imported = loop {
            match import_file(place, &path, request, &mut fresh, now, bars).await {
                Err(ImportError::NetOrGross { path, column }) if can_ask() => {
                    bars.stop();
                    request.amounts = Some(ask_amounts(&path.display().to_string(), &column)?);
                }
                Err(ImportError::NoRate { path, rows: _ }) if can_ask() && request.vat.is_none() => {
                    bars.stop();
                    request.vat = Some(ask_rate(&path.display().to_string())?);
                }
                outcome => break outcome,
            }
        };
        let failure = |error: ImportError| if error.is_input() { Failure::input(error) } else { Failure::work(error) };
        done.push(imported.map_err(failure)?);
    }
    Ok(())
}

/// Where new ids of persons, aliases and files come from.
pub(crate) struct FreshIds<'c> {
    pub chance: &'c mut Chance,
    pub now: Timestamp,
}

impl Fresh for FreshIds<'_> {
    fn person(&mut self) -> (PersonId, AliasId) {
        self.chance.person(self.now)
    }

    fn file(&mut self) -> FileId {
        self.chance.file(self.now)
    }
}

/// The data directory to work in; a rehearsal where there is none gets one that goes with the second value.
pub(crate) fn rehearsed(
    data: &DataArguments,
    is_rehearsal: bool,
) -> Result<(DataArguments, Option<tempfile::TempDir>), Failure> {
    if !is_rehearsal || data.exists() {
        return Ok((data.clone(), None));
    }
    let folder = tempfile::tempdir().map_err(|error| Failure::work(WordError::Rehearsal(error)))?;
    Ok((DataArguments { data: folder.path().to_owned(), ..data.clone() }, Some(folder)))
}

fn own_reading(arguments: &ImportArguments) -> Reading {
    Reading {
        map: arguments.map.clone(),
        kind: arguments.kind,
        dates: arguments.dates,
        decimal: arguments.decimal,
        vat: arguments.vat,
        currency: arguments.currency,
        amounts: arguments.amounts,
    }
}

fn request(arguments: &ImportArguments, reading: &Reading) -> Result<ImportRequest, Failure> {
    let mapping = reading.map.as_deref().map_or(Ok(Vec::new()), parse_mapping).map_err(Failure::input)?;
    let zone = zone(&arguments.time_zone)?;
    let as_of = arguments.as_of.as_deref().map(|text| time("--as-of", text, &zone, true)).transpose()?;
    let today = Day::from(jiff::Zoned::now().with_time_zone(zone.clone()).date());
    Ok(ImportRequest {
        reading: OrderRequest {
            scope: Scope::Everything,
            kind: reading.kind.map(Into::into),
            mapping,
            date_order: reading.dates.map(Into::into),
            decimal: reading.decimal.map(Into::into),
            ..OrderRequest::new(arguments.files.clone(), today)
        },
        shop: arguments.shop.clone(),
        time_zone: zone,
        as_of,
        amounts: reading.amounts.map(Into::into),
        vat: reading.vat,
        currency: reading.currency,
        payments_are_orders: arguments.payments_are_orders,
        source: arguments.source.clone(),
        rehearsal: arguments.dry_run,
    })
}

pub(crate) fn zone(name: &str) -> Result<TimeZone, Failure> {
    TimeZone::get(name).map_err(|_| Failure::input(WordError::Zone(name.to_owned())))
}

/// A time by its own offset, or in the shop's zone; of a bare day its beginning, or the last moment of it.
pub(crate) fn time(name: &'static str, text: &str, zone: &TimeZone, is_end: bool) -> Result<Timestamp, Failure> {
    let wrong = || Failure::input(WordError::Time { name, text: text.to_owned() });
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(day) = text.parse::<Day>() {
        let day = if is_end { day.plus_days(1) } else { day };
        let at = day.date().to_zoned(zone.clone()).map_err(|_| wrong())?.timestamp();
        let back = if is_end { 1 } else { 0 };
        return Timestamp::from_microsecond(at.as_microsecond() - back).map_err(|_| wrong());
    }
    let civil: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
    zone.to_timestamp(civil).map_err(|_| wrong())
}

/// Whether somebody can be asked.
fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn ask(question: &str) -> Result<String, Failure> {
    eprint!("{question} ");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(Failure::work)?;
    Ok(answer.trim().to_lowercase())
}

fn ask_amounts(path: &str, column: &str) -> Result<Amounts, Failure> {
    let question = format!("{path}: does '{column}' contain VAT? [net = without / gross = with]");
    match ask(&question)?.as_str() {
        "net" | "n" | "netto" => Ok(Amounts::Net),
        "gross" | "g" | "brutto" | "b" => Ok(Amounts::Gross),
        other => Err(Failure::input(WordError::Answer(other.to_owned()))),
    }
}

fn ask_rate(path: &str) -> Result<Share, Failure> {
    let answer = ask(&format!("{path}: the rate of VAT in its amounts? [for example 19%]"))?;
    answer.parse().map_err(|_| Failure::input(WordError::Rate(answer)))
}

/// All files and what was set aside of them, numbered together.
fn rejects(done: &[FileImport]) -> (Vec<FileReport>, Vec<SetAside>) {
    let files = done.iter().map(|one| one.report.clone()).collect();
    let numbered = done.iter().enumerate().flat_map(|(number, one)| {
        one.set_aside.iter().map(move |aside| SetAside { file: u16::try_from(number).unwrap_or(u16::MAX), ..*aside })
    });
    (files, numbered.collect())
}
