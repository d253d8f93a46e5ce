//! Attributes in the kernel's answers over netlink (`netlink(7)`).

/// The attributes in `bytes`, each with its kind, up to the first that is cut off.
pub(super) fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    // Length with this header, kind, data padded to four bytes.
    std::iter::from_fn(move || {
        let &[a, b, c, d] = bytes.first_chunk()?;
        let len = usize::from(u16::from_ne_bytes([a, b]));
        let data = bytes.get(4..len)?;
        bytes = bytes.get(len.next_multiple_of(4)..).unwrap_or_default();
        Some((u16::from_ne_bytes([c, d]), data))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_is_left_out() {
        let bytes = [6, 0, 1, 0, 7, 8, 0, 0, 5, 0, 2, 0, 9, 0, 0, 0, 200, 0, 3, 0];
        let found: Vec<_> = attributes(&bytes).collect();
        assert_eq!(found, [(1, &[7, 8][..]), (2, &[9][..])]);
        assert_eq!(attributes(&[3, 0, 1, 0]).count(), 0);
        assert_eq!(attributes(&[]).count(), 0);
    }
}
