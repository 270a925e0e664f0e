//! Who makes up the value: the concentration curve and the pyramid.

use crate::figure::{Figure, Texts, horizontal_axis, text_width, twin, vertical_axis};
use crate::scale::{Scale, ticks_from_zero};
use crate::svg::{Anchor, Drawing, Frame};
use crate::{DataTable, Format};

/// Shares of the customers whose share of the value is written beside the curve and stands in the twin.
const MARKED: [f64; 4] = [0.01, 0.1, 0.2, 0.5];
/// The curve is drawn with at most so many points.
const POINTS: usize = 200;

/// The share of the whole that the most valuable customers bring, from best to last; `equal` labels the line on which
/// all bring the same. Columns of the twin: share of the customers, share of the value.
///
/// ```
/// use mehrwert_charts::{Format, Language, Texts, concentration};
/// let texts = Texts { columns: ["Customers", "Value"].map(String::from).to_vec(), ..Texts::default() };
/// let figure = concentration(&texts, &[90.0, 5.0, 3.0, 2.0], "all equal", &Format::new(Language::En, None));
/// assert_eq!(figure.table.rows.last().unwrap(), &["50%", "95.0%"]);
/// ```
pub fn concentration(texts: &Texts, values: &[f64], equal: &str, format: &Format) -> Figure {
    // Customers with a negative value take nothing away from the others' share.
    let mut sorted: Vec<f64> = values.iter().filter(|value| value.is_finite()).map(|value| value.max(0.0)).collect();
    sorted.sort_unstable_by(|left, right| right.total_cmp(left));
    let largest = sorted.first().copied().unwrap_or(0.0);
    if sorted.len() < 2 || largest <= 0.0 {
        return Figure::sentence(texts, twin(texts));
    }
    // Divided by the largest, so that not even a sum of the largest floats overflows.
    let mut cumulated = Vec::with_capacity(sorted.len() + 1);
    let mut sum = 0.0;
    cumulated.push(0.0);
    for value in &sorted {
        sum += value / largest;
        cumulated.push(sum);
    }
    let share = |customers: f64| {
        let place = customers * sorted.len() as f64;
        let below = (place.floor() as usize).min(sorted.len());
        let above = (below + 1).min(sorted.len());
        (cumulated[below] + (cumulated[above] - cumulated[below]) * (place - below as f64)) / sum
    };
    let table = table(texts, share, format);
    Figure::draw(texts, table, [Frame::WIDE, Frame::NARROW], |drawing| {
        draw(drawing, texts, share, sorted.len(), equal, format);
    })
}

fn table(texts: &Texts, share: impl Fn(f64) -> f64, format: &Format) -> DataTable {
    let mut table = twin(texts);
    for customers in MARKED {
        table.push([format.percent(customers, 0), format.percent(share(customers), 1)]);
    }
    table
}

fn draw(
    drawing: &mut Drawing,
    texts: &Texts,
    share: impl Fn(f64) -> f64,
    customers: usize,
    equal: &str,
    format: &Format,
) {
    let frame = drawing.frame();
    let vertical = Scale::new(0.0, 1.0, frame.plot_bottom(), frame.plot_top());
    let horizontal = Scale::new(0.0, 1.0, frame.plot_left(), frame.plot_right());
    let quarters = [0.0, 0.25, 0.5, 0.75, 1.0];
    let labels = |scale: &Scale| quarters.map(|quarter| (scale.at(quarter), format.percent(quarter, 0)));
    vertical_axis(drawing, &texts.vertical, &labels(&vertical));
    horizontal_axis(drawing, &texts.horizontal, &labels(&horizontal)[1..4]);

    drawing.line("line compared", (horizontal.at(0.0), vertical.at(0.0)), (horizontal.at(1.0), vertical.at(1.0)));
    // Under the line, as high as its first letter fits.
    let reach = text_width(equal) / (frame.plot_right() - frame.plot_left());
    let y = vertical.at((1.0 - reach - 0.12).clamp(0.05, 0.9));
    drawing.text("label halo", Anchor::End, horizontal.at(1.0), y, equal);

    let steps = customers.min(POINTS);
    let points: Vec<(f64, f64)> = (0..=steps)
        .map(|step| step as f64 / steps as f64)
        .map(|customers| (horizontal.at(customers), vertical.at(share(customers))))
        .collect();
    drawing.polyline("line main", &points);
    for marked in [0.1, 0.2, 0.5] {
        let (x, y) = (horizontal.at(marked), vertical.at(share(marked)));
        drawing.dot("dot", x, y, 4.0);
        let label = format!("{} → {}", format.percent(marked, 0), format.percent(share(marked), 0));
        drawing.text("label strong halo", Anchor::Start, x + 9.0, y + 14.0, &label);
    }
}

