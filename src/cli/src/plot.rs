//! Draws a small chart as SVG for docs/img: lines with points over two axes, linear or logarithmic. No scripts, no fonts of its
//! own; readable on a light and on a dark page. Knows nothing of what it shows.

use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
/// Room for the labels: left, top, right, bottom.
const ROOM: [f64; 4] = [70.0, 34.0, 150.0, 54.0];
const COLOURS: [&str; 4] = ["#2563eb", "#c2410c", "#15803d", "#7c3aed"];

/// One axis.
pub(crate) struct Axis {
    /// What is measured, with its unit.
    pub(crate) label: &'static str,
    /// Values with a mark and their names, ascending; the first and the last are the ends of the axis.
    pub(crate) ticks: Vec<(f64, String)>,
    /// Logarithmic; all values are above 0 then.
    pub(crate) log: bool,
}

impl Axis {
    /// Where a value lies between the ends, 0..=1 within them.
    fn place(&self, value: f64) -> f64 {
        let scaled = |v: f64| {
            if self.log {
                libm::log(v.max(f64::MIN_POSITIVE))
            } else {
                v
            }
        };
        let first = self.ticks.first().map_or(0.0, |t| scaled(t.0));
        let last = self.ticks.last().map_or(1.0, |t| scaled(t.0));
        (scaled(value) - first) / (last - first)
    }
}

/// A line with its points.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
    /// Dashed and without points: something to compare with.
    pub(crate) aid: bool,
}

/// The chart as an SVG file.
pub(crate) fn svg(title: &str, x: &Axis, y: &Axis, lines: &[Line]) -> String {
    let [left, top, right, bottom] = ROOM;
    let across = |value: f64| left + x.place(value) * (WIDTH - left - right);
    let up = |value: f64| HEIGHT - bottom - y.place(value) * (HEIGHT - top - bottom);
    let (floor, end) = (HEIGHT - bottom, WIDTH - right);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
         <title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{left}\" y=\"20\" font-size=\"14\">{title}</text>\n"
    );
    for (value, name) in &x.ticks {
        let at = across(*value);
        let _ = writeln!(
            out,
            "<path d=\"M{at:.1} {top}V{floor}\" stroke=\"#ddd\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{name}</text>",
            floor + 18.0
        );
    }
    for (value, name) in &y.ticks {
        let at = up(*value);
        let _ = writeln!(
            out,
            "<path d=\"M{left} {at:.1}H{end}\" stroke=\"#ddd\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text>",
            left - 6.0,
            at + 4.0
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        f64::midpoint(left, end),
        HEIGHT - 14.0,
        x.label
    );
    let middle = f64::midpoint(top, floor);
    let _ = writeln!(
        out,
        "<text transform=\"translate(16 {middle:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        y.label
    );
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let places: Vec<(f64, f64)> = line
            .points
            .iter()
            .map(|(x, y)| (across(*x), up(*y)))
            .collect();
        let mut path = String::new();
        for (i, (x, y)) in places.iter().enumerate() {
            let _ = write!(path, "{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' });
        }
        let dash = if line.aid {
            " stroke-dasharray=\"5 4\""
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>"
        );
        for (x, y) in places.iter().filter(|_| !line.aid) {
            let _ = writeln!(
                out,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"/>"
            );
        }
        if let Some((x, y)) = places.last() {
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>",
                x + 8.0,
                y + 4.0,
                line.name
            );
        }
    }
    out + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(log: bool) -> Axis {
        let ticks = [1.0, 10.0, 100.0].map(|v| (v, v.to_string())).to_vec();
        Axis {
            label: "n",
            ticks,
            log,
        }
    }

    #[test]
    fn a_value_lies_where_its_axis_puts_it() {
        assert!((axis(true).place(10.0) - 0.5).abs() < 1e-9);
        assert!((axis(false).place(50.5) - 0.5).abs() < 1e-9);
        assert!(axis(true).place(1.0).abs() < 1e-9);
    }

    #[test]
    fn points_and_names_are_drawn_and_an_aid_has_no_points() {
        let line = |name, aid| Line {
            name,
            points: vec![(1.0, 1.0), (100.0, 100.0)],
            aid,
        };
        let drawn = svg(
            "t",
            &axis(true),
            &axis(true),
            &[line("ours", false), line("even", true)],
        );
        assert_eq!(drawn.matches("<circle").count(), 2);
        assert_eq!(drawn.matches("stroke-dasharray").count(), 1);
        // The two ends of the diagonal: left below, right above.
        assert!(drawn.contains("M70.0 346.0L490.0 34.0"), "{drawn}");
    }
}
