//! Where somebody came from: what the link says, or else the page that led here.
//!
//! - UTM parameters, in the context or in the page's own address, hold.
//! - A click id without them names the network that put it there: an advertisement.
//! - Without either, a referrer that is another site names a search engine (`organic`), a social network (`social`), or
//!   itself (`referral`). The shop's own pages are no referrer, and neither are the pages where one pays.

use std::borrow::Cow;

use serde_json::Value;
use url::Url;

use super::super::fields::text;
use super::super::personal::kept_text;

/// What is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Source {
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    pub content: Option<String>,
    pub term: Option<String>,
    pub referrer_host: Option<String>,
}

/// Networks by the parameter that they add to links.
const CLICKS: [(&str, &str, &str); 7] = [
    ("gclid", "google", "cpc"),
    ("gbraid", "google", "cpc"),
    ("wbraid", "google", "cpc"),
    ("msclkid", "bing", "cpc"),
    ("fbclid", "facebook", "social"),
    ("ttclid", "tiktok", "cpc"),
    ("li_fat_id", "linkedin", "cpc"),
];

/// Sites by a part of their host, and what they are.
const SITES: [(&str, &str, &str); 24] = [
    ("google", "google", "organic"),
    ("bing", "bing", "organic"),
    ("duckduckgo", "duckduckgo", "organic"),
    ("ecosia", "ecosia", "organic"),
    ("qwant", "qwant", "organic"),
    ("startpage", "startpage", "organic"),
    ("yahoo", "yahoo", "organic"),
    ("yandex", "yandex", "organic"),
    ("baidu", "baidu", "organic"),
    ("brave", "brave", "organic"),
    ("facebook", "facebook", "social"),
    ("instagram", "instagram", "social"),
    ("pinterest", "pinterest", "social"),
    ("tiktok", "tiktok", "social"),
    ("youtube", "youtube", "social"),
    ("linkedin", "linkedin", "social"),
    ("lnkd", "linkedin", "social"),
    ("twitter", "twitter", "social"),
    ("reddit", "reddit", "social"),
    ("xing", "xing", "social"),
    ("whatsapp", "whatsapp", "social"),
    ("threads", "threads", "social"),
    ("chatgpt", "chatgpt", "ai"),
    ("perplexity", "perplexity", "ai"),
];

/// Pages where one pays and comes back from: the site's name.
const PAYMENTS: [&str; 10] =
    ["paypal", "stripe", "klarna", "mollie", "adyen", "sofort", "giropay", "payone", "shopifypay", "amazonpay"];

impl Source {
    /// The source of a touch. The query may stand in the page's address or apart.
    pub fn of(context: &Value, page: Option<&Url>, query: Option<&str>, referrer: Option<&str>) -> Source {
        let campaign = |name: &str| text(context, &["campaign", name]).map(Cow::into_owned);
        let mut source = Source {
            source: campaign("source"),
            medium: campaign("medium"),
            campaign: campaign("name"),
            content: campaign("content"),
            term: campaign("term"),
            referrer_host: referrer.and_then(host_of).filter(|host| !is_own(host, page)),
        };
        let query = page.and_then(Url::query).or_else(|| query.map(|query| query.trim_start_matches('?')));
        let click = query.and_then(|query| source.add_query(query));
        if source.source.is_none() && source.medium.is_none() && source.campaign.is_none() {
            let site = || source.referrer_host.as_deref().map(site_of);
            if let Some((from, medium)) = click.map(|(from, medium)| (from.to_owned(), medium)).or_else(site) {
                (source.source, source.medium) = (Some(from), Some(medium.to_owned()));
            }
        }
        source.without_personal_data()
    }

    /// Reads the UTM parameters of a query where the context has none; returns the network of a click id.
    fn add_query(&mut self, query: &str) -> Option<(&'static str, &'static str)> {
        let mut click = None;
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let field = match name.as_ref() {
                "utm_source" => &mut self.source,
                "utm_medium" => &mut self.medium,
                "utm_campaign" => &mut self.campaign,
                "utm_content" => &mut self.content,
                "utm_term" => &mut self.term,
                other => {
                    let found = CLICKS.iter().find(|(id, _, _)| *id == other);
                    click = click.or(found.map(|(_, from, medium)| (*from, *medium)));
                    continue;
                }
            };
            field.get_or_insert_with(|| value.to_owned());
        }
        click
    }

    fn without_personal_data(mut self) -> Source {
        for field in [&mut self.source, &mut self.medium, &mut self.campaign, &mut self.content, &mut self.term] {
            *field = field.take().filter(|text| kept_text(text).is_some());
        }
        self
    }
}

