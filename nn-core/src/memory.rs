//! Plain memory: the marker traits that let large values be made, copied and viewed in place.
//!
//! A network of a few million parameters must never exist as a temporary on the stack, so nothing here passes such a value:
//! it is zeroed where it lives, copied from place to place, and seen as a flat slice of scalars.

use crate::executor::{Executor, for_pieces};
use core::mem::{ManuallyDrop, MaybeUninit, align_of, size_of, size_of_val};
use nalgebra::SMatrix;

/// Plain data: the all-zero bit pattern is a valid value, a bitwise copy is a copy, and there is nothing to drop.
///
/// # Safety
/// All three must hold for every field, including fields behind const generics.
pub unsafe trait Zeroable: Sized + Send + Sync + 'static {
    /// The value of zero bits: what a `static` starts with where there is no allocator. In a `let` it passes over the stack.
    // SAFETY: all zero bits are a valid value.
    const ZEROED: Self = unsafe { core::mem::zeroed() };
    /// Whether every bit pattern is a valid value and no byte is padding, as of [`Plain`] types: then memory that such values left
    /// behind can be used as it is, and else it is zeroed first. If in doubt, `false`.
    const ANY_BITS: bool = false;
}

/// [`Zeroable`] data without padding for which *every* bit pattern is a valid value.
///
/// # Safety
/// No uninitialised byte inside, no invalid bit pattern.
pub unsafe trait Plain: Zeroable {}

/// A value that is nothing but a contiguous run of `E`: a scalar, a matrix, an array of matrices.
///
/// # Safety
/// `size_of::<Self>()` is a multiple of `size_of::<E>()`, alignment is that of `E` or stricter, and every byte belongs to an `E`.
pub unsafe trait Packed<E: Plain>: Plain {}

macro_rules! scalars {
    ($($t:ty)*) => {$(
        // SAFETY: a primitive number: no padding, no invalid bit pattern, nothing to drop.
        unsafe impl Zeroable for $t {
            const ANY_BITS: bool = true;
        }
        // SAFETY: as above.
        unsafe impl Plain for $t {}
        // SAFETY: one element of itself.
        unsafe impl Packed<$t> for $t {}
    )*};
}
scalars!(f32 f64 u8 u16 u32 u64);

// SAFETY: an array is its elements, without padding between them.
unsafe impl<A: Zeroable, const N: usize> Zeroable for [A; N] {
    const ANY_BITS: bool = A::ANY_BITS;
}
// SAFETY: as above.
unsafe impl<A: Plain, const N: usize> Plain for [A; N] {}
// SAFETY: as above.
unsafe impl<E: Plain, A: Packed<E>, const N: usize> Packed<E> for [A; N] {}

// SAFETY: `Matrix` is `repr(C)` over `ArrayStorage`, which is `repr(transparent)` over `[[A; R]; C]`.
unsafe impl<A: Zeroable + nalgebra::Scalar, const R: usize, const C: usize> Zeroable for SMatrix<A, R, C> {
    const ANY_BITS: bool = A::ANY_BITS;
}
// SAFETY: as above.
unsafe impl<A: Plain + nalgebra::Scalar, const R: usize, const C: usize> Plain for SMatrix<A, R, C> {}
// SAFETY: as above.
unsafe impl<E: Plain, A: Packed<E> + nalgebra::Scalar, const R: usize, const C: usize> Packed<E> for SMatrix<A, R, C> {}

macro_rules! tuples {
    ($($name:ident)*) => {
        // SAFETY: every field is zeroable; padding between fields is allowed here.
        unsafe impl<$($name: Zeroable),*> Zeroable for ($($name,)*) {
            const ANY_BITS: bool = true $(&& $name::ANY_BITS)* && size_of::<Self>() == 0 $(+ size_of::<$name>())*;
        }
    };
}
tuples!();
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

/// The elements of `values`, flat and in memory order (last axis fastest).
#[inline(always)]
pub fn flat<E: Plain, A: Packed<E>>(values: &[A]) -> &[E] {
    let len = size_of_val(values) / size_of::<E>();
    // SAFETY: `Packed` says that the bytes of `values` are `len` well-aligned, initialised `E`s.
    unsafe { core::slice::from_raw_parts(values.as_ptr().cast(), len) }
}

/// The elements of `values`, flat and in memory order, for writing.
#[inline(always)]
pub fn flat_mut<E: Plain, A: Packed<E>>(values: &mut [A]) -> &mut [E] {
    let len = size_of_val(values) / size_of::<E>();
    // SAFETY: as in `flat`; and every bit pattern of `E`s is a valid `A`.
    unsafe { core::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), len) }
}

