//! Who is likely to stop next, where there are many tracees.
//!
//! A wait for any tracee makes the kernel go through all of them: with 2,000 that takes 30 µs, as much as all that a
//! stop costs otherwise. A wait for a given one takes 0.2 µs however many there are. So, once a wait for anybody has
//! told of a stop, those that were let go on are asked for one by one, the longest running first, until too many of
//! them have not stopped. Who waits for something that does not come just takes its turn.

use ptrace::Tid;
use std::collections::VecDeque;

/// With so few, the kernel finds out quickly enough.
const FEW: usize = 64;
/// So many that have not stopped are asked before the tracer gives up; more where others have stopped.
const PATIENCE: usize = 4;
/// How many rounds are made before one that leaves nobody out.
const INTERVAL: u32 = 32;

/// When a tracee was let go on: each time is another turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turn(u32);

/// The tracees in the order in which they were let go on.
#[derive(Debug, Default)]
pub(super) struct WaitOrder {
    /// Also has those that have been let go on again since: their turn is not the one that stands here.
    running: VecDeque<(Tid, Turn)>,
    turn: Turn,
    /// Rounds since nobody was left out.
    rounds: u32,
}

impl WaitOrder {
    /// Whether it pays with so many tracees.
    pub(super) fn pays(tracees: usize) -> bool {
        tracees > FEW
    }

    /// A tracee goes on; there are so many. Gives its turn.
    pub(super) fn resumed(
        &mut self,
        tid: Tid,
        tracees: usize,
        is_current: impl Fn(Tid, Turn) -> bool,
    ) -> Turn {
        self.turn = Turn(self.turn.0.wrapping_add(1));
        if self.running.len() > 2 * tracees {
            self.running.retain(|&(tid, turn)| is_current(tid, turn));
        }
        self.running.push_back((tid, self.turn));
        self.turn
    }

    /// Asks `has_stopped` for one tracee after the other. It says `None` for one that does not count any more, because
    /// it has gone, or has had another turn since.
    pub(super) fn ask(&mut self, mut has_stopped: impl FnMut(Tid, Turn) -> Option<bool>) {
        let (mut hits, mut misses) = (0, 0);
        for _ in 0..self.running.len() {
            let Some((tid, turn)) = self.running.pop_front() else { break };
            match has_stopped(tid, turn) {
                Some(true) => hits += 1,
                Some(false) => {
                    self.running.push_back((tid, turn));
                    misses += 1;
                }
                None => {}
            }
            if misses >= PATIENCE + hits / 4 {
                break;
            }
        }
    }

    /// Whether it is time to leave nobody out, so that nobody waits for long whom a round does not come to.
    pub(super) fn is_due(&mut self) -> bool {
        self.rounds = (self.rounds + 1) % INTERVAL;
        self.rounds == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tid(n: i32) -> Tid {
        Tid::from_raw(n)
    }

    #[test]
    fn the_longest_running_first() {
        let mut order = WaitOrder::default();
        for n in 1..=100 {
            order.resumed(tid(n), 100, |_, _| true);
        }
        let mut asked = vec![];
        // The first fifty have stopped.
        order.ask(|tid, _| {
            asked.push(tid.raw());
            Some(tid.raw() <= 50)
        });
        assert_eq!(asked[..50], (1..=50).collect::<Vec<_>>());
        assert!(asked.len() < 80, "{}", asked.len());
        // Nobody is asked again before the others have been.
        let before = asked.len();
        order.ask(|tid, _| {
            asked.push(tid.raw());
            Some(false)
        });
        assert_eq!(asked[before], asked[before - 1] + 1);
    }

    #[test]
    fn everybody_has_a_turn() {
        let mut order = WaitOrder::default();
        for n in 1..=1000 {
            order.resumed(tid(n), 1000, |_, _| true);
        }
        let mut found = false;
        for _ in 0..1000 / PATIENCE {
            order.ask(|tid, _| {
                found |= tid.raw() == 777;
                Some(false)
            });
        }
        assert!(found);
    }

    #[test]
    fn turns_that_have_passed_do_not_pile_up() {
        let mut order = WaitOrder::default();
        let mut turns = std::collections::HashMap::new();
        for n in 0..100_000 {
            let id = tid(n % 10 + 1);
            let turn = order.resumed(id, 100, |tid, turn| turns.get(&tid) == Some(&turn));
            turns.insert(id, turn);
        }
        assert!(order.running.len() <= 201);
        let mut current = 0;
        order.ask(|tid, turn| (turns[&tid] == turn).then(|| current += 1).map(|()| true));
        assert_eq!(current, 10);
    }
}
