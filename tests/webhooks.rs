//! Webhooks: what a receiver is sent, and what happens when it does not accept that.

use std::{future::Future, net::TcpListener, time::Duration};

use actix_web::rt::time::sleep;
use chrono::{DateTime, TimeDelta, Utc};
use lectern_api::{
    format::document::Document,
    webhook::{self, AddedWebhook, NewWebhook, WebhookSummary},
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, apply_at, archive},
    receiver::{Delivery, Receiver, Reply},
    seed,
};

/// Asks again and again until there is an answer.
async fn eventually<T, F: Future<Output = Option<T>>>(ask: impl Fn() -> F) -> T {
    for _ in 0..1000 {
        if let Some(answer) = ask().await {
            return answer;
        }
        sleep(Duration::from_millis(15)).await;
    }
    panic!("it does not come");
}

/// Waits long enough for a server to do what it should not.
async fn wait_a_while() {
    sleep(Duration::from_millis(400)).await;
}

async fn database(app: &App) -> DatabaseConnection {
    Database::connect(&app.database_url).await.unwrap()
}

async fn execute(app: &App, sql: &str) {
    database(app).await.execute_unprepared(sql).await.unwrap();
}

/// Adds a webhook, as another process would.
async fn add(app: &App, webhook: NewWebhook) -> AddedWebhook {
    webhook::add(&database(app).await, webhook, app.now()).await.unwrap()
}

/// A webhook that may be on a private address, as the tests' receivers are.
fn to(url: &str) -> NewWebhook {
    NewWebhook { url: url.to_owned(), is_private_allowed: true, ..NewWebhook::default() }
}

/// The same, to which the whole log is sent.
fn from_the_beginning_to(url: &str) -> NewWebhook {
    NewWebhook { since: Some(0), ..to(url) }
}

/// The first webhook, as it is listed.
async fn first_webhook(app: &App) -> WebhookSummary {
    webhook::list(&database(app).await).await.unwrap().remove(0)
}

/// The attempts to send to the first webhook, as they are logged.
async fn attempts(app: &App) -> Vec<webhook::Delivery> {
    webhook::log(&database(app).await, &first_webhook(app).await.id.to_string()).await.unwrap()
}

/// The first webhook, once so many attempts in a row have failed.
async fn webhook_after_failures(app: &App, failures: i32) -> WebhookSummary {
    eventually(|| async { Some(first_webhook(app).await).filter(|webhook| webhook.failures >= failures) }).await
}

/// The first webhook, once it has come to the end of the log.
async fn webhook_at_the_end(app: &App) -> WebhookSummary {
    let last = app.revision().await;
    eventually(|| async { Some(first_webhook(app).await).filter(|webhook| webhook.delivered == last) }).await
}

/// What a receiver received, once that is as many requests.
async fn deliveries_to(receiver: &Receiver, count: usize) -> Vec<Delivery> {
    eventually(|| async { Some(receiver.deliveries()).filter(|deliveries| deliveries.len() >= count) }).await
}

fn set_clock(app: &App, now: DateTime<Utc>) {
    app.set_now(&now.to_rfc3339());
}

/// An archive whose log is of hundreds of changes.
fn hundred_talks() -> Document {
    seed::large(100)
}

#[on_both_databases]
#[actix_web::test]
async fn a_change_is_sent_signed_and_as_in_the_log(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    let since = app.revision().await;
    let added = add(&app, to(&receiver.url)).await;
    assert_eq!(added.since, since);

    app.apply(&seed::weekend_titled("Hello")).await;

    let delivery = deliveries_to(&receiver, 1).await.remove(0);
    let next_since = app.revision().await;
    let changes = app.changes(&format!("since={since}")).await;
    let body = json!({
        "type": "changes", "timestamp": "2026-11-21T12:00:00Z",
        "data": { "changes": changes, "since": since, "next_since": next_since },
    });
    assert_eq!(delivery.body, body.to_string());
    assert_eq!((delivery.path.as_str(), delivery.content_type.as_str()), ("/hook", "application/json"));
    assert!(delivery.user_agent.starts_with("Lectern/") && delivery.id.starts_with("msg_"), "{delivery:?}");
    assert_eq!(delivery.timestamp, app.now().timestamp().to_string());
    assert_eq!(delivery.signature, delivery.expected_signature(&added.secret));

    webhook_at_the_end(&app).await;
    wait_a_while().await;
    assert_eq!(receiver.deliveries().len(), 1, "it is sent once");

    let attempt = attempts(&app).await.remove(0);
    assert_eq!((attempt.message_id, attempt.at), (delivery.id, app.now()));
    assert_eq!((attempt.since, attempt.next_since), (since, next_since));
    assert_eq!((attempt.attempt, attempt.status, attempt.error), (1, Some(204), None));
    assert_eq!(i64::from(attempt.changes), next_since - since);
}

