//! Customer-value models: numbers in, numbers out. No input or output, usable alone.
