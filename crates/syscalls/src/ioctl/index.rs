//! Tables of thousands of requests by number, made by the compiler: a trace's first `ioctl` should not take long, nor
//! take every page that the tables stand in into memory.

/// How many buckets there are.
const BUCKETS: usize = 256;

/// Where in a list of tables, of `N` items altogether, the items of each request are.
pub(super) struct Index<const N: usize> {
    /// The items' requests, bucket by bucket, within one in the items' order.
    requests: [u32; N],
    /// Each one's place among all items.
    places: [u16; N],
    /// Where each bucket begins, and where the last one ends.
    starts: [u16; BUCKETS + 1],
}

/// How many items tables have altogether.
pub(super) const fn count<T>(tables: &[&[T]]) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < tables.len() {
        count += tables[i].len();
        i += 1;
    }
    assert!(count <= u16::MAX as usize, "more items than places have numbers");
    count
}

impl<const N: usize> Index<N> {
    /// Of the items of all tables in turn, by their requests; some have none.
    pub(super) const fn new(items: &[Option<u32>; N]) -> Self {
        let mut starts = [0; BUCKETS + 1];
        let mut i = 0;
        while i < N {
            if let Some(request) = items[i] {
                starts[bucket(request) + 1] += 1;
            }
            i += 1;
        }
        i = 0;
        while i < BUCKETS {
            starts[i + 1] += starts[i];
            i += 1;
        }
        let (mut ends, mut requests, mut places) = (starts, [0; N], [0; N]);
        i = 0;
        while i < N {
            if let Some(request) = items[i] {
                let end = &mut ends[bucket(request)];
                requests[*end as usize] = request;
                places[*end as usize] = i as u16;
                *end += 1;
            }
            i += 1;
        }
        Index { requests, places, starts }
    }

    /// A request's items, in the order of the tables that the index was made of.
    pub(super) fn find<T>(&self, tables: &'static [&[T]], request: u32) -> impl Iterator<Item = &'static T> {
        let bucket = bucket(request);
        let range = usize::from(self.starts[bucket])..usize::from(self.starts[bucket + 1]);
        let entries = self.requests[range.clone()].iter().zip(&self.places[range]);
        let same = entries.filter(move |entry| *entry.0 == request);
        same.filter_map(|(_, &place)| item(tables, usize::from(place)))
    }
}

/// The bucket of a request, by Fibonacci hashing.
const fn bucket(request: u32) -> usize {
    (request.wrapping_mul(0x9e37_79b9) >> 24) as usize % BUCKETS
}

/// The item at a place among those of all tables.
fn item<T>(tables: &'static [&[T]], place: usize) -> Option<&'static T> {
    let mut rest = place;
    for table in tables {
        if let Some(item) = table.get(rest) {
            return Some(item);
        }
        rest -= table.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_request_stand_in_order() {
        static TABLES: &[&[(u32, char)]] = &[&[(7, 'a'), (3, 'b')], &[], &[(7, 'c'), (0, 'd'), (7, 'e')]];
        static INDEX: Index<{ count(TABLES) }> = Index::new(&[Some(7), Some(3), Some(7), None, Some(7)]);
        let found = |request| INDEX.find(TABLES, request).map(|item| item.1).collect::<String>();
        assert_eq!(
            (found(7), found(3), found(0), found(u32::MAX)),
            ("ace".into(), "b".into(), "".into(), "".into())
        );
    }
}
