//! The engine session: the one place where tables and functions are registered and queries are run.
//!
//! Queries are SQL kept in named files beside the module that asks them, run by DataFusion in this process. They use
//! standard functions and those of [`functions`], read nothing but registered tables, and take their values as named
//! parameters, so that the same plan can later be sent to a cluster. [`QueryRunner`] is what such a second engine is held
//! to.
//!
//! | schema | tables |
//! |---|---|
//! | `facts` | the sealed facts of a snapshot, [`Engine::register_lake`] |
//! | `state` | what the state knows of people, firms, products and rates, [`Engine::register_dimensions`] |
//! | `ledger` | views of `mehrwert-insight` over both |
//! | none | orders read from files, [`Engine::register_orders`], and what queries build on them |
//!
//! ```
//! use mehrwert_facts::engine::Engine;
//!
//! let engine = Engine::new()?;
//! let rows = engine.query("two", "SELECT $a + 1 AS two", &[("a", 1_i64.into())])?;
//! assert_eq!(rows[0].num_rows(), 1);
//! # Ok::<(), mehrwert_facts::engine::EngineError>(())
//! ```

mod columns;
mod dimensions;
pub mod functions;
mod histories;
mod lake;
mod orders;

pub use columns::{Columns, ColumnsError};
pub use dimensions::{DIMENSIONS, Dimensions, STATE};
pub use lake::FACTS;
pub use orders::Known;

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::{MemTable, SchemaProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::scalar::ScalarValue;

/// A session of the embedded engine.
pub struct Engine {
    context: SessionContext,
    runtime: tokio::runtime::Runtime,
}

/// A query by name, with the values of its parameters.
#[derive(Debug, Clone)]
pub struct NamedQuery {
    /// Its name: its file without ending.
    pub name: &'static str,
    /// Its text.
    pub sql: String,
    /// The values of its parameters.
    pub parameters: Vec<(&'static str, ScalarValue)>,
}

/// Whatever runs our queries over the registered tables: this engine, or a cluster with the same tables and functions. The
/// conformance suite (`mehrwert-insight`) holds every one of them to the same answers.
pub trait QueryRunner {
    /// Runs a query and returns its answer.
    ///
    /// # Errors
    /// [`EngineError::Query`] with the query's name and what the engine said.
    fn run(&self, query: &NamedQuery) -> Result<Vec<RecordBatch>, EngineError>;
}

impl QueryRunner for Engine {
    fn run(&self, query: &NamedQuery) -> Result<Vec<RecordBatch>, EngineError> {
        self.query(query.name, &query.sql, &query.parameters)
    }
}

/// What went wrong, and in which query or table.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The engine could not start its threads.
    #[error("the query engine could not start its threads")]
    Start(#[source] std::io::Error),
    /// A table could not be registered.
    #[error("the table '{table}' could not be given to the query engine")]
    Register {
        /// Which table.
        table: String,
        /// What the engine said.
        #[source]
        source: Box<DataFusionError>,
    },
    /// A query failed.
    #[error("the query '{query}' failed")]
    Query {
        /// The query's name: its file without ending.
        query: &'static str,
        /// What the engine said.
        #[source]
        source: Box<DataFusionError>,
    },
    /// A query's answer does not have the columns that its reader expects.
    #[error("the answer of the query '{query}' cannot be read")]
    Answer {
        /// The query's name.
        query: &'static str,
        /// Which column was expected.
        #[source]
        source: ColumnsError,
    },
}

impl Engine {
    /// A session that uses every core.
    ///
    /// # Errors
    /// [`EngineError::Start`] when the operating system gives no threads.
    pub fn new() -> Result<Engine, EngineError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(threads).build().map_err(EngineError::Start)?;
        let configuration = SessionConfig::new().with_target_partitions(threads).with_information_schema(false);
        let context = SessionContext::new_with_config(configuration);
        functions::register(&context);
        Ok(Engine { context, runtime })
    }

    /// Registers batches held in memory under a name, in place of any table of that name.
    ///
    /// # Errors
    /// [`EngineError::Register`] when a batch does not have the schema.
    pub fn register_batches(
        &self,
        table: &str,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<(), EngineError> {
        let error = |source: DataFusionError| EngineError::Register { table: table.to_owned(), source: source.into() };
        let provider = MemTable::try_new(schema, self.partitioned(batches)).map_err(error)?;
        self.context.deregister_table(table).map_err(error)?;
        self.context.register_table(table, Arc::new(provider)).map_err(error)?;
        Ok(())
    }

    /// Runs a query and returns its answer. Parameters are written `$name` in the query.
    ///
    /// # Errors
    /// [`EngineError::Query`] with the query's name and what the engine said.
    pub fn query(
        &self,
        name: &'static str,
        sql: &str,
        parameters: &[(&str, ScalarValue)],
    ) -> Result<Vec<RecordBatch>, EngineError> {
        let error = |source: DataFusionError| EngineError::Query { query: name, source: source.into() };
        let parameters: Vec<(String, ScalarValue)> =
            parameters.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        self.runtime.block_on(async {
            let frame = self.context.sql(sql).await.map_err(error)?;
            let frame =
                if parameters.is_empty() { frame } else { frame.with_param_values(parameters).map_err(error)? };
            frame.collect().await.map_err(error)
        })
    }

    /// Registers a schema with its tables, in place of any of that name.
    fn register_schema(&self, name: &str, schema: Arc<dyn SchemaProvider>) -> Result<(), EngineError> {
        let error = |source: DataFusionError| EngineError::Register { table: name.to_owned(), source: source.into() };
        let missing = || DataFusionError::Internal("the session has no catalog".to_owned());
        let catalog = self.context.catalog("datafusion").ok_or_else(missing).map_err(error)?;
        catalog.register_schema(name, schema).map_err(error)?;
        Ok(())
    }

    /// The tables, with their schema where they have one, that a query reads once its views are opened.
    ///
    /// # Errors
    /// [`EngineError::Query`] when the query cannot be planned.
    pub fn tables_read(&self, name: &'static str, sql: &str) -> Result<BTreeSet<String>, EngineError> {
        let error = |source: DataFusionError| EngineError::Query { query: name, source: source.into() };
        let mut tables = BTreeSet::new();
        let plan = self.runtime.block_on(self.context.sql(sql)).map_err(error)?.into_unoptimized_plan();
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                tables.insert(scan.table_name.to_string());
            }
            Ok(TreeNodeRecursion::Continue)
        })
        .map_err(error)?;
        Ok(tables)
    }

    /// Runs a query and keeps its answer as a table, for queries that several others build on.
    ///
    /// # Errors
    /// [`EngineError`] when the query fails.
    pub fn materialise(
        &self,
        table: &'static str,
        sql: &str,
        parameters: &[(&str, ScalarValue)],
    ) -> Result<(), EngineError> {
        let batches = self.query(table, sql, parameters)?;
        let schema = match batches.first() {
            Some(first) => first.schema(),
            // An answer without rows may come without any batch.
            None => {
                let error = |source: DataFusionError| EngineError::Query { query: table, source: source.into() };
                let frame = self.runtime.block_on(self.context.sql(sql)).map_err(error)?;
                Arc::new(frame.schema().as_arrow().clone())
            }
        };
        self.register_batches(table, schema, batches)
    }

    /// One partition a core, so that scans run side by side.
    fn partitioned(&self, batches: Vec<RecordBatch>) -> Vec<Vec<RecordBatch>> {
        let partitions = self.context.state().config().target_partitions().max(1);
        let share = batches.len().div_ceil(partitions).max(1);
        let mut parts: Vec<Vec<RecordBatch>> = Vec::new();
        for (position, batch) in batches.into_iter().enumerate() {
            if position % share == 0 {
                parts.push(Vec::with_capacity(share));
            }
            if let Some(part) = parts.last_mut() {
                part.push(batch);
            }
        }
        if parts.is_empty() { vec![Vec::new()] } else { parts }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").finish_non_exhaustive()
    }
}
