//! The engine session: the one place where tables and functions are registered and queries are run.
//!
//! Queries are SQL kept in named files beside the module that asks them, run by DataFusion in this process. They use
//! standard functions only, read nothing but registered tables, and take their values as named parameters, so that the
//! same plan can later be sent to a cluster.
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
mod lake;
mod orders;

pub use columns::{Columns, ColumnsError};
pub use lake::FACTS;
pub use orders::Known;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::MemTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::scalar::ScalarValue;

/// A session of the embedded engine.
pub struct Engine {
    context: SessionContext,
    runtime: tokio::runtime::Runtime,
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
        Ok(Engine { context: SessionContext::new_with_config(configuration), runtime })
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
        match batches.first() {
            Some(first) => {
                let schema = first.schema();
                self.register_batches(table, schema, batches)
            }
            None => Err(EngineError::Answer { query: table, source: ColumnsError::NoBatches }),
        }
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
