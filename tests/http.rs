mod bodies;
mod links;
mod wire;
