//! The sealed facts as tables of the engine: `facts.orders`, `facts.costs` and the rest.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::catalog::{MemTable, MemorySchemaProvider, SchemaProvider, TableProvider};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use mehrwert_state::Snapshot;

use super::{Engine, EngineError};
use crate::lake::Lake;
use crate::tables::FactTable;

/// The schema of the engine in which the fact tables stand.
pub const FACTS: &str = "facts";

impl Engine {
    /// Registers the fact tables as they are in a snapshot: an explicit list of Parquet files each, so that the same plan
    /// runs elsewhere over the same files.
    ///
    /// # Errors
    /// [`EngineError::Register`] when a path cannot be used.
    pub fn register_lake(&self, lake: &Lake, snapshot: &Snapshot) -> Result<(), EngineError> {
        let schema = MemorySchemaProvider::new();
        for table in FactTable::ALL {
            let error = |source: DataFusionError| EngineError::Register {
                table: format!("{FACTS}.{}", table.name()),
                source: source.into(),
            };
            let provider = self.fact_table(lake, snapshot, table).map_err(error)?;
            schema.register_table(table.name().to_owned(), provider).map_err(error)?;
        }
        let catalog = self.context.catalog("datafusion").ok_or_else(|| EngineError::Register {
            table: FACTS.to_owned(),
            source: Box::new(DataFusionError::Internal("the session has no catalog".to_owned())),
        })?;
        catalog
            .register_schema(FACTS, Arc::new(schema))
            .map_err(|source| EngineError::Register { table: FACTS.to_owned(), source: source.into() })?;
        Ok(())
    }

    fn fact_table(
        &self,
        lake: &Lake,
        snapshot: &Snapshot,
        table: FactTable,
    ) -> Result<Arc<dyn TableProvider>, DataFusionError> {
        let files = snapshot.files.iter().filter(|file| file.fact == table.name());
        let url = |file| {
            let path = std::path::absolute(lake.path(file))?;
            ListingTableUrl::parse(path.to_string_lossy())
        };
        let urls = files.map(url).collect::<Result<Vec<_>, DataFusionError>>()?;
        if urls.is_empty() {
            let nothing = RecordBatch::new_empty(table.schema());
            return Ok(Arc::new(MemTable::try_new(table.schema(), vec![vec![nothing]])?));
        }
        let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
        let config =
            ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options).with_schema(table.schema());
        Ok(Arc::new(ListingTable::try_new(config)?))
    }
}
