//! Contract files of any kind, read into typed rows.
//!
//! Layout, header, dates, numbers, Parquet, evidence and reconciliation are those of [`crate::orders`]; a contract file is
//! one more of its formats. What is particular to contracts is here: [`Interval`] and its calendar, and how a row is
//! judged. The rows are plain and typed, and not a table of the engine: a contract file holds one row for each contract,
//! not one for each purchase, and the models need no query over it beyond a count of equal rows.
//!
//! A row is used when it has a customer, a start that is not in the future, a price that is not negative and an interval
//! that is known; its end may be empty, in the past (the contract ended then) or in the future (it runs until then). Where
//! a status column says that a contract ended and no end stands there, the row is set aside: when it ended is not known.

mod interval;
mod status;

pub use interval::Interval;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use mehrwert_core::{Amount, Currency, Day, Phase, Progress, Share};

use crate::orders::bytes::{self, Content};
use crate::orders::formats::{Reject, RowView};
use crate::orders::names::{NO_NAME, NameColumn};
use crate::orders::plan::{Chunk, Plan};
use crate::orders::rows::{Record, RowError};
use crate::orders::sums::{nothing_usable, one_basis, one_currency, reconciliation};
use crate::orders::{
    AmountBasis, FileKind, FileReport, Names, OrderRequest, ReadError, ReadWarning, Reconciliation, Role, SetAside,
    SetAsideReason, check_file_count,
};
use status::{State, says_open, state_of};

/// A contract as its row states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContractRow {
    /// Number in [`ContractLog::customers`].
    pub customer: u32,
    /// Number in [`ContractLog::contract_ids`], where the file has one.
    pub contract: Option<u32>,
    /// Number in [`ContractLog::products`], where the file has one.
    pub product: Option<u32>,
    /// First day.
    pub start: Day,
    /// Last day, where one is known; it may lie in the future.
    pub end: Option<Day>,
    /// Price per interval; tax taken out where a rate was named.
    pub price: Amount,
    /// How often it is paid and renewed.
    pub interval: Interval,
    /// Index of the file in [`ContractLog::files`].
    pub file: u16,
    /// The row in the file as a spreadsheet numbers it.
    pub row: u64,
}

/// Prices as given of one interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalTotal {
    /// The interval.
    pub interval: Interval,
    /// So many used rows.
    pub rows: u64,
    /// Their prices as given.
    pub amount: Amount,
}

/// Contracts read from files.
#[derive(Debug)]
pub struct ContractLog {
    /// The contracts used, in the order of the files and their rows.
    pub contracts: Vec<ContractRow>,
    /// The customers, by their number.
    pub customers: Names,
    /// The contracts' own numbers, by number.
    pub contract_ids: Names,
    /// Products or plans, by number.
    pub products: Names,
    /// What was found out about each file.
    pub files: Vec<FileReport>,
    /// That nothing was lost; amounts are prices per interval as given.
    pub reconciliation: Reconciliation,
    /// The used prices of the reconciliation by interval, from short to long.
    pub intervals: Vec<IntervalTotal>,
    /// Every row set aside, in the order of the files and their rows.
    pub set_aside: Vec<SetAside>,
    /// What a person should know before believing a figure.
    pub warnings: Vec<ReadWarning>,
    /// Whether prices contain VAT.
    pub basis: AmountBasis,
    /// The currency of the prices, where the files say.
    pub currency: Option<Currency>,
    /// Rows whose interval no column stated: they were taken for the one in the price's column name, else for a month.
    pub interval_assumed: u64,
    /// The day of reading.
    pub today: Day,
}

/// Reads contract files.
///
/// # Errors
/// [`ReadError`] when a file cannot be read or understood, something about it must be asked, it holds orders, or no row
/// is left.
pub fn read_contracts(request: &OrderRequest, progress: &dyn Progress) -> Result<ContractLog, ReadError> {
    check_file_count(request.files.len())?;
    let sizes = request.files.iter().map(|path| std::fs::metadata(path).map_or(0, |metadata| metadata.len()));
    progress.begin(Phase::Reading, Some(sizes.sum()));
    let result = read_files(request, progress);
    progress.end();
    result
}

fn read_files(request: &OrderRequest, progress: &dyn Progress) -> Result<ContractLog, ReadError> {
    let mut builder = Builder::default();
    for path in &request.files {
        let content = bytes::load(path)?;
        builder.add_file(path, &content, request)?;
        progress.advance(std::fs::metadata(path).map_or(0, |metadata| metadata.len()));
    }
    builder.finish(request)
}

/// Reads one contract file that lies in memory; `request.files` names it in reports and messages, and may be empty.
///
/// # Errors
/// As [`read_contracts`].
pub fn read_contracts_from_bytes(bytes: &[u8], request: &OrderRequest) -> Result<ContractLog, ReadError> {
    let path = request.files.first().map_or(Path::new("input"), |path| path.as_path());
    let content = bytes::recognise(path, bytes.to_vec())?;
    let mut builder = Builder::default();
    builder.add_file(path, &content, &OrderRequest { kind: Some(FileKind::Contracts), ..request.clone() })?;
    builder.finish(request)
}

