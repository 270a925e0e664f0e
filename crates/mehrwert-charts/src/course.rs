//! Actual against expected, week by week and added up.

use mehrwert_core::Day;

use crate::figure::{Figure, Texts, horizontal_axis, text_width, twin, vertical_axis};
use crate::scale::{Scale, whole_ticks_from_zero};
use crate::svg::{Anchor, Drawing, Frame};
use crate::{DataTable, Format};

/// A week on the chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoursePoint {
    /// Its first day.
    pub day: Day,
    /// What happened.
    pub actual: f64,
    /// What the model expected.
    pub expected: f64,
    /// Whether the model had not seen it.
    pub holdout: bool,
}

/// What the lines are called: they are labelled where they end, without a legend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CourseWords<'a> {
    /// The solid line.
    pub actual: &'a str,
    /// The dashed line.
    pub expected: &'a str,
    /// The hatched days that no model had seen.
    pub holdout: &'a str,
}

/// Whether each week stands alone or all until then are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Each week alone.
    Weekly,
    /// All weeks until then.
    Cumulative,
}

/// Two lines over time: solid what happened, dashed what the model expected; days held out are hatched. Columns of the
/// twin: week, actual, expected.
///
/// ```
/// use mehrwert_charts::{Course, CoursePoint, CourseWords, Format, Language, Texts, course};
/// let texts = Texts { columns: ["Week", "Actual", "Expected"].map(String::from).to_vec(), ..Texts::default() };
/// let point = |day: &str, actual| CoursePoint { day: day.parse().unwrap(), actual, expected: 2.5, holdout: false };
/// let words = CourseWords { actual: "actual", expected: "expected", holdout: "held out" };
/// let points = [point("2024-01-01", 2.0), point("2024-01-08", 4.0)];
/// let figure = course(&texts, &points, Course::Cumulative, words, &Format::new(Language::En, None));
/// assert_eq!(figure.table.rows[1][1], "6");
/// ```
pub fn course(texts: &Texts, points: &[CoursePoint], kind: Course, words: CourseWords<'_>, format: &Format) -> Figure {
    let points = prepared(points, kind);
    let table = table(texts, &points, format);
    if points.len() < 2 {
        return Figure::sentence(texts, table);
    }
    let longest = text_width(words.actual).max(text_width(words.expected));
    let wide = Frame { right: longest + 16.0, bottom: 30.0, height: 310.0, ..Frame::WIDE };
    Figure::draw(texts, table, [wide, Frame { bottom: 58.0, height: 300.0, ..Frame::NARROW }], |drawing| {
        draw(drawing, texts, &points, words, format);
    })
}

/// Finite points, added up where asked for.
fn prepared(points: &[CoursePoint], kind: Course) -> Vec<CoursePoint> {
    let finite = |value: f64| if value.is_finite() { value.clamp(0.0, 1e15) } else { 0.0 };
    let (mut actual, mut expected) = (0.0, 0.0);
    let mut prepared = Vec::with_capacity(points.len());
    for point in points {
        let (own_actual, own_expected) = (finite(point.actual), finite(point.expected));
        (actual, expected) = match kind {
            Course::Weekly => (own_actual, own_expected),
            Course::Cumulative => (actual + own_actual, expected + own_expected),
        };
        prepared.push(CoursePoint { actual, expected, ..*point });
    }
    prepared
}

fn table(texts: &Texts, points: &[CoursePoint], format: &Format) -> DataTable {
    let mut table = twin(texts);
    for point in points {
        table.push([format.day(point.day), format.decimal(point.actual, 0), format.decimal(point.expected, 1)]);
    }
    table
}

