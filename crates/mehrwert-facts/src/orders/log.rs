//! The chunks of all files put together, in the order of the files: names get their numbers, duplicates go, sums are
//! drawn up.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use mehrwert_core::{Amount, Currency};
use rayon::prelude::*;

use super::across::{Withdrawn, adopt_refunds, restated_orders, rows_of};
use super::chunk::ChunkResult;
use super::error::ReadError;
use super::lines::LineColumns;
use super::names::{Interner, NO_NAME, NameColumn};
use super::report::{AmountBasis, FileReport, ReadWarning, Reconciliation, SetAside, SetAsideReason};
use super::request::OrderRequest;
use super::schema::OrderColumns;
use super::sums::{nothing_usable, one_basis, one_currency, reconciliation};
use super::{Attribute, OrderLog, RowError};

/// The hashes of rows are hashes already.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _bytes: &[u8]) {}
    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }
}

/// The log as far as it is put together.
#[derive(Default)]
pub(crate) struct LogBuilder {
    customers: Interner,
    orders: Interner,
    products: Interner,
    sources: Interner,
    attributes: Vec<Interner>,
    /// Whether some file has the column of each attribute.
    attributes_found: Vec<bool>,
    parts: Vec<(u16, LineColumns)>,
    columns: OrderColumns,
    files: Vec<FileReport>,
    bases: Vec<AmountBasis>,
    customers_by_name: bool,
    set_aside: Vec<SetAside>,
    rows_read: u64,
    rows_used: u64,
    amount_read: Amount,
    amount_used: Amount,
    currencies: BTreeMap<Currency, u64>,
    rows_without_currency: u64,
    rounded_rows: u64,
    seen_rows: HashSet<u128, BuildHasherDefault<AsItIs>>,
    other_rows: Vec<u64>,
}

/// A file's part of the log.
pub(crate) struct FileResult {
    pub report: FileReport,
    pub basis: AmountBasis,
    pub customers_by_name: bool,
    pub rows_before: u64,
    /// Whether the file has the column of each attribute.
    pub attributes_found: Vec<bool>,
    pub chunks: Vec<Result<ChunkResult, RowError>>,
}

impl LogBuilder {
    /// Files added so far: the number of the next.
    pub(crate) fn file_count(&self) -> u16 {
        // At most 65,535 files are let in.
        self.files.len() as u16
    }

    /// Adds a file behind those added before.
    pub(crate) fn add_file(&mut self, result: FileResult) -> Result<(), ReadError> {
        let mut report = result.report;
        self.attributes_found.resize(result.attributes_found.len(), false);
        for (known, found) in self.attributes_found.iter_mut().zip(&result.attributes_found) {
            *known |= found;
        }
        let file = self.file_count();
        let mut rows_before = result.rows_before;
        let rows_at_start = self.rows_read;
        for chunk in result.chunks {
            let chunk = chunk.map_err(|error| error.at(&report.path, rows_before))?;
            let passed = chunk.rows_passed;
            if rows_before + passed > u64::from(u32::MAX) {
                return Err(ReadError::TooManyRows { path: report.path });
            }
            self.add_chunk(chunk, file, rows_before);
            rows_before += passed;
        }
        report.rows = self.rows_read - rows_at_start;
        if report.rows == 0 {
            return Err(ReadError::HeaderOnly { path: report.path });
        }
        self.files.push(report);
        self.bases.push(result.basis);
        self.customers_by_name |= result.customers_by_name;
        Ok(())
    }