/// When a contract runs and how it is paid.
pub(crate) struct Terms {
    pub start: Day,
    pub end: Option<Day>,
    pub price: Amount,
    pub interval: Interval,
}

/// What a row says of a contract, or why it is none; `usual` is the interval where the row does not state one.
pub(crate) fn terms(view: &RowView<'_>, price: Result<Amount, Reject>, usual: Interval) -> Result<Terms, Reject> {
    view.customer(Role::Customer)?;
    let state = state_of(&view.lowercase(Role::Status));
    match state {
        State::Test => return Err(view.reject(SetAsideReason::TestOrder, Role::Status)),
        State::Failed => return Err(view.reject(SetAsideReason::FailedOrder, Role::Status)),
        State::Runs | State::Ended => {}
    }
    let start = view.day(Role::Start)?;
    let end = if says_open(&view.lowercase(Role::End)) { None } else { view.day_or_none(Role::End)? };
    if end.is_some_and(|end| end < start) {
        return Err(view.reject(SetAsideReason::EndBeforeStart, Role::End));
    }
    if end.is_none() && state == State::Ended {
        return Err(view.reject(SetAsideReason::NoEnd, Role::Status));
    }
    let price = price?;
    if price.is_negative() {
        return Err(view.reject(SetAsideReason::NegativePrice, Role::Price));
    }
    view.check_currency()?;
    let interval = match view.lowercase(Role::Interval).as_str() {
        "" => usual,
        text => Interval::parse(text).ok_or(view.reject(SetAsideReason::BadInterval, Role::Interval))?,
    };
    Ok(Terms { start, end, price, interval })
}

/// The interval of a file's contracts where a row does not state one: that in the price's column name, else a month.
pub(crate) fn usual_interval(report: &FileReport) -> Interval {
    let price = report.columns.iter().find(|column| column.role == Some(Role::Price));
    price.and_then(|column| Interval::of_column(&column.name)).unwrap_or(Interval::Month)
}

/// The log as far as it is put together.
#[derive(Default)]
struct Builder {
    contracts: Vec<ContractRow>,
    customers: NameColumn,
    contract_ids: NameColumn,
    products: NameColumn,
    files: Vec<FileReport>,
    bases: Vec<AmountBasis>,
    set_aside: Vec<SetAside>,
    rows_read: u64,
    amount_read: Amount,
    amount_used: Amount,
    intervals: BTreeMap<Interval, (u64, Amount)>,
    currencies: BTreeMap<Currency, u64>,
    rows_without_currency: u64,
    rounded_rows: u64,
    identical_rows: u64,
    customers_by_name: bool,
    interval_assumed: u64,
    seen: HashSet<u128>,
}

/// What is the same for all rows of a file.
struct FileView<'p> {
    plan: &'p Plan<'p>,
    number: u16,
    /// The interval where a row does not state one.
    usual: Interval,
    vat: Option<Share>,
}

impl Builder {
    fn add_file(&mut self, path: &Path, content: &Content, request: &OrderRequest) -> Result<(), ReadError> {
        let plan = Plan::find(path, content, request)?;
        if plan.report.kind != FileKind::Contracts {
            return Err(ReadError::HoldsOrders { path: path.to_owned() });
        }
        let usual = usual_interval(&plan.report);
        // At most 65,535 files are let in.
        let file = FileView { plan: &plan, number: self.files.len() as u16, usual, vat: plan.reading.vat };
        let rows_at_start = self.rows_read;
        let mut row_at_start = plan.rows_before;
        for chunk in plan.whole() {
            let read = self.add_chunk(&chunk, &file, row_at_start);
            row_at_start += read.map_err(|error| error.at(path, row_at_start))?;
        }
        let mut report = plan.report;
        report.rows = self.rows_read - rows_at_start;
        if report.rows == 0 {
            return Err(ReadError::HeaderOnly { path: path.to_owned() });
        }
        self.files.push(report);
        self.bases.push(plan.basis);
        self.customers_by_name |= plan.customers_by_name;
        Ok(())
    }

    /// Reads the rows of a chunk, and gives how many rows it passed as a spreadsheet counts them.
    fn add_chunk(&mut self, chunk: &Chunk<'_>, file: &FileView<'_>, rows_before: u64) -> Result<u64, RowError> {
        let mut source = chunk.source()?;
        let mut record = Record::default();
        while source.read(&mut record)? {
            if !record.is_blank() {
                self.add_row(&record, file, rows_before + record.row);
            }
        }
        Ok(source.rows_passed())
    }

