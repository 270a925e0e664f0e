//! The script for a shop's pages, served by us: `GET /mehrwert.js`.
//!
//! Its source is `assets/mehrwert.js`. What is served is the same without comments and indentation; nothing renames or
//! rewrites it, so what is in the browser can be read.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// As it is served.
pub static SNIPPET: LazyLock<String> = LazyLock::new(|| {
    let lines = include_str!("../assets/mehrwert.js").lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).map(|line| format!("{line}\n")).collect()
});

/// `GET /mehrwert.js`.
pub(crate) async fn serve() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        // Whoever corrects something wants it in the shops within the hour.
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, SNIPPET.as_str()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_snippet_has_at_most_two_kilobytes() {
        let bytes = SNIPPET.len();
        assert!(bytes <= 2_048, "the snippet has {bytes} bytes as it is served");
        assert!(bytes > 1_000, "the snippet is there");
    }
}
