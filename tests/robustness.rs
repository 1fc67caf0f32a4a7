//! What must hold while something goes wrong: many writers at once, killed processes, a database that goes away.

mod crash;
mod first_import;
mod outage;
mod writers;
