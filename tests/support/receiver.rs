//! A receiver of webhooks.

use std::{
    collections::VecDeque,
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
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A request that was received.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub path: String,
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub content_type: String,
    pub user_agent: String,
    pub body: String,
}

impl Delivery {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The changes in it.
    pub fn changes(&self) -> Vec<Value> {
        self.json()["data"]["changes"].as_array().unwrap().clone()
    }

    /// The signature that it ought to have.
    pub fn expected_signature(&self, secret: &str) -> String {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let message = format!("{}.{}.{}", self.id, self.timestamp, self.body);
        format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &message)))
    }
}

/// HMAC-SHA256 by RFC 2104, without the crate by which Lectern signs.
fn hmac_sha256(key: &[u8], message: &str) -> Vec<u8> {
    let padded_key = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(padded_key(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded_key(0x5c)).chain_update(inner).finalize().to_vec()
}

/// How a receiver answers a request.
#[derive(Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub delay: Duration,
}

impl Reply {
    /// A status and nothing else.
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }
}

/// A server that receives.
#[derive(Clone, Default)]
pub struct Receiver {
    pub url: String,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
    /// The replies to the next requests. All after them are answered with 204.
    replies: Arc<Mutex<VecDeque<Reply>>>,
}

impl Receiver {
    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    /// Starts one on a socket.
    pub fn listen(listener: TcpListener) -> Self {
        let receiver = Self { url: format!("http://{}/hook", listener.local_addr().unwrap()), ..Self::default() };
        let data = receiver.clone();
        let server =
            HttpServer::new(move || Pages::new().app_data(Data::new(data.clone())).default_service(to(receive)));
        actix_web::rt::spawn(server.workers(1).listen(listener).unwrap().run());
        receiver
    }

    /// Sets the replies to the next requests.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.replies.lock().unwrap().extend(replies);
    }

    /// Forgets the replies that are left.
    pub fn recover(&self) {
        self.replies.lock().unwrap().clear();
    }

    /// All requests so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.lock().unwrap().clone()
    }

    /// The revisions received so far, in the order in which they came.
    pub fn revisions(&self) -> Vec<i64> {
        let deliveries = self.deliveries();
        let changes = deliveries.iter().flat_map(Delivery::changes);
        changes.map(|change| change["revision"].as_i64().unwrap()).collect()
    }
}

async fn receive(request: HttpRequest, body: Bytes, receiver: Data<Receiver>) -> HttpResponse {
    let header =
        |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    receiver.deliveries.lock().unwrap().push(Delivery {
        path: request.path().to_owned(),
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        content_type: header("content-type"),
        user_agent: header("user-agent"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let reply = receiver.replies.lock().unwrap().pop_front().unwrap_or(Reply::status(204));
    sleep(reply.delay).await;
    let mut response = HttpResponse::build(StatusCode::from_u16(reply.status).unwrap());
    for header in reply.headers {
        response.insert_header(header);
    }
    response.body(reply.body)
}
