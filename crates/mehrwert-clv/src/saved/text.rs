//! A saved model as text, field by field.

use serde_json::{Map, Value};

use super::{FORMAT, KINDS, SavedKind, SavedModel, SavedModelError, SavedSpend, VERSION, WITHOUT_SEASON};
use crate::TimeUnit;
use crate::calendar::Season;

/// Takes a field out of the object.
struct Fields(Map<String, Value>);

impl Fields {
    fn take(&mut self, field: &'static str) -> Result<Value, SavedModelError> {
        self.0.remove(field).ok_or(SavedModelError::MissingField { field })
    }

    fn text(&mut self, field: &'static str) -> Result<String, SavedModelError> {
        match self.take(field)? {
            Value::String(text) => Ok(text),
            found => Err(wrong(field, &found, "a text")),
        }
    }

    fn whole(&mut self, field: &'static str) -> Result<u64, SavedModelError> {
        let found = self.take(field)?;
        found.as_u64().ok_or_else(|| wrong(field, &found, "a whole number"))
    }

    fn numbers(&mut self, field: &'static str) -> Result<Vec<f64>, SavedModelError> {
        let text = self.text(field)?;
        let number = |word: &str| word.parse::<f64>().ok();
        let numbers: Option<Vec<f64>> = text.split_whitespace().map(number).collect();
        numbers.ok_or_else(|| wrong(field, &Value::String(text), "numbers with spaces between them"))
    }

    fn number(&mut self, field: &'static str) -> Result<f64, SavedModelError> {
        let numbers = self.numbers(field)?;
        match numbers[..] {
            [number] => Ok(number),
            _ => Err(SavedModelError::WrongCount { field, found: numbers.len(), expected: 1 }),
        }
    }

    fn optional_numbers(&mut self, field: &'static str) -> Result<Option<Vec<f64>>, SavedModelError> {
        if self.0.get(field) == Some(&Value::Null) {
            self.0.remove(field);
            return Ok(None);
        }
        self.numbers(field).map(Some)
    }

    fn finish(mut self) -> Result<(), SavedModelError> {
        match self.0.keys().next().cloned() {
            Some(field) => {
                self.0.clear();
                Err(SavedModelError::UnknownField { field })
            }
            None => Ok(()),
        }
    }
}

fn wrong(field: &'static str, found: &Value, expected: &'static str) -> SavedModelError {
    SavedModelError::WrongField { field, found: found.to_string(), expected }
}

/// The shortest digits that give the same number back.
fn words(numbers: &[f64]) -> Value {
    Value::String(numbers.iter().map(|number| format!("{number:?}")).collect::<Vec<_>>().join(" "))
}

fn optional(numbers: &Option<Vec<f64>>) -> Value {
    numbers.as_ref().map_or(Value::Null, |numbers| words(numbers))
}

pub(super) fn unit_key(unit: Option<TimeUnit>) -> &'static str {
    match unit {
        Some(TimeUnit::Day) => "day",
        Some(TimeUnit::Week) => "week",
        None => "period",
    }
}

pub(super) fn write(model: &SavedModel) -> String {
    let spend = model.spend.as_ref().map_or(Value::Null, |spend| {
        let mut fields = Map::new();
        fields.insert("parameters".into(), words(&spend.parameters));
        fields.insert("log_covariance".into(), optional(&spend.log_covariance));
        fields.insert("log_likelihood".into(), words(&[spend.log_likelihood]));
        fields.insert("customers".into(), words(&[spend.customers]));
        Value::Object(fields)
    });
    let mut fields = Map::new();
    fields.insert("format".into(), FORMAT.into());
    fields.insert("version".into(), VERSION.into());
    fields.insert("written_by".into(), model.crate_version.clone().into());
    fields.insert("kind".into(), model.kind.key().into());
    fields.insert("time_unit".into(), unit_key(model.time_unit).into());
    fields.insert("parameters".into(), words(&model.parameters));
    fields.insert("log_covariance".into(), optional(&model.log_covariance));
    fields.insert("log_likelihood".into(), words(&[model.log_likelihood]));
    fields.insert("customers".into(), words(&[model.customers]));
    fields.insert("distinct_histories".into(), model.distinct_histories.into());
    fields.insert("observation_end".into(), model.observation_end.clone().into());
    fields.insert("fingerprint".into(), format!("{:016x}", model.fingerprint).into());
    fields.insert("spend".into(), spend);
    let season = model.season.as_ref().map(|season| words(season.harmonics().as_flattened()));
    fields.insert("season".into(), season.unwrap_or(Value::Null));
    Value::Object(fields).to_string()
}