#[on_both_databases]
#[actix_web::test]
async fn all_changes_come_in_their_order(backend: Backend) {
    let app = archive(hundred_talks).webhooks().start(backend).await;
    let receiver = Receiver::start();

    add(&app, from_the_beginning_to(&receiver.url)).await;

    let last = webhook_at_the_end(&app).await.delivered;
    assert!(last > 400, "{last}");
    assert_eq!(receiver.revisions(), (1..=last).collect::<Vec<_>>());
    let deliveries = receiver.deliveries();
    assert!(deliveries.iter().all(|delivery| delivery.changes().len() <= 100));
    assert_eq!(deliveries.len() as i64, (last + 99) / 100);
    for pair in deliveries.windows(2) {
        assert_eq!(pair[0].json()["data"]["next_since"], pair[1].json()["data"]["since"]);
        assert_ne!(pair[0].id, pair[1].id);
    }
}

#[on_both_databases]
#[actix_web::test]
async fn only_what_is_asked_for_is_sent(backend: Backend) {
    let app = archive(hundred_talks).webhooks().start(backend).await;
    app.apply(&seed::weekend()).await;

    // Talks and slots of one edition, by its former slug.
    let receiver = Receiver::start();
    let webhook = NewWebhook {
        editions: vec!["conf-25".to_owned()],
        kinds: vec!["Talk".to_owned(), "Slot".to_owned()],
        ..from_the_beginning_to(&receiver.url)
    };
    add(&app, webhook).await;
    let last = webhook_at_the_end(&app).await.delivered;
    let mut expected = app.changes("since=0&edition=conf-2025").await;
    expected.retain(|change| ["Talk", "Slot"].contains(&change["kind"].as_str().unwrap()));
    assert!(expected.len() > 100);
    let received = receiver.deliveries();
    let received: Vec<Value> = received.iter().flat_map(Delivery::changes).take(expected.len()).collect();
    assert_eq!(received, expected);

    // Changes of a talk are passed over, and a speaker's after them is found.
    let receiver = Receiver::start();
    add(&app, NewWebhook { kinds: vec!["Speaker".to_owned()], ..to(&receiver.url) }).await;
    let mut document = seed::weekend_titled("Hello");
    app.apply(&document).await;
    document.speakers[1].name = "Robert".to_owned();
    app.apply(&document).await;
    let changes = deliveries_to(&receiver, 1).await.remove(0).changes();
    assert_eq!((changes.len(), &changes[0]["kind"]), (1, &json!("Speaker")));
    assert!(changes[0]["revision"].as_i64().unwrap() > last);
}

