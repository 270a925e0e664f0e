//! `mehrwert webhooks`: from which shops and payment providers the server takes webhooks, and the secrets of their
//! signatures.

use std::io::Read as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use mehrwert_core::KeyId;
use mehrwert_server::{Webhook, WebhookError, WebhookSource};

use crate::Failure;
use crate::cli::{Format, Lang};
use crate::data::{Absent, DataArguments};
use crate::keys::ListArguments;
use crate::show::listing::Listing;
use crate::terminal;

#[derive(Debug, Args)]
pub(crate) struct WebhooksArguments {
    #[command(subcommand)]
    pub command: WebhooksCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// Adds one and prints its address behind the server's own.
    Add(AddArguments),
    /// Lists them; secrets are never shown.
    List(ListArguments),
    /// Removes one, and its secret.
    Remove(RemoveArguments),
}

#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// Who sends: shopify, woocommerce or stripe.
    #[arg(value_name = "SOURCE")]
    pub source: WebhookSource,

    /// The last part of its address.
    #[arg(value_name = "NAME", default_value = "main")]
    pub name: String,

    /// The file with the secret of its signatures; - is standard input.
    #[arg(long, value_name = "FILE", required_unless_present = "secret")]
    pub secret_file: Option<PathBuf>,

    /// The secret, where it stands in the environment.
    #[arg(long, value_name = "SECRET", env = "MEHRWERT_WEBHOOK_SECRET", hide_env_values = true)]
    pub secret: Option<String>,

    /// The shop whose orders it tells; without it the server's.
    #[arg(long, value_name = "NAME")]
    pub shop: Option<String>,

    #[command(flatten)]
    pub output: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArguments {
    /// Who sends.
    #[arg(value_name = "SOURCE")]
    pub source: WebhookSource,

    /// Its name.
    #[arg(value_name = "NAME", default_value = "main")]
    pub name: String,

    #[command(flatten)]
    pub data: DataArguments,
}

/// The secret cannot be had.
#[derive(Debug, thiserror::Error)]
enum SecretError {
    #[error("{0} cannot be read: expected a file with the secret of the webhook's signatures")]
    Unreadable(String, #[source] std::io::Error),
    #[error("the secret is empty; copy it from the sender's settings")]
    Empty,
}

pub(crate) fn run(arguments: &WebhooksArguments) -> Result<(), Failure> {
    match &arguments.command {
        WebhooksCommand::Add(arguments) => add(arguments),
        WebhooksCommand::List(arguments) => {
            let webhooks = arguments
                .data
                .work(Absent::Refuse, async |data| Webhook::list(&data.state).await.map_err(Failure::work))?;
            print(&webhooks, "webhooks", arguments.format, arguments.lang)
        }
        WebhooksCommand::Remove(arguments) => arguments.data.work(Absent::Refuse, async |data| {
            let removed = Webhook::remove(&data.state, arguments.source, &arguments.name, Timestamp::now()).await;
            removed.map_err(failure)
        }),
    }
}

fn add(arguments: &AddArguments) -> Result<(), Failure> {
    let secret = secret(arguments)?;
    let webhook = arguments.output.data.work(Absent::Make, async |data| {
        let now = Timestamp::now();
        let key = KeyId::new(u64::try_from(now.as_millisecond()).unwrap_or(0), data.chance.bytes());
        let (source, name, shop) = (arguments.source, arguments.name.clone(), arguments.shop.clone());
        let webhook = Webhook { source, name, key, shop };
        webhook.add(&data.state, &secret, now).await.map_err(failure)?;
        Ok(webhook)
    })?;
    print(&[webhook], "webhook-added", arguments.output.format, arguments.output.lang)
}

fn secret(arguments: &AddArguments) -> Result<String, Failure> {
    let read = |path: &PathBuf| {
        let mut text = String::new();
        let read = if path.as_os_str() == "-" {
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        } else {
            std::fs::read_to_string(path)
        };
        read.map_err(|error| Failure::input(SecretError::Unreadable(path.display().to_string(), error)))
    };
    let text = match &arguments.secret_file {
        Some(path) => read(path)?,
        None => arguments.secret.clone().unwrap_or_default(),
    };
    // Editors end a file with a line break; no secret does.
    match text.trim() {
        "" => Err(Failure::input(SecretError::Empty)),
        secret => Ok(secret.to_owned()),
    }
}

fn print(webhooks: &[Webhook], title: &'static str, format: Format, lang: Option<Lang>) -> Result<(), Failure> {
    let mut listing = Listing::new(title, &["source", "name", "shop", "address"]);
    for webhook in webhooks {
        let (name, shop) = (webhook.name.clone(), webhook.shop.clone().unwrap_or_default());
        listing.push([webhook.source.to_string(), name, shop, webhook.path()]);
    }
    listing.print(format, &terminal::style(lang))
}

fn failure(error: WebhookError) -> Failure {
    match error {
        WebhookError::State(_) => Failure::work(error),
        _ => Failure::input(error),
    }
}
