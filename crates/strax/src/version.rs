//! The version.

/// What `-V` shows.
pub(crate) fn version() -> String {
    format!(
        "strax -- version {}\n\
         Copyright (c) 2026 The strax developers.\n\
         This is free software, licensed under MIT or Apache-2.0.  There is NO\n\
         warranty; not even for MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.\n\
         \n\
         Optional features enabled: {}m32-mpers mx32-mpers\n",
        env!("CARGO_PKG_VERSION"),
        if tracer::HAS_STACK_TRACES { "stack-trace=strax stack-demangle " } else { "" },
    )
}
