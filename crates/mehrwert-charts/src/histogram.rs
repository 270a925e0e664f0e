//! The distribution of a figure over customers.

use crate::figure::{Figure, Texts, horizontal_axis, text_width, twin, vertical_axis, without_collisions};
use crate::scale::{Scale, round_step, whole_ticks_from_zero};
use crate::svg::{Anchor, Drawing, Frame};
use crate::{DataTable, Format};

/// About so many bars.
const BARS: usize = 14;
/// Bars show this share of the values; the long tail beyond stands in one bar of its own.
const SHOWN: f64 = 0.95;

/// Larger figures than any customer has are drawn as this one, so that no range overflows.
const LARGEST: f64 = 1e18;

struct Bin {
    low: f64,
    /// `None` for the bar of everything above.
    high: Option<f64>,
    count: u64,
}

/// How many values lie in which range. A long tail stands in one last hatched bar, labelled as what it is. The vertical
/// line marks `marker`, such as the mean. Columns of the twin: range, count, share.
///
/// ```
/// use mehrwert_charts::{Format, Language, Picture, Texts, histogram};
/// let texts = Texts { columns: ["Range", "Customers", "Share"].map(String::from).to_vec(), ..Texts::default() };
/// let format = Format::new(Language::En, None);
/// let values: Vec<f64> = (0..100).map(f64::from).collect();
/// let figure = histogram(&texts, &values, None, &format, |value| format.number_short(value));
/// assert!(matches!(figure.picture, Picture::Drawn { .. }));
/// ```
pub fn histogram(
    texts: &Texts,
    values: &[f64],
    marker: Option<(f64, &str)>,
    format: &Format,
    write: impl Fn(f64) -> String,
) -> Figure {
    let mut sorted: Vec<f64> =
        values.iter().filter(|value| value.is_finite()).map(|value| value.clamp(-LARGEST, LARGEST)).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (bins, step) = match bins(&sorted) {
        Some(found) => found,
        None => return Figure::sentence(texts, twin(texts)),
    };
    let table = table(texts, &bins, sorted.len(), format, &write);
    let frames = [Frame::WIDE, Frame::NARROW].map(|frame| Frame { top: 48.0, ..frame });
    Figure::draw(texts, table, frames, |drawing| {
        draw(drawing, texts, &bins, step, marker, format, &write);
    })
}

/// Bins over sorted values; `None` when they do not differ.
fn bins(sorted: &[f64]) -> Option<(Vec<Bin>, f64)> {
    let (first, last) = (*sorted.first()?, *sorted.last()?);
    if first >= last {
        return None;
    }
    let low = first.min(0.0);
    let rank = ((sorted.len() as f64 * SHOWN) as usize).min(sorted.len() - 1);
    let shown = if sorted[rank] > low && last > low + 1.5 * (sorted[rank] - low) { sorted[rank] } else { last };
    let step = round_step(shown - low, BARS);
    let start = (low / step).floor() * step;
    let count = (((shown - start) / step).floor() as usize).saturating_add(1).clamp(1, BARS * 3);
    let edge = |index: usize| start + index as f64 * step;
    let mut bins: Vec<Bin> =
        (0..count).map(|index| Bin { low: edge(index), high: Some(edge(index + 1)), count: 0 }).collect();
    let mut beyond = Bin { low: edge(count), high: None, count: 0 };
    for value in sorted {
        let index = ((value - start) / step).max(0.0) as usize;
        match bins.get_mut(index) {
            Some(bin) => bin.count += 1,
            None => beyond.count += 1,
        }
    }
    if beyond.count > 0 {
        bins.push(beyond);
    }
    Some((bins, step))
}

fn table(texts: &Texts, bins: &[Bin], total: usize, format: &Format, write: impl Fn(f64) -> String) -> DataTable {
    let mut table = twin(texts);
    for bin in bins {
        let range = match bin.high {
            Some(high) => format!("{} – {}", write(bin.low), write(high)),
            None => format!("≥ {}", write(bin.low)),
        };
        let share = format.percent(bin.count as f64 / total.max(1) as f64, 1);
        table.push([range, format.count(bin.count), share]);
    }
    table
}

fn draw(
    drawing: &mut Drawing,
    texts: &Texts,
    bins: &[Bin],
    step: f64,
    marker: Option<(f64, &str)>,
    format: &Format,
    write: impl Fn(f64) -> String,
) {
    let frame = drawing.frame();
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1) as f64;
    let counts = whole_ticks_from_zero(most, 5);
    let vertical = Scale::new(0.0, counts.last().copied().unwrap_or(1.0), frame.plot_bottom(), frame.plot_top());
    let labels: Vec<(f64, String)> =
        counts.iter().map(|count| (vertical.at(*count), format.count(*count as u64))).collect();
    vertical_axis(drawing, &texts.vertical, &labels);

    let has_tail = bins.last().is_some_and(|bin| bin.high.is_none());
    let regular = bins.len() - usize::from(has_tail);
    // The tail stands apart, as wide as its label needs.
    let tail_width = if has_tail { if frame.is_wide() { 74.0 } else { 62.0 } } else { 0.0 };
    let gap = if has_tail { 14.0 } else { 0.0 };
    let width = (frame.plot_right() - frame.plot_left() - tail_width - gap) / regular.max(1) as f64;
    let mut ticks = Vec::new();
    for (index, bin) in bins.iter().enumerate() {
        let is_tail = bin.high.is_none();
        let x = frame.plot_left() + index as f64 * width + if is_tail { gap } else { 0.0 };
        let width = if is_tail { tail_width } else { width };
        let y = vertical.at(bin.count as f64);
        let height = frame.plot_bottom() - y;
        drawing.rectangle(if is_tail { "bar soft" } else { "bar" }, x + 1.0, y, width - 2.0, height);
        if is_tail {
            drawing.hatched(x + 1.0, y, width - 2.0, height);
        }
        let count = format.count(bin.count);
        if bin.count > 0 && text_width(&count) < width {
            drawing.text("label figures", Anchor::Middle, x + width / 2.0, y - 5.0, &count);
        }
        if !is_tail {
            ticks.push((x, write(bin.low)));
        } else {
            let label = format!("≥ {}", write(bin.low));
            drawing.text("label figures", Anchor::End, frame.plot_right(), frame.plot_bottom() + 19.0, &label);
        }
    }
    let limit = if has_tail { frame.plot_right() - tail_width - 30.0 } else { frame.plot_right() };
    let ticks = without_collisions(ticks);
    let ticks: Vec<_> = ticks.into_iter().filter(|(x, label)| x + text_width(label) / 2.0 < limit).collect();
    horizontal_axis(drawing, &texts.horizontal, &ticks);

    if let (Some((value, label)), Some(first)) = (marker, bins.first()) {
        let x = frame.plot_left() + (value - first.low) / step * width;
        if value.is_finite() && x > frame.plot_left() && x < frame.plot_left() + regular as f64 * width {
            // Above the bars, where no count stands in its way.
            drawing.line("marker", (x, frame.plot_top() - 18.0), (x, frame.plot_bottom()));
            drawing.text("label strong", Anchor::Start, x + 6.0, frame.plot_top() - 10.0, label);
        }
    }
}
