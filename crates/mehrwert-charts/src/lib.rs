//! Charts as inline SVG and numbers by language: numbers in, marks out.