#[on_both_databases]
#[actix_web::test]
async fn a_message_that_is_not_accepted_is_sent_again(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    let elsewhere = format!("{}-elsewhere", receiver.url);
    receiver.reply([
        Reply { body: "oh\r\n\u{1b}[1mno".repeat(100_000), ..Reply::status(500) },
        Reply { headers: vec![("Location", elsewhere)], ..Reply::status(307) },
        Reply { headers: vec![("Retry-After", "7200".to_owned())], body: "slowly".to_owned(), ..Reply::status(429) },
        Reply { delay: Duration::from_secs(4), ..Reply::status(200) },
    ]);
    let added = add(&app, to(&receiver.url)).await;
    app.apply(&seed::weekend_titled("One")).await;

    // Four attempts fail. Meanwhile the archive goes on, and the edition that the message names gets another name.
    for (failures, pause) in (1..).zip([5, 300, 7200, 7200]) {
        let next = webhook_after_failures(&app, failures).await.next_attempt_at.unwrap();
        let seconds = (next - app.now()).num_seconds();
        assert!((pause..=pause * 11 / 10).contains(&seconds), "{failures}: {seconds}");
        let mut document = seed::weekend_titled("Two");
        document.editions[0].name = format!("Conf {failures}");
        app.apply(&document).await;
        set_clock(&app, next - TimeDelta::seconds(1));
        wait_a_while().await;
        assert_eq!(receiver.deliveries().len(), failures as usize, "it waits for its time");
        set_clock(&app, next);
    }

    // The fifth succeeds, and what happened meanwhile is in a second message.
    let webhook = webhook_at_the_end(&app).await;
    assert_eq!((webhook.failures, webhook.failing_since, webhook.last_error), (0, None, None));
    let deliveries = receiver.deliveries();
    let [first @ .., second] = deliveries.as_slice() else { panic!("nothing was received") };
    assert_eq!(first.len(), 5);
    for delivery in first {
        assert_eq!((&delivery.id, &delivery.body), (&first[0].id, &first[0].body), "the same each time");
        assert_eq!(delivery.path, "/hook");
        assert_eq!(delivery.signature, delivery.expected_signature(&added.secret));
    }
    assert!(first.windows(2).all(|pair| pair[0].timestamp < pair[1].timestamp), "each is signed anew");
    assert_ne!(second.id, first[0].id);
    let changes = [first[4].changes(), second.changes()].concat();
    let revisions: Vec<i64> = changes.iter().map(|change| change["revision"].as_i64().unwrap()).collect();
    assert_eq!(revisions, (added.since + 1..=app.revision().await).collect::<Vec<_>>(), "without a gap");

    // The log says how each attempt went.
    let attempts = attempts(&app).await;
    let outcomes: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt.attempt, attempt.status, attempt.error.as_deref().unwrap_or_default()))
        .collect();
    let error = outcomes[0].2;
    assert!(error.starts_with("it answered 500 Internal Server Error: oh [1mnooh") && error.len() < 300, "{error}");
    assert_eq!(
        outcomes[1..],
        [
            (2, Some(307), "it answered 307 Temporary Redirect"),
            (3, Some(429), "it answered 429 Too Many Requests: slowly"),
            (4, None, "it did not answer within 2000 ms"),
            (5, Some(204), ""),
            (1, Some(204), ""),
        ]
    );
}

#[on_both_databases]
#[actix_web::test]
async fn nothing_is_lost_while_the_receiver_or_the_server_is_down(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let since = app.revision().await;

    // The receiver is down.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    add(&app, to(&format!("http://{address}/hook"))).await;
    app.apply(&seed::weekend_titled("One")).await;
    let webhook = webhook_after_failures(&app, 1).await;
    assert!(webhook.last_error.unwrap().contains("connect"));
    app.apply(&seed::weekend_titled("Two")).await;

    // The server is down.
    let (database, now) = (app.database_url.clone(), app.now().to_rfc3339());
    let later = app.another().await;
    drop(app);
    apply_at(&database, &seed::weekend_titled("Three"), &now).await;

    // Both are up again.
    let receiver = Receiver::listen(TcpListener::bind(address).unwrap());
    later.set_now("2026-11-21T12:01:00Z");
    let before = webhook_at_the_end(&later).await.delivered;
    later.apply(&seed::weekend_titled("Four")).await;
    assert!(webhook_at_the_end(&later).await.delivered > before);
    assert_eq!(receiver.revisions(), (since + 1..=later.revision().await).collect::<Vec<_>>());
}

