//! What strax is to reach.

use super::measure::Cost;

/// A bound on a ratio of strax's cost to another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// Wall clock, to strace 7.2's.
    Wall(f64),
    /// Wall clock, to the untraced run's.
    Native(f64),
    /// Wall clock, to that of strax without colocation.
    Free(f64),
    /// CPU time of the tracer itself in user space, to strace 7.2's; the calls are the same.
    Cpu(f64),
}

/// What a workload cost.
#[derive(Default)]
pub(super) struct Costs {
    pub(super) native: Cost,
    pub(super) strace: Option<Cost>,
    pub(super) free: Option<Cost>,
    pub(super) strax: Option<Cost>,
}

/// CPU times below this, in seconds, are too short for the clock that tells them.
const SHORT: f64 = 0.02;

impl Costs {
    /// Wall clock of strax to strace's.
    pub(super) fn wall(&self) -> Option<f64> {
        Some(self.strax.as_ref()?.wall / self.strace.as_ref()?.wall)
    }

    /// CPU time of strax to strace's; `None` where it can't be told.
    pub(super) fn cpu(&self) -> Option<f64> {
        let strace = self.strace.as_ref()?.user;
        if strace < SHORT { None } else { Some(self.strax.as_ref()?.user / strace) }
    }
}

impl Target {
    /// The ratio, what it is called, and its bound.
    fn reached(self, costs: &Costs) -> (Option<f64>, &'static str, f64) {
        let strax = costs.strax.as_ref();
        match self {
            Target::Wall(bound) => (costs.wall(), "wall", bound),
            Target::Native(bound) => (strax.map(|s| s.wall / costs.native.wall), "untraced", bound),
            Target::Free(bound) => {
                let ratio = strax.zip(costs.free.as_ref()).map(|(s, free)| s.wall / free.wall);
                (ratio, "never", bound)
            }
            Target::Cpu(bound) => (costs.cpu(), "CPU", bound),
        }
    }

    /// Whether it is met, in words.
    pub(super) fn verdict(self, costs: &Costs) -> String {
        let (ratio, of, bound) = self.reached(costs);
        match ratio {
            Some(ratio) if ratio <= bound => format!("{of} ≤ {bound:.2}: met"),
            Some(ratio) => format!("{of} ≤ {bound:.2}: **not met** ({ratio:.2})"),
            None => format!("{of} ≤ {bound:.2}: not measured"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let cost = |wall, user| Some(Cost { wall, user, ..Cost::default() });
        let costs = Costs { strace: cost(2.0, 0.1), strax: cost(1.0, 0.2), ..Costs::default() };
        assert_eq!(Target::Wall(0.5).verdict(&costs), "wall ≤ 0.50: met");
        assert_eq!(Target::Cpu(0.7).verdict(&costs), "CPU ≤ 0.70: **not met** (2.00)");
        assert_eq!(Target::Free(1.0).verdict(&costs), "never ≤ 1.00: not measured");
        let short = Costs { strace: cost(2.0, 0.01), ..costs };
        assert_eq!(short.cpu(), None);
    }
}
