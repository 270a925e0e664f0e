//! One file, from its bytes to the lake.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{Amount, Currency, Phase, Progress, Share};
use mehrwert_state::{Product, State};
use rayon::prelude::*;

use super::changes::{self, ChangeSaid};
use super::context::{Amounts, Context, VatRates};
use super::draft::{Draft, DraftError, draft};
use super::entry::Common;
use super::error::ImportError;
use super::people::{self, Found, Space};
use super::survey::{Piece, Survey, survey};
use super::{state, translate};
use crate::contracts::usual_interval;
use crate::identities::Fresh;
use crate::lake::{Addition, Counted, Lake, LookUp};
use crate::orders::bytes::{self, Content};
use crate::orders::chunk::ChunkProgress;
use crate::orders::header::plain_name;
use crate::orders::plan::{Chunk, Plan};
use crate::orders::rows::RowError;
use crate::orders::sums::{nothing_usable, reconciliation};
use crate::orders::{AmountBasis, FileKind, FileReport, OrderRequest, Reconciliation, Role, SetAside};
use crate::tables::{Authority, Rank, Version};

/// How files are imported; what is left out is found out or asked.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// How they are read; its scope is everything, and no currency or VAT is chosen.
    pub reading: OrderRequest,
    /// The shop whose order and customer numbers these are.
    pub shop: String,
    /// The shop's time zone.
    pub time_zone: TimeZone,
    /// How new the files are, where the latest time that they hold does not tell.
    pub as_of: Option<Timestamp>,
    /// Whether amounts contain VAT, where a file does not say.
    pub amounts: Option<Amounts>,
    /// The rate of VAT for what has no rate of its own.
    pub vat: Option<Share>,
    /// The currency of rows that state none.
    pub currency: Option<Currency>,
    /// Whether payments are the only record of the sales.
    pub payments_are_orders: bool,
    /// The source of costs and counts that name none.
    pub source: Option<String>,
    /// Looks everything up and writes nothing.
    pub rehearsal: bool,
}

/// Where to.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// The state.
    pub state: &'p State,
    /// The lake.
    pub lake: &'p Lake,
}

/// What a file came to.
#[derive(Debug, Clone, PartialEq)]
pub struct FileImport {
    /// What was found out about the file.
    pub report: FileReport,
    /// That nothing was lost.
    pub reconciliation: Reconciliation,
    /// Every row set aside.
    pub set_aside: Vec<SetAside>,
    /// How new its statements are, on the shop's clock.
    pub as_of: jiff::Zoned,
    /// What was new, changed, unchanged and older, by table.
    pub tables: Vec<Tabled>,
    /// Some of what changed.
    pub changes: Vec<ChangeSaid>,
    /// What a person should know.
    pub notices: Vec<Notice>,
}

/// What became of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tabled {
    /// Its name: a fact table, or `products`, `rates`, `people`.
    pub name: &'static str,
    /// Its units.
    pub counted: Counted,
}

/// Something a person should know about an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// People seen for the first time.
    NewPeople(u64),
    /// People that turned out to be one with another.
    Joined(u64),
    /// Names that stand together and are known to be of two.
    KeptApart(u64),
    /// Rows of nobody: they count by day, product and source, and belong to no customer.
    Nobody(u64),
    /// Rows that cover several days, kept as one cost over that time.
    Periods(u64),
    /// Customers are told apart by their names only.
    ByName,
    /// Amounts had more than six decimals and were rounded.
    Rounded(u64),
    /// Rows that state no currency.
    NoCurrency(u64),
    /// VAT was taken out of amounts, or not.
    Amounts(Amounts),
    /// Units that are said differently by another file of the same age.
    Tied(u64),
    /// Columns that nothing was made of.
    UnusedColumns(u64),
}

