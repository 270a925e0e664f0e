//! Estimates side by side: a dot for each and a line over the range it may lie in.

use crate::figure::{Figure, Texts, twin};
use crate::scale::{Scale, ticks_from_zero};
use crate::svg::{Anchor, Drawing, Frame};

/// One estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateBar {
    /// Of whom.
    pub name: String,
    /// How many, in words.
    pub detail: String,
    /// The best single figure.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
    /// What of the value is known already; nothing is drawn for zero.
    pub known: f64,
    /// Too young or too few to be compared: drawn faintly.
    pub is_faint: bool,
}

/// Estimates below each other on one axis from zero: a bar for what is known already, a dot for the estimate and a line
/// from its lower to its upper bound; `figure` writes a cell of the twin, `tick` a label of the axis. Columns of the twin: name, detail, known already, estimate, from, to.
///
/// ```
/// use mehrwert_charts::{Picture, Texts, estimates};
/// let texts = Texts { nothing: "No cohorts yet.".into(), ..Texts::default() };
/// let figure = estimates(&texts, &[], |value| format!("{value:.2}"), |tick| format!("{tick:.0}"));
/// assert_eq!(figure.picture, Picture::Sentence("No cohorts yet.".into()));
/// ```
pub fn estimates(
    texts: &Texts,
    bars: &[EstimateBar],
    figure: impl Fn(f64) -> String,
    tick: impl Fn(f64) -> String,
) -> Figure {
    let mut table = twin(texts);
    let is_drawable = bars.len() > 1 && bars.iter().any(|bar| bar.high.is_finite() && bar.high > 0.0);
    for bar in bars {
        let figures = [bar.known, bar.value, bar.low, bar.high].map(&figure);
        let [known, value, low, high] = figures;
        table.push([bar.name.clone(), bar.detail.clone(), known, value, low, high]);
    }
    if !is_drawable {
        return Figure::sentence(texts, table);
    }
    let rows = bars.len() as f64;
    let wide = Frame { height: 62.0 + rows * 34.0, left: 168.0, right: 24.0, top: 12.0, bottom: 50.0, ..Frame::WIDE };
    let narrow = Frame { height: 62.0 + rows * 46.0, left: 0.0, right: 16.0, top: 12.0, bottom: 50.0, ..Frame::NARROW };
    Figure::draw(texts, table, [wide, narrow], |drawing| draw(drawing, texts, bars, &tick))
}

fn draw(drawing: &mut Drawing, texts: &Texts, bars: &[EstimateBar], written: &impl Fn(f64) -> String) {
    let frame = drawing.frame();
    let most = bars.iter().flat_map(|bar| [bar.high, bar.value, bar.known]).filter(|high| high.is_finite());
    let ticks = ticks_from_zero(most.fold(0.0, f64::max), if frame.is_wide() { 5 } else { 3 });
    let scale = Scale::new(0.0, ticks.last().copied().unwrap_or(1.0), frame.plot_left(), frame.plot_right());
    for (index, tick) in ticks.iter().enumerate() {
        let x = scale.at(*tick);
        drawing.line(if index == 0 { "axis" } else { "grid" }, (x, frame.plot_top()), (x, frame.plot_bottom()));
        let anchor = match index {
            0 if !frame.is_wide() => Anchor::Start,
            index if index + 1 == ticks.len() => Anchor::End,
            _ => Anchor::Middle,
        };
        drawing.text("label figures", anchor, x, frame.plot_bottom() + 18.0, &written(*tick));
    }
    drawing.text("label name", Anchor::End, frame.plot_right(), frame.height - 10.0, &texts.horizontal);
    let pitch = (frame.plot_bottom() - frame.plot_top()) / bars.len() as f64;
    for (index, bar) in bars.iter().enumerate() {
        draw_row(drawing, bar, &scale, frame.plot_top() + index as f64 * pitch, pitch);
    }
}

fn draw_row(drawing: &mut Drawing, bar: &EstimateBar, scale: &Scale, top: f64, pitch: f64) {
    let frame = drawing.frame();
    // On a phone the name stands above its line, elsewhere beside it.
    let middle = if frame.is_wide() { top + pitch / 2.0 } else { top + 32.0 };
    if frame.is_wide() {
        drawing.text("label strong", Anchor::End, frame.left - 12.0, middle - 2.0, &bar.name);
        drawing.text("label small", Anchor::End, frame.left - 12.0, middle + 12.0, &bar.detail);
    } else {
        drawing.text("label halo", Anchor::Start, 3.0, top + 18.0, &format!("{} · {}", bar.name, bar.detail));
    }
    let faint = if bar.is_faint { " faint" } else { "" };
    if bar.known > 0.0 {
        let width = scale.at(bar.known) - frame.plot_left();
        drawing.rectangle(&format!("bar soft{faint}"), frame.plot_left(), middle - 5.0, width, 10.0);
    }
    let (low, high) = (scale.at(bar.low), scale.at(bar.high));
    drawing.line(&format!("whisker{faint}"), (low, middle), (high, middle));
    for end in [low, high] {
        drawing.line(&format!("whisker{faint}"), (end, middle - 5.0), (end, middle + 5.0));
    }
    drawing.dot(&format!("dot{faint}"), scale.at(bar.value), middle, 5.0);
}
