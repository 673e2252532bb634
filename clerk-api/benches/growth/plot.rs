//! Calls a second by concurrency, as an SVG.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

use crate::concurrency::Row;

const SIZE: (u32, u32) = (640, 400);
const COLOURS: [RGBColor; 2] = [RGBColor(120, 120, 120), RGBColor(20, 90, 200)];
const FONT: &str = "sans-serif";

pub(crate) fn write(path: &Path, rows: &[Row]) -> Result<(), Box<dyn Error>> {
    let mut concurrencies: Vec<u32> = Vec::new();
    let mut contenders: Vec<&str> = Vec::new();
    for row in rows {
        let concurrency = u32::try_from(row.concurrency)?;
        if !concurrencies.contains(&concurrency) {
            concurrencies.push(concurrency);
        }
        if !contenders.contains(&row.contender) {
            contenders.push(row.contender);
        }
    }
    let most = concurrencies.iter().max().copied().unwrap_or(1).max(2);
    let rates = rows.iter().map(|row| row.calls_per_second);
    let highest = rates.fold(1.0, f64::max) * 1.15;

    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(14)
        // Half of the last label stands beyond the axis.
        .margin_right(32)
        .caption("Calls a second, by calls at once", (FONT, 22))
        .x_label_area_size(48)
        .y_label_area_size(74)
        .build_cartesian_2d(
            (1..most).log_scale().with_key_points(concurrencies),
            0.0..highest,
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.12))
        .label_style((FONT, 16))
        .axis_desc_style((FONT, 17))
        .x_desc("calls at once (log scale)")
        .y_desc("calls a second")
        .y_labels(7)
        .y_label_formatter(&|rate| format!("{rate:.0}"))
        .draw()?;
    for (contender, colour) in contenders.into_iter().zip(COLOURS) {
        let own = rows.iter().filter(|row| row.contender == contender);
        let points: Vec<(u32, f64)> = own
            .map(|row| Ok((u32::try_from(row.concurrency)?, row.calls_per_second)))
            .collect::<Result<_, Box<dyn Error>>>()?;
        let dots = points
            .iter()
            .map(|point| Circle::new(*point, 3, colour.filled()));
        chart.draw_series(dots)?;
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(contender)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerMiddle)
        .background_style(WHITE)
        .border_style(BLACK.mix(0.3))
        .label_font((FONT, 17))
        .draw()?;
    area.present()?;
    Ok(())
}
