//! The cards of the page: one question each.

use mehrwert_charts::{
    AlivePoint, AliveWords, Course, CoursePoint, CourseWords, Figure, Picture, PyramidBar, Texts, alive_map,
    concentration, course, histogram, pyramid,
};
use mehrwert_insight::value::Measure;

use super::super::shown::Shown;
use super::super::words::Fill;
use super::super::{findings, names, tables};
use super::{Card, CardFigure, acquired};

pub(super) fn all(shown: &Shown<'_>) -> Vec<Card> {
    let mut cards = vec![distribution(shown), who_makes_up_the_business(shown), acquired::cohorts(shown)];
    cards.extend(shown.result.groups.as_ref().map(|groups| acquired::groups(shown, groups)));
    cards.extend([alive(shown), forecast(shown), top(shown)]);
    cards.into_iter().map(or_sentence).collect()
}

fn only(figure: Figure) -> Vec<CardFigure> {
    vec![CardFigure { figure, is_titled: false }]
}

/// The card as it is, or, where a figure has too little to draw, with the sentence that says so for its finding.
fn or_sentence(mut card: Card) -> Card {
    let sentence = card.figures.iter().find_map(|shown| match &shown.figure.picture {
        Picture::Sentence(sentence) => Some(sentence.clone()),
        Picture::Drawn { .. } => None,
    });
    if let Some(sentence) = sentence {
        card.finding = sentence;
        card.figures.clear();
        card.remarks.clear();
    }
    card
}

fn columns(shown: &Shown<'_>, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| shown.text(key)).collect()
}

fn distribution(shown: &Shown<'_>) -> Card {
    let values = shown.headline_scores();
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let mean_value = shown.headline_mean();
    let (median, mean) = (shown.worth_short(middle), shown.worth_short(mean_value));
    let fills = || [("median", Fill::Text(&median)), ("mean", Fill::Text(&mean))];
    // Only a mean well above the median is worth an explanation.
    let is_skewed = mean_value > 1.2 * middle;
    let question = match shown.result.measure {
        Measure::Value => "card-distribution-value",
        Measure::Revenue => "card-distribution-revenue",
        Measure::Orders => "card-distribution-orders",
    };
    let question = shown.text(question);
    let worth = shown.worth_title();
    let texts = Texts {
        id: "distribution".into(),
        title: question.clone(),
        summary: shown.words.say("card-distribution-summary", &fills()),
        horizontal: shown.words.say("card-axis-per-customer", &[("worth", Fill::Text(&worth))]),
        vertical: shown.text("card-axis-customers"),
        nothing: shown.text("card-distribution-nothing"),
        columns: columns(shown, &["column-range", "column-customers", "column-share-customers"]),
    };
    let marker = shown.words.say("card-distribution-mean", &[("mean", Fill::Text(&mean))]);
    let figure = histogram(&texts, values, Some((mean_value, &marker)), &shown.format, |value| shown.worth_tick(value));
    let has_tail = figure.table.rows.last().is_some_and(|row| row[0].starts_with('≥'));
    let finding = if is_skewed { "card-distribution-finding" } else { "card-distribution-even" };
    let mut remarks = vec![shown.headline_definition()];
    if has_tail {
        remarks.push(shown.text("card-distribution-tail"));
    }
    Card {
        id: "distribution",
        question,
        finding: shown.words.say(finding, &fills()),
        remarks,
        figures: only(figure),
        tables: Vec::new(),
    }
}

fn who_makes_up_the_business(shown: &Shown<'_>) -> Card {
    let sentence = findings::concentration(shown).unwrap_or_default();
    let summary = |key: &str| shown.words.say(key, &[("sentence", Fill::Text(&sentence))]);
    let curve = Texts {
        id: "concentration".into(),
        title: shown.text("card-concentration-curve"),
        summary: summary("card-concentration-curve-summary"),
        horizontal: shown.text("card-concentration-customers"),
        vertical: shown.worth_share(),
        nothing: shown.text("card-concentration-nothing"),
        columns: vec![shown.text("column-share-customers"), shown.worth_share()],
    };
    let equal = shown.text("card-concentration-equal");
    let curve = concentration(&curve, &shown.result.scores.value, &equal, &shown.format);
    let steps = Texts {
        id: "pyramid".into(),
        title: shown.text("card-concentration-pyramid"),
        summary: summary("card-concentration-pyramid-summary"),
        horizontal: shown.worth_share(),
        vertical: String::new(),
        nothing: shown.text("card-concentration-nothing"),
        columns: vec![
            shown.text("column-step"),
            shown.text("column-share-customers"),
            shown.worth_share(),
            shown.worth_column(),
        ],
    };
    let bars: Vec<PyramidBar> = shown
        .result
        .pyramid
        .iter()
        .map(|step| PyramidBar {
            name: tables::step_name(shown, step.from, step.to),
            detail: shown.words.say("customers-unit", &[("n", Fill::Count(step.customers))]),
            share: step.share,
            equal_share: step.to - step.from,
            value: shown.worth(step.value),
        })
        .collect();
    let steps = pyramid(&steps, &bars, &shown.format);
    Card {
        id: "concentration",
        question: shown.text("card-concentration"),
        finding: sentence,
        remarks: vec![shown.text("card-concentration-tick")],
        figures: [steps, curve].into_iter().map(|figure| CardFigure { figure, is_titled: true }).collect(),
        tables: Vec::new(),
    }
}