pub(super) fn read(text: &str) -> Result<SavedModel, SavedModelError> {
    let not_json = |reason: String| SavedModelError::NotJson { reason };
    let value: Value = serde_json::from_str(text).map_err(|error| not_json(error.to_string()))?;
    let Value::Object(fields) = value else { return Err(not_json("another kind of value".to_owned())) };
    let mut fields = Fields(fields);
    let format = fields.text("format")?;
    if format != FORMAT {
        return Err(SavedModelError::OtherFormat { found: format });
    }
    // Before anything else, because another version may have other fields.
    let version = fields.whole("version")?;
    if version != VERSION && version != WITHOUT_SEASON {
        return Err(SavedModelError::OtherVersion { found: version });
    }
    let kind = read_kind(fields.text("kind")?)?;
    let time_unit = read_unit(kind, fields.text("time_unit")?)?;
    let model = SavedModel {
        kind,
        time_unit,
        parameters: fields.numbers("parameters")?,
        log_covariance: fields.optional_numbers("log_covariance")?,
        log_likelihood: fields.number("log_likelihood")?,
        customers: fields.number("customers")?,
        distinct_histories: fields.whole("distinct_histories")?,
        observation_end: fields.text("observation_end")?,
        fingerprint: read_fingerprint(fields.text("fingerprint")?)?,
        spend: read_spend(fields.take("spend")?)?,
        season: if version == WITHOUT_SEASON { None } else { read_season(&mut fields)? },
        crate_version: fields.text("written_by")?,
    };
    fields.finish()?;
    model.checked()
}

fn read_kind(found: String) -> Result<SavedKind, SavedModelError> {
    let known = KINDS.into_iter().find(|kind| kind.key() == found);
    let expected = || KINDS.map(SavedKind::key).join(", ");
    known.ok_or_else(|| SavedModelError::UnknownKind { expected: expected(), found })
}

fn read_unit(kind: SavedKind, found: String) -> Result<Option<TimeUnit>, SavedModelError> {
    match (kind, found.as_str()) {
        (SavedKind::Purchases(_), "day") => Ok(Some(TimeUnit::Day)),
        (SavedKind::Purchases(_), "week") => Ok(Some(TimeUnit::Week)),
        (SavedKind::Purchases(_), _) => Err(SavedModelError::UnknownUnit { found, expected: "\"day\" or \"week\"" }),
        (_, "period") => Ok(None),
        _ => Err(SavedModelError::UnknownUnit { found, expected: "\"period\"" }),
    }
}

fn read_fingerprint(found: String) -> Result<u64, SavedModelError> {
    let digits = found.len() == 16 && found.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let number = u64::from_str_radix(&found, 16).ok().filter(|_| digits);
    number.ok_or_else(|| wrong("fingerprint", &Value::String(found), "sixteen hexadecimal digits"))
}

/// Cosine and sine of each harmonic, from the first on.
fn read_season(fields: &mut Fields) -> Result<Option<Season>, SavedModelError> {
    let Some(numbers) = fields.optional_numbers("season")? else { return Ok(None) };
    let (pairs, rest) = numbers.as_chunks::<2>();
    let season = Season::from_harmonics(pairs).ok().filter(|_| rest.is_empty() && !pairs.is_empty());
    let expected = "pairs of numbers that make a season";
    season.map(Some).ok_or_else(|| wrong("season", &words(&numbers), expected))
}

fn read_spend(value: Value) -> Result<Option<SavedSpend>, SavedModelError> {
    let mut fields = match value {
        Value::Null => return Ok(None),
        Value::Object(fields) => Fields(fields),
        found => return Err(wrong("spend", &found, "an object or null")),
    };
    let spend = SavedSpend {
        parameters: fields.numbers("parameters")?,
        log_covariance: fields.optional_numbers("log_covariance")?,
        log_likelihood: fields.number("log_likelihood")?,
        customers: fields.number("customers")?,
    };
    fields.finish()?;
    Ok(Some(spend))
}