    fn add_chunk(&mut self, mut chunk: ChunkResult, file: u16, rows_before: u64) {
        let LogBuilder { customers, orders, products, sources, attributes, .. } = self;
        let merge = |interner: &mut Interner, column: NameColumn, has: bool| {
            let (mut ids, names) = column.finish();
            let numbers = interner.merge(names);
            for id in ids.iter_mut().filter(|id| **id != NO_NAME) {
                *id = numbers[*id as usize];
            }
            if has { ids } else { Vec::new() }
        };
        let has = chunk.lines.has;
        let ((customer, product), (order, source)) = rayon::join(
            || (merge(customers, chunk.customers, true), merge(products, chunk.products, has.product)),
            || (merge(orders, chunk.orders, has.order), merge(sources, chunk.sources, has.source)),
        );
        attributes.resize_with(chunk.attributes.len(), Interner::default);
        let values = attributes.iter_mut().zip(chunk.attributes);
        chunk.lines.attributes = values.map(|(interner, column)| merge(interner, column, true)).collect();
        let lines = &mut chunk.lines;
        (lines.customer, lines.product, lines.order, lines.source) = (customer, product, order, source);
        for row in &mut chunk.lines.row {
            // Checked before: the file has no more rows than the type holds.
            *row = row.saturating_add(rows_before as u32);
        }
        for set_aside in &mut chunk.set_aside {
            set_aside.row += rows_before;
        }
        let mut set_aside = chunk.set_aside;
        let rows_set_aside = set_aside.len() as u64;
        let duplicates = self.take_out_duplicates(&mut chunk.lines, &chunk.order_rows, file);
        if !duplicates.is_empty() {
            set_aside.extend(duplicates.iter().copied());
            set_aside.sort_by_key(|set_aside| set_aside.row);
        }
        self.set_aside.extend(set_aside);
        self.rows_read += chunk.rows_read;
        self.rows_used += chunk.rows_read - rows_set_aside - duplicates.len() as u64;
        self.amount_read += chunk.amount_read;
        self.amount_used += (0..chunk.lines.len()).map(|line| chunk.lines.given(line)).sum::<Amount>();
        for (currency, rows) in chunk.currencies {
            *self.currencies.entry(currency).or_default() += rows;
        }
        self.rows_without_currency += chunk.rows_without_currency;
        self.rounded_rows += chunk.rounded_rows;
        self.other_rows.extend(chunk.other_rows);
        self.columns = self.columns.union(chunk.lines.has);
        self.parts.push((file, chunk.lines));
    }

    /// Takes out the lines of rows that repeat an earlier one with an order id, of whichever file, and lists the rows.
    fn take_out_duplicates(&mut self, lines: &mut LineColumns, order_rows: &[u128], file: u16) -> Vec<SetAside> {
        let mut duplicates: Vec<SetAside> = Vec::new();
        let mut keep = Vec::new();
        let mut hashes = order_rows.iter();
        let mut line = 0;
        while line < lines.len() && !order_rows.is_empty() {
            // A row's lines follow each other.
            let row = lines.row[line];
            let end = line + lines.row[line..].iter().take_while(|other| **other == row).count();
            let hash = hashes.next().copied().unwrap_or(0);
            if hash != 0 && !self.seen_rows.insert(hash) {
                keep.resize(lines.len(), true);
                keep[line..end].fill(false);
                let amount = Some((line..end).map(|line| lines.given(line)).sum());
                let reason = SetAsideReason::Duplicate;
                duplicates.push(SetAside { file, row: u64::from(row), column: None, reason, amount });
            }
            line = end;
        }
        if !duplicates.is_empty() {
            lines.retain(&keep);
        }
        duplicates
    }

    /// The whole log, or why it makes no sense.
    pub(crate) fn finish(mut self, request: &OrderRequest) -> Result<OrderLog, ReadError> {
        if self.rows_used == 0 {
            return Err(self.nothing_usable());
        }
        let restated_orders = self.look_across_files();
        if self.rows_used == 0 {
            return Err(self.nothing_usable());
        }
        let currency = one_currency(&self.currencies)?;
        let basis = one_basis(&self.bases, &self.files, request)?;
        let mut warnings = self.warnings(basis, currency);
        if restated_orders > 0 {
            warnings.push(ReadWarning::OrdersRestated { orders: restated_orders });
        }
        let reconciliation = self.reconciliation();
        debug_assert!(reconciliation.holds());
        self.require_attributes(request)?;
        let values = std::mem::take(&mut self.attributes).into_iter().map(Interner::into_names);
        let columns = self.columns;
        let mut batches = Vec::new();
        for (file, lines) in std::mem::take(&mut self.parts) {
            batches.extend(lines.into_batches(columns, file)?);
        }
        Ok(OrderLog {
            schema: super::order_lines_schema(columns),
            batches,
            customers: self.customers.into_names(),
            order_ids: self.orders.into_names(),
            products: self.products.into_names(),
            sources: self.sources.into_names(),
            attributes: request
                .attributes
                .iter()
                .cloned()
                .zip(values)
                .map(|(name, values)| Attribute { name, values })
                .collect(),
            files: self.files,
            reconciliation,
            set_aside: self.set_aside,
            warnings,
            basis,
            currency,
        })
    }