/// Imports one file: all of it or nothing.
///
/// # Errors
/// [`ImportError`] when it cannot be read or understood, something about it must be asked, no row is left, or the lake or
/// state cannot be read or written.
pub async fn import_file(
    place: Place<'_>,
    path: &Path,
    request: &ImportRequest,
    fresh: &mut dyn Fresh,
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<FileImport, ImportError> {
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    progress.begin(Phase::Reading, Some(size));
    let content = bytes::load(path)?;
    let plan = Plan::find(path, &content, &request.reading)?;
    let amounts = amounts(&plan, request, path)?;
    let products = if amounts == Amounts::Gross { place.state.products().await? } else { Vec::new() };
    let file = File::new(&plan, request, amounts, &products, now);
    let telling = Telling { progress, size, text: length_of(&content) };
    let survey = file.survey(&telling)?;
    if survey.without_rate > 0 {
        return Err(ImportError::NoRate { path: path.to_owned(), rows: survey.without_rate });
    }
    let found = file.find(place.state, &survey, fresh, now).await?;
    let as_of = request.as_of.or(survey.latest).unwrap_or(now);
    let common = Common { origin: &file.origin, version: file.version(as_of), received_at: now };
    let drafts = file.draft(&survey, &found, &common, &telling)?;
    let mut file_import = file.sum_up(survey, &found, as_of, &drafts);
    if file_import.reconciliation.rows_used == 0 && file_import.is_useless() {
        let reports = std::slice::from_ref(&file_import.report);
        return Err(nothing_usable(reports, &file_import.set_aside, file_import.reconciliation.rows_read).into());
    }
    progress.begin(Phase::Writing, None);
    file.write(place, drafts, &found, fresh, now, &mut file_import).await?;
    progress.end();
    Ok(file_import)
}

/// Reads a file that lies in memory as far as that goes without a data directory: everybody in it is nobody. For tests with
/// any bytes.
///
/// # Errors
/// As [`import_file`].
pub fn read_bytes(bytes: &[u8], request: &ImportRequest, now: Timestamp) -> Result<Reconciliation, ImportError> {
    let content = bytes::recognise(Path::new("input"), bytes.to_vec())?;
    let plan = Plan::find(Path::new("input"), &content, &request.reading)?;
    let amounts = amounts(&plan, request, Path::new("input"))?;
    let file = File::new(&plan, request, amounts, &[], now);
    let telling = Telling { progress: &mehrwert_core::Silent, size: 0, text: length_of(&content) };
    let survey = file.survey(&telling)?;
    let found = Found { known: vec![super::draft::Known::Nobody; survey.people.len()], ..Found::default() };
    let common = Common { origin: &file.origin, version: file.version(now), received_at: now };
    let drafts = file.draft(&survey, &found, &common, &telling)?;
    Ok(file.sum_up(survey, &found, now, &drafts).reconciliation)
}

fn length_of(content: &Content) -> u64 {
    match content {
        Content::Text(text) => text.bytes.len() as u64,
        Content::Parquet(bytes) => bytes.len() as u64,
    }
}

/// Columns, by their plain names, that show how new a file is though its facts do not stand at these times.
const FURTHER_TIMES: [&str; 20] = [
    "paidat",
    "fulfilledat",
    "updatedat",
    "modifiedat",
    "lastmodified",
    "datemodified",
    "completedat",
    "shippedat",
    "refundedat",
    "cancelledat",
    "canceledat",
    "bezahltam",
    "geändertam",
    "aktualisiertam",
    "versandtam",
    "erstattetam",
    "storniertam",
    "refundeddateutc",
    "exportedat",
    "exportiertam",
];

/// Whether amounts contain VAT: as the file says, else as the user does.
fn amounts(plan: &Plan<'_>, request: &ImportRequest, path: &Path) -> Result<Amounts, ImportError> {
    let kind = plan.report.kind;
    let is_payment = matches!(kind, FileKind::Stripe | FileKind::PayPal) && !request.payments_are_orders;
    match plan.basis {
        // What was paid is what was paid.
        _ if is_payment => Ok(Amounts::Net),
        AmountBasis::Net | AmountBasis::NetByRate | AmountBasis::NoAmounts => Ok(Amounts::Net),
        AmountBasis::Gross => Ok(Amounts::Gross),
        AmountBasis::AsGiven => request.amounts.ok_or_else(|| {
            let roles = [Role::Amount, Role::UnitPrice, Role::Price];
            let named = |role: &Role| plan.report.columns.iter().find(|column| column.role == Some(*role));
            let column = roles.iter().find_map(named).map_or_else(String::new, |column| column.name.clone());
            ImportError::NetOrGross { path: path.to_owned(), column }
        }),
    }
}

/// How far reading has come: both passes together are the file.
struct Telling<'p> {
    progress: &'p dyn Progress,
    size: u64,
    text: u64,
}

impl Telling<'_> {
    fn of(&self, chunk: &Chunk<'_>) -> ChunkProgress<'_> {
        ChunkProgress {
            progress: self.progress,
            bytes: chunk.length(),
            bytes_on_disk: self.size / 2,
            bytes_of_text: self.text,
        }
    }
}

/// A file that is being imported.
struct File<'f> {
    plan: &'f Plan<'f>,
    request: &'f ImportRequest,
    amounts: Amounts,
    vat: VatRates,
    now: Timestamp,
    origin: String,
}

