//! Which calls are of interest: by what they are, and by the paths and descriptors that they are about.

mod paths;

use self::paths::PathFilter;
use crate::config::Config;
use crate::filter::SyscallSet;
use decode::{Call, Target};

/// What a [`Config`] selects.
pub(crate) struct Selection<'c> {
    calls: &'c SyscallSet,
    paths: PathFilter,
}

impl<'c> Selection<'c> {
    /// The selection, and what to tell the user about it.
    pub(crate) fn new(config: &'c Config) -> (Selection<'c>, Vec<String>) {
        let (paths, notes) = PathFilter::new(config);
        (Selection { calls: &config.filters.trace, paths }, notes)
    }

    /// Whether a call is selected. One that the kernel does not know is in no set, and always is.
    #[inline]
    pub(crate) fn wants(&self, call: &Call, target: &mut dyn Target) -> bool {
        (call.entry.is_none() || self.calls.contains_call(call)) && self.paths.admits(call, target)
    }
}
