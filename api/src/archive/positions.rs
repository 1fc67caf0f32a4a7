//! Positions: numbers from 1, without gaps.

use uuid::Uuid;

/// Numbers rows from 1 within each owner, in an order.
pub(super) fn number_anew<R, O: Ord>(
    rows: &mut [R],
    owner: impl Fn(&R) -> Uuid,
    order: impl Fn(&R) -> O,
    mut set: impl FnMut(&mut R, i32),
) {
    rows.sort_by_key(|row| (owner(row), order(row)));
    let (mut last, mut position) = (None, 0);
    for row in rows {
        position = if last == Some(owner(row)) { position + 1 } else { 1 };
        last = Some(owner(row));
        set(row, position);
    }
}
