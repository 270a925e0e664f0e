//! The recency and frequency map: how likely customers are still there, by orders so far and time since the last.

use crate::figure::{Figure, Texts};
use crate::svg::{Anchor, Drawing, Frame};
use crate::{Column, DataTable, Format, UNKNOWN};

/// First number of orders of each row, from below.
const ORDER_STEPS: [u32; 6] = [1, 2, 3, 5, 8, 13];
/// First month since the last order of each column.
const MONTH_STEPS: [u32; 7] = [0, 1, 3, 6, 12, 24, 36];
const DAYS_A_MONTH: f64 = 365.25 / 12.0;
/// P(alive) from which each shade begins, from faint to full.
const SHADES: [f64; 4] = [0.0, 0.25, 0.5, 0.75];

/// A customer on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlivePoint {
    /// Orders so far.
    pub orders: u32,
    /// Days since the last order.
    pub days_since: i32,
    /// Probability that the customer is still one, where the model can tell.
    pub probability: Option<f64>,
}

/// The words of the map that no other chart needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AliveWords<'a> {
    /// What the shade means, before the legend.
    pub legend: &'a str,
    /// What the hatched cells mean; stands there only when there are any.
    pub unknown: &'a str,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    customers: u64,
    known: u64,
    sum: f64,
}

impl Cell {
    fn probability(&self) -> Option<f64> {
        (self.known > 0).then(|| (self.sum / self.known as f64).clamp(0.0, 1.0))
    }
}

struct Map {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
}

impl Map {
    fn cell(&self, column: usize, row: usize) -> Cell {
        self.cells.get(row * self.columns + column).copied().unwrap_or_default()
    }
}

/// Each cell shows how many customers stand there and their mean P(alive), as a number and as a shade; hatched where the
/// model cannot tell. Columns of the twin: orders, months since the last order, customers, P(alive).
///
/// ```
/// use mehrwert_charts::{AlivePoint, AliveWords, Format, Language, Picture, Texts, alive_map};
/// let texts = Texts { columns: ["Orders", "Months", "Customers", "Alive"].map(String::from).to_vec(), ..Texts::default() };
/// let points = [
///     AlivePoint { orders: 1, days_since: 300, probability: None },
///     AlivePoint { orders: 9, days_since: 3, probability: Some(0.97) },
/// ];
/// let words = AliveWords { legend: "P(alive)", unknown: "not known" };
/// let figure = alive_map(&texts, &points, words, &Format::new(Language::En, None));
/// assert_eq!(figure.table.rows[0], ["8–12", "0–1", "1", "97%"]);
/// ```
pub fn alive_map(texts: &Texts, points: &[AlivePoint], words: AliveWords<'_>, format: &Format) -> Figure {
    let map = map(points);
    let table = table(texts, &map, format);
    if points.len() < 2 {
        return Figure::sentence(texts, table);
    }
    let frame = |frame: Frame| {
        let (row, bottom) = if frame.is_wide() { (44.0, 94.0) } else { (40.0, 115.0) };
        Frame { left: 44.0, top: 30.0, bottom, height: 30.0 + bottom + row * map.rows as f64, ..frame }
    };
    Figure::draw(texts, table, [frame(Frame::WIDE), frame(Frame::NARROW)], |drawing| {
        draw(drawing, texts, &map, words, format);
    })
}

fn map(points: &[AlivePoint]) -> Map {
    let place = |steps: &[u32], value: u32| steps.iter().rposition(|step| *step <= value).unwrap_or(0);
    let column = |point: &AlivePoint| place(&MONTH_STEPS, (f64::from(point.days_since.max(0)) / DAYS_A_MONTH) as u32);
    let row = |point: &AlivePoint| place(&ORDER_STEPS, point.orders);
    let columns = points.iter().map(column).max().map_or(1, |last| last + 1);
    let rows = points.iter().map(row).max().map_or(1, |last| last + 1);
    let mut map = Map { columns, rows, cells: vec![Cell::default(); columns * rows] };
    for point in points {
        let cell = &mut map.cells[row(point) * columns + column(point)];
        cell.customers += 1;
        if let Some(probability) = point.probability.filter(|probability| probability.is_finite()) {
            cell.known += 1;
            cell.sum += probability;
        }
    }
    map
}

/// `3–4`, or `13+` for the last step.
fn order_name(row: usize) -> String {
    match (ORDER_STEPS[row], ORDER_STEPS.get(row + 1)) {
        (first, Some(next)) if first + 1 == *next => first.to_string(),
        (first, Some(next)) => format!("{first}–{}", next - 1),
        (first, None) => format!("{first}+"),
    }
}

/// `3–6`, or `36+` for the last step.
fn month_name(column: usize) -> String {
    match MONTH_STEPS.get(column + 1) {
        Some(next) => format!("{}–{next}", MONTH_STEPS[column]),
        None => format!("{}+", MONTH_STEPS[column]),
    }
}

