//! A weight file as a `static`: what the expansion of `embed!` calls, in const evaluation only.

use crate::network::Network;
use crate::parameters::{Node, Parameters};
use crate::scalar::Scalar;
use core::mem::MaybeUninit;
use nn_shape::Msg;
use nn_shape::near::{close, distance};

/// One tensor of a file, as the macro has read it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Its type: `F32`.
    pub dtype: &'static str,
    /// Its sizes.
    pub shape: &'static [usize],
    /// Where its bytes begin, counted from the start of the file.
    pub begin: usize,
}

/// The network whose weights are `entries` of `file`. Panics, at the caller's place, with everything that does not fit.
///
/// The bytes are copied tensor by tensor: no number is looked at.
#[doc(hidden)]
#[track_caller]
#[must_use]
pub const fn embed<N: Network>(path: &str, saved_from: &str, file: &[u8], entries: &[Entry]) -> N {
    let tree = <N as Parameters<N::Scalar>>::NODE;
    if !fits::<N>(&tree, entries) {
        let text = differences::<N>(&tree, path, saved_from, entries);
        panic!("{}", text.as_str());
    }
    let mut net = MaybeUninit::<N>::zeroed();
    let mut i = 0;
    while i < entries.len() {
        if let Some(leaf) = find(&tree, entries[i].name.as_bytes(), 0) {
            let bytes = leaf.bytes(size_of::<N::Scalar>());
            assert!(entries[i].begin + bytes <= file.len() && leaf.offset + bytes <= size_of::<N>());
            // SAFETY: both ranges are inside, by the line above. `offset` is where the tree of parameters has a tensor of
            // `bytes` bytes of scalars, for which every bit pattern is valid.
            unsafe {
                let from = file.as_ptr().add(entries[i].begin);
                let to = net.as_mut_ptr().cast::<u8>().add(leaf.offset);
                if cfg!(target_endian = "little") {
                    core::ptr::copy_nonoverlapping(from, to, bytes);
                } else {
                    copy_reversed(from, to, bytes, size_of::<N::Scalar>());
                }
            }
        }
        i += 1;
    }
    // SAFETY: a network is `Zeroable`: all zero bits were a valid one, and only scalars have been written since.
    unsafe { net.assume_init() }
}

/// The network of zeros, where an error has been reported and a value is still needed.
#[doc(hidden)]
#[must_use]
pub const fn zeroed<N: Network>() -> N {
    // SAFETY: a network is `Zeroable`.
    unsafe { MaybeUninit::<N>::zeroed().assume_init() }
}

/// Copies `bytes` bytes, each element of `size` turned around.
///
/// # Safety
/// Both ranges of `bytes` bytes are valid and do not overlap; `size` divides `bytes`.
const unsafe fn copy_reversed(from: *const u8, to: *mut u8, bytes: usize, size: usize) {
    let mut at = 0;
    while at < bytes {
        // SAFETY: `at` and its mirror image within its element are below `bytes`.
        unsafe { *to.add(at / size * size + (size - 1 - at % size)) = *from.add(at) };
        at += 1;
    }
}

/// A tensor of a network.
#[derive(Clone, Copy)]
struct Leaf {
    offset: usize,
    dims: crate::parameters::TensorDims,
}

impl Leaf {
    const fn bytes(&self, size: usize) -> usize {
        self.dims.elements() * size
    }
}

/// The tensor of this dotted name.
const fn find(node: &Node, name: &[u8], offset: usize) -> Option<Leaf> {
    match node {
        Node::Tensor { dims } if name.is_empty() => Some(Leaf { offset, dims: *dims }),
        Node::Tensor { .. } => None,
        Node::Group { fields } => {
            let mut i = 0;
            while i < fields.len() {
                if let Some(rest) = after(name, fields[i].name.as_bytes()) {
                    return find(&fields[i].node, rest, offset + fields[i].offset);
                }
                i += 1;
            }
            None
        }
        Node::Repeat { count, stride, node } => {
            let (mut index, mut digits) = (0usize, 0);
            while digits < name.len() && name[digits].is_ascii_digit() && index < *count {
                index = index * 10 + (name[digits] - b'0') as usize;
                digits += 1;
            }
            let canonical = digits == 1 || (digits > 1 && name[0] != b'0');
            if !canonical || index >= *count {
                return None;
            }
            match after(name, name.split_at(digits).0) {
                Some(rest) => find(node, rest, offset + index * *stride),
                None => None,
            }
        }
    }
}

