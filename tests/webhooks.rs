//! Webhooks: what a receiver is sent, and what becomes of it when it does not take it.

use std::{
    collections::VecDeque,
    future::Future,
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{
    App as Pages, HttpRequest, HttpResponse, HttpServer,
    http::StatusCode,
    rt::time::sleep,
    web::{Bytes, Data, to},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use lectern_api::{
    format::document::Document,
    webhook::{self, AddedWebhook, Delivery, NewWebhook, WebhookSummary},
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    rest::stream::{log, renamed, revision, write},
    support::{
        app::{self, App, archive, on_both},
        seed,
    },
};

/// A request that was received.
#[derive(Clone, Debug)]
struct Received {
    path: String,
    id: String,
    timestamp: String,
    signature: String,
    media: String,
    agent: String,
    body: String,
}

impl Received {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn changes(&self) -> Vec<Value> {
        self.json()["data"]["changes"].as_array().unwrap().clone()
    }
}

/// An answer to be: its status, its headers, its body, and after how long.
#[derive(Clone, Default)]
struct Reply(u16, Vec<(&'static str, String)>, String, Duration);

fn status(status: u16) -> Reply {
    Reply(status, Vec::new(), String::new(), Duration::ZERO)
}

/// Who receives.
#[derive(Clone, Default)]
struct Receiver {
    url: String,
    received: Arc<Mutex<Vec<Received>>>,
    /// Told one after the other, and then 204 for ever.
    replies: Arc<Mutex<VecDeque<Reply>>>,
}

impl Receiver {
    fn start() -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn at(listener: TcpListener) -> Self {
        let receiver = Self { url: format!("http://{}/hook", listener.local_addr().unwrap()), ..Self::default() };
        let told = receiver.clone();
        let server =
            HttpServer::new(move || Pages::new().app_data(Data::new(told.clone())).default_service(to(receive)));
        actix_web::rt::spawn(server.workers(1).listen(listener).unwrap().run());
        receiver
    }

    fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.replies.lock().unwrap().extend(replies);
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// All requests, once there are as many.
    async fn all(&self, count: usize) -> Vec<Received> {
        until(|| async { (self.received().len() >= count).then(|| self.received()) }).await
    }

    /// The revisions told so far, in the order in which they came.
    fn revisions(&self) -> Vec<i64> {
        self.received().iter().flat_map(Received::changes).map(|change| change["revision"].as_i64().unwrap()).collect()
    }
}

async fn receive(request: HttpRequest, body: Bytes, receiver: Data<Receiver>) -> HttpResponse {
    let header =
        |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    receiver.received.lock().unwrap().push(Received {
        path: request.path().to_owned(),
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        media: header("content-type"),
        agent: header("user-agent"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let Reply(status, headers, body, after) = receiver.replies.lock().unwrap().pop_front().unwrap_or(self::status(204));
    sleep(after).await;
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    headers.into_iter().for_each(|header| {
        response.insert_header(header);
    });
    response.body(body)
}

/// What comes of asking again and again.
async fn until<T, F: Future<Output = Option<T>>>(ask: impl Fn() -> F) -> T {
    for _ in 0..1000 {
        if let Some(found) = ask().await {
            return found;
        }
        sleep(Duration::from_millis(15)).await;
    }
    panic!("it does not come");
}

/// Long enough for a server to do what it should not.
async fn a_while() {
    sleep(Duration::from_millis(400)).await;
}

async fn database(app: &App) -> DatabaseConnection {
    Database::connect(&app.database_url).await.unwrap()
}

/// Adds a webhook, as another process would.
async fn add(app: &App, new: NewWebhook) -> AddedWebhook {
    webhook::add(&database(app).await, new, app.now()).await.unwrap()
}

fn to_private(url: &str) -> NewWebhook {
    NewWebhook { url: url.to_owned(), is_private_allowed: true, ..NewWebhook::default() }
}

fn from_the_beginning(url: &str) -> NewWebhook {
    NewWebhook { since: Some(0), ..to_private(url) }
}

/// The one webhook.
async fn listed(app: &App) -> WebhookSummary {
    webhook::list(&database(app).await).await.unwrap().remove(0)
}

async fn deliveries(app: &App) -> Vec<Delivery> {
    webhook::log(&database(app).await, &listed(app).await.id.to_string()).await.unwrap()
}

/// The webhook, once so many attempts in a row have failed.
async fn failed(app: &App, times: i32) -> WebhookSummary {
    until(|| async { Some(listed(app).await).filter(|webhook| webhook.failures >= times) }).await
}

/// The webhook, once it has come to the log's end.
async fn caught_up(app: &App) -> WebhookSummary {
    let last = revision(app).await;
    until(|| async { Some(listed(app).await).filter(|webhook| webhook.delivered == last) }).await
}

/// Hundreds of changes.
fn hundred() -> Document {
    seed::large(100)
}

fn advance(app: &App, to: DateTime<Utc>) {
    app.set_now(&to.to_rfc3339());
}

/// HMAC-SHA256 as RFC 2104 has it, without the crate that signs.
fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

fn signature(secret: &str, one: &Received) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    format!("v1,{}", STANDARD.encode(hmac(&key, &format!("{}.{}.{}", one.id, one.timestamp, one.body))))
}

on_both! {
    async fn a_change_is_sent_signed_and_as_the_log_tells_it(app: archive(seed::weekend).webhooks()) {
        let receiver = Receiver::start();
        let last = revision(&app).await;
        let added = add(&app, to_private(&receiver.url)).await;
        assert_eq!(added.since, last);
        write(&app, &renamed("Hello")).await;
        let one = receiver.all(1).await.remove(0);
        let next = revision(&app).await;
        let body = json!({
            "type": "changes", "timestamp": "2026-11-21T12:00:00Z",
            "data": { "changes": log(&app, &format!("since={last}")).await, "since": last, "next_since": next },
        });
        assert_eq!(one.body, body.to_string());
        assert_eq!((one.path.as_str(), one.media.as_str()), ("/hook", "application/json"));
        assert!(one.agent.starts_with("Lectern/") && one.id.starts_with("msg_"), "{one:?}");
        assert_eq!(one.timestamp, app.now().timestamp().to_string());
        assert_eq!(one.signature, signature(&added.secret, &one));
        caught_up(&app).await;
        a_while().await;
        assert_eq!(receiver.received().len(), 1, "and once");
        let told = deliveries(&app).await.remove(0);
        assert_eq!((told.message_id, told.at, told.since, told.next_since), (one.id, app.now(), last, next));
        assert_eq!((told.attempt, told.status, told.error, i64::from(told.changes)), (1, Some(204), None, next - last));
    }

    async fn all_changes_come_in_their_order(app: archive(hundred).webhooks()) {
        let receiver = Receiver::start();
        add(&app, from_the_beginning(&receiver.url)).await;
        let last = caught_up(&app).await.delivered;
        assert!(last > 400, "{last}");
        assert_eq!(receiver.revisions(), (1..=last).collect::<Vec<_>>());
        let received = receiver.received();
        assert!(received.iter().all(|one| one.changes().len() <= 100) && received.len() as i64 == (last + 99) / 100);
        for pair in received.windows(2) {
            assert!(pair[0].json()["data"]["next_since"] == pair[1].json()["data"]["since"] && pair[0].id != pair[1].id);
        }
    }

    async fn only_what_is_asked_for_is_sent(app: archive(hundred).webhooks()) {
        write(&app, &seed::weekend()).await;
        let (talks, bob) = (Receiver::start(), Receiver::start());
        let edition = vec!["conf-25".to_owned()];
        let new = NewWebhook { editions: edition.clone(), kinds: vec!["Talk".to_owned(), "Slot".to_owned()], ..from_the_beginning(&talks.url) };
        add(&app, new).await;
        let last = caught_up(&app).await.delivered;
        let of_edition = log(&app, "since=0&edition=conf-2025").await.into_iter();
        let is_wanted = |change: &Value| ["Talk", "Slot"].contains(&change["kind"].as_str().unwrap());
        let wanted: Vec<Value> = of_edition.filter(is_wanted).collect();
        assert!(wanted.len() > 100);
        assert_eq!(talks.received().iter().flat_map(Received::changes).take(wanted.len()).collect::<Vec<_>>(), wanted);
        // What has nothing for it is passed over, and what follows is found.
        add(&app, NewWebhook { kinds: vec!["Speaker".to_owned()], ..to_private(&bob.url) }).await;
        write(&app, &renamed("Hello")).await;
        let mut document = renamed("Hello");
        document.speakers[1].name = "Robert".to_owned();
        write(&app, &document).await;
        let told = bob.all(1).await.remove(0).changes();
        assert_eq!((told.len(), &told[0]["kind"]), (1, &json!("Speaker")));
        assert!(told[0]["revision"].as_i64().unwrap() > last);
    }

    async fn what_is_not_taken_is_sent_again(app: archive(seed::weekend).webhooks()) {
        let receiver = Receiver::start();
        let elsewhere = format!("{}-elsewhere", receiver.url);
        receiver.reply([
            Reply(500, Vec::new(), "oh\r\n\u{1b}[1mno".repeat(100_000), Duration::ZERO),
            Reply(307, vec![("Location", elsewhere)], String::new(), Duration::ZERO),
            Reply(429, vec![("Retry-After", "7200".to_owned())], "slowly".to_owned(), Duration::ZERO),
            Reply(200, Vec::new(), String::new(), Duration::from_secs(4)),
        ]);
        let added = add(&app, to_private(&receiver.url)).await;
        write(&app, &renamed("One")).await;
        let pauses = [5, 300, 7200, 7200];
        for (times, pause) in (1..).zip(pauses) {
            let webhook = failed(&app, times).await;
            let next = webhook.next_attempt_at.unwrap() - app.now();
            assert!((pause..=pause * 11 / 10).contains(&next.num_seconds()), "{times}: {next}");
            // Meanwhile the archive goes on, and the edition that the message names gets another name.
            let mut document = renamed("Two");
            document.editions[0].name = format!("Conf {times}");
            write(&app, &document).await;
            advance(&app, webhook.next_attempt_at.unwrap() - TimeDelta::seconds(1));
            a_while().await;
            assert_eq!(receiver.received().len(), times as usize, "it waits for its time");
            advance(&app, webhook.next_attempt_at.unwrap());
        }
        let webhook = caught_up(&app).await;
        assert_eq!((webhook.failures, webhook.failing_since, webhook.last_error), (0, None, None));
        let received = receiver.received();
        assert_eq!(received.len(), 6, "five attempts, and what happened meanwhile");
        for one in &received[..5] {
            assert_eq!((&one.id, &one.body, one.path.as_str()), (&received[0].id, &received[0].body, "/hook"), "the same, each time");
            assert_eq!(one.signature, signature(&added.secret, one));
        }
        assert!(received[..5].windows(2).all(|pair| pair[0].timestamp < pair[1].timestamp), "but signed anew");
        assert_ne!(received[5].id, received[0].id);
        let revisions: Vec<_> = received[4..].iter().flat_map(Received::changes).map(|change| change["revision"].as_i64().unwrap()).collect();
        assert_eq!(revisions, (added.since + 1..=revision(&app).await).collect::<Vec<_>>(), "without a gap");
        let told = deliveries(&app).await;
        let told: Vec<_> = told.iter().map(|one| (one.attempt, one.status, one.error.as_deref().unwrap_or_default())).collect();
        assert!(told[0].2.starts_with("it answered 500 Internal Server Error: oh [1mnooh") && told[0].2.len() < 300, "{told:?}");
        assert_eq!((told[1], told[2]), ((2, Some(307), "it answered 307 Temporary Redirect"), (3, Some(429), "it answered 429 Too Many Requests: slowly")));
        assert_eq!((told[3], told[4], told[5]), ((4, None, "it did not answer within 2000 ms"), (5, Some(204), ""), (1, Some(204), "")));
    }

    async fn nothing_is_lost_while_the_receiver_or_the_server_is_down(app: archive(seed::weekend).webhooks()) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, last) = (listener.local_addr().unwrap(), revision(&app).await);
        drop(listener);
        add(&app, to_private(&format!("http://{address}/hook"))).await;
        write(&app, &renamed("One")).await;
        let webhook = failed(&app, 1).await;
        assert!(webhook.last_error.unwrap().contains("connect"));
        write(&app, &renamed("Two")).await;
        let (database_url, now) = (app.database_url.clone(), app.now());
        let later = app.another().await;
        drop(app);
        app::load(&database_url, &renamed("Three"), Arc::new(move || now)).await;
        let receiver = Receiver::at(TcpListener::bind(address).unwrap());
        later.set_now("2026-11-21T12:01:00Z");
        let end = caught_up(&later).await.delivered;
        write(&later, &renamed("Four")).await;
        assert!(caught_up(&later).await.delivered > end);
        assert_eq!(receiver.revisions(), (last + 1..=revision(&later).await).collect::<Vec<_>>());
    }

    async fn gone_is_for_good_until_it_is_enabled(app: archive(seed::weekend).webhooks()) {
        let receiver = Receiver::start();
        receiver.reply([status(410)]);
        let added = add(&app, to_private(&receiver.url)).await;
        write(&app, &renamed("One")).await;
        let webhook = failed(&app, 1).await;
        assert_eq!((webhook.disabled_at, webhook.disabled_because.as_deref()), (Some(app.now()), Some("it answered 410 Gone")));
        app.set_now("2026-12-24T12:00:00Z");
        write(&app, &renamed("Two")).await;
        a_while().await;
        assert_eq!(receiver.received().len(), 1);
        webhook::enable(&database(&app).await, &receiver.url).await.unwrap();
        assert_eq!(caught_up(&app).await.disabled_at, None);
        let received = receiver.received();
        assert_eq!((received.len(), &received[0].id), (3, &received[1].id));
        assert_eq!(receiver.revisions().last(), Some(&revision(&app).await));
        assert!(received.iter().all(|one| one.signature == signature(&added.secret, one)));
    }

    async fn who_fails_for_days_is_given_up(app: archive(seed::weekend).webhooks()) {
        let receiver = Receiver::start();
        receiver.reply(vec![status(503); 50]);
        add(&app, to_private(&receiver.url)).await;
        write(&app, &renamed("One")).await;
        let (began, mut pauses) = (app.now(), Vec::new());
        let webhook = loop {
            let webhook = failed(&app, pauses.len() as i32 + 1).await;
            let Some(next) = webhook.next_attempt_at else { break webhook };
            pauses.push(next - app.now());
            advance(&app, next);
        };
        assert!(pauses.windows(2).all(|pair| pair[0] < pair[1] || pair[0] >= TimeDelta::hours(10)), "they grow: {pauses:?}");
        let after = app.now() - began;
        assert!(after >= TimeDelta::days(5) && after < TimeDelta::days(7) && pauses.len() < 14, "{after} {pauses:?}");
        assert_eq!(webhook.disabled_because.as_deref(), Some("it failed for 5 days: it answered 503 Service Unavailable"));
        assert_eq!(deliveries(&app).await.len(), pauses.len() + 1);
        receiver.replies.lock().unwrap().clear();
        webhook::enable(&database(&app).await, &webhook.id.to_string()).await.unwrap();
        assert_eq!((caught_up(&app).await.failures, receiver.received().last().unwrap().id == receiver.received()[0].id), (0, true));
    }

    async fn two_servers_send_each_page_once(app: archive(hundred).webhooks()) {
        let (other, receiver) = (app.another().await, Receiver::start());
        add(&app, from_the_beginning(&receiver.url)).await;
        caught_up(&app).await;
        let mut document = hundred();
        for round in 0..5 {
            document.companies[0].name = format!("Another {round}");
            write(&app, &document).await;
            sleep(Duration::from_millis(60)).await;
        }
        let last = caught_up(&other).await.delivered;
        a_while().await;
        assert_eq!(receiver.revisions(), (1..=last).collect::<Vec<_>>());
    }

    async fn the_lease_of_a_server_that_crashed_ends(app: archive(seed::weekend).webhooks()) {
        let receiver = Receiver::start();
        add(&app, to_private(&receiver.url)).await;
        let leased = "UPDATE webhook SET leased_until = '2026-11-21T12:00:30+00:00'";
        database(&app).await.execute_unprepared(leased).await.unwrap();
        write(&app, &renamed("One")).await;
        a_while().await;
        app.set_now("2026-11-21T12:00:29Z");
        a_while().await;
        assert_eq!(receiver.received().len(), 0);
        app.set_now("2026-11-21T12:00:30Z");
        receiver.all(1).await;
        caught_up(&app).await;
    }

    async fn one_that_is_slow_holds_up_no_other(app: archive(seed::weekend).webhooks()) {
        let (slow, fast) = (Receiver::start(), Receiver::start());
        slow.reply([Reply(200, Vec::new(), String::new(), Duration::from_secs(60))]);
        for receiver in [&slow, &fast] {
            add(&app, to_private(&receiver.url)).await;
        }
        write(&app, &renamed("One")).await;
        slow.all(1).await;
        for (round, title) in ["Two", "Three", "Four"].into_iter().enumerate() {
            write(&app, &renamed(title)).await;
            fast.all(round + 1).await;
        }
        assert_eq!(slow.received().len(), 1);
    }

    async fn without_webhooks_it_only_looks_for_some(app: archive(seed::weekend).webhooks()) {
        let before = app.statements();
        sleep(Duration::from_millis(500)).await;
        let looks = app.statements() - before;
        assert!((1..=20).contains(&looks), "{looks} statements in 500 ms, looking every 25 ms");
    }

    async fn a_private_address_is_never_asked(app: archive(seed::weekend).webhooks()) {
        let receiver = Receiver::start();
        let port = receiver.url.rsplit_once(':').unwrap().1;
        add(&app, NewWebhook { is_private_allowed: false, ..to_private(&format!("https://localhost:{port}")) }).await;
        write(&app, &renamed("One")).await;
        let error = failed(&app, 1).await.last_error.unwrap();
        assert!(error.contains("is not public") && error.contains("--allow-private"), "{error}");
        assert_eq!((receiver.received().len(), deliveries(&app).await[0].status), (0, None));
    }

    async fn a_server_is_known_by_its_certificate(app: archive(seed::weekend).webhooks()) {
        let receiver = Receiver::start();
        add(&app, to_private(&receiver.url.replace("http:", "https:"))).await;
        write(&app, &renamed("One")).await;
        failed(&app, 1).await;
        assert_eq!((receiver.received().len(), deliveries(&app).await[0].status), (0, None), "it speaks no TLS");
    }

    async fn a_webhook_outlives_its_editions_and_says_so(app: archive(seed::weekend).webhooks()) {
        let receiver = Receiver::start();
        add(&app, NewWebhook { editions: vec!["conf-2025".to_owned()], ..to_private(&receiver.url) }).await;
        let gone = "00000000-0000-4000-8000-000000000000";
        database(&app).await.execute_unprepared(&format!("UPDATE webhook SET editions = '[\"{gone}\"]'")).await.unwrap();
        write(&app, &renamed("One")).await;
        let webhook = until(|| async { Some(listed(&app).await).filter(|webhook| webhook.disabled_at.is_some()) }).await;
        assert_eq!((webhook.disabled_because.as_deref(), webhook.editions), (Some("its editions are gone"), vec![gone.to_owned()]));
        assert_eq!((webhook.delivered, receiver.received().len()), (revision(&app).await, 0));
    }

    async fn the_log_keeps_the_last_thousand(app: archive(seed::weekend).webhooks()) {
        let receiver = Receiver::start();
        add(&app, to_private(&receiver.url)).await;
        write(&app, &renamed("One")).await;
        caught_up(&app).await;
        database(&app).await.execute_unprepared("UPDATE webhook SET deliveries = 1000").await.unwrap();
        write(&app, &renamed("Two")).await;
        caught_up(&app).await;
        let log = deliveries(&app).await;
        assert_eq!((log.len(), &log[0].message_id), (1, &receiver.received()[1].id));
        webhook::remove(&database(&app).await, &receiver.url).await.unwrap();
        write(&app, &renamed("Three")).await;
        a_while().await;
        assert_eq!(receiver.received().len(), 2, "removed");
    }
}
