//! Every query on a fixed lake.
