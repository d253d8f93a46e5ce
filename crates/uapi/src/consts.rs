//! Constants of the UAPI headers.