fn alive(shown: &Shown<'_>) -> Card {
    let scores = &shown.result.scores;
    let today = shown.result.period.to;
    let mut points = Vec::with_capacity(scores.customer.len());
    let (mut known, mut still_there) = (0_u64, 0_u64);
    for ((orders, last), probability) in scores.orders.iter().zip(&scores.last_order).zip(&scores.probability_alive) {
        points.push(AlivePoint { orders: *orders, days_since: today.since(*last), probability: *probability });
        if let Some(probability) = probability {
            known += 1;
            still_there += u64::from(*probability >= 0.5);
        }
    }
    let fills = [
        ("known", Fill::Count(known)),
        ("alive", Fill::Count(still_there)),
        ("gone", Fill::Count(known - still_there)),
    ];
    let finding = match known {
        0 => shown.text("card-alive-nobody"),
        _ => shown.words.say("card-alive-finding", &fills),
    };
    let model = names::model(shown.result.chosen);
    let mut remarks = vec![shown.text("define-alive"), shown.text("card-alive-read")];
    if known < points.len() as u64 {
        remarks.push(shown.words.say("card-alive-unknown", &[("model", Fill::Text(model))]));
    }
    let texts = Texts {
        id: "alive".into(),
        title: shown.text("card-alive"),
        summary: finding.clone(),
        horizontal: shown.text("card-alive-axis-months"),
        vertical: shown.text("card-alive-axis-orders"),
        nothing: shown.text("card-alive-nothing"),
        columns: columns(shown, &["column-orders", "column-months-since", "column-customers", "column-alive"]),
    };
    let (legend, unknown) = (shown.text("card-alive-legend"), shown.text("card-alive-legend-unknown"));
    let words = AliveWords { legend: &legend, unknown: &unknown };
    let figure = alive_map(&texts, &points, words, &shown.format);
    Card {
        id: "alive",
        question: shown.text("card-alive"),
        finding,
        remarks,
        figures: only(figure),
        tables: Vec::new(),
    }
}

fn forecast(shown: &Shown<'_>) -> Card {
    let points: Vec<CoursePoint> = shown
        .result
        .weeks
        .iter()
        .map(|week| CoursePoint {
            day: week.start,
            actual: week.actual as f64,
            expected: week.expected,
            holdout: week.holdout,
        })
        .collect();
    let finding = forecast_finding(shown);
    let words = ["card-course-actual", "card-course-expected", "card-course-holdout"].map(|key| shown.text(key));
    let words = CourseWords { actual: &words[0], expected: &words[1], holdout: &words[2] };
    let figure = |id: &str, title: &str, kind: Course| {
        let texts = Texts {
            id: id.to_owned(),
            title: shown.text(title),
            summary: finding.clone(),
            horizontal: String::new(),
            vertical: shown.text("card-course-axis"),
            nothing: shown.text("card-course-nothing"),
            columns: columns(shown, &["column-week", "column-actual", "column-expected"]),
        };
        CardFigure { figure: course(&texts, &points, kind, words, &shown.format), is_titled: true }
    };
    let mut figures = vec![figure("weekly", "card-course-weekly", Course::Weekly)];
    if points.len() > 1 {
        figures.push(figure("cumulative", "card-course-cumulative", Course::Cumulative));
    }
    let model = names::model(shown.result.chosen);
    Card {
        id: "course",
        question: shown.text("card-course"),
        finding: finding.clone(),
        remarks: vec![shown.words.say("card-course-definition", &[("model", Fill::Text(model))])],
        figures,
        tables: Vec::new(),
    }
}

/// Actual against expected, over the days held out where there are any: they alone are a test.
fn forecast_finding(shown: &Shown<'_>) -> String {
    let has_holdout = shown.result.weeks.iter().any(|week| week.holdout);
    let weeks = || shown.result.weeks.iter().filter(|week| week.holdout == has_holdout);
    let (Some(first), Some(last)) = (weeks().next(), weeks().next_back()) else {
        return shown.text("card-course-nothing");
    };
    let actual: u64 = weeks().map(|week| week.actual).sum();
    let expected: f64 = weeks().map(|week| week.expected).sum();
    let error = if actual > 0 { expected / actual as f64 - 1.0 } else { f64::NAN };
    let (from, to) = (shown.format.day(first.start), shown.format.day(last.start.plus_days(6)));
    let (expected, error) = (shown.format.decimal(expected, 0), shown.format.signed_percent(error, 1));
    let fills = [
        ("from", Fill::Text(&from)),
        ("to", Fill::Text(&to)),
        ("actual", Fill::Count(actual)),
        ("expected", Fill::Text(&expected)),
        ("error", Fill::Text(&error)),
    ];
    shown.words.say(if has_holdout { "card-course-finding-holdout" } else { "card-course-finding" }, &fills)
}

fn top(shown: &Shown<'_>) -> Card {
    let values = shown.headline_scores();
    let best = tables::top_customers(shown);
    let total: f64 = tables::most_valuable(shown.result, 10).into_iter().map(|row| values[row]).sum();
    let next = shown.horizon_next();
    let total = match shown.result.measure {
        Measure::Value | Measure::Revenue => shown.worth_short(total),
        Measure::Orders => shown.words.say("orders-many", &[("n", Fill::Text(&shown.worth_short(total)))]),
    };
    let fills = [("next", Fill::Text(&next)), ("total", Fill::Text(&total))];
    Card {
        id: "top",
        question: best.caption.clone(),
        finding: shown.words.say("card-top-finding", &fills),
        remarks: vec![shown.headline_definition()],
        figures: Vec::new(),
        tables: vec![best],
    }
}
