//! One process controlling another: a typed, safe interface to Linux ptrace.
