//! The limit: a server of actix-web that answers each request with bytes from memory.

use std::{collections::HashMap, io, sync::Mutex};

use actix_web::{
    App, HttpResponse, HttpServer,
    web::{self, Bytes, Data, Path},
};

/// The bodies that were asked for, by their size.
type Bodies = Data<Mutex<HashMap<usize, Bytes>>>;

/// The largest body.
const MOST: usize = 16 << 20;

/// Serves `/SIZE`, a body of so many bytes, to GET and POST, from one thread.
pub async fn serve(address: &str) -> io::Result<()> {
    let bodies: Bodies = Data::new(Mutex::default());
    let app = move || App::new().app_data(bodies.clone()).service(web::resource("/{size}").to(body));
    HttpServer::new(app).workers(1).bind(address)?.run().await
}

async fn body(size: Path<usize>, bodies: Bodies, _request: Bytes) -> HttpResponse {
    let size = size.into_inner().min(MOST);
    let bytes = match bodies.lock() {
        Ok(mut bodies) => bodies.entry(size).or_insert_with(|| "x".repeat(size).into()).clone(),
        Err(_) => return HttpResponse::InternalServerError().finish(),
    };
    HttpResponse::Ok().content_type("application/json; charset=utf-8").body(bytes)
}