/// A step of the pyramid.
#[derive(Debug, Clone, PartialEq)]
pub struct PyramidBar {
    /// Which customers.
    pub name: String,
    /// How many, in words.
    pub detail: String,
    /// Their share of the value.
    pub share: f64,
    /// Their share of the customers: what they would bring if all brought the same.
    pub equal_share: f64,
    /// Their value, written.
    pub value: String,
}

/// Horizontal bars from the most valuable customers down; a tick on each bar marks what the customers would bring if all
/// brought the same. Columns of the twin: step, share of the customers, share of the value, value.
///
/// ```
/// use mehrwert_charts::{Format, Language, Picture, Texts, pyramid};
/// let texts = Texts { nothing: "No customers yet.".into(), ..Texts::default() };
/// let figure = pyramid(&texts, &[], &Format::new(Language::En, None));
/// assert_eq!(figure.picture, Picture::Sentence("No customers yet.".into()));
/// ```
pub fn pyramid(texts: &Texts, bars: &[PyramidBar], format: &Format) -> Figure {
    let mut table = twin(texts);
    let is_drawable = bars.len() > 1 && bars.iter().any(|bar| bar.share.is_finite() && bar.share > 0.0);
    for bar in bars {
        let share = format.percent(bar.share, 1);
        table.push([bar.name.clone(), format.percent(bar.equal_share, 0), share, bar.value.clone()]);
    }
    if !is_drawable {
        return Figure::sentence(texts, table);
    }
    let rows = bars.len() as f64;
    let wide = Frame { height: 62.0 + rows * 40.0, left: 150.0, right: 96.0, top: 12.0, bottom: 50.0, ..Frame::WIDE };
    let narrow = Frame { height: 62.0 + rows * 56.0, left: 0.0, right: 70.0, top: 12.0, bottom: 50.0, ..Frame::NARROW };
    Figure::draw(texts, table, [wide, narrow], |drawing| draw_pyramid(drawing, texts, bars, format))
}

fn draw_pyramid(drawing: &mut Drawing, texts: &Texts, bars: &[PyramidBar], format: &Format) {
    let frame = drawing.frame();
    let most = bars.iter().flat_map(|bar| [bar.share, bar.equal_share]).fold(0.0, f64::max);
    let ticks = ticks_from_zero(most, if frame.is_wide() { 5 } else { 3 });
    let scale = Scale::new(0.0, ticks.last().copied().unwrap_or(1.0), frame.plot_left(), frame.plot_right());
    for (index, tick) in ticks.iter().enumerate() {
        let x = scale.at(*tick);
        drawing.line(if index == 0 { "axis" } else { "grid" }, (x, frame.plot_top()), (x, frame.plot_bottom()));
        let anchor = if index == 0 && !frame.is_wide() { Anchor::Start } else { Anchor::Middle };
        drawing.text("label figures", anchor, x, frame.plot_bottom() + 18.0, &format.percent(*tick, 0));
    }
    drawing.text("label name", Anchor::End, frame.plot_right(), frame.height - 10.0, &texts.horizontal);
    let pitch = (frame.plot_bottom() - frame.plot_top()) / bars.len() as f64;
    for (index, bar) in bars.iter().enumerate() {
        let top = frame.plot_top() + index as f64 * pitch;
        // On a phone the name stands above its bar, elsewhere beside it.
        let (bar_top, bar_height) = if frame.is_wide() { (top + 8.0, pitch - 16.0) } else { (top + 26.0, 20.0) };
        if frame.is_wide() {
            drawing.text("label strong", Anchor::End, frame.left - 12.0, top + pitch / 2.0 - 2.0, &bar.name);
            drawing.text("label", Anchor::End, frame.left - 12.0, top + pitch / 2.0 + 13.0, &bar.detail);
        } else {
            let name = format!("{} · {}", bar.name, bar.detail);
            drawing.text("label halo", Anchor::Start, 3.0, top + 18.0, &name);
        }
        let end = scale.at(bar.share);
        drawing.rectangle("bar", frame.plot_left(), bar_top, end - frame.plot_left(), bar_height);
        let equal = scale.at(bar.equal_share);
        drawing.line("tick", (equal, bar_top - 4.0), (equal, bar_top + bar_height + 4.0));
        // The figure steps aside where the tick would cross it.
        let start = if equal > end - 2.0 && equal < end + 70.0 { equal } else { end };
        drawing.text(
            "label strong",
            Anchor::Start,
            start + 8.0,
            bar_top + bar_height / 2.0 + 4.5,
            &format.percent(bar.share, 1),
        );
    }
}
