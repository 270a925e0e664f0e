//! A line with its interval over a count (renewals, months), beside what was seen.

use crate::figure::{Figure, Texts, horizontal_axis, text_width, twin, vertical_axis, without_collisions};
use crate::scale::{Scale, round_step, whole_ticks_from_zero};
use crate::svg::{Anchor, Drawing, Frame};
use crate::{DataTable, Format, UNKNOWN};

/// A place on the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandPoint {
    /// Where it stands, such as the number of a renewal.
    pub at: u32,
    /// What was seen there, as a share; nothing where nothing was seen yet.
    pub seen: Option<f64>,
    /// So few were seen that the share says nothing: it stands in the table and is not drawn.
    pub few: bool,
    /// The share by the model.
    pub value: f64,
    /// Its lower bound.
    pub low: f64,
    /// Its upper bound.
    pub high: f64,
}

/// What the marks are called: they are labelled at the end of the line, without a legend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BandWords<'a> {
    /// The dots.
    pub seen: &'a str,
    /// The line.
    pub model: &'a str,
    /// The hatched part in which nothing was seen yet.
    pub beyond: &'a str,
}

/// Shares by count: dots what was seen, a line what the model says, a pale band its interval; hatched where nothing was
/// seen yet. Where all shares are high the axis begins above zero, at a round share that it names. Columns of the twin:
/// count, seen, model, lower and upper bound.
///
/// ```
/// use mehrwert_charts::{BandPoint, BandWords, Format, Language, Texts, band};
/// let texts = Texts { columns: ["Renewal", "Seen", "Model", "From", "To"].map(String::from).to_vec(), ..Texts::default() };
/// let point = |at, value| BandPoint { at, seen: Some(value), few: false, value, low: value - 0.01, high: value + 0.01 };
/// let words = BandWords { seen: "seen", model: "model", beyond: "not seen yet" };
/// let figure = band(&texts, &[point(1, 0.63), point(2, 0.74)], words, &Format::new(Language::En, None));
/// assert_eq!(figure.table.rows[1][..2], ["2", "74.0%"]);
/// ```
pub fn band(texts: &Texts, points: &[BandPoint], words: BandWords<'_>, format: &Format) -> Figure {
    let points: Vec<BandPoint> = points.iter().map(|point| finite(*point)).collect();
    let table = table(texts, &points, format);
    if points.len() < 2 {
        return Figure::sentence(texts, table);
    }
    let longest = text_width(words.model).max(text_width(words.seen));
    let wide = Frame { right: longest + 16.0, ..Frame::WIDE };
    Figure::draw(texts, table, [wide, Frame { bottom: 78.0, height: 316.0, ..Frame::NARROW }], |drawing| {
        draw(drawing, texts, &points, words, format);
    })
}

impl BandPoint {
    fn drawn(&self) -> Option<f64> {
        self.seen.filter(|_| !self.few)
    }
}

fn finite(point: BandPoint) -> BandPoint {
    let share = |share: f64| if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    BandPoint {
        seen: point.seen.filter(|seen| seen.is_finite()).map(share),
        value: share(point.value),
        low: share(point.low),
        high: share(point.high),
        ..point
    }
}

fn table(texts: &Texts, points: &[BandPoint], format: &Format) -> DataTable {
    let mut table = twin(texts);
    for point in points {
        let percent = |share: f64| format.percent(share, 1);
        let seen = point.seen.map_or(UNKNOWN.to_owned(), percent);
        table.push([
            format.count(u64::from(point.at)),
            seen,
            percent(point.value),
            percent(point.low),
            percent(point.high),
        ]);
    }
    table
}

/// Round shares from the lowest needed to the whole.
fn shares(lowest: f64) -> Vec<f64> {
    // Where all is the whole there must still be an axis.
    let lowest = lowest.min(0.95);
    let range = if lowest >= 0.5 { 1.0 - lowest } else { 1.0 };
    let step = round_step(range, 5);
    let from = if lowest >= 0.5 { (lowest / step + 1e-9).floor() * step } else { 0.0 };
    let count = ((1.0 - from) / step + 1e-9).floor() as usize;
    let mut ticks: Vec<f64> = (0..=count).map(|index| from + index as f64 * step).collect();
    if ticks.last().is_some_and(|last| *last < 1.0 - 1e-9) {
        ticks.push(1.0);
    }
    ticks
}

