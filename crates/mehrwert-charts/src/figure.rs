//! What every chart gives back, and the texts that every chart needs.

use crate::DataTable;
use crate::svg::{Anchor, Drawing, Frame};

/// The words of a chart, in the reader's language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// Begins every id in the drawing; once a page.
    pub id: String,
    /// What is shown.
    pub title: String,
    /// What it says: the sentence for those who cannot see it.
    pub summary: String,
    /// Under the horizontal axis.
    pub horizontal: String,
    /// Above the vertical axis.
    pub vertical: String,
    /// What stands in place of the chart when there is too little to draw.
    pub nothing: String,
    /// The column names of the table twin; how many, each chart says.
    pub columns: Vec<String>,
}

/// A chart, or the sentence that stands in its place, with its table twin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The picture.
    pub picture: Picture,
    /// The same as a table.
    pub table: DataTable,
}

/// The picture of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// The drawing in two sizes; [`crate::STYLE`] shows the one that fits.
    Drawn {
        /// For screens and paper.
        wide: String,
        /// For phones.
        narrow: String,
    },
    /// Too little to draw: a sentence.
    Sentence(String),
}

impl Figure {
    /// Draws both sizes.
    pub(crate) fn draw(texts: &Texts, table: DataTable, frames: [Frame; 2], draw: impl Fn(&mut Drawing)) -> Figure {
        let [wide, narrow] = frames.map(|frame| {
            let mut drawing = Drawing::new(frame, &texts.id, &texts.title, &texts.summary);
            draw(&mut drawing);
            drawing.finish()
        });
        Figure { picture: Picture::Drawn { wide, narrow }, table }
    }

    /// No picture, only the sentence and the table.
    pub(crate) fn sentence(texts: &Texts, table: DataTable) -> Figure {
        Figure { picture: Picture::Sentence(texts.nothing.clone()), table }
    }
}

/// Horizontal lines with their labels, and the name of the axis above them.
pub(crate) fn vertical_axis(drawing: &mut Drawing, name: &str, ticks: &[(f64, String)]) {
    let frame = drawing.frame();
    for (index, (y, label)) in ticks.iter().enumerate() {
        let class = if index == 0 { "axis" } else { "grid" };
        drawing.line(class, (frame.plot_left(), *y), (frame.plot_right(), *y));
        drawing.text("label figures", Anchor::End, frame.plot_left() - 8.0, y + 4.0, label);
    }
    drawing.text("label name", Anchor::Start, 0.0, 14.0, name);
}

/// Labels under the plot and the name of the axis below them.
pub(crate) fn horizontal_axis(drawing: &mut Drawing, name: &str, ticks: &[(f64, String)]) {
    let frame = drawing.frame();
    for (x, label) in ticks {
        drawing.line("axis", (*x, frame.plot_bottom()), (*x, frame.plot_bottom() + 4.0));
        drawing.text("label figures", Anchor::Middle, *x, frame.plot_bottom() + 19.0, label);
    }
    drawing.text("label name", Anchor::End, frame.plot_right(), frame.height - 10.0, name);
}

/// How wide a label will about be: letters of the charts are thirteen units high.
pub(crate) fn text_width(text: &str) -> f64 {
    text.chars().count() as f64 * 7.0
}

/// Drops labels that would touch the one before them.
pub(crate) fn without_collisions(ticks: Vec<(f64, String)>) -> Vec<(f64, String)> {
    let widest = ticks.iter().map(|(_, label)| text_width(label)).fold(0.0, f64::max) + 10.0;
    let Some(gap) = ticks.windows(2).map(|pair| pair[1].0 - pair[0].0).reduce(f64::min) else { return ticks };
    let every = if gap > 0.0 { (widest / gap).ceil().max(1.0) as usize } else { ticks.len() };
    ticks.into_iter().step_by(every).collect()
}

/// The column names handed in, as columns: the first holds words, the others figures.
pub(crate) fn twin(texts: &Texts) -> DataTable {
    let column = |(index, name): (usize, &String)| {
        if index == 0 { crate::Column::words(name) } else { crate::Column::figures(name) }
    };
    DataTable::new(&texts.title, texts.columns.iter().enumerate().map(column))
}
