mod bodies;
mod caching;
mod lists;
mod openapi;
mod parity;
mod rows;
mod statements;