fn draw(drawing: &mut Drawing, texts: &Texts, points: &[CoursePoint], words: CourseWords<'_>, format: &Format) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let frame = drawing.frame();
    let most = points.iter().flat_map(|point| [point.actual, point.expected]).fold(0.0, f64::max);
    let ticks = whole_ticks_from_zero(most, 5);
    let vertical = Scale::new(0.0, ticks.last().copied().unwrap_or(1.0), frame.plot_bottom(), frame.plot_top());
    let horizontal =
        Scale::new(f64::from(first.day.epoch()), f64::from(last.day.epoch()), frame.plot_left(), frame.plot_right());
    let at = |day: Day| horizontal.at(f64::from(day.epoch()));
    if let Some(start) = points.iter().find(|point| point.holdout) {
        let (x, height) = (at(start.day), frame.plot_bottom() - frame.plot_top());
        drawing.hatched(x, frame.plot_top(), frame.plot_right() - x, height);
        drawing.line("marker", (x, frame.plot_top() - 4.0), (x, frame.plot_bottom()));
        // The label stands on the side that has room for it.
        let fits = frame.plot_right() - x > text_width(words.holdout);
        let (anchor, x) = if fits { (Anchor::Start, x + 5.0) } else { (Anchor::End, frame.plot_right()) };
        drawing.text("label strong", anchor, x, frame.plot_top() - 8.0, words.holdout);
    }
    let labels: Vec<(f64, String)> =
        ticks.iter().map(|tick| (vertical.at(*tick), format.count(*tick as u64))).collect();
    vertical_axis(drawing, &texts.vertical, &labels);
    horizontal_axis(drawing, "", &day_ticks(first.day, last.day, at, &frame, format));

    let line = |value: fn(&CoursePoint) -> f64| -> Vec<(f64, f64)> {
        points.iter().map(|point| (at(point.day), vertical.at(value(point)))).collect()
    };
    drawing.polyline("line main", &line(|point| point.actual));
    drawing.polyline("line expected", &line(|point| point.expected));
    name_lines(drawing, words, vertical.at(last.actual), vertical.at(last.expected));
}

/// Names at the ends of the lines, held apart; on a phone, where no room is beside them, a row below.
fn name_lines(drawing: &mut Drawing, words: CourseWords<'_>, actual: f64, expected: f64) {
    let frame = drawing.frame();
    if frame.is_wide() {
        let x = frame.plot_right() + 8.0;
        let gap = (17.0 - (actual - expected).abs()).max(0.0) / 2.0;
        let direction = if actual <= expected { -1.0 } else { 1.0 };
        drawing.text("label strong main", Anchor::Start, x, actual + direction * gap + 4.5, words.actual);
        drawing.text("label", Anchor::Start, x, expected - direction * gap + 4.5, words.expected);
        return;
    }
    let y = frame.height - 12.0;
    drawing.line("line main", (frame.plot_left(), y), (frame.plot_left() + 24.0, y));
    drawing.text("label strong main", Anchor::Start, frame.plot_left() + 30.0, y + 4.5, words.actual);
    let x = frame.plot_left() + 50.0 + text_width(words.actual);
    drawing.line("line expected", (x, y), (x + 24.0, y));
    drawing.text("label", Anchor::Start, x + 30.0, y + 4.5, words.expected);
}

/// The first days of months or years, as many as fit.
fn day_ticks(first: Day, last: Day, at: impl Fn(Day) -> f64, frame: &Frame, format: &Format) -> Vec<(f64, String)> {
    let fitting = ((frame.plot_right() - frame.plot_left()) / 74.0).max(2.0);
    let months = f64::from(last.since(first)) / 30.44;
    let step = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600].into_iter().find(|step| months / f64::from(*step) <= fitting);
    let step = step.unwrap_or(1200);
    let mut ticks = Vec::new();
    let start = first.date();
    let (mut year, mut month) = (i32::from(start.year()), i32::from(start.month()) - 1);
    month -= month % step.min(12);
    if step > 12 {
        (year, month) = (year - year % (step / 12), 0);
    }
    // A step is at least a month and their number is bounded by what fits, plus one at each end.
    for _ in 0..fitting as usize + 4 {
        let day = i16::try_from(year).ok().and_then(|year| Day::from_calendar(year, month as i8 + 1, 1));
        if let Some(day) = day.filter(|day| *day >= first && *day <= last) {
            let label = if step >= 12 { year.to_string() } else { format!("{} {year}", format.month(month as i8 + 1)) };
            ticks.push((at(day), label));
        }
        month += step;
        year += month / 12;
        month %= 12;
    }
    if ticks.is_empty() {
        // Shorter than a month: both ends say it all.
        ticks.push((at(first), format.day(first)));
        ticks.push((at(last), format.day(last)));
    }
    // A label may not stand out of the picture.
    ticks.retain(|(x, label)| x + text_width(label) / 2.0 <= frame.width && x - text_width(label) / 2.0 >= 0.0);
    ticks
}
