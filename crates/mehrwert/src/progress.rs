//! Progress bars on standard error, where that is a terminal.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mehrwert_charts::Language;
use mehrwert_core::{Phase, Progress};

use crate::show;

/// Shows each phase as a bar or, where its length is not known, as a turning sign. A phase leaves nothing behind.
pub(crate) struct Bars {
    /// What each phase is called.
    names: [(Phase, String); 5],
    current: Mutex<Option<ProgressBar>>,
}

impl Bars {
    pub(crate) fn new(language: Language) -> Bars {
        Bars { names: show::phases(language), current: Mutex::new(None) }
    }

    /// Takes away what is shown.
    pub(crate) fn stop(&self) {
        self.end();
    }

    fn name(&self, phase: Phase) -> String {
        self.names.iter().find(|named| named.0 == phase).map_or_else(String::new, |named| named.1.clone())
    }

    fn with_current(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        // A poisoned lock only means that another thread panicked while drawing; the bar itself is whole.
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        act(&mut current);
    }
}

fn style(phase: Phase, total: Option<u64>) -> ProgressStyle {
    let template = match (phase, total) {
        (Phase::Reading, Some(_)) => "{msg:<24} {bar:40} {bytes}/{total_bytes} {bytes_per_sec}",
        (_, Some(_)) => "{msg:<24} {bar:40} {pos}/{len} {elapsed}",
        (_, None) => "{msg:<24} {spinner} {elapsed}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Progress for Bars {
    fn begin(&self, phase: Phase, total: Option<u64>) {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr())
            .with_style(style(phase, total))
            .with_message(self.name(phase));
        bar.enable_steady_tick(Duration::from_millis(200));
        self.with_current(|current| {
            if let Some(previous) = current.replace(bar) {
                previous.finish_and_clear();
            }
        });
    }

    fn advance(&self, done: u64) {
        self.with_current(|current| {
            if let Some(bar) = current {
                bar.inc(done);
            }
        });
    }

    fn end(&self) {
        self.with_current(|current| {
            if let Some(bar) = current.take() {
                bar.finish_and_clear();
            }
        });
    }
}
