//! Numbers as the bytes of a file, which are little-endian.

#[cfg(feature = "alloc")]
use crate::memory::bytes;
use crate::memory::bytes_mut;
use crate::scalar::Scalar;

/// Turns each element of `size` bytes from the file's order into the machine's.
pub(super) fn from_little_endian(bytes: &mut [u8], size: usize) {
    if cfg!(target_endian = "big") {
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
}

/// Calls `write` with the bytes of `values` as they stand in a file.
#[cfg(feature = "alloc")]
pub(super) fn little_endian<T: Scalar, E>(values: &[T], write: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    if cfg!(target_endian = "little") {
        return write(bytes(values));
    }
    for value in values {
        let mut value = *value;
        let raw = bytes_mut(core::slice::from_mut(&mut value));
        raw.reverse();
        write(raw)?;
    }
    Ok(())
}

/// The number whose bytes, in the machine's order, these are.
pub(super) fn scalar<T: Scalar>(raw: &[u8]) -> T {
    let mut value = T::ZERO;
    bytes_mut(core::slice::from_mut(&mut value)).copy_from_slice(raw);
    value
}