fn draw(drawing: &mut Drawing, texts: &Texts, points: &[BandPoint], words: BandWords<'_>, format: &Format) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let frame = drawing.frame();
    let lowest = points.iter().map(|point| point.low.min(point.drawn().unwrap_or(1.0))).fold(1.0, f64::min);
    let ticks = shares(lowest);
    let from = ticks.first().copied().unwrap_or(0.0);
    let vertical = Scale::new(from, 1.0, frame.plot_bottom(), frame.plot_top());
    let horizontal = Scale::new(f64::from(first.at), f64::from(last.at), frame.plot_left() + 8.0, frame.plot_right());
    let at = |point: &BandPoint| horizontal.at(f64::from(point.at));
    if let Some(last_seen) = points.iter().rfind(|point| point.seen.is_some()).filter(|seen| seen.at < last.at) {
        let (x, height) = (at(last_seen) + 7.0, frame.plot_bottom() - frame.plot_top());
        drawing.hatched(x, frame.plot_top(), frame.plot_right() - x, height);
        drawing.text("label", Anchor::End, frame.plot_right(), frame.plot_top() - 8.0, words.beyond);
    }
    let decimals = usize::from(ticks.get(1).is_some_and(|next| ((next - from) * 100.0).fract().abs() > 1e-6));
    let labels: Vec<(f64, String)> =
        ticks.iter().map(|tick| (vertical.at(*tick), format.percent(*tick, decimals))).collect();
    vertical_axis(drawing, &texts.vertical, &labels);
    horizontal_axis(drawing, &texts.horizontal, &count_ticks(points, &horizontal, format));

    let upper = points.iter().map(|point| (at(point), vertical.at(point.high)));
    let lower = points.iter().rev().map(|point| (at(point), vertical.at(point.low)));
    drawing.polygon("band", &upper.chain(lower).collect::<Vec<_>>());
    let line: Vec<(f64, f64)> = points.iter().map(|point| (at(point), vertical.at(point.value))).collect();
    drawing.polyline("line main", &line);
    // Many dots touch each other; small ones tell more then.
    let radius = match points.len() {
        ..=16 => 4.0,
        ..=40 if frame.is_wide() => 3.0,
        _ => 2.0,
    };
    for point in points {
        if let Some(seen) = point.drawn() {
            drawing.dot("seen", at(point), vertical.at(seen), radius);
        }
    }
    name_marks(drawing, words, vertical.at(last.value));
}

/// Whole numbers under the axis, the first among them.
fn count_ticks(points: &[BandPoint], horizontal: &Scale, format: &Format) -> Vec<(f64, String)> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let round = whole_ticks_from_zero(f64::from(last.at), 8);
    let inside = round.into_iter().filter(|tick| *tick > f64::from(first.at) && *tick <= f64::from(last.at));
    let all = std::iter::once(f64::from(first.at)).chain(inside);
    let label = |tick: f64| (horizontal.at(tick), format.count(tick as u64));
    let ticks: Vec<(f64, String)> = all.map(label).collect();
    if ticks.len() < 3 { ticks } else { spread(ticks) }
}

/// The first label stands apart from the round ones; it goes where it would touch the next.
fn spread(mut ticks: Vec<(f64, String)>) -> Vec<(f64, String)> {
    if ticks[1].0 - ticks[0].0 < text_width(&ticks[1].1) + 10.0 {
        ticks.remove(1);
    }
    let first = ticks.remove(0);
    let mut kept = vec![first];
    kept.extend(without_collisions(ticks));
    kept
}

/// Names at the end of the line; on a phone, where no room is beside it, a row below.
fn name_marks(drawing: &mut Drawing, words: BandWords<'_>, end: f64) {
    let frame = drawing.frame();
    if frame.is_wide() {
        let x = frame.plot_right() + 8.0;
        drawing.text("label strong main", Anchor::Start, x, end + 4.5, words.model);
        drawing.dot("seen", x + 4.0, end + 20.0, 4.0);
        drawing.text("label", Anchor::Start, x + 14.0, end + 24.5, words.seen);
        return;
    }
    let y = frame.height - 12.0;
    drawing.line("line main", (frame.plot_left(), y), (frame.plot_left() + 24.0, y));
    drawing.text("label strong main", Anchor::Start, frame.plot_left() + 30.0, y + 4.5, words.model);
    let x = frame.plot_left() + 60.0 + text_width(words.model);
    drawing.dot("seen", x, y, 4.0);
    drawing.text("label", Anchor::Start, x + 10.0, y + 4.5, words.seen);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_begins_at_a_round_share() {
        let near = |found: Vec<f64>, expected: &[f64]| {
            assert_eq!(found.len(), expected.len(), "{found:?}");
            assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9), "{found:?}");
        };
        near(shares(0.2), &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        near(shares(0.82), &[0.8, 0.85, 0.9, 0.95, 1.0]);
        near(shares(1.0), &[0.95, 0.96, 0.97, 0.98, 0.99, 1.0]);
    }
}
