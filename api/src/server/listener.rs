//! The HTTP server on a listener: its connections, and what of HTTP/1.1 is decided before any route.

use std::{io, net::TcpListener, time::Duration};

use actix_http::HttpService;
use actix_service::{ServiceFactoryExt, map_config};
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{AppConfig, Server, ServiceFactory, ServiceRequest, ServiceResponse, fn_service},
    rt::net::TcpStream,
};

mod head;
mod stream;

use stream::HttpStream;

/// The time in which a client must take something of what is sent.
#[cfg(target_os = "linux")]
const STALLED: Duration = Duration::from_secs(120);

/// The time in which a client must have sent the head of its first request.
const HEAD: Duration = Duration::from_secs(30);

/// The time in which a client may still send what nobody reads, so that it sees the response before the connection is
/// closed.
const LINGER: Duration = Duration::from_secs(1);

/// Answers the requests that a listener receives. actix's own `HttpServer` would answer a request that it can't read
/// with an empty body, and write the names of headers in other letters than some clients of WebSockets look for.
pub(super) fn serve<F, T, B>(app: F, listener: TcpListener) -> io::Result<Server>
where
    F: Fn() -> App<T> + Send + Clone + 'static,
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
        + 'static,
    B: MessageBody + 'static,
{
    let address = listener.local_addr()?;
    let builder = Server::build().shutdown_timeout(10);
    let shutdown = builder.graceful_shutdown_signal();
    let builder = builder.listen("http", listener, move || {
        let shutdown = shutdown.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let signal = shutdown.clone();
                async move { signal.notified().await }
            })
            // A client that disconnects waits for no response, so its handler and its query are dropped.
            .h1_allow_half_closed(false)
            .client_request_timeout(HEAD)
            .client_disconnect_timeout(LINGER)
            .local_addr(address)
            .on_connect_ext(|stream: &HttpStream, data| _ = data.insert(stream.in_flight()))
            .h1(map_config(app(), |()| AppConfig::default()));
        fn_service(|stream: TcpStream| async move {
            give_up_in_time(&stream);
            let peer = stream.peer_addr().ok();
            Ok((HttpStream::new(stream), peer))
        })
        .and_then(http)
    })?;
    Ok(builder.run())
}

/// Lets the system close the connection of a client that takes nothing. The HTTP server would wait forever.
#[cfg(target_os = "linux")]
fn give_up_in_time(stream: &TcpStream) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(STALLED)) {
        tracing::debug!(%error, "the time limit of a connection could not be set");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_up_in_time(_: &TcpStream) {}
