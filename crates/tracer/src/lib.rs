//! The tracing engine: per-tracee state, filters, output.
