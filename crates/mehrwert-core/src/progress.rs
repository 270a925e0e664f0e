//! Telling how far long work has come.

/// What long work is doing, for a progress bar to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading files; counted in bytes.
    Reading,
    /// Building purchase histories; counted in steps.
    Histories,
    /// Fitting models; counted in fits.
    Fitting,
    /// Giving every customer a value; counted in steps.
    Scoring,
    /// Writing results; counted in rows.
    Writing,
}

/// Whoever wants to know how far long work has come. Called from several threads.
pub trait Progress: Sync {
    /// A phase begins; `total` is how much there is to do, where that is known.
    fn begin(&self, phase: Phase, total: Option<u64>);
    /// So much more of the phase is done.
    fn advance(&self, done: u64);
    /// The phase is over.
    fn end(&self);
}

/// Nobody wants to know.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _phase: Phase, _total: Option<u64>) {}
    fn advance(&self, _done: u64) {}
    fn end(&self) {}
}
