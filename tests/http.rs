mod links;
mod wire;
