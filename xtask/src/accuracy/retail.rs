//! Online Retail by the program itself: its reader is in a room that these commands do not use.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::cuts::HEADER;
use crate::measure::measure;
use crate::run::{Failure, root, target};

const FILE: &str = "examples/online-retail.csv.gz";
const UNTIL: &str = "2011-06-30";

/// The rolling cuts of Online Retail in full and its holdout, in Markdown; without the program, how to get it.
pub fn report(program: Option<&Path>) -> Result<String, Failure> {
    let mut text = String::from("## Online Retail, 30 weeks seen, 23 weeks held out\n\n");
    let Some(program) = program.map_or_else(built, |program| Some(program.to_owned())) else {
        text.push_str("Left out: `cargo build --release -p mehrwert` builds the program that reads it.\n");
        return Ok(text);
    };
    let mut command = Command::new(&program);
    command.current_dir(root()).args(["value", FILE, "--until", UNTIL, "--format", "json"]);
    let printed = measure(&mut command)?.printed;
    let failure =
        |error: serde_json::Error| Failure::Promise(format!("{} printed no JSON: {error}", program.display()));
    let found: Value = serde_json::from_str(&printed).map_err(failure)?;
    // Writing to a string cannot fail.
    let _ = writeln!(text, "By `mehrwert value {FILE} --until {UNTIL} --format json`.\n");
    text.push_str(&tables(&found));
    Ok(text)
}

/// The release build or, without one, the development build.
fn built() -> Option<PathBuf> {
    let of = |profile: &str| target().join(profile).join(format!("mehrwert{}", std::env::consts::EXE_SUFFIX));
    [of("release"), of("debug")].into_iter().find(|path| path.is_file())
}

fn tables(found: &Value) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let mut text = String::from(HEADER);
    let mut transforms = String::from(
        "\nCalibration at the cuts: the share of customers in each tenth of the forecast distribution (randomised \
         probability integral transform; 10 % each where the forecast is right), and in how many tenths of the customers, by \
         forecast, what came lies within the 90 % interval of the model alone.\n\n| at | forecast | tenths, in % | within |\n\
         |---|---|---|---|\n",
    );
    for cut in list(&found["rolling_cuts"]) {
        let at = format!("{}, {} days", cut["day"].as_str().unwrap_or_default(), cut["days"]);
        for forecast in list(&cut["forecasts"]) {
            row(&mut text, &at, &forecast["name"], &cut["customers"], &forecast["errors"]);
            let tenths: Vec<String> =
                list(&forecast["pit"]).iter().map(|share| format!("{:.1}", 100.0 * number(share))).collect();
            let groups = list(&forecast["calibration"]);
            let within =
                |group: &&Value| (number(&group["low"])..=number(&group["high"])).contains(&number(&group["actual"]));
            let name = forecast["name"].as_str().unwrap_or_default();
            let (within, of) = (groups.iter().filter(within).count(), groups.len());
            let _ = writeln!(transforms, "| {at} | {name} | {} | {within} of {of} |", tenths.join(" "));
        }
    }
    for forecast in list(&found["models"]).iter().chain(&list(&found["baselines"])) {
        let at = format!("held out: {UNTIL}, {} days", found["holdout_period"]["days"]);
        row(&mut text, &at, &forecast["name"], &found["customers"], &forecast["holdout"]);
    }
    text.push_str(&transforms);
    let told = if found["choice"]["told_apart"] == true { "told apart" } else { "not told apart" };
    let chosen = found["chosen"].as_str().unwrap_or("none");
    let _ = writeln!(text, "\nChosen: {chosen} (the models were {told} by log score).");
    text
}

fn row(text: &mut String, at: &str, name: &Value, customers: &Value, errors: &Value) {
    let figure = |key: &str, digits: usize| {
        errors[key].as_f64().map_or_else(|| String::from("-"), |figure| format!("{figure:.digits$}"))
    };
    let aggregate = errors["aggregate_error"].as_f64();
    let aggregate = aggregate.map_or_else(|| String::from("-"), |error| format!("{:+.1} %", 100.0 * error));
    let [log_score, crps, mae, rmse] = ["log_score", "crps", "mae", "rmse"].map(|key| figure(key, 4));
    let name = name.as_str().unwrap_or_default();
    let _ = writeln!(text, "| {at} | {name} | {customers} | {log_score} | {crps} | {mae} | {rmse} | {aggregate} |");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_forecast_of_every_cut_has_its_rows() {
        let errors =
            serde_json::json!({"mae": 1.5, "rmse": 2.0, "aggregate_error": -0.25, "log_score": 1.1, "crps": 0.5});
        let groups = serde_json::json!([
            {"low": 1.0, "high": 3.0, "actual": 3}, {"low": 1.0, "high": 3.0, "actual": 4},
        ]);
        let forecast =
            serde_json::json!({"name": "BG/NBD", "errors": errors, "pit": [0.25, 0.75], "calibration": groups});
        let found = serde_json::json!({
            "rolling_cuts": [{"day": "2011-02-01", "days": 74, "customers": 9, "forecasts": [forecast]}],
            "models": [{"name": "BG/NBD", "holdout": errors}],
            "baselines": [{"name": "zero", "holdout": {"mae": 1.0}}],
            "holdout_period": {"days": 162}, "customers": 12, "chosen": "BG/NBD", "choice": {"told_apart": true},
        });
        let text = tables(&found);
        assert!(text.contains("| 2011-02-01, 74 days | BG/NBD | 9 | 1.1000 | 0.5000 | 1.5000 | 2.0000 | -25.0 % |"));
        assert!(text.contains("| 2011-02-01, 74 days | BG/NBD | 25.0 75.0 | 1 of 2 |"));
        assert!(text.contains("| held out: 2011-06-30, 162 days | zero | 12 | - | - | 1.0000 | - | - |"));
        assert!(text.contains("Chosen: BG/NBD (the models were told apart"));
    }
}
