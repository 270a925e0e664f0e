//! The sealed facts as tables of the engine: `facts.orders`, `facts.costs` and the rest.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::{MemTable, MemorySchemaProvider, SchemaProvider, TableProvider};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use mehrwert_state::Snapshot;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

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
        self.register_schema(FACTS, Arc::new(schema))
    }

    fn fact_table(
        &self,
        lake: &Lake,
        snapshot: &Snapshot,
        table: FactTable,
    ) -> Result<Arc<dyn TableProvider>, DataFusionError> {
        let files = snapshot.files.iter().filter(|file| file.fact == table.name());
        let paths: Vec<PathBuf> = files.map(|file| lake.path(file)).collect();
        if paths.is_empty() {
            let nothing = RecordBatch::new_empty(table.schema());
            return Ok(Arc::new(MemTable::try_new(table.schema(), vec![vec![nothing]])?));
        }
        self.files_as_table(&paths, Some(table.schema()))
    }

    /// Parquet files as one table, with the columns named or, without, those of the first file.
    pub(super) fn files_as_table(
        &self,
        paths: &[PathBuf],
        schema: Option<SchemaRef>,
    ) -> Result<Arc<dyn TableProvider>, DataFusionError> {
        let url = |path: &PathBuf| {
            let path = std::path::absolute(path)?;
            ListingTableUrl::parse(path.to_string_lossy())
        };
        let urls = paths.iter().map(url).collect::<Result<Vec<_>, DataFusionError>>()?;
        let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
        let schema = match (schema, paths) {
            (Some(schema), _) => schema,
            (None, [first, ..]) => {
                let file = std::fs::File::open(first)?;
                Arc::clone(ParquetRecordBatchReaderBuilder::try_new(file)?.schema())
            }
            (None, []) => return Err(DataFusionError::Internal("no file tells the columns".to_owned())),
        };
        let config = ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options).with_schema(schema);
        Ok(Arc::new(ListingTable::try_new(config)?))
    }
}
