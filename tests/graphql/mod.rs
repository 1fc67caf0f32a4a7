mod changes;
mod http;
mod limits;
mod lists;
mod programme;
mod promcon;
mod schema;
mod statements;
