//! What a trace of a server says about the way it waits.