/// What follows `first` and its dot in a dotted name.
const fn after<'a>(name: &'a [u8], first: &[u8]) -> Option<&'a [u8]> {
    if name.len() < first.len() {
        return None;
    }
    let (start, rest) = name.split_at(first.len());
    if !same(start, first) {
        return None;
    }
    match rest {
        [] => Some(rest),
        [b'.', rest @ ..] if !rest.is_empty() => Some(rest),
        _ => None,
    }
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn same_sizes(a: &[usize], b: &[usize]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn transposed(a: &[usize], b: &[usize]) -> bool {
    a.len() == 2 && b.len() == 2 && a[0] == b[1] && a[1] == b[0]
}

/// The type of a scalar in a file.
const fn native<T: Scalar>() -> &'static str {
    if size_of::<T>() == 4 { "F32" } else { "F64" }
}

/// Whether the file has the tensors of the network and no others. Names of a file are unique.
const fn fits<N: Network>(tree: &Node, entries: &[Entry]) -> bool {
    let (mut i, mut elements) = (0, 0);
    while i < entries.len() {
        let entry = &entries[i];
        match find(tree, entry.name.as_bytes(), 0) {
            Some(leaf) if same_sizes(leaf.dims.sizes(), entry.shape) && same(entry.dtype.as_bytes(), native::<N::Scalar>().as_bytes()) => {
                elements += leaf.dims.elements();
            }
            _ => return false,
        }
        i += 1;
    }
    elements == tree.count()
}

/// Everything that does not fit, in one text.
const fn differences<N: Network>(tree: &Node, path: &str, saved_from: &str, entries: &[Entry]) -> Msg {
    let mut lines = Lines { text: Msg::new(), count: 0 };
    let mut i = 0;
    while i < entries.len() {
        let entry = &entries[i];
        match find(tree, entry.name.as_bytes(), 0) {
            None => lines = lines.extra(entry),
            Some(leaf) => {
                if !same_sizes(leaf.dims.sizes(), entry.shape) {
                    lines = lines.shape(entry, &leaf);
                }
                let native = native::<N::Scalar>();
                if !same(entry.dtype.as_bytes(), native.as_bytes()) {
                    lines = lines.dtype(entry, native);
                }
            }
        }
        i += 1;
    }
    lines = lines.missing(tree, tree, entries, Msg::new());
    let mut head = Msg::new().str(path).str(" does not fit `").str(N::NAME).str("`");
    if !saved_from.is_empty() && !same(saved_from.as_bytes(), N::NAME.as_bytes()) {
        head = head.str(" (it was saved from `").str(saved_from).str("`)");
    }
    if lines.count > 1 {
        head = head.str(", ").num(lines.count).str(" differences");
    }
    head.str(":").str(lines.text.as_str())
}

struct Lines {
    text: Msg,
    count: usize,
}

impl Lines {
    const fn line(self, name: &str) -> Self {
        Self { text: self.text.str("\n  `").str(name).str("` "), count: self.count + 1 }
    }

    const fn extra(self, entry: &Entry) -> Self {
        let Self { text, count } = self.line(entry.name);
        Self { text: sizes(text, entry.shape).str(" is not a tensor of the network"), count }
    }

