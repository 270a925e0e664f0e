//! Reading the columns of a query's answer as plain vectors.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, UInt32Type};
use mehrwert_core::{Amount, Day};

/// The answer of a query, to be read column by column.
///
/// ```
/// use mehrwert_facts::engine::{Columns, Engine};
/// let rows = Engine::new()?.query("one", "SELECT CAST(1 AS BIGINT) AS one", &[])?;
/// assert_eq!(Columns::new(&rows).counts("one")?, [1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    batches: &'a [RecordBatch],
}

/// A column is not what its reader expects. Only a change of a query without its reader can bring this about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// There is no column of that name.
    #[error("expected a column '{0}'")]
    Missing(String),
    /// The column holds another type.
    #[error("expected the column '{column}' to hold {expected}, found {found}")]
    Type {
        /// Which column.
        column: String,
        /// What was expected.
        expected: &'static str,
        /// The type found.
        found: String,
    },
    /// A value is missing where one is always expected.
    #[error("expected a value in every row of the column '{0}'")]
    Null(String),
    /// The answer has no batch at all, not even an empty one, so that its columns are not known.
    #[error("expected at least one batch")]
    NoBatches,
}

impl<'a> Columns<'a> {
    /// The columns of an answer.
    #[must_use]
    pub fn new(batches: &'a [RecordBatch]) -> Columns<'a> {
        Columns { batches }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Keys of interned names.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of 32-bit keys without gaps.
    pub fn keys(&self, column: &str) -> Result<Vec<u32>, ColumnsError> {
        self.read::<UInt32Type, u32>(column, "keys", |key| key)
    }

    /// Keys of interned names, where some are missing.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of 32-bit keys.
    pub fn optional_keys(&self, column: &str) -> Result<Vec<Option<u32>>, ColumnsError> {
        let mut keys = Vec::with_capacity(self.rows());
        for batch in self.batches {
            keys.extend(typed::<UInt32Type>(batch, column, "keys")?.iter());
        }
        Ok(keys)
    }

    /// Counts.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of whole numbers without gaps.
    pub fn counts(&self, column: &str) -> Result<Vec<u64>, ColumnsError> {
        // A count is never negative.
        self.read::<Int64Type, u64>(column, "counts", i64::unsigned_abs)
    }

    /// Days.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of days without gaps.
    pub fn days(&self, column: &str) -> Result<Vec<Day>, ColumnsError> {
        self.read::<Date32Type, Day>(column, "days", Day::from_epoch)
    }

    /// Days, where some are missing.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of days.
    pub fn optional_days(&self, column: &str) -> Result<Vec<Option<Day>>, ColumnsError> {
        let mut days = Vec::with_capacity(self.rows());
        for batch in self.batches {
            let array = typed::<Date32Type>(batch, column, "days")?;
            days.extend(array.iter().map(|day| day.map(Day::from_epoch)));
        }
        Ok(days)
    }

    /// Exact amounts.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of amounts without gaps.
    pub fn amounts(&self, column: &str) -> Result<Vec<Amount>, ColumnsError> {
        self.read::<Decimal128Type, Amount>(column, "amounts", Amount::from_micros)
    }

    /// Exact amounts, where some are missing.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of amounts.
    pub fn optional_amounts(&self, column: &str) -> Result<Vec<Option<Amount>>, ColumnsError> {
        let mut amounts = Vec::with_capacity(self.rows());
        for batch in self.batches {
            let array = typed::<Decimal128Type>(batch, column, "amounts")?;
            amounts.extend(array.iter().map(|micros| micros.map(Amount::from_micros)));
        }
        Ok(amounts)
    }

    /// Numbers that are no amounts any more, as after discounting.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of floating-point numbers without gaps.
    pub fn floats(&self, column: &str) -> Result<Vec<f64>, ColumnsError> {
        self.read::<Float64Type, f64>(column, "floating-point numbers", |number| number)
    }

    /// Texts, where some are missing.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of texts.
    pub fn optional_texts(&self, column: &str) -> Result<Vec<Option<String>>, ColumnsError> {
        let mut texts = Vec::with_capacity(self.rows());
        for batch in self.batches {
            let array = named(batch, column)?;
            // The engine has several types for text; a column of nothing but gaps has none.
            let wrong = || wrong(column, "texts", array);
            let array = match array.data_type() {
                DataType::Utf8
                | DataType::Utf8View
                | DataType::LargeUtf8
                | DataType::Null
                | DataType::Dictionary(_, _) => cast(array, &DataType::Utf8).map_err(|_| wrong())?,
                _ => return Err(wrong()),
            };
            texts.extend(array.as_string::<i32>().iter().map(|text| text.map(str::to_owned)));
        }
        Ok(texts)
    }

    /// Texts.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of texts without gaps.
    pub fn texts(&self, column: &str) -> Result<Vec<String>, ColumnsError> {
        without_gaps(column, self.optional_texts(column)?)
    }

    /// Ids of 16 bytes, where some are missing.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of 16 bytes.
    pub fn optional_ids(&self, column: &str) -> Result<Vec<Option<[u8; 16]>>, ColumnsError> {
        let mut ids = Vec::with_capacity(self.rows());
        for batch in self.batches {
            let array = named(batch, column)?;
            let bytes = array.as_fixed_size_binary_opt().ok_or_else(|| wrong(column, "ids of 16 bytes", array))?;
            ids.extend(bytes.iter().map(|id| id.and_then(|id| id.try_into().ok())));
        }
        Ok(ids)
    }

    /// Ids of 16 bytes.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of 16 bytes without gaps.
    pub fn ids(&self, column: &str) -> Result<Vec<[u8; 16]>, ColumnsError> {
        without_gaps(column, self.optional_ids(column)?)
    }

    /// Yes or no.
    ///
    /// # Errors
    /// [`ColumnsError`] when there is no such column of booleans without gaps.
    pub fn flags(&self, column: &str) -> Result<Vec<bool>, ColumnsError> {
        let mut flags = Vec::with_capacity(self.rows());
        for batch in self.batches {
            let array = named(batch, column)?;
            flags.extend(array.as_boolean_opt().ok_or_else(|| wrong(column, "yes or no", array))?.iter());
        }
        without_gaps(column, flags)
    }

    fn read<T: ArrowPrimitiveType, V>(
        &self,
        column: &str,
        expected: &'static str,
        convert: impl Fn(T::Native) -> V,
    ) -> Result<Vec<V>, ColumnsError> {
        let mut values = Vec::with_capacity(self.rows());
        for batch in self.batches {
            let array = typed::<T>(batch, column, expected)?;
            if array.null_count() > 0 {
                return Err(ColumnsError::Null(column.to_owned()));
            }
            values.extend(array.values().iter().map(|&value| convert(value)));
        }
        Ok(values)
    }
}

fn typed<'b, T: ArrowPrimitiveType>(
    batch: &'b RecordBatch,
    column: &str,
    expected: &'static str,
) -> Result<&'b PrimitiveArray<T>, ColumnsError> {
    let array = named(batch, column)?;
    array.as_primitive_opt::<T>().ok_or_else(|| wrong(column, expected, array))
}

fn named<'b>(batch: &'b RecordBatch, column: &str) -> Result<&'b ArrayRef, ColumnsError> {
    batch.column_by_name(column).ok_or_else(|| ColumnsError::Missing(column.to_owned()))
}

fn wrong(column: &str, expected: &'static str, array: &ArrayRef) -> ColumnsError {
    ColumnsError::Type { column: column.to_owned(), expected, found: array.data_type().to_string() }
}

fn without_gaps<T>(column: &str, values: Vec<Option<T>>) -> Result<Vec<T>, ColumnsError> {
    values.into_iter().collect::<Option<Vec<T>>>().ok_or_else(|| ColumnsError::Null(column.to_owned()))
}
