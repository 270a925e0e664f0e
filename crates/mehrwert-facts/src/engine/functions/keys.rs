//! Ids as numbers: grouping by a 128-bit number is several times faster than by sixteen bytes.
//!
//! The number is the id's bytes read as they lie, without meaning of its own; its type is the engine's only one of 128
//! bits, a decimal. It is for grouping and joining within one query and is never written.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, FixedSizeBinaryArray};
use arrow::buffer::{Buffer, ScalarBuffer};
use arrow::datatypes::{DataType, Decimal128Type};
use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

const ID: DataType = DataType::FixedSizeBinary(16);
const KEY: DataType = DataType::Decimal128(38, 0);

/// `id_key(id)`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct IdKey(Signature);

/// `key_id(key)`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct KeyId(Signature);

impl IdKey {
    pub fn new() -> IdKey {
        IdKey(Signature::exact(vec![ID], Volatility::Immutable))
    }
}

impl KeyId {
    pub fn new() -> KeyId {
        KeyId(Signature::exact(vec![KEY], Volatility::Immutable))
    }
}

impl ScalarUDFImpl for IdKey {
    fn name(&self) -> &str {
        "id_key"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(KEY)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let ids = only(arguments)?;
        let Some(ids) = ids.as_fixed_size_binary_opt() else { return exec_err!("id_key takes ids of 16 bytes") };
        Ok(ColumnarValue::Array(Arc::new(keys(ids)?)))
    }
}

impl ScalarUDFImpl for KeyId {
    fn name(&self) -> &str {
        "key_id"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(ID)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let keys = only(arguments)?;
        let Some(keys) = keys.as_primitive_opt::<Decimal128Type>() else {
            return exec_err!("key_id takes keys of id_key");
        };
        let bytes = keys.values().inner().clone();
        Ok(ColumnarValue::Array(Arc::new(FixedSizeBinaryArray::try_new(16, bytes, keys.nulls().cloned())?)))
    }
}

fn only(arguments: ScalarFunctionArgs) -> Result<ArrayRef> {
    match arguments.args.into_iter().next() {
        Some(value) => value.into_array(arguments.number_rows),
        None => exec_err!("one argument is expected"),
    }
}

/// The ids as numbers: the same memory where it is aligned for that, else a copy.
fn keys(ids: &FixedSizeBinaryArray) -> Result<Decimal128Array> {
    let bytes = &ids.value_data()[..ids.len() * 16];
    let whole = Buffer::from_slice_ref(bytes);
    let values = ScalarBuffer::<i128>::new(whole, 0, ids.len());
    Ok(Decimal128Array::new(values, ids.nulls().cloned()).with_precision_and_scale(38, 0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let ids: Vec<Option<[u8; 16]>> = (0..50_u8).map(|number| (number % 7 != 3).then_some([number; 16])).collect();
        let ids = FixedSizeBinaryArray::try_from_sparse_iter_with_size(ids.into_iter(), 16).unwrap();
        for part in [ids.slice(0, 50), ids.slice(7, 20), ids.slice(50, 0)] {
            let keys = keys(&part).unwrap();
            let back = FixedSizeBinaryArray::try_new(16, keys.values().inner().clone(), keys.nulls().cloned()).unwrap();
            assert_eq!(back, part);
        }
    }
}