    const fn shape(self, entry: &Entry, leaf: &Leaf) -> Self {
        let Self { text, count } = self.line(entry.name);
        let text = sizes(text.str("is "), entry.shape).str(" in the file and must be ");
        let text = sizes(text, leaf.dims.sizes());
        Self { text: if transposed(entry.shape, leaf.dims.sizes()) { text.str("; it is transposed") } else { text }, count }
    }

    const fn dtype(self, entry: &Entry, native: &str) -> Self {
        let Self { text, count } = self.line(entry.name);
        Self { text: text.str("is ").str(entry.dtype).str(" in the file and must be ").str(native), count }
    }

    /// The tensors at and below `node`, which is called `name`, that the file does not have.
    const fn missing(mut self, tree: &Node, node: &Node, entries: &[Entry], name: Msg) -> Self {
        match node {
            Node::Tensor { dims } => {
                if dims.elements() == 0 || position(entries, name.as_str()) {
                    return self;
                }
                let Self { text, count } = self.line(name.as_str());
                let mut text = sizes(text, dims.sizes()).str(" is missing");
                if let Some(near) = nearest(tree, entries, name.as_str()) {
                    text = text.str("; the nearest name is `").str(near).str("`");
                }
                self = Self { text, count };
            }
            Node::Group { fields } => {
                let mut i = 0;
                while i < fields.len() {
                    self = self.missing(tree, &fields[i].node, entries, dotted(name).str(fields[i].name));
                    i += 1;
                }
            }
            Node::Repeat { count, node, .. } => {
                let mut i = 0;
                while i < *count {
                    self = self.missing(tree, node, entries, dotted(name).num(i));
                    i += 1;
                }
            }
        }
        self
    }
}

const fn dotted(name: Msg) -> Msg {
    if name.as_str().is_empty() { name } else { name.str(".") }
}

const fn sizes(text: Msg, sizes: &[usize]) -> Msg {
    let (mut text, mut i) = (text.str("["), 0);
    while i < sizes.len() {
        text = text.str(if i == 0 { "" } else { ", " }).num(sizes[i]);
        i += 1;
    }
    text.str("]")
}

const fn position(entries: &[Entry], name: &str) -> bool {
    let mut i = 0;
    while i < entries.len() {
        if same(entries[i].name.as_bytes(), name.as_bytes()) {
            return true;
        }
        i += 1;
    }
    false
}

/// The tensor of the file that is not the network's and whose name is nearest.
const fn nearest(tree: &Node, entries: &[Entry], name: &str) -> Option<&'static str> {
    let (mut i, mut least, mut found) = (0, usize::MAX, None);
    // More names than this are not looked at.
    while i < entries.len() && i < 64 {
        let other = entries[i].name;
        if let (None, Some(far)) = (find(tree, other.as_bytes(), 0), distance(name, other))
            && far < least
            && close(far, name)
        {
            (least, found) = (far, Some(other));
        }
        i += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reversed_copies_turn_each_element() {
        let (from, mut to) = ([1u8, 2, 3, 4, 5, 6, 7, 8], [0u8; 8]);
        // SAFETY: two arrays of eight bytes.
        unsafe { copy_reversed(from.as_ptr(), to.as_mut_ptr(), 8, 4) };
        assert_eq!(to, [4, 3, 2, 1, 8, 7, 6, 5]);
    }

    #[test]
    fn names_lead_to_tensors() {
        type Block = crate::layers::Dense<f32, 3, 5>;
        let tree = <crate::layers::Repeat<Block, 12> as Parameters<f32>>::NODE;
        let leaf = find(&tree, b"11.bias", 0).expect("the last block");
        assert_eq!((leaf.offset, leaf.dims.sizes()), (11 * size_of::<Block>() + core::mem::offset_of!(Block, bias), &[5][..]));
        for wrong in ["", ".", "11", "12.bias", "011.bias", "1.", "1.bias.", "1.bia", "1.bias2", "x.bias", "99999999999999999999.bias"] {
            assert!(find(&tree, wrong.as_bytes(), 0).is_none(), "{wrong}");
        }
    }
}
