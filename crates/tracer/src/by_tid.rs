//! A table of threads by their ids. The one that was asked for last is found at once: most stops are the last one's.

use crate::tid_map::TidMap;
use ptrace::Tid;

/// Something of each thread.
pub(crate) struct ByTid<T> {
    places: TidMap<u32>,
    /// Boxed: half a table that grows is empty places.
    rooms: Vec<Option<Box<T>>>,
    free: Vec<u32>,
    last: Option<(Tid, u32)>,
}

impl<T> Default for ByTid<T> {
    fn default() -> Self {
        ByTid { places: TidMap::default(), rooms: Vec::new(), free: Vec::new(), last: None }
    }
}

impl<T> ByTid<T> {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn contains(&self, tid: Tid) -> bool {
        self.places.contains_key(&tid)
    }

    pub(crate) fn get(&self, tid: Tid) -> Option<&T> {
        let place = match self.last {
            Some((last, place)) if last == tid => place,
            _ => *self.places.get(&tid)?,
        };
        self.rooms.get(place as usize)?.as_deref()
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, tid: Tid) -> Option<&mut T> {
        let place = match self.last {
            Some((last, place)) if last == tid => place,
            _ => self.find(tid)?,
        };
        self.rooms.get_mut(place as usize)?.as_deref_mut()
    }

    #[inline(never)]
    fn find(&mut self, tid: Tid) -> Option<u32> {
        let place = *self.places.get(&tid)?;
        self.last = Some((tid, place));
        Some(place)
    }

    /// Takes a thread on, in place of one that has had its id.
    pub(crate) fn insert(&mut self, tid: Tid, value: Box<T>) {
        self.remove(tid);
        let place = match self.free.pop() {
            Some(place) => {
                self.rooms[place as usize] = Some(value);
                place
            }
            None => {
                self.rooms.push(Some(value));
                // No system has as many threads.
                (self.rooms.len() - 1) as u32
            }
        };
        self.places.insert(tid, place);
    }

    pub(crate) fn remove(&mut self, tid: Tid) -> Option<Box<T>> {
        self.last = None;
        let place = self.places.remove(&tid)?;
        self.free.push(place);
        self.rooms[place as usize].take()
    }

    pub(crate) fn tids(&self) -> impl Iterator<Item = Tid> {
        self.places.keys().copied()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.rooms.iter().filter_map(Option::as_deref)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rooms.iter_mut().filter_map(Option::as_deref_mut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_come_and_go_and_their_ids_come_round_again() {
        let tid = Tid::from_raw;
        let mut table = ByTid::default();
        for raw in [7, 8, 0, -9] {
            table.insert(tid(raw), Box::new(raw));
        }
        assert_eq!(
            [7, 8, 0, -9, 10].map(|raw| table.get_mut(tid(raw)).copied()),
            [Some(7), Some(8), Some(0), Some(-9), None]
        );
        // Also the one that was found last.
        assert_eq!(table.get_mut(tid(8)), Some(&mut 8));
        assert_eq!(table.remove(tid(8)), Some(Box::new(8)));
        assert_eq!((table.get_mut(tid(8)).copied(), table.remove(tid(8)), table.len()), (None, None, 3));
        table.insert(tid(10), Box::new(10));
        table.insert(tid(7), Box::new(70));
        assert_eq!([7, 10].map(|raw| table.get(tid(raw)).copied()), [Some(70), Some(10)]);
        table.values_mut().for_each(|value| *value += 1);
        let mut left: Vec<_> = table.values().copied().collect();
        left.sort_unstable();
        assert_eq!((left, table.tids().count(), table.is_empty()), (vec![-8, 1, 11, 71], 4, false));
    }
}
