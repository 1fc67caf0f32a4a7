mod bodies;
mod bounds;
mod links;
mod wire;
