//! Writing SVG: escaped text, finite coordinates, and a frame that names what it shows.

use std::fmt::Write;

/// The size a chart is drawn in. Pages show the wide one where there is room and the narrow one on a phone, so that
/// letters stay as large as the text around them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub width: f64,
    pub height: f64,
    /// Space for labels left of the plot.
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    /// Ends every id in the drawing, so that both sizes may stand on one page.
    pub suffix: &'static str,
}

impl Frame {
    pub const WIDE: Frame =
        Frame { width: 680.0, height: 340.0, left: 60.0, right: 24.0, top: 34.0, bottom: 52.0, suffix: "wide" };
    pub const NARROW: Frame =
        Frame { width: 340.0, height: 290.0, left: 52.0, right: 14.0, top: 34.0, bottom: 52.0, suffix: "narrow" };

    pub fn is_wide(&self) -> bool {
        self.suffix == Frame::WIDE.suffix
    }

    pub fn plot_left(&self) -> f64 {
        self.left
    }

    pub fn plot_right(&self) -> f64 {
        self.width - self.right
    }

    pub fn plot_top(&self) -> f64 {
        self.top
    }

    pub fn plot_bottom(&self) -> f64 {
        self.height - self.bottom
    }
}

/// Where a text stands against its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// A drawing being made.
pub(crate) struct Drawing {
    frame: Frame,
    id: String,
    title: String,
    summary: String,
    body: String,
}

impl Drawing {
    pub fn new(frame: Frame, id: &str, title: &str, summary: &str) -> Drawing {
        let id = format!("{}-{}", safe_id(id), frame.suffix);
        Drawing { frame, id, title: escape(title), summary: escape(summary), body: String::new() }
    }

    pub fn frame(&self) -> Frame {
        self.frame
    }

    pub fn rectangle(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let (x, y, width, height) = (number(x), number(y), number(width.max(0.0)), number(height.max(0.0)));
        self.push(format_args!(r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"/>"#));
    }

    /// A rectangle with diagonal lines over it, which black and white shows as well as colour.
    pub fn hatched(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let (x, y, width, height) = (number(x), number(y), number(width.max(0.0)), number(height.max(0.0)));
        let id = &self.id;
        let hatch = format!(r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="url(#{id}-hatch)"/>"#);
        self.body.push_str(&hatch);
        self.body.push('\n');
    }

    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (number(from.0), number(from.1), number(to.0), number(to.1));
        self.push(format_args!(r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#));
    }

    pub fn dot(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        let (x, y, radius) = (number(x), number(y), number(radius));
        self.push(format_args!(r#"<circle class="{class}" cx="{x}" cy="{y}" r="{radius}"/>"#));
    }

    /// A filled area.
    pub fn polygon(&mut self, class: &str, points: &[(f64, f64)]) {
        let path = path(points);
        self.push(format_args!(r#"<polygon class="{class}" points="{path}"/>"#));
    }

    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let path = path(points);
        self.push(format_args!(r#"<polyline class="{class}" points="{path}"/>"#));
    }

    pub fn text(&mut self, class: &str, anchor: Anchor, x: f64, y: f64, text: &str) {
        let (x, y, anchor, text) = (number(x), number(y), anchor.name(), escape(text));
        self.push(format_args!(r#"<text class="{class}" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>"#));
    }

    pub fn finish(self) -> String {
        let Drawing { frame, id, title, summary, body } = self;
        let (width, height, suffix) = (number(frame.width), number(frame.height), frame.suffix);
        format!(
            r#"<svg class="chart {suffix}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-desc">
<title id="{id}-title">{title}</title>
<desc id="{id}-desc">{summary}</desc>
<defs><pattern id="{id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>
{body}</svg>"#
        )
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(element);
        self.body.push('\n');
    }
}

/// Text as it may stand in markup: the five special characters escaped, characters that no markup may hold left out.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {}
            character => escaped.push(character),
        }
    }
    escaped
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::with_capacity(points.len() * 12);
    for (x, y) in points {
        // Writing to a string cannot fail.
        let _ = write!(path, "{}{},{}", if path.is_empty() { "" } else { " " }, number(*x), number(*y));
    }
    path
}

fn safe_id(id: &str) -> String {
    id.chars().filter(|character| character.is_ascii_alphanumeric() || *character == '-').collect()
}

/// A coordinate with one decimal; what is not finite becomes zero, so that a drawing is never broken by it.
fn number(value: f64) -> String {
    let value = if value.is_finite() { value.clamp(-1e5, 1e5) } else { 0.0 };
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