/// The host of a page's address, without `www.`.
pub(in super::super) fn host_of(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    let host = url.domain()?.trim_start_matches("www.").to_lowercase();
    (!host.is_empty()).then_some(host)
}

/// Whether a host is the page's own, one below or above it, or one where people pay.
fn is_own(host: &str, page: Option<&Url>) -> bool {
    let own = page.and_then(Url::domain).map(|own| own.trim_start_matches("www.").to_lowercase());
    let below = |one: &str, other: &str| one.strip_suffix(other).is_some_and(|rest| rest.ends_with('.'));
    own.is_some_and(|own| own == host || below(&own, host) || below(host, &own))
        || host.split('.').any(|part| PAYMENTS.contains(&part))
}

/// What a site is called, and what it is.
fn site_of(host: &str) -> (String, &'static str) {
    // The last part is the country's or kind's: `google.co.uk`, `search.brave.com`.
    let mut parts = host.rsplit('.').skip(1);
    let site = parts.find_map(|part| SITES.iter().find(|(name, _, _)| *name == part));
    match (site, host) {
        (_, "t.co" | "x.com") => ("twitter".to_owned(), "social"),
        (_, "youtu.be") => ("youtube".to_owned(), "social"),
        (Some((_, name, medium)), _) => ((*name).to_owned(), *medium),
        (None, _) => (host.to_owned(), "referral"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(page: &str, referrer: &str, campaign: Value) -> [Option<String>; 3] {
        let page = Url::parse(page).ok();
        let found = Source::of(&json!({"campaign": campaign}), page.as_ref(), None, Some(referrer));
        [found.source, found.medium, found.campaign]
    }

    #[test]
    fn the_first_that_says_something_holds() {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        for (page, referrer, campaign, expected) in [
            ("https://shop.de/?utm_source=nl&utm_medium=email&utm_campaign=mai", "", json!({}), ["nl", "email", "mai"]),
            ("https://shop.de/?utm_source=nl", "", json!({"source": "ctx", "name": "c"}), ["ctx", "", "c"]),
            ("https://shop.de/?gclid=1", "https://www.google.de/", json!({}), ["google", "cpc", ""]),
            ("https://shop.de/?gclid=1&utm_campaign=x", "", json!({}), ["", "", "x"]),
            ("https://shop.de/", "https://www.google.co.uk/search?q=x", json!({}), ["google", "organic", ""]),
            ("https://shop.de/", "https://search.brave.com/", json!({}), ["brave", "organic", ""]),
            ("https://shop.de/", "https://search.other.com/", json!({}), ["search.other.com", "referral", ""]),
            ("https://shop.de/", "https://l.facebook.com/x", json!({}), ["facebook", "social", ""]),
            ("https://shop.de/", "https://t.co/x", json!({}), ["twitter", "social", ""]),
            ("https://shop.de/", "https://blog.example.org/x", json!({}), ["blog.example.org", "referral", ""]),
            ("https://www.shop.de/", "https://shop.de/a", json!({}), ["", "", ""]),
            ("https://shop.de/", "https://blog.shop.de/a", json!({}), ["", "", ""]),
            ("https://shop.de/", "https://www.paypal.com/", json!({}), ["", "", ""]),
            ("https://shop.de/", "", json!({"source": "eva@example.com"}), ["", "", ""]),
            ("https://shop.de/", "not a page", json!(3), ["", "", ""]),
        ] {
            assert_eq!(source(page, referrer, campaign), expected.map(some), "{page} {referrer}");
        }
    }

    #[test]
    fn a_site_of_a_similar_name_is_another() {
        assert_eq!(site_of("mygoogle.com").0, "mygoogle.com");
        assert_eq!(site_of("xing.com"), ("xing".to_owned(), "social"));
    }
}