#[on_both_databases]
#[actix_web::test]
async fn a_receiver_that_is_gone_is_sent_nothing_until_it_is_enabled(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    receiver.reply([Reply::status(410)]);
    let added = add(&app, to(&receiver.url)).await;

    app.apply(&seed::weekend_titled("One")).await;
    let webhook = webhook_after_failures(&app, 1).await;
    assert_eq!(webhook.disabled_at, Some(app.now()));
    assert_eq!(webhook.disabled_because.as_deref(), Some("it answered 410 Gone"));

    app.set_now("2026-12-24T12:00:00Z");
    app.apply(&seed::weekend_titled("Two")).await;
    wait_a_while().await;
    assert_eq!(receiver.deliveries().len(), 1);

    webhook::enable(&database(&app).await, &receiver.url).await.unwrap();
    assert_eq!(webhook_at_the_end(&app).await.disabled_at, None);
    let deliveries = receiver.deliveries();
    assert_eq!((deliveries.len(), &deliveries[0].id), (3, &deliveries[1].id));
    assert_eq!(receiver.revisions().last(), Some(&app.revision().await));
    assert!(deliveries.iter().all(|delivery| delivery.signature == delivery.expected_signature(&added.secret)));
}

#[on_both_databases]
#[actix_web::test]
async fn a_receiver_that_fails_for_days_is_given_up(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    receiver.reply(vec![Reply::status(503); 50]);
    add(&app, to(&receiver.url)).await;
    app.apply(&seed::weekend_titled("One")).await;

    let start = app.now();
    let mut pauses = Vec::new();
    let webhook = loop {
        let webhook = webhook_after_failures(&app, pauses.len() as i32 + 1).await;
        let Some(next) = webhook.next_attempt_at else { break webhook };
        pauses.push(next - app.now());
        set_clock(&app, next);
    };
    let ten_hours = TimeDelta::hours(10);
    assert!(pauses.windows(2).all(|pair| pair[0] < pair[1] || pair[0] >= ten_hours), "they grow: {pauses:?}");
    let duration = app.now() - start;
    assert!(duration >= TimeDelta::days(5) && duration < TimeDelta::days(7), "{duration} {pauses:?}");
    assert!(pauses.len() < 14, "{pauses:?}");
    let reason = "it failed for 5 days: it answered 503 Service Unavailable";
    assert_eq!(webhook.disabled_because.as_deref(), Some(reason));
    assert_eq!(attempts(&app).await.len(), pauses.len() + 1);

    // Enabled, it goes on with the message that it could not send.
    receiver.recover();
    webhook::enable(&database(&app).await, &webhook.id.to_string()).await.unwrap();
    assert_eq!(webhook_at_the_end(&app).await.failures, 0);
    let deliveries = receiver.deliveries();
    assert_eq!(deliveries.last().unwrap().id, deliveries[0].id);
}

#[on_both_databases]
#[actix_web::test]
async fn two_servers_send_each_page_once(backend: Backend) {
    let app = archive(hundred_talks).webhooks().start(backend).await;
    let other = app.another().await;
    let receiver = Receiver::start();
    add(&app, from_the_beginning_to(&receiver.url)).await;
    webhook_at_the_end(&app).await;

    let mut document = hundred_talks();
    for round in 0..5 {
        document.companies[0].name = format!("Another {round}");
        app.apply(&document).await;
        sleep(Duration::from_millis(60)).await;
    }

    let last = webhook_at_the_end(&other).await.delivered;
    wait_a_while().await;
    assert_eq!(receiver.revisions(), (1..=last).collect::<Vec<_>>());
}

