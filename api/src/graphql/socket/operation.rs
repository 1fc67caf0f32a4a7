//! An operation of a client, from its message `subscribe` on.

use actix_web::web::Data;
use async_graphql::parser::types::OperationType;

use super::{
    message::{self, ConnectionEnd},
    outbox::Outbox,
};
use crate::{
    error::Error,
    graphql::{
        request::{Checked, Request},
        response::Answer,
        subscription::ActiveSubscription,
    },
    state::Server,
};

/// Runs an operation until it completes.
pub async fn run(id: &str, request: Request, server: Data<Server>, outbox: &Outbox) -> Result<(), ConnectionEnd> {
    let checked = match Checked::of(request.clone(), &server, false) {
        Ok(checked) => checked,
        Err(refused) => return send_last(id, &refused, outbox).await,
    };
    match checked.operation {
        OperationType::Query => send_last(id, &checked.run_unstored(&request, &server).await, outbox).await,
        OperationType::Mutation => {
            let error = Error::bad_input("query", "a mutation is not taken over WebSocket: send it by POST");
            send_last(id, &error.into(), outbox).await
        }
        OperationType::Subscription => follow(id, checked, server, outbox).await,
    }
}

async fn follow(id: &str, checked: Checked, server: Data<Server>, outbox: &Outbox) -> Result<(), ConnectionEnd> {
    let mut running = match ActiveSubscription::open(checked, server).await {
        Ok(running) => running,
        Err(refused) => return send_last(id, &refused, outbox).await,
    };
    loop {
        let answer = running.next().await;
        outbox.text(message::next_or_error(id, &answer)).await?;
        if !answer.is_executed {
            return Ok(());
        }
    }
}

/// Sends the only or the last answer of an operation, and completes it.
async fn send_last(id: &str, answer: &Answer, outbox: &Outbox) -> Result<(), ConnectionEnd> {
    outbox.text(message::next_or_error(id, &answer.rendered())).await?;
    match answer {
        Answer::Executed(..) => outbox.text(message::complete(id)).await,
        // `error` completes an operation by itself.
        Answer::Refused { .. } => Ok(()),
    }
}
