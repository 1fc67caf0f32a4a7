//! Lists that are kept packed: as compressed JSON, a tenth of their size. The talks and slots of a large document are
//! needed one edition at a time, so those of the others take little memory.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

/// What can be in a packed list.
pub trait PackedItem: Clone + PartialEq + Serialize + DeserializeOwned {}

impl<T: Clone + PartialEq + Serialize + DeserializeOwned> PackedItem for T {}

/// A list, packed or not. It is used like a `Vec`. To look into a packed list unpacks it, and it is kept so. To leave it
/// packed, look into a clone, which shares the packed bytes.
pub struct PackedList<T> {
    /// Empty while the list is packed.
    list: Vec<T>,
    packed: Option<Packed<T>>,
}

struct Packed<T> {
    bytes: Arc<[u8]>,
    /// The size of the JSON, in bytes.
    size: usize,
    count: usize,
    /// The places of the items in canonical order; none if they are in that order.
    order: Option<Arc<[u32]>>,
    is_in_order: bool,
    unpacked: OnceLock<Vec<T>>,
}

impl<T: PackedItem> PackedList<T> {
    /// Packs the list, which has this canonical order. A list that would not be the same afterwards stays as it is.
    pub fn pack(&mut self, order: &[u32]) {
        if self.packed.is_some() {
            return;
        }
        let Some(packed) = Packed::of(&self.list, order).filter(|packed| packed.unpack() == self.list) else { return };
        *self = Self { list: Vec::new(), packed: Some(packed) };
    }

    /// Whether the list is packed, and nobody looked into it.
    pub fn is_packed(&self) -> bool {
        self.packed.as_ref().is_some_and(|packed| packed.unpacked.get().is_none())
    }

    /// The number of items. To ask for it does not unpack the list.
    pub fn len(&self) -> usize {
        self.packed.as_ref().map_or(self.list.len(), |packed| packed.count)
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts a list that is packed into its canonical order.
    pub fn sort_packed(&mut self) {
        if let Some(packed) = &mut self.packed {
            packed.is_in_order = true;
            packed.unpacked = OnceLock::new();
        }
    }

    /// Puts the items into an order of their places.
    pub fn arrange(&mut self, order: &[u32]) {
        let list = std::mem::take(&mut **self);
        self.list = arranged(list, order);
    }
}

/// The items of a list in an order of their places.
fn arranged<T>(list: Vec<T>, order: &[u32]) -> Vec<T> {
    let mut items: Vec<Option<T>> = list.into_iter().map(Some).collect();
    order.iter().filter_map(|place| items.get_mut(*place as usize)?.take()).collect()
}

impl<T: PackedItem> Packed<T> {
    fn of(list: &[T], order: &[u32]) -> Option<Self> {
        let json = serde_json::to_vec(list).ok()?;
        let bytes = zstd::bulk::compress(&json, 1).ok()?;
        let is_in_order = order.is_sorted();
        Some(Self {
            bytes: bytes.into(),
            size: json.len(),
            count: list.len(),
            order: (!is_in_order).then(|| order.into()),
            is_in_order,
            unpacked: OnceLock::new(),
        })
    }

    /// The list. The bytes were unpacked before, when the list was packed.
    fn unpack(&self) -> Vec<T> {
        let json = zstd::bulk::decompress(&self.bytes, self.size).unwrap_or_default();
        let list = serde_json::from_slice(&json).unwrap_or_default();
        match self.order.as_deref().filter(|_| self.is_in_order) {
            Some(order) => arranged(list, order),
            None => list,
        }
    }
}

impl<T: PackedItem> Deref for PackedList<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        match &self.packed {
            Some(packed) => packed.unpacked.get_or_init(|| packed.unpack()),
            None => &self.list,
        }
    }
}

impl<T: PackedItem> DerefMut for PackedList<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        if let Some(mut packed) = self.packed.take() {
            self.list = packed.unpacked.take().unwrap_or_else(|| packed.unpack());
        }
        &mut self.list
    }
}

impl<T: Clone> Clone for PackedList<T> {
    fn clone(&self) -> Self {
        let packed = self.packed.as_ref().map(|packed| Packed {
            bytes: packed.bytes.clone(),
            order: packed.order.clone(),
            unpacked: OnceLock::new(),
            ..*packed
        });
        Self { list: self.list.clone(), packed }
    }
}

impl<T> Default for PackedList<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for PackedList<T> {
    fn from(list: Vec<T>) -> Self {
        Self { list, packed: None }
    }
}

impl<T> FromIterator<T> for PackedList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<T: PackedItem> PartialEq for PackedList<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: PackedItem + fmt::Debug> fmt::Debug for PackedList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PackedItem> Serialize for PackedList<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PackedList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

impl<'a, T: PackedItem> IntoIterator for &'a PackedList<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
