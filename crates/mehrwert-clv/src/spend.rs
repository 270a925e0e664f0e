//! What a purchase brings: the Gamma-Gamma model (Fader, Hardie & Lee 2005; Fader & Hardie 2013).

/// A customer's repeat purchases and their mean amount.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendHistory {
    /// Repeat purchases.
    pub repeats: u32,
    /// Mean amount of a repeat purchase.
    pub mean: f64,
}
