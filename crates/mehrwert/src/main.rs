//! The command line of Mehrwert.

#[allow(dead_code, reason = "called once arguments are parsed")]
mod show;

fn main() {}
