//! The words of Mehrwert: money, time and periods. No input or output.
