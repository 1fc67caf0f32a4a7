//! An attempt: a POST to a checked address, and its result.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use actix_web::{http::StatusCode, web::Bytes};
use awc::{
    Client, ClientResponse, Connector,
    error::{PayloadError, SendRequestError},
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::webhook;
use futures_util::{Stream, StreamExt};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::time::timeout;

use super::{address, message::Message, signature};

/// The bytes of a response that are read, the characters that are stored, and the time to read them.
const READ: usize = 1024;
const KEPT: usize = 200;
const READING: Duration = Duration::from_secs(1);

/// The time to connect to one address before the next is tried.
const CONNECT: Duration = Duration::from_secs(5);

/// The TLS settings. The certificate authorities are Mozilla's list, which the database client has in the binary
/// anyway. A POST needs only HTTP/1.1.
static TLS: LazyLock<Result<Arc<ClientConfig>, rustls::Error>> = LazyLock::new(|| {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
});

/// The result of an attempt. Without a failure the message is delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttemptResult {
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// The reason of the failure.
    pub failure: Option<String>,
    /// The pause that the receiver asks for.
    pub retry_after: Option<TimeDelta>,
}

/// Sends a message within a time limit.
pub async fn send(webhook: &webhook::Model, message: &Message, now: DateTime<Utc>, limit: Duration) -> AttemptResult {
    let failed = |why| AttemptResult { failure: Some(why), ..AttemptResult::default() };
    match timeout(limit, post(webhook, message, now)).await {
        Ok(answer) => answer.unwrap_or_else(failed),
        Err(_) => failed(format!("it did not answer within {} ms", limit.as_millis())),
    }
}

async fn post(webhook: &webhook::Model, message: &Message, now: DateTime<Utc>) -> Result<AttemptResult, String> {
    let url = address::parse(&webhook.url, webhook.is_private_allowed)?;
    let timestamp = now.timestamp();
    let signature =
        signature::sign(&webhook.secret.0, &message.id, timestamp, &message.body).map_err(|error| error.to_string())?;
    let client = client()?;
    let mut failure = String::new();
    for address in address::resolve(&url, webhook.is_private_allowed).await? {
        // The URL keeps its name for TLS and for the receiver.
        let request = client.post(url.as_str()).address(address).no_decompress().content_type("application/json");
        let request =
            request.insert_header(("webhook-id", message.id.as_str())).insert_header(("webhook-timestamp", timestamp));
        match request.insert_header(("webhook-signature", signature.as_str())).send_body(message.body.clone()).await {
            Ok(response) => return Ok(read(response, now).await),
            Err(error @ SendRequestError::Connect(_)) => failure = error.to_string(),
            Err(error) => return Err(error.to_string()),
        }
    }
    Err(failure)
}

/// A client without kept connections: such a connection was checked for an earlier attempt.
fn client() -> Result<Client, String> {
    let tls = TLS.as_ref().map_err(ToString::to_string)?;
    let connector = Connector::new().timeout(CONNECT).handshake_timeout(CONNECT).rustls_0_23(tls.clone());
    let agent = ("User-Agent", concat!("Lectern/", env!("CARGO_PKG_VERSION")));
    Ok(Client::builder().connector(connector).disable_timeout().disable_redirects().add_default_header(agent).finish())
}

/// Reads a response. Only a status of 2xx is a success, and redirects are not followed.
async fn read(
    mut response: ClientResponse<impl Stream<Item = Result<Bytes, PayloadError>> + Unpin>,
    now: DateTime<Utc>,
) -> AttemptResult {
    let status = response.status();
    if status.is_success() {
        return AttemptResult { status: Some(status), ..AttemptResult::default() };
    }
    let retry_after = response.headers().get("Retry-After").and_then(|value| retry_after(value.to_str().ok()?, now));
    let mut body = Vec::new();
    let some = async {
        while let (true, Some(Ok(chunk))) = (body.len() < READ, response.next().await) {
            body.extend(chunk.into_iter().take(READ - body.len()));
        }
    };
    // The reason in the body is useful, but not worth a long wait.
    let _ = timeout(READING, some).await;
    let body = one_line(&String::from_utf8_lossy(&body));
    let failure =
        if body.is_empty() { format!("it answered {status}") } else { format!("it answered {status}: {body}") };
    AttemptResult { status: Some(status), failure: Some(failure), retry_after }
}

/// A receiver's text, safe to show in a terminal.
fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(KEPT).collect()
}

/// `Retry-After`: seconds, or a date.
fn retry_after(value: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    match value.trim().parse() {
        Ok(seconds) => TimeDelta::try_seconds(seconds),
        Err(_) => DateTime::parse_from_rfc2822(value.trim()).ok().map(|at| at.to_utc() - now),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "2015-10-21T07:00:00Z".parse().unwrap();
        assert_eq!(retry_after("120", now), Some(TimeDelta::seconds(120)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now), Some(TimeDelta::minutes(28)));
        assert_eq!((retry_after("soon", now), retry_after("99999999999999999999", now)), (None, None));
    }

    #[test]
    fn an_answer_is_logged_in_one_line() {
        assert_eq!(one_line("  No\r\n\u{1b}[31msuch\0thing "), "No [31msuch thing");
        assert_eq!(one_line(&"x".repeat(999)).len(), KEPT);
    }
}
