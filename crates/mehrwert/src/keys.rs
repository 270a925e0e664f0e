//! `mehrwert keys`: who may send facts, and who may ask and change.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use mehrwert_core::{KeyId, Share};
use mehrwert_server::{KeySettings, PricesSetting};
use mehrwert_state::KeyKind;

use crate::Failure;
use crate::cli::{Format, Lang};
use crate::data::{Absent, DataArguments};
use crate::show::listing::Listing;
use crate::terminal;

#[derive(Debug, Args)]
pub(crate) struct KeysArguments {
    #[command(subcommand)]
    pub command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Makes a key and prints it: the only time that it is shown.
    Add(AddArguments),
    /// Lists the keys, revoked ones too. What opens is not kept and cannot be shown.
    List(ListArguments),
    /// Revokes a key: within seconds it opens nothing any more.
    Revoke(RevokeArguments),
}

#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// What it is for, in your words.
    #[arg(value_name = "NAME")]
    pub name: String,

    /// A write key sends facts and may stand in pages; a secret key asks and changes.
    #[arg(long, value_enum, value_name = "KIND", default_value = "write")]
    pub kind: Kind,

    /// The shop whose orders are tracked with it; without it the server's.
    #[arg(long, value_name = "NAME")]
    pub shop: Option<String>,

    /// Whether the amounts of tracked orders contain VAT.
    #[arg(long, value_enum, value_name = "net|gross", default_value = "net")]
    pub prices: Prices,

    /// The rate of VAT in gross amounts of orders that name no tax: 19%.
    #[arg(long, value_name = "RATE")]
    pub vat: Option<Share>,

    #[command(flatten)]
    pub output: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// What is printed: a table for people, JSON or CSV.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,

    /// Language of the table; without it LC_ALL, LC_MESSAGES or LANG decides.
    #[arg(long, value_enum, value_name = "LANGUAGE", help_heading = "Output")]
    pub lang: Option<Lang>,

    #[command(flatten)]
    pub data: DataArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeArguments {
    /// Its id, as `mehrwert keys list` shows it.
    #[arg(value_name = "ID")]
    pub id: KeyId,

    #[command(flatten)]
    pub data: DataArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    Write,
    Secret,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Prices {
    Net,
    Gross,
}

pub(crate) fn run(arguments: &KeysArguments) -> Result<(), Failure> {
    match &arguments.command {
        KeysCommand::Add(arguments) => add(arguments),
        KeysCommand::List(arguments) => list(arguments),
        KeysCommand::Revoke(arguments) => arguments.data.work(Absent::Refuse, async |data| {
            data.state.revoke_key(arguments.id, Timestamp::now()).await.map_err(Failure::input)
        }),
    }
}

fn add(arguments: &AddArguments) -> Result<(), Failure> {
    let settings = KeySettings {
        shop: arguments.shop.clone(),
        prices: match arguments.prices {
            Prices::Net => PricesSetting::Net,
            Prices::Gross => PricesSetting::Gross,
        },
        vat: arguments.vat.map(|vat| mehrwert_core::Amount::from_micros(vat.micros()).to_string()),
    };
    let kind = match arguments.kind {
        Kind::Write => KeyKind::Write,
        Kind::Secret => KeyKind::Secret,
    };
    let (id, text) = arguments.output.data.work(Absent::Make, async |data| {
        let now = Timestamp::now();
        let id = KeyId::new(u64::try_from(now.as_millisecond()).unwrap_or(0), data.chance.bytes());
        // What is set comes first: a key must never work with other settings than its own.
        if settings != KeySettings::default() {
            settings.save(&data.state, id, now).await.map_err(Failure::work)?;
        }
        let random = data.chance.bytes();
        let text = data.state.add_key(id, kind, &arguments.name, random, now).await.map_err(Failure::work)?;
        Ok((id, text))
    })?;
    let mut listing = Listing::new("key-made", &["id", "kind", "name", "key"]);
    listing.push([id.to_string(), kind_name(kind).to_owned(), arguments.name.clone(), text]);
    listing.print(arguments.output.format, &terminal::style(arguments.output.lang))
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let mut listing = Listing::new("keys", &["id", "kind", "name", "shop", "prices", "created_at", "revoked_at"]);
    arguments.data.work(Absent::Refuse, async |data| {
        for key in data.state.keys().await.map_err(Failure::work)? {
            let settings = KeySettings::load(&data.state, key.id).await.map_err(Failure::work)?;
            listing.push([
                key.id.to_string(),
                kind_name(key.kind).to_owned(),
                key.name,
                settings.shop.unwrap_or_default(),
                match settings.prices {
                    PricesSetting::Net => "net".to_owned(),
                    PricesSetting::Gross => "gross".to_owned(),
                },
                key.created_at.to_string(),
                key.revoked_at.map(|at| at.to_string()).unwrap_or_default(),
            ]);
        }
        Ok(())
    })?;
    listing.print(arguments.format, &terminal::style(arguments.lang))
}

const fn kind_name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Write => "write",
        KeyKind::Secret => "secret",
    }
}
