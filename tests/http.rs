mod bodies;
mod bounds;
mod known;
mod links;
mod wire;
