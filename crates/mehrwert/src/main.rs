//! The command line of Mehrwert.
fn main() {}
