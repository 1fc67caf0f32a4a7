//! What must hold while something goes wrong: many writers at once, killed processes, a database that goes away.

mod crash;
mod outage;
mod writers;
