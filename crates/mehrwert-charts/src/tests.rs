//! What holds for every chart whatever the numbers.

use mehrwert_core::Day;
use proptest::prelude::*;

use crate::*;

const NAMES: [&str; 6] = ["first <&> column", "second", "third", "fourth", "fifth", "sixth"];

fn texts(columns: usize) -> Texts {
    Texts {
        id: "a-chart".into(),
        title: "Title with <angles> & \"quotes\"".into(),
        summary: "Summary.".into(),
        horizontal: "across".into(),
        vertical: "up".into(),
        nothing: "Too little to draw.".into(),
        columns: NAMES[..columns].iter().map(ToString::to_string).collect(),
    }
}

fn format() -> Format {
    Format::new(Language::De, "EUR".parse().ok())
}

fn every_chart(values: &[f64]) -> Vec<Figure> {
    let format = format();
    let day = |index: usize| Day::from_epoch(19_000 + 7 * index as i32);
    let weeks: Vec<CoursePoint> = values
        .iter()
        .enumerate()
        .map(|(index, value)| CoursePoint {
            day: day(index),
            actual: *value,
            expected: value * 0.9,
            holdout: index * 2 > values.len(),
        })
        .collect();
    let points: Vec<AlivePoint> = values
        .iter()
        .map(|value| AlivePoint {
            orders: *value as u32,
            days_since: *value as i32,
            probability: Some(*value).filter(|value| *value > 0.0),
        })
        .collect();
    let bars: Vec<PyramidBar> = values
        .iter()
        .take(8)
        .map(|value| PyramidBar {
            name: "step".into(),
            detail: "3 customers".into(),
            share: *value,
            equal_share: 0.1,
            value: format.money(*value),
        })
        .collect();
    let ranges: Vec<EstimateBar> = values
        .iter()
        .take(12)
        .enumerate()
        .map(|(index, value)| EstimateBar {
            name: "cohort".into(),
            detail: "30 customers".into(),
            value: *value,
            low: value * 0.8,
            high: value * 1.3,
            known: value * 0.3,
            is_faint: index > 8,
        })
        .collect();
    let course_words = CourseWords { actual: "actual", expected: "expected", holdout: "held out" };
    let alive_words = AliveWords { legend: "alive", unknown: "not known" };
    vec![
        histogram(&texts(3), values, Some((values.first().copied().unwrap_or(0.0), "mean")), &format, |value| {
            format.money_tick(value)
        }),
        concentration(&texts(2), values, "all equal", &format),
        pyramid(&texts(4), &bars, &format),
        alive_map(&texts(4), &points, alive_words, &format),
        course(&texts(3), &weeks, Course::Weekly, course_words, &format),
        course(&texts(3), &weeks, Course::Cumulative, course_words, &format),
        estimates(&texts(6), &ranges, |value| format.money(value), |value| format.money_tick(value)),
    ]
}

/// Attribute values that must be numbers, lists of numbers or words: nothing that is not finite may be in them.
fn is_sound(svg: &str) -> bool {
    let lower = svg.to_lowercase();
    let is_balanced = ["svg", "text", "title", "desc", "defs", "pattern"]
        .iter()
        .all(|tag| lower.matches(&format!("<{tag}")).count() >= lower.matches(&format!("</{tag}>")).count());
    is_balanced
        && !lower.contains("nan")
        && !lower.contains("inf")
        && lower.matches('<').count() == lower.matches('>').count()
        && svg.contains("role=\"img\"")
        && svg.contains("<title")
        && svg.contains("<desc")
}

fn check(values: &[f64]) {
    for figure in every_chart(values) {
        match &figure.picture {
            Picture::Drawn { wide, narrow } => {
                assert!(is_sound(wide), "{wide}");
                assert!(is_sound(narrow), "{narrow}");
            }
            Picture::Sentence(sentence) => assert_eq!(sentence, "Too little to draw."),
        }
        for row in &figure.table.rows {
            assert_eq!(row.len(), figure.table.columns.len());
        }
    }
}

#[test]
fn nothing_and_one_value_give_a_sentence() {
    for values in [&[][..], &[7.0][..]] {
        for figure in every_chart(values) {
            assert!(matches!(figure.picture, Picture::Sentence(_)), "{:?}", figure.table.caption);
        }
    }
}

#[test]
fn awkward_numbers() {
    check(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1.0, 1e300, f64::MAX, f64::MIN_POSITIVE]);
    check(&[0.0; 12]);
    check(&[1e-300, 2e-300, 3e-300]);
    check(&[-5.0, -3.0, -1.0]);
}

#[test]
fn drawings_of_an_ordinary_shop() {
    let values: Vec<f64> = (1..=60).map(|number| f64::from(number * number) / 10.0).collect();
    for (index, figure) in every_chart(&values).into_iter().enumerate() {
        let Picture::Drawn { wide, narrow } = figure.picture else { panic!("chart {index} is not drawn") };
        insta::assert_snapshot!(format!("chart_{index}_wide"), wide);
        insta::assert_snapshot!(format!("chart_{index}_narrow"), narrow);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_numbers_break_a_drawing(values in prop::collection::vec(any::<f64>(), 0..40)) {
        check(&values);
    }

    #[test]
    fn no_everyday_numbers_break_a_drawing(values in prop::collection::vec(-50.0..5000.0_f64, 0..200)) {
        check(&values);
    }
}