    /// Several files may share the attributes among them, but each must be somewhere.
    fn require_attributes(&self, request: &OrderRequest) -> Result<(), ReadError> {
        let nowhere = request.attributes.iter().zip(&self.attributes_found).find(|(_, found)| !**found);
        match (nowhere, self.files.last()) {
            (Some((name, _)), Some(last)) => Err(ReadError::NoAttribute {
                path: last.path.clone(),
                column: name.clone(),
                columns: last.columns.iter().map(|column| column.name.clone()).collect(),
            }),
            _ => Ok(()),
        }
    }

    /// What only all files together tell; gives how many orders a later file restated.
    fn look_across_files(&mut self) -> u64 {
        for withdrawn in adopt_refunds(&mut self.parts, self.orders.len()) {
            self.withdraw(withdrawn);
        }
        let (withdrawn, orders) = restated_orders(&self.parts, &self.files, self.orders.len());
        for withdrawn in withdrawn {
            self.withdraw(withdrawn);
        }
        self.set_aside.sort_by_key(|set_aside| (set_aside.file, set_aside.row));
        orders
    }

    /// Sets aside rows that counted as used so far.
    fn withdraw(&mut self, withdrawn: Withdrawn) {
        let Some((file, lines)) = self.parts.get_mut(withdrawn.part) else { return };
        let rows = rows_of(lines, &withdrawn.keep, *file, withdrawn.reason);
        lines.retain(&withdrawn.keep);
        self.rows_used -= rows.len() as u64;
        self.amount_used -= rows.iter().filter_map(|row| row.amount).sum();
        self.set_aside.extend(rows);
    }

    fn nothing_usable(&self) -> ReadError {
        nothing_usable(&self.files, &self.set_aside, self.rows_read)
    }

    fn warnings(&mut self, basis: AmountBasis, currency: Option<Currency>) -> Vec<ReadWarning> {
        let mut warnings = Vec::new();
        match basis {
            AmountBasis::AsGiven => warnings.push(ReadWarning::VatUnknown),
            AmountBasis::NoAmounts => warnings.push(ReadWarning::NoAmounts),
            AmountBasis::Net | AmountBasis::NetByRate | AmountBasis::Gross => {}
        }
        let identical = self.identical_rows();
        if identical > 0 {
            warnings.push(ReadWarning::IdenticalRows { rows: identical });
        }
        if self.rounded_rows > 0 {
            warnings.push(ReadWarning::RoundedAmounts { rows: self.rounded_rows });
        }
        if self.customers_by_name {
            warnings.push(ReadWarning::CustomersByName);
        }
        let orders = self.orders_with_several_customers();
        if orders > 0 {
            warnings.push(ReadWarning::OrdersWithSeveralCustomers { orders });
        }
        if let Some(currency) = currency
            && self.rows_without_currency > 0
        {
            warnings.push(ReadWarning::Currency { currency });
        }
        warnings
    }

    /// Rows without order id that repeat an earlier one. 64 bits of hash are enough for a count: among ten million rows a
    /// chance agreement is a matter of one in 400,000.
    fn identical_rows(&mut self) -> u64 {
        let mut hashes = std::mem::take(&mut self.other_rows);
        hashes.par_sort_unstable();
        hashes.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64
    }

    fn orders_with_several_customers(&self) -> u64 {
        let mut owners = vec![NO_NAME; self.orders.len()];
        let mut is_shared = vec![false; self.orders.len()];
        for (_, lines) in &self.parts {
            for (order, customer) in lines.order.iter().zip(&lines.customer).filter(|(order, _)| **order != NO_NAME) {
                let order = *order as usize;
                if owners[order] == NO_NAME {
                    owners[order] = *customer;
                } else if owners[order] != *customer {
                    is_shared[order] = true;
                }
            }
        }
        is_shared.iter().filter(|shared| **shared).count() as u64
    }

    fn reconciliation(&self) -> Reconciliation {
        reconciliation(self.rows_read, self.rows_used, self.amount_read, self.amount_used, &self.set_aside)
    }
}