#[on_both_databases]
#[actix_web::test]
async fn the_lease_of_a_server_that_crashed_ends(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    add(&app, to(&receiver.url)).await;
    execute(&app, "UPDATE webhook SET leased_until = '2026-11-21T12:00:30+00:00'").await;

    app.apply(&seed::weekend_titled("One")).await;
    wait_a_while().await;
    app.set_now("2026-11-21T12:00:29Z");
    wait_a_while().await;
    assert_eq!(receiver.deliveries().len(), 0);

    app.set_now("2026-11-21T12:00:30Z");
    deliveries_to(&receiver, 1).await;
    webhook_at_the_end(&app).await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_slow_receiver_holds_up_no_other(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let (slow, fast) = (Receiver::start(), Receiver::start());
    slow.reply([Reply { delay: Duration::from_secs(60), ..Reply::status(200) }]);
    for receiver in [&slow, &fast] {
        add(&app, to(&receiver.url)).await;
    }

    app.apply(&seed::weekend_titled("One")).await;
    deliveries_to(&slow, 1).await;
    for (round, title) in ["Two", "Three", "Four"].into_iter().enumerate() {
        app.apply(&seed::weekend_titled(title)).await;
        deliveries_to(&fast, round + 1).await;
    }
    assert_eq!(slow.deliveries().len(), 1);
}

#[on_both_databases]
#[actix_web::test]
async fn a_server_without_webhooks_only_looks_for_some(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let before = app.statements();
    sleep(Duration::from_millis(500)).await;
    let statements = app.statements() - before;
    assert!((1..=20).contains(&statements), "{statements} statements in 500 ms, looking every 25 ms");
}

#[on_both_databases]
#[actix_web::test]
async fn a_private_address_is_never_asked(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    let port = receiver.url.rsplit_once(':').unwrap().1;
    add(&app, NewWebhook { is_private_allowed: false, ..to(&format!("https://localhost:{port}")) }).await;

    app.apply(&seed::weekend_titled("One")).await;

    let error = webhook_after_failures(&app, 1).await.last_error.unwrap();
    assert!(error.contains("is not public") && error.contains("--allow-private"), "{error}");
    assert_eq!((receiver.deliveries().len(), attempts(&app).await[0].status), (0, None));
}

#[on_both_databases]
#[actix_web::test]
async fn a_server_is_known_by_its_certificate(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    add(&app, to(&receiver.url.replace("http:", "https:"))).await;

    app.apply(&seed::weekend_titled("One")).await;

    webhook_after_failures(&app, 1).await;
    assert_eq!((receiver.deliveries().len(), attempts(&app).await[0].status), (0, None), "it speaks no TLS");
}

#[on_both_databases]
#[actix_web::test]
async fn a_webhook_outlives_its_editions_and_says_so(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    add(&app, NewWebhook { editions: vec!["conf-2025".to_owned()], ..to(&receiver.url) }).await;
    let deleted_edition = "00000000-0000-4000-8000-000000000000";
    execute(&app, &format!(r#"UPDATE webhook SET editions = '["{deleted_edition}"]'"#)).await;

    app.apply(&seed::weekend_titled("One")).await;

    let is_disabled = |webhook: &WebhookSummary| webhook.disabled_at.is_some();
    let webhook = eventually(|| async { Some(first_webhook(&app).await).filter(is_disabled) }).await;
    assert_eq!(webhook.disabled_because.as_deref(), Some("its editions are gone"));
    assert_eq!(webhook.editions, [deleted_edition]);
    assert_eq!((webhook.delivered, receiver.deliveries().len()), (app.revision().await, 0));
}

#[on_both_databases]
#[actix_web::test]
async fn the_log_keeps_the_last_thousand(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    add(&app, to(&receiver.url)).await;
    app.apply(&seed::weekend_titled("One")).await;
    webhook_at_the_end(&app).await;

    execute(&app, "UPDATE webhook SET deliveries = 1000").await;
    app.apply(&seed::weekend_titled("Two")).await;
    webhook_at_the_end(&app).await;
    let attempts = attempts(&app).await;
    assert_eq!((attempts.len(), &attempts[0].message_id), (1, &receiver.deliveries()[1].id));
}

#[on_both_databases]
#[actix_web::test]
async fn a_webhook_that_is_removed_is_sent_nothing(backend: Backend) {
    let app = archive(seed::weekend).webhooks().start(backend).await;
    let receiver = Receiver::start();
    add(&app, to(&receiver.url)).await;
    app.apply(&seed::weekend_titled("One")).await;
    webhook_at_the_end(&app).await;

    webhook::remove(&database(&app).await, &receiver.url).await.unwrap();
    app.apply(&seed::weekend_titled("Two")).await;
    wait_a_while().await;
    assert_eq!(receiver.deliveries().len(), 1);
}
