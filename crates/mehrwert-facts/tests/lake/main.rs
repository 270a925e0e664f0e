//! The lake: what is added once is there once, in its newest words, whatever order it comes in.

mod adding;
mod querying;
mod support;