/// The columns of matrices, one after the other: the steps of sequences.
#[inline(always)]
pub fn columns<A: Plain + nalgebra::Scalar, const R: usize, const C: usize>(matrices: &[SMatrix<A, R, C>]) -> &[SMatrix<A, R, 1>] {
    // SAFETY: both are packed runs of `A` in column-major order, a matrix of R rows and C columns is C columns of R rows, and
    // their alignment is that of `A`.
    unsafe { core::slice::from_raw_parts(matrices.as_ptr().cast(), matrices.len() * C) }
}

/// The columns of matrices, for writing.
#[inline(always)]
pub fn columns_mut<A: Plain + nalgebra::Scalar, const R: usize, const C: usize>(
    matrices: &mut [SMatrix<A, R, C>],
) -> &mut [SMatrix<A, R, 1>] {
    // SAFETY: as in `columns`.
    unsafe { core::slice::from_raw_parts_mut(matrices.as_mut_ptr().cast(), matrices.len() * C) }
}

/// The bytes of `values`, as they are in memory.
#[inline]
pub fn bytes<A: Plain>(values: &[A]) -> &[u8] {
    // SAFETY: `Plain`: every byte is initialised.
    unsafe { core::slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
}

/// The bytes of `values`, for writing.
#[inline]
pub fn bytes_mut<A: Plain>(values: &mut [A]) -> &mut [u8] {
    // SAFETY: as in `bytes`; and every bit pattern is a valid `A`.
    unsafe { core::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), size_of_val(values)) }
}

/// Sets every byte of `value` to zero, in place.
#[inline]
pub fn zero<A: Zeroable>(value: &mut A) {
    // SAFETY: `Zeroable`: all zero bits are a valid `A`, and nothing needs dropping.
    unsafe { core::ptr::write_bytes(core::ptr::from_mut(value), 0, 1) }
}

/// [`zero`], on the executor's threads.
pub fn zero_on<A: Zeroable>(executor: &dyn Executor, value: &mut A) {
    /// At least so many bytes are worth a thread of their own.
    const GRAIN: usize = 1 << 17;
    // SAFETY: bytes that need not be initialised may be anything, padding included; they are borrowed as long as `value` is, and `Zeroable`:
    // all zero bits, the only ones written, are a valid `A`, and nothing needs dropping.
    let bytes = unsafe { core::slice::from_raw_parts_mut(core::ptr::from_mut(value).cast::<MaybeUninit<u8>>(), size_of::<A>()) };
    for_pieces(executor, [bytes], GRAIN, &|_, [bytes]| bytes.fill(MaybeUninit::new(0)));
}

/// Copies `source` over `target`, in place.
#[inline]
pub fn copy<A: Zeroable>(source: &A, target: &mut A) {
    // SAFETY: `Zeroable`: a bitwise copy is a copy; the two references cannot overlap.
    unsafe { core::ptr::copy_nonoverlapping(source, target, 1) }
}

/// A zeroed value on the heap that never was on the stack.
#[cfg(feature = "alloc")]
#[must_use]
#[inline(never)]
pub fn zeroed_box<A: Zeroable>() -> alloc::boxed::Box<A> {
    // SAFETY: `Zeroable`: all zero bits are a valid `A`.
    unsafe { alloc::boxed::Box::<A>::new_zeroed().assume_init() }
}

