//! `lectern token`: tokens for writing over HTTP.

use std::{process::ExitCode, sync::Arc};

use chrono::{DateTime, Utc};
use clap::Subcommand;
use lectern_api::{server, token};

use crate::{DatabaseArguments, Failure, clock, stdout::outln};

#[derive(Subcommand)]
pub enum TokenCommand {
    /// Create a token and print it; it cannot be printed again
    Create {
        /// The name of the token
        #[arg(long)]
        name: String,
        /// A scope of the token: write for everything, write:CONFERENCE for the one conference of that slug and for the
        /// people, companies and recordings that no other conference shows, write:people for all people and companies
        #[arg(long, required = true)]
        scope: Vec<token::TokenScope>,
        /// The last day on which the token is valid (in UTC), or the time at which it expires [default: it does not
        /// expire]
        #[arg(long, value_name = "DAY|TIME")]
        expires: Option<token::Expiry>,
        #[command(flatten)]
        database: DatabaseArguments,
    },
    /// List all tokens, without their secrets
    List {
        #[command(flatten)]
        database: DatabaseArguments,
    },
    /// Revoke a token; this cannot be undone
    Revoke {
        /// The name of the token
        name: String,
        #[command(flatten)]
        database: DatabaseArguments,
    },
}

/// Runs a command.
pub async fn run(command: TokenCommand, now: DateTime<Utc>) -> Result<ExitCode, Failure> {
    match command {
        TokenCommand::Create { name, scope, expires, database } => {
            let database = server::open(&database.url, Arc::default(), &clock()).await?;
            outln!("{}", token::create(&database, &name, &scope, expires.map(|expires| expires.0), now).await?);
            database.close().await?;
        }
        TokenCommand::List { database } => {
            let tokens = token::list(&server::open(&database.url, Arc::default(), &clock()).await?).await?;
            let time = |time: Option<DateTime<Utc>>| {
                time.map_or_else(|| "never".to_owned(), |time| time.format("%FT%TZ").to_string())
            };
            outln!("NAME\tSCOPE\tCREATED\tEXPIRES\tREVOKED\tLAST USED");
            for token in tokens {
                let times = [Some(token.created_at), token.expires_at, token.revoked_at, token.used_at].map(time);
                let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
                outln!("{}\t{}\t{}", token.name, scopes.join(" "), times.join("\t"));
            }
        }
        TokenCommand::Revoke { name, database } => {
            let database = server::open(&database.url, Arc::default(), &clock()).await?;
            token::revoke(&database, &name, now).await?;
            database.close().await?;
            outln!("{name} is revoked");
        }
    }
    Ok(ExitCode::SUCCESS)
}
