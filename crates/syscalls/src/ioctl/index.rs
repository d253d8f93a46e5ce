//! Tables of thousands of requests by number, made in the first `ioctl` of a trace: that call should not take long.

/// How many buckets there are.
const BUCKETS: usize = 256;

/// Where in a list of tables the items of each request are: in buckets, since sorting thousands takes longer than most
/// traces have requests to ask for.
pub(super) struct Index {
    /// Requests and their items' places among all items, bucket by bucket, within one in the items' order.
    entries: Vec<(u32, u32)>,
    /// Where each bucket begins, and where the last one ends.
    starts: [u32; BUCKETS + 1],
}

impl Index {
    /// Of the items of all tables in turn; `number` tells an item's request, if it has one.
    pub(super) fn new<T>(tables: &[&[T]], number: impl Fn(&T) -> Option<u32>) -> Index {
        let mut items = Vec::with_capacity(tables.iter().map(|table| table.len()).sum());
        let mut starts = [0; BUCKETS + 1];
        let mut place = 0;
        for table in tables {
            for item in *table {
                if let Some(request) = number(item) {
                    items.push((request, place));
                    starts[bucket(request) + 1] += 1;
                }
                place += 1;
            }
        }
        for i in 0..BUCKETS {
            starts[i + 1] += starts[i];
        }
        let mut ends = starts;
        let mut entries = vec![(0, 0); items.len()];
        for entry in items {
            let end = &mut ends[bucket(entry.0)];
            entries[*end as usize] = entry;
            *end += 1;
        }
        Index { entries, starts }
    }

    /// A request's items, in the order of the tables that the index was made of.
    pub(super) fn find<T>(&self, tables: &'static [&[T]], request: u32) -> impl Iterator<Item = &'static T> {
        let bucket = bucket(request);
        let [from, to] = [self.starts[bucket], self.starts[bucket + 1]].map(|at| at as usize);
        let same = self.entries[from..to].iter().filter(move |entry| entry.0 == request);
        same.filter_map(|&(_, place)| item(tables, place as usize))
    }
}

/// The bucket of a request, by Fibonacci hashing.
fn bucket(request: u32) -> usize {
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
        let index = Index::new(TABLES, |item| (item.0 != 0).then_some(item.0));
        let found = |request| index.find(TABLES, request).map(|item| item.1).collect::<String>();
        assert_eq!(
            (found(7), found(3), found(0), found(u32::MAX)),
            ("ace".into(), "b".into(), "".into(), "".into())
        );
    }
}