fn table(texts: &Texts, map: &Map, format: &Format) -> DataTable {
    let columns = texts.columns.iter().map(Column::figures);
    let mut table = DataTable::new(&texts.title, columns);
    for row in (0..map.rows).rev() {
        for column in 0..map.columns {
            let cell = map.cell(column, row);
            if cell.customers > 0 {
                let alive = cell.probability().map_or(UNKNOWN.to_owned(), |share| format.percent(share, 0));
                table.push([order_name(row), month_name(column), format.count(cell.customers), alive]);
            }
        }
    }
    table
}

fn draw(drawing: &mut Drawing, texts: &Texts, map: &Map, words: AliveWords<'_>, format: &Format) {
    let frame = drawing.frame();
    let width = (frame.plot_right() - frame.plot_left()) / map.columns as f64;
    let height = (frame.plot_bottom() - frame.plot_top()) / map.rows as f64;
    drawing.text("label name", Anchor::Start, 0.0, 14.0, &texts.vertical);
    let mut has_unknown = false;
    for row in 0..map.rows {
        let y = frame.plot_bottom() - (row + 1) as f64 * height;
        drawing.text("label figures", Anchor::End, frame.plot_left() - 8.0, y + height / 2.0 + 4.5, &order_name(row));
        for column in 0..map.columns {
            let x = frame.plot_left() + column as f64 * width;
            let cell = map.cell(column, row);
            let place = (x + 1.5, y + 1.5, width - 3.0, height - 3.0);
            draw_cell(drawing, place, cell, format);
            has_unknown |= cell.customers > 0 && cell.known == 0;
        }
    }
    for column in 0..map.columns {
        let x = frame.plot_left() + (column as f64 + 0.5) * width;
        drawing.text("label figures", Anchor::Middle, x, frame.plot_bottom() + 19.0, &month_name(column));
    }
    drawing.text("label name", Anchor::End, frame.plot_right(), frame.plot_bottom() + 40.0, &texts.horizontal);
    legend(drawing, words, has_unknown, format);
}

fn draw_cell(drawing: &mut Drawing, place: (f64, f64, f64, f64), cell: Cell, format: &Format) {
    let (x, y, width, height) = place;
    let middle = x + width / 2.0;
    if cell.customers == 0 {
        drawing.rectangle("cell empty", x, y, width, height);
        return;
    }
    let (shade, label) = match cell.probability() {
        Some(probability) => (shade(probability), format.percent(probability, 0)),
        None => ("unknown", UNKNOWN.to_owned()),
    };
    drawing.rectangle(&format!("cell {shade}"), x, y, width, height);
    if cell.known == 0 {
        drawing.hatched(x, y, width, height);
        drawing.rectangle("cell plate", middle - 16.0, y + 4.0, 32.0, height - 8.0);
    }
    let class = if shade == "shade-4" || shade == "shade-3" { "label strong inverse" } else { "label strong" };
    drawing.text(class, Anchor::Middle, middle, y + height / 2.0 - 2.0, &label);
    let class = if shade == "shade-4" || shade == "shade-3" { "label small inverse" } else { "label small" };
    drawing.text(class, Anchor::Middle, middle, y + height / 2.0 + 13.0, &format.count(cell.customers));
}

fn shade(probability: f64) -> &'static str {
    match SHADES.iter().rposition(|from| *from <= probability) {
        Some(3) => "shade-4",
        Some(2) => "shade-3",
        Some(1) => "shade-2",
        _ => "shade-1",
    }
}

fn legend(drawing: &mut Drawing, words: AliveWords<'_>, has_unknown: bool, format: &Format) {
    let frame = drawing.frame();
    let y = frame.plot_bottom() + 76.0;
    drawing.text("label", Anchor::Start, 0.0, y - 8.0, words.legend);
    let pitch = if frame.is_wide() { 104.0 } else { 84.0 };
    for (index, from) in SHADES.iter().enumerate() {
        let x = index as f64 * pitch;
        let to = SHADES.get(index + 1).copied().unwrap_or(1.0);
        drawing.rectangle(&format!("cell {}", shade(*from)), x, y, 14.0, 14.0);
        let label = format!("{}–{}", format.decimal(from * 100.0, 0), format.percent(to, 0));
        drawing.text("label small", Anchor::Start, x + 19.0, y + 11.5, &label);
    }
    if has_unknown {
        // On a phone the fifth entry has a row of its own.
        let (x, y) = if frame.is_wide() { (4.0 * pitch, y) } else { (0.0, y + 21.0) };
        drawing.rectangle("cell unknown", x, y, 14.0, 14.0);
        drawing.hatched(x, y, 14.0, 14.0);
        drawing.text("label small", Anchor::Start, x + 19.0, y + 11.5, words.unknown);
    }
}
