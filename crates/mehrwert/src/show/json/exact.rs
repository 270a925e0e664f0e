//! Exact amounts as JSON numbers.
//!
//! `serde_json` writes decimals only through floats; its features that could do otherwise would change how every
//! dependency is built. So an amount is handed to it as what it is, a whole number of millionths, and this formatter
//! writes such whole numbers as decimals. Nothing else in the answer is an `i128`.

use std::io::{self, Write};

use mehrwert_core::Amount;
use serde::{Serialize, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};

/// An amount that becomes a JSON number with exactly its decimals.
pub(super) struct Exact(pub Amount);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i128(self.0.micros())
    }
}

/// Indented JSON in which every `i128` is an amount in millionths.
#[derive(Default)]
pub(super) struct ExactFormatter(PrettyFormatter<'static>);

impl Formatter for ExactFormatter {
    fn write_i128<W: ?Sized + Write>(&mut self, writer: &mut W, micros: i128) -> io::Result<()> {
        write!(writer, "{}", Amount::from_micros(micros))
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
