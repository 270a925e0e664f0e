//! What the words in status and kind columns mean, German and English.

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Paid, shipped, done, or a word we do not know: the row counts.
    Counts,
    /// A test.
    Test,
    /// Failed, voided, expired or never paid.
    Failed,
    /// Paid back.
    Refunded,
    /// Cancelled.
    Cancelled,
}

/// The state that a status says; the text must be in lower case.
pub(crate) fn state_of(status: &str) -> State {
    let plain = status.chars().filter(|letter| letter.is_alphabetic()).collect::<String>();
    match plain.as_str() {
        "test" | "testorder" | "testbestellung" | "testmode" => State::Test,
        "failed"
        | "failure"
        | "voided"
        | "void"
        | "unpaid"
        | "expired"
        | "declined"
        | "denied"
        | "rejected"
        | "error"
        | "pending"
        | "pendingpayment"
        | "paymentpending"
        | "authorized"
        | "authorised"
        | "abandoned"
        | "draft"
        | "checkoutdraft"
        | "autodraft"
        | "trash"
        | "incomplete"
        | "requirespaymentmethod"
        | "requiresaction"
        | "requiresconfirmation"
        | "requirescapture"
        | "uncaptured"
        | "blocked"
        | "paymentfailed"
        | "fehlgeschlagen"
        | "fehler"
        | "abgelehnt"
        | "abgebrochen"
        | "unbezahlt"
        | "nichtbezahlt"
        | "offen"
        | "ausstehend"
        | "abgelaufen"
        | "zahlungausstehend"
        | "wartetaufzahlung"
        | "verweigert"
        | "entwurf"
        | "zahlungfehlgeschlagen"
        | "papierkorb" => State::Failed,
        "refunded" | "refund" | "returned" | "return" | "erstattet" | "rückerstattet" | "zurückerstattet"
        | "rückzahlung" | "zurückgezahlt" | "gutschrift" | "retoure" | "retourniert" | "chargeback" | "creditnote"
        | "rückerstattung" | "erstattung" | "zurückgesendet" | "credit" => State::Refunded,
        "cancelled" | "canceled" | "cancellation" | "cancel" | "storniert" | "storno" | "stornierung"
        | "annulliert" | "widerrufen" | "reversed" | "reversal" => State::Cancelled,
        _ => State::Counts,
    }
}

/// Whether a cell says yes; `None` when it says neither.
pub(crate) fn says_yes(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "yes" | "1" | "ja" | "wahr" | "y" | "t" | "j" => Some(true),
        "false" | "no" | "0" | "nein" | "falsch" | "n" | "f" => Some(false),
        _ => None,
    }
}
