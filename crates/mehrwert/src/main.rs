//! The command line of Mehrwert.

mod show;

fn main() {}
