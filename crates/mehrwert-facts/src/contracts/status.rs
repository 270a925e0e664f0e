//! What a column of states or flags says of a contract, German and English.

/// The state that a cell tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Running, or a word we do not know, or nothing.
    Runs,
    /// Over, or terminated for a day to come.
    Ended,
    /// It never came about.
    Failed,
    /// A test.
    Test,
}

/// The state of a cell; the text must be in lower case.
pub(super) fn state_of(text: &str) -> State {
    let plain: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
    match plain.as_str() {
        "ended" | "end" | "cancelled" | "canceled" | "cancel" | "churned" | "inactive" | "expired" | "terminated"
        | "closed" | "gekündigt" | "gekuendigt" | "beendet" | "inaktiv" | "abgelaufen" | "storniert"
        | "ausgetreten" | "ausgelaufen" | "false" | "no" | "0" | "nein" | "falsch" | "n" | "f" => State::Ended,
        "incomplete" | "incompleteexpired" | "draft" | "entwurf" | "declined" | "abgelehnt" | "failed"
        | "fehlgeschlagen" | "widerrufen" => State::Failed,
        "test" | "testvertrag" => State::Test,
        _ => State::Runs,
    }
}

/// Whether a cell for the end says in words that there is none; the text must be in lower case.
pub(super) fn says_open(text: &str) -> bool {
    matches!(
        text.trim(),
        "-" | "–"
            | "—"
            | "open"
            | "offen"
            | "none"
            | "unlimited"
            | "unbefristet"
            | "unbegrenzt"
            | "laufend"
            | "active"
            | "aktiv"
            | "ongoing"
            | "current"
            | "present"
    )
}