    fn add_row(&mut self, record: &Record<'_>, file: &FileView<'_>, row: u64) {
        self.rows_read += 1;
        let reading = &file.plan.reading;
        let view = RowView::new(record, reading);
        let unusable = if record.too_long {
            Some(SetAsideReason::Unreadable)
        } else {
            record.has_wrong_cell_count(reading.cells).then_some(SetAsideReason::WrongCellCount)
        };
        let (judged, given) = match unusable {
            Some(reason) => (Err(Reject { reason, column: None }), None),
            None => {
                let price = view.required_number(Role::Price);
                self.amount_read += price.unwrap_or_default();
                (self.judge(&view, price, record, file, row), price.ok())
            }
        };
        match judged {
            Ok(contract) => self.use_row(contract, &view, given.unwrap_or_default()),
            Err(Reject { reason, column }) => {
                self.set_aside.push(SetAside { file: file.number, row, column, reason, amount: given });
            }
        }
    }

    /// The contract of a row, its names not yet numbered, or why it is none.
    fn judge(
        &mut self,
        view: &RowView<'_>,
        price: Result<Amount, Reject>,
        record: &Record<'_>,
        file: &FileView<'_>,
        row: u64,
    ) -> Result<ContractRow, Reject> {
        let stated = !view.text(Role::Interval).is_empty();
        let Terms { start, end, price, interval } = terms(view, price, file.usual)?;
        let is_new = self.seen.insert(record.hash(file.plan.reading.identity_seed, &mut Vec::new()));
        if !is_new && !view.text(Role::Contract).is_empty() {
            return Err(Reject { reason: SetAsideReason::Duplicate, column: None });
        }
        self.identical_rows += u64::from(!is_new);
        self.interval_assumed += u64::from(!stated);
        let price = file.vat.map_or(price, |vat| vat.taken_out_of(price));
        let file = file.number;
        Ok(ContractRow { customer: 0, contract: None, product: None, start, end, price, interval, file, row })
    }

    fn use_row(&mut self, contract: ContractRow, view: &RowView<'_>, given: Amount) {
        // The row was judged to have a customer.
        self.customers.push(&view.customer(Role::Customer).unwrap_or_default());
        self.contract_ids.push(view.text(Role::Contract));
        self.products.push(view.text(Role::Product));
        self.rounded_rows += u64::from(view.rounded.get());
        match view.currency.get() {
            Some(Some(currency)) => *self.currencies.entry(currency).or_default() += 1,
            Some(None) => self.rows_without_currency += 1,
            None => {}
        }
        let total = self.intervals.entry(contract.interval).or_default();
        *total = (total.0 + 1, total.1 + given);
        self.amount_used += given;
        self.contracts.push(contract);
    }

    fn finish(mut self, request: &OrderRequest) -> Result<ContractLog, ReadError> {
        if self.contracts.is_empty() {
            return Err(nothing_usable(&self.files, &self.set_aside, self.rows_read));
        }
        let currency = one_currency(&self.currencies)?;
        let basis = one_basis(&self.bases, &self.files, request)?;
        let warnings = self.warnings(basis, currency);
        let used = self.contracts.len() as u64;
        let reconciliation = reconciliation(self.rows_read, used, self.amount_read, self.amount_used, &self.set_aside);
        debug_assert!(reconciliation.holds());
        let total = |(interval, (rows, amount))| IntervalTotal { interval, rows, amount };
        let intervals = std::mem::take(&mut self.intervals).into_iter().map(total).collect();
        let [(customer, customers), (contract, contract_ids), (product, products)] =
            [self.customers, self.contract_ids, self.products].map(|column| {
                let (ids, names) = column.finish();
                (ids, names.into_names())
            });
        let known = |id: u32| (id != NO_NAME).then_some(id);
        for (index, row) in self.contracts.iter_mut().enumerate() {
            (row.customer, row.contract, row.product) =
                (customer[index], known(contract[index]), known(product[index]));
        }
        Ok(ContractLog {
            contracts: self.contracts,
            customers,
            contract_ids,
            products,
            files: self.files,
            reconciliation,
            intervals,
            set_aside: self.set_aside,
            warnings,
            basis,
            currency,
            interval_assumed: self.interval_assumed,
            today: request.today,
        })
    }

    fn warnings(&self, basis: AmountBasis, currency: Option<Currency>) -> Vec<ReadWarning> {
        let mut warnings = Vec::new();
        if basis == AmountBasis::AsGiven {
            warnings.push(ReadWarning::VatUnknown);
        }
        if self.identical_rows > 0 {
            warnings.push(ReadWarning::IdenticalRows { rows: self.identical_rows });
        }
        if self.rounded_rows > 0 {
            warnings.push(ReadWarning::RoundedAmounts { rows: self.rounded_rows });
        }
        if self.customers_by_name {
            warnings.push(ReadWarning::CustomersByName);
        }
        if let Some(currency) = currency
            && self.rows_without_currency > 0
        {
            warnings.push(ReadWarning::Currency { currency });
        }
        warnings
    }
}
