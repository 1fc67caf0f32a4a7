//! Whether a server is ready: its database answers, has this binary's schema, and takes writes.

use std::time::Duration;

use actix_web::{HttpResponse, rt, web::Data};
use tokio::time::timeout;

use crate::{
    database::{SchemaState, schema_state, try_write},
    error::Error,
    state::Server,
};

/// The time in which a write is expected to be done. A longer one waits for another write, which goes on.
const WAIT: Duration = Duration::from_secs(1);

/// `/readyz`.
pub async fn readyz(server: Data<Server>) -> HttpResponse {
    let why = match schema_state(&server.database).await {
        Ok(SchemaState::Current) => refused_write(&server).await,
        Ok(SchemaState::Absent | SchemaState::Behind) => {
            Some("the database lacks steps of this binary's schema: restart it to take them".to_owned())
        }
        Ok(SchemaState::Ahead(_)) => Some("the database's schema is newer than this binary".to_owned()),
        Err(error) => {
            Error::from(error).log();
            Some("the database does not answer".to_owned())
        }
    };
    let mut response = if why.is_none() { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    // A server without a complete index answers everything else.
    let ready = || server.search.state().note().map_or_else(|| "ready".to_owned(), |note| format!("ready; {note}"));
    let why = why.unwrap_or_else(ready);
    response.content_type("text/plain; charset=utf-8").insert_header(("Cache-Control", "no-store")).body(why + "\n")
}

/// Why a write is refused, if it is. One write is tried at a time, and it goes on when nobody waits for it any more, so
/// that requests while a long import runs take one connection and not all of them.
async fn refused_write(server: &Data<Server>) -> Option<String> {
    let turn = server.trial.clone().try_lock_owned().ok()?;
    let database = server.database.clone();
    let trial = rt::spawn(async move {
        let _turn = turn;
        try_write(&database).await
    });
    let error = Error::from(timeout(WAIT, trial).await.ok()?.ok()?.err()?);
    error.log();
    Some(format!("writes fail: {error}"))
}
