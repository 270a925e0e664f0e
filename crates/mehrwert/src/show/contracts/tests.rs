//! Every output about contracts, as a snapshot and against the rules that hold for all of them.
