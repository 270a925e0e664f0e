//! Why a saved model cannot be used.

use thiserror::Error;

use super::{FORMAT, LONGEST_END, VERSION};

/// Why a saved model cannot be used, or a model cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SavedModelError {
    /// The text is no JSON, or not an object.
    #[error(
        "the saved model is not a JSON object ({reason}): expected the text that `SavedModel::to_json` wrote, save anew"
    )]
    NotJson {
        /// What the reader of JSON says.
        reason: String,
    },
    /// A file of another kind.
    #[error("the format is {found:?}: expected {FORMAT:?}, check that this is the file of a saved model")]
    OtherFormat {
        /// The format named there.
        found: String,
    },
    /// Written by a newer program, or by none.
    #[error(
        "the saved model has version {found}: expected {VERSION} or older, use the program that wrote it or save anew"
    )]
    OtherVersion {
        /// The version named there.
        found: u64,
    },
    /// A kind of model that this program does not know.
    #[error("the saved model is a {found:?}: expected one of {expected}, use the program that wrote it")]
    UnknownKind {
        /// The kind named there.
        found: String,
        /// The kinds known.
        expected: String,
    },
    /// A unit of time that does not go with the kind.
    #[error("the time unit is {found:?}: expected {expected} for this kind of model, save anew")]
    UnknownUnit {
        /// The unit named there.
        found: String,
        /// The units possible.
        expected: &'static str,
    },
    /// A field is not there.
    #[error("the saved model has no field {field:?}: expected a complete file, save anew")]
    MissingField {
        /// The field's name.
        field: &'static str,
    },
    /// A field that this version does not have.
    #[error("the saved model has a field {field:?} that version {VERSION} does not know: save anew")]
    UnknownField {
        /// The field's name.
        field: String,
    },
    /// A field of the wrong type, or a text that is not what belongs there.
    #[error("field {field:?} is {found}: expected {expected}, save anew")]
    WrongField {
        /// The field's name.
        field: &'static str,
        /// What stands there.
        found: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A number of values that does not go with the kind.
    #[error("field {field:?} holds {found} numbers: expected {expected} for this kind of model, save anew")]
    WrongCount {
        /// The field's name.
        field: &'static str,
        /// Numbers there.
        found: usize,
        /// Numbers that belong there.
        expected: usize,
    },
    /// A parameter that no model can have.
    #[error("parameter {name} is {value}: expected a finite number above zero, save anew")]
    BadParameter {
        /// The parameter's name.
        name: &'static str,
        /// Its value, as text.
        value: String,
    },
    /// No covariance has this form.
    #[error("field {field:?} is no covariance: expected the lower triangle of a positive definite matrix, save anew")]
    BadCovariance {
        /// The field's name.
        field: &'static str,
    },
    /// The end of the observation is a text without end.
    #[error(
        "the end of the observation has {found} bytes: expected at most {LONGEST_END}, hand in a date or day number"
    )]
    EndTooLong {
        /// Its length.
        found: usize,
    },
    /// The data at hand are not those that the model was fitted to.
    #[error(
        "the histories have the fingerprint {found:016x}: expected {expected:016x}, those that the model was fitted to; \
         fit anew, or use the model knowing that it is of other data"
    )]
    OtherHistories {
        /// The fingerprint of the histories at hand.
        found: u64,
        /// The fingerprint saved with the model.
        expected: u64,
    },
}