/// A part of each of several values.
///
/// `values.each_mut().map(part)` says the same in ten functions of the standard library; the expansion of `network!` asks once for every
/// field of every network, and all of them would be compiled each time.
#[inline]
pub fn part_of_each<'a, A: ?Sized, B: ?Sized, const K: usize>(
    values: &'a mut [&mut A; K],
    mut part: impl FnMut(&'a mut A) -> &'a mut B,
) -> [&'a mut B; K] {
    let mut parts = MaybeUninit::<[&'a mut B; K]>::uninit();
    let first = parts.as_mut_ptr().cast::<&'a mut B>();
    for (i, value) in values.iter_mut().enumerate() {
        // SAFETY: there are `K` places, as many as values.
        unsafe { first.add(i).write(part(value)) };
    }
    // SAFETY: all of them have been written to.
    unsafe { parts.assume_init() }
}

/// Two values that are never alive at the same time, in the same memory.
///
/// The expansion of `network!` plans which activations may share a buffer; three and more nest: `Slot<A, Slot<B, C>>`.
#[repr(C)]
pub union Slot<A: Plain, B: Plain> {
    head: ManuallyDrop<A>,
    tail: ManuallyDrop<B>,
}

// SAFETY: both fields are zeroable.
unsafe impl<A: Plain, B: Plain> Zeroable for Slot<A, B> {
    const ANY_BITS: bool = A::ANY_BITS && B::ANY_BITS && size_of::<Self>() == larger(size_of::<A>(), size_of::<B>());
}
// SAFETY: both fields accept every bit pattern and have no padding. Bytes that belong to the longer field only are
// initialised when the slot is made and never moved: a slot is only ever used by reference.
unsafe impl<A: Plain, B: Plain> Plain for Slot<A, B> {}

impl<A: Plain, B: Plain> Slot<A, B> {
    /// The first kind of content.
    #[inline(always)]
    pub fn head(&self) -> &A {
        // SAFETY: `Plain`: whatever bits are there are a valid `A`.
        unsafe { &self.head }
    }
    /// The first kind of content, for writing.
    #[inline(always)]
    pub fn head_mut(&mut self) -> &mut A {
        // SAFETY: as in `head`.
        unsafe { &mut self.head }
    }
    /// The other kind of content.
    #[inline(always)]
    pub fn tail(&self) -> &B {
        // SAFETY: as in `head`.
        unsafe { &self.tail }
    }
    /// The other kind of content, for writing.
    #[inline(always)]
    pub fn tail_mut(&mut self) -> &mut B {
        // SAFETY: as in `head`.
        unsafe { &mut self.tail }
    }
}

const fn larger(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

/// Room for either of two values; more nest. Only its size and alignment are used, by [`Shared`].
#[repr(C)]
pub union Either<A: Zeroable, B: Zeroable> {
    first: ManuallyDrop<A>,
    second: ManuallyDrop<B>,
}

// SAFETY: both fields are zeroable.
unsafe impl<A: Zeroable, B: Zeroable> Zeroable for Either<A, B> {
    const ANY_BITS: bool = A::ANY_BITS && B::ANY_BITS && size_of::<Self>() == larger(size_of::<A>(), size_of::<B>());
}

/// Scratch memory that the layers of a network use one after the other, as large as the largest of them needs. `All` is an
/// [`Either`] of what they need.
pub struct Shared<All: Zeroable> {
    memory: MaybeUninit<All>,
}

// SAFETY: no bit pattern is wrong.
unsafe impl<All: Zeroable> Zeroable for Shared<All> {
    const ANY_BITS: bool = All::ANY_BITS;
}

impl<All: Zeroable> Shared<All> {
    /// The memory as one layer sees it: whatever the layer before left, or zeros if not all of them can live with that.
    #[inline(always)]
    pub fn get<A: Zeroable>(&mut self) -> &mut A {
        const {
            let fits = size_of::<A>() <= size_of::<All>() && align_of::<A>() <= align_of::<All>();
            assert!(fits && (A::ANY_BITS || !All::ANY_BITS), "not one of those that share");
        }
        let memory = self.memory.as_mut_ptr().cast::<A>();
        if !All::ANY_BITS {
            // SAFETY: the memory is large enough and aligned, by the assertion.
            unsafe { core::ptr::write_bytes(memory, 0, 1) };
        }
        // SAFETY: as above; the bits are zeros, or those of values without padding, of which any are a valid `A`.
        unsafe { &mut *memory }
    }
}

/// Memory as [`Shared::get`] may give it out: full of NaN, where any bits will do.
#[cfg(test)]
pub(crate) fn used_box<A: Zeroable>() -> alloc::boxed::Box<A> {
    let mut memory = zeroed_box::<A>();
    if A::ANY_BITS {
        // SAFETY: any bits are a valid value.
        unsafe { core::ptr::write_bytes(&raw mut *memory, 0xFF, 1) };
    }
    memory
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::testing::Backwards;

    #[test]
    fn flat_sees_every_element_in_memory_order() {
        let image = [SMatrix::<f32, 3, 2>::from_fn(|c, w| (w * 3 + c) as f32), SMatrix::from_fn(|c, w| (6 + w * 3 + c) as f32)];
        let expected: [f32; 12] = core::array::from_fn(|i| i as f32);
        assert_eq!(flat::<f32, _>(&image), expected);
    }

    #[test]
    fn columns_are_the_steps_of_all_matrices() {
        let mut two = [SMatrix::<f32, 3, 2>::from_fn(|r, c| (c * 3 + r) as f32), SMatrix::from_fn(|r, c| (6 + c * 3 + r) as f32)];
        let steps = columns(&two);
        assert_eq!(steps.len(), 4);
        assert_eq!(steps[3].as_slice(), [9.0, 10.0, 11.0]);
        columns_mut(&mut two)[2][1] = -1.0;
        assert_eq!(two[1][(1, 0)], -1.0);
    }

    #[test]
    fn several_threads_set_all_of_a_value_to_zero() {
        let mut values = zeroed_box::<[f32; 70_001]>();
        values.fill(1.0);
        zero_on(&Backwards(2), &mut *values);
        assert!(values.iter().all(|x| x.to_bits() == 0));
    }

    #[test]
    fn a_part_of_each_is_in_the_place_of_its_value() {
        let (mut a, mut b, mut c) = (([1, 2], "a"), ([3, 4], "b"), ([5, 6], "c"));
        let mut values = [&mut a, &mut b, &mut c];
        for (i, part) in part_of_each(&mut values, |value| &mut value.0[1..]).into_iter().enumerate() {
            part[0] += i * 10;
        }
        assert_eq!(part_of_each(&mut values, |value| &mut value.1).map(|part| *part), ["a", "b", "c"]);
        assert_eq!([a.0, b.0, c.0], [[1, 2], [3, 14], [5, 26]]);
        assert!(part_of_each(&mut [], |value: &mut u8| value).is_empty());
    }

    #[test]
    fn bytes_are_the_memory() {
        let mut values = [1.0f32, -0.0];
        assert_eq!(bytes(&values), [1.0f32.to_ne_bytes(), (-0.0f32).to_ne_bytes()].concat());
        bytes_mut(&mut values)[4..].copy_from_slice(&f32::NAN.to_ne_bytes());
        assert_eq!((values[0], values[1].to_bits()), (1.0, f32::NAN.to_bits()));
    }

    #[test]
    fn a_slot_holds_either_and_is_as_long_as_the_longer() {
        type Pair = Slot<[f32; 2], Slot<[u32; 5], [f64; 1]>>;
        assert_eq!(size_of::<Pair>(), 24);
        let mut slot = zeroed_box::<Pair>();
        slot.head_mut()[1] = 1.0;
        assert_eq!(slot.tail().head()[1], 1.0f32.to_bits());
        slot.tail_mut().head_mut()[4] = 7;
        assert_eq!((slot.head()[1], slot.tail().head()[4]), (1.0, 7));
        zero(&mut *slot);
        assert_eq!(slot.tail().tail()[0], 0.0);
    }

    #[test]
    fn shared_memory_is_as_large_as_the_largest_and_used_as_it_is() {
        type All = Either<[f32; 2], Either<(), [u32; 5]>>;
        const { assert!(All::ANY_BITS && size_of::<Shared<All>>() == 20) };
        let mut shared = zeroed_box::<Shared<All>>();
        shared.get::<[u32; 5]>()[0] = 1.0f32.to_bits();
        assert_eq!(*shared.get::<[f32; 2]>(), [1.0, 0.0]);
        *shared.get::<()>() = ();
    }

    /// One whose bits are not any: a truth value, and padding.
    #[test]
    fn shared_memory_is_zeroed_where_bits_matter() {
        struct Odd {
            flag: bool,
            number: u64,
        }
        // SAFETY: zero bits are `false` and 0.
        unsafe impl Zeroable for Odd {}
        type All = Either<[u32; 7], Odd>;
        const { assert!(!All::ANY_BITS && !<(u8, u64)>::ANY_BITS && <(u64, u64)>::ANY_BITS) };
        let mut shared = zeroed_box::<Shared<All>>();
        shared.get::<[u32; 7]>().fill(u32::MAX);
        let odd = shared.get::<Odd>();
        assert!(!odd.flag && odd.number == 0);
        *odd = Odd { flag: true, number: u64::MAX };
        assert_eq!(*shared.get::<[u32; 7]>(), [0; 7]);
    }

    #[test]
    fn a_slot_has_the_stricter_alignment_and_lives_in_arrays() {
        type Pair<const N: usize> = Slot<[f32; N], [f64; 1]>;
        assert_eq!((align_of::<Pair<1>>(), size_of::<Pair<1>>(), size_of::<Pair<5>>()), (8, 8, 24));
        let mut slots = zeroed_box::<[Pair<5>; 3]>();
        slots[1].head_mut().fill(1.0);
        assert_eq!((slots[0].head(), slots[2].tail()), (&[0.0; 5], &[0.0]), "neighbours are left alone");
        let mut other = zeroed_box::<[Pair<5>; 3]>();
        copy(&*slots, &mut *other);
        assert_eq!(other[1].head(), &[1.0; 5]);
    }
}