impl<'f> File<'f> {
    fn new(
        plan: &'f Plan<'f>,
        request: &'f ImportRequest,
        amounts: Amounts,
        products: &[Product],
        now: Timestamp,
    ) -> File<'f> {
        let origin = match plan.report.kind {
            FileKind::Shopify => "shopify",
            FileKind::WooCommerce => "woocommerce",
            FileKind::Stripe => "stripe",
            FileKind::PayPal => "paypal",
            FileKind::GoogleAds => "google-ads",
            FileKind::MetaAds => "meta-ads",
            _ => "import",
        };
        let vat = VatRates::new(request.vat, products);
        File { plan, request, amounts, vat, now, origin: origin.to_owned() }
    }

    fn context(&self) -> Context<'_> {
        let (plan, request) = (self.plan, self.request);
        let from = mehrwert_core::Day::from_epoch(0);
        let kind = plan.report.kind;
        let (format, zone) = (plan.reading.format, &request.time_zone);
        let shop = &request.shop;
        let mut context = Context::new(kind, format, shop, zone, self.amounts, &self.vat, request.currency, from);
        let date = plan.report.columns.iter().find(|column| column.role == Some(Role::Date));
        if date.is_some_and(|column| column.name.to_ascii_uppercase().contains("UTC")) {
            context.zone_of_file = Some(TimeZone::UTC);
        }
        let further = |(column, name): (usize, &str)| {
            let role = plan.report.columns[column].role;
            (FURTHER_TIMES.contains(&name) || matches!(role, Some(Role::End | Role::CancelledAt)))
                .then(|| u16::try_from(column).ok())?
        };
        let plain: Vec<String> = plan.report.columns.iter().map(|column| plain_name(&column.name)).collect();
        context.times = plain.iter().map(String::as_str).enumerate().filter_map(further).collect();
        context.by_name = plan.customers_by_name;
        context.payments_are_orders = request.payments_are_orders;
        context.usual = usual_interval(&plan.report);
        context.source = request.source.as_deref();
        context
    }

    fn version(&self, as_of: Timestamp) -> Version {
        let rank = if self.origin == "import" { Rank::Import } else { Rank::Export };
        Version::new(Authority::Record, as_of, rank)
    }

    /// The pieces of the file, one for a thread.
    fn chunks(&self, whole: bool) -> Vec<Chunk<'f>> {
        if whole { self.plan.whole() } else { self.plan.chunks() }
    }

    fn survey(&self, telling: &Telling<'_>) -> Result<Survey, ImportError> {
        let survey = |chunk: &Chunk<'_>| {
            let context = self.context();
            survey(chunk.source()?.as_mut(), &self.plan.reading, &context, &telling.of(chunk))
        };
        let mut pieces: Vec<Result<Piece, RowError>> = self.chunks(false).par_iter().map(survey).collect();
        let mut whole = false;
        if was_cut_wrongly(&pieces) {
            pieces = self.chunks(true).iter().map(survey).collect();
            whole = true;
        }
        let path = &self.plan.report.path;
        let pieces: Result<Vec<Piece>, RowError> = pieces.into_iter().collect();
        let pieces = pieces.map_err(|error| error.at(path, self.plan.rows_before))?;
        let mut survey = Survey::gather(self.plan, pieces)?;
        survey.whole = whole;
        Ok(survey)
    }

    async fn find(
        &self,
        state: &State,
        survey: &Survey,
        fresh: &mut dyn Fresh,
        now: Timestamp,
    ) -> Result<Found, ImportError> {
        let provider = matches!(self.plan.report.kind, FileKind::Stripe | FileKind::PayPal);
        let name = if provider { &self.origin } else { &self.request.shop };
        let space = Space { name, by_name: self.plan.customers_by_name };
        Ok(match self.request.rehearsal {
            true => people::look(state, &survey.people, space, fresh).await?,
            false => {
                let asks_for_persons = self.plan.report.kind == FileKind::People;
                people::find(state, &survey.people, space, asks_for_persons, fresh, now).await?
            }
        })
    }

    fn draft(
        &self,
        survey: &Survey,
        found: &Found,
        common: &Common<'_>,
        telling: &Telling<'_>,
    ) -> Result<Vec<Draft>, ImportError> {
        let chunks = self.chunks(survey.whole);
        let draft = |(chunk, entries): (&Chunk<'_>, &Vec<_>)| {
            let context = self.context();
            context.give_shares(&survey.shares);
            let mut source = chunk.source()?;
            draft(source.as_mut(), &self.plan.reading, &context, common, entries, &found.known, &telling.of(chunk))
        };
        let drafts: Result<Vec<Draft>, DraftError> = chunks.par_iter().zip(&survey.pieces).map(draft).collect();
        let path = &self.plan.report.path;
        drafts.map_err(|error| match error {
            DraftError::Row(error) => error.at(path, self.plan.rows_before).into(),
            DraftError::Arrow(source) => ImportError::Rows { path: path.clone(), source },
        })
    }

    fn sum_up(&self, survey: Survey, found: &Found, as_of: Timestamp, drafts: &[Draft]) -> FileImport {
        let mut set_aside = survey.set_aside;
        let mut rows_before = self.plan.rows_before;
        for draft in drafts {
            let moved = draft.set_aside.iter().map(|one| SetAside { row: one.row + rows_before, ..*one });
            set_aside.extend(moved);
            rows_before += draft.rows_passed;
        }
        set_aside.sort_by_key(|one| one.row);
        let rows_used = drafts.iter().map(|draft| draft.rows_used).sum();
        let amount_used: Amount = drafts.iter().map(|draft| draft.amount_used).sum();
        let sums = reconciliation(survey.rows_read, rows_used, survey.amount_read, amount_used, &set_aside);
        debug_assert!(sums.holds(), "{sums:?}");
        let mut report = self.plan.report.clone();
        report.rows = survey.rows_read;
        let unused = report.columns.iter().filter(|column| column.role.is_none()).count() as u64;
        let has_people = translate::has_orders(report.kind) || report.kind == FileKind::Contracts;
        let counts = [
            (found.new, Notice::NewPeople as fn(u64) -> Notice),
            (found.merged, Notice::Joined),
            (found.kept_apart, Notice::KeptApart),
            (if has_people { survey.rows_without_person } else { 0 }, Notice::Nobody),
            (survey.periods, Notice::Periods),
            (survey.rounded_rows, Notice::Rounded),
            (if self.request.currency.is_none() { survey.rows_without_currency } else { 0 }, Notice::NoCurrency),
            (unused, Notice::UnusedColumns),
        ];
        let mut notices: Vec<Notice> =
            counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, notice)| notice(count)).collect();
        if self.plan.basis != AmountBasis::NoAmounts && translate::has_orders(report.kind) && !self.is_payment() {
            notices.insert(0, Notice::Amounts(self.amounts));
        }
        if self.plan.customers_by_name {
            notices.push(Notice::ByName);
        }
        let as_of = as_of.to_zoned(self.request.time_zone.clone());
        FileImport { report, reconciliation: sums, set_aside, as_of, tables: Vec::new(), changes: Vec::new(), notices }
    }

    fn is_payment(&self) -> bool {
        matches!(self.plan.report.kind, FileKind::Stripe | FileKind::PayPal) && !self.request.payments_are_orders
    }

    async fn write(
        &self,
        place: Place<'_>,
        drafts: Vec<Draft>,
        found: &Found,
        fresh: &mut dyn Fresh,
        now: Timestamp,
        file_import: &mut FileImport,
    ) -> Result<(), ImportError> {
        let (mut rows, mut for_state) = (Vec::new(), super::entry::StateRows::default());
        for draft in drafts {
            rows.extend(draft.rows);
            for_state.products.extend(draft.state.products);
            for_state.rates.extend(draft.state.rates);
            for_state.people.extend(draft.state.people);
        }
        let said_at = self.request.as_of.unwrap_or(self.now);
        let rehearsal = self.request.rehearsal;
        for (name, counted) in state::keep(place.state, for_state, &found.persons, said_at, rehearsal).await? {
            file_import.tables.push(Tabled { name, counted });
        }
        if rows.is_empty() {
            return Ok(());
        }
        let added = if rehearsal {
            place.lake.preview(place.state, rows).await?
        } else {
            let reason = format!("import of {}", name_of(&self.plan.report.path));
            let addition = Addition { readings: vec![rows], read: None, reason };
            place.lake.add(place.state, addition, LookUp::All, &mut || fresh.file(), now).await?
        };
        let tied: u64 = added.counted.iter().map(|(_, counted)| counted.tied).sum();
        if tied > 0 {
            file_import.notices.push(Notice::Tied(tied));
        }
        let tabled = added.counted.iter().map(|(table, counted)| Tabled { name: table.name(), counted: *counted });
        file_import.tables.extend(tabled);
        file_import.changes = added.examples.iter().map(changes::said).collect();
        Ok(())
    }
}

impl FileImport {
    /// Whether nothing of it could be understood; a file about people who were all erased was.
    fn is_useless(&self) -> bool {
        !self.set_aside.iter().any(|one| one.reason == crate::orders::SetAsideReason::Erased)
    }
}

/// The name of a file without its folders: those are nobody's business in a list of generations.
fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Whether a piece before the last ended inside a row.
fn was_cut_wrongly(pieces: &[Result<Piece, RowError>]) -> bool {
    let Some((_, before)) = pieces.split_last() else { return false };
    before.iter().any(|piece| match piece {
        Ok(piece) => piece.ended_inside_row,
        Err(error) => matches!(error, RowError::UnclosedQuote { .. }),
    })
}
