//! The numbers of a file, as those of a network.

use super::bytes::from_little_endian;
use super::error::Problem;
use crate::memory::bytes_mut;
use crate::scalar::Scalar;
use alloc::string::{String, ToString};
use core::fmt;
use nn_shape::safetensors::Dtype;

/// The number that a conversion changed most, in proportion.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounding {
    /// Its tensor, by its name in the network.
    pub tensor: String,
    /// Its place in the file's order.
    pub index: usize,
    /// In the file.
    pub from: f64,
    /// In the network.
    pub to: f64,
}

impl Rounding {
    /// `|to - from| / |from|`
    #[must_use]
    pub fn relative(&self) -> f64 {
        relative(self.from, self.to)
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tensor, index, from, to } = self;
        write!(f, "element {index} of `{tensor}` was {from} and is {to}, {:.1e} off", self.relative())
    }
}

fn relative(from: f64, to: f64) -> f64 {
    if from == to { 0.0 } else { ((to - from) / from).abs() }
}

/// The type of a scalar in a file.
pub(super) fn native<T: Scalar>() -> Dtype {
    if size_of::<T>() == 4 { Dtype::F32 } else { Dtype::F64 }
}

/// Whether numbers of this type can be loaded at all.
pub(super) fn is_float(dtype: Dtype) -> bool {
    matches!(dtype, Dtype::F64 | Dtype::F32 | Dtype::F16 | Dtype::Bf16)
}

/// Element `index`, exactly.
fn element(dtype: Dtype, bytes: &[u8], index: usize) -> f64 {
    fn at<const N: usize>(bytes: &[u8], index: usize) -> [u8; N] {
        bytes[index * N..][..N].try_into().unwrap_or([0; N])
    }
    match dtype {
        Dtype::F64 => f64::from_le_bytes(at(bytes, index)),
        Dtype::F32 => f64::from(f32::from_le_bytes(at(bytes, index))),
        Dtype::Bf16 => f64::from(f32::from_bits(u32::from(u16::from_le_bytes(at(bytes, index))) << 16)),
        _ => half(u16::from_le_bytes(at(bytes, index))),
    }
}

/// An IEEE 754 half precision number, exactly.
fn half(bits: u16) -> f64 {
    let (sign, exponent, fraction) = (bits >> 15, (bits >> 10) & 0x1f, f64::from(bits & 0x3ff) / 1024.0);
    // 2^(exponent - 15), by its bits.
    let power = |exponent: u16| f64::from_bits((u64::from(exponent) + 1023 - 15) << 52);
    let magnitude = match exponent {
        0 => fraction * power(1),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (1.0 + fraction) * power(exponent),
    };
    if sign == 1 { -magnitude } else { magnitude }
}

/// Looks at every number of a tensor: what must not be loaded, and the worst rounding so far.
pub(super) fn inspect<T: Scalar>(
    tensor: &str,
    dtype: Dtype,
    bytes: &[u8],
    allow_non_finite: bool,
    worst: &mut Option<Rounding>,
) -> Option<Problem> {
    let (mut first, mut count) = (None, 0);
    for index in 0..bytes.len() / dtype.size() as usize {
        let from = element(dtype, bytes, index);
        if !from.is_finite() {
            first.get_or_insert((index, from));
            count += 1;
            continue;
        }
        if dtype == native::<T>() {
            continue;
        }
        let to = T::from_f64(from).to_f64();
        if !to.is_finite() {
            return Some(Problem::OutOfRange { tensor: tensor.to_string(), index, value: from });
        }
        if relative(from, to) > worst.as_ref().map_or(0.0, Rounding::relative) {
            *worst = Some(Rounding { tensor: tensor.to_string(), index, from, to });
        }
    }
    let (index, value) = first.filter(|_| !allow_non_finite)?;
    Some(Problem::NonFinite { tensor: tensor.to_string(), index, value, count })
}

/// Copies the numbers of a file to a tensor of sizes `dims`, axis `i` of which is axis `axes[i]` in the file.
pub(super) fn copy<T: Scalar>(dtype: Dtype, from: &[u8], to: &mut [T], dims: &[usize], axes: &[usize]) {
    let same = axes.iter().enumerate().all(|(i, &axis)| i == axis);
    if same && dtype == native::<T>() {
        // Bit for bit, whatever the numbers are.
        bytes_mut(to).copy_from_slice(from);
        from_little_endian(bytes_mut(to), size_of::<T>());
        return;
    }
    let one = |index: usize| -> T {
        if dtype != native::<T>() {
            return T::from_f64(element(dtype, from, index));
        }
        let (mut value, size) = (T::ZERO, size_of::<T>());
        let raw = bytes_mut(core::slice::from_mut(&mut value));
        raw.copy_from_slice(&from[index * size..][..size]);
        from_little_endian(raw, size);
        value
    };
    if same {
        to.iter_mut().enumerate().for_each(|(index, value)| *value = one(index));
        return;
    }
    // How far apart neighbours along each of our axes are in the file.
    let mut strides = [0; 6];
    for (i, &axis) in axes.iter().enumerate() {
        strides[i] = (axis + 1..dims.len()).map(|later| axes.iter().position(|&a| a == later).map_or(1, |at| dims[at])).product();
    }
    for (index, value) in to.iter_mut().enumerate() {
        let (mut rest, mut source) = (index, 0);
        for i in (0..dims.len()).rev() {
            source += rest % dims[i] * strides[i];
            rest /= dims[i];
        }
        *value = one(source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_exact() {
        for (bits, value) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 5.960464477539063e-8), (0x03ff, 6.097555160522461e-5)]
        {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x8000).is_sign_negative() && half(0x7c00) == f64::INFINITY && half(0x7e01).is_nan());
    }

    #[test]
    fn axes_are_put_in_order() {
        // The file has [2, 3, 4]; ours is [4, 2, 3].
        let file: std::vec::Vec<u8> = (0..24u32).flat_map(|x| (x as f32).to_le_bytes()).collect();
        let mut ours = [0f32; 24];
        copy(Dtype::F32, &file, &mut ours, &[4, 2, 3], &[2, 0, 1]);
        for (a, b, c) in (0..4).flat_map(|a| (0..2).flat_map(move |b| (0..3).map(move |c| (a, b, c)))) {
            assert_eq!(ours[(a * 2 + b) * 3 + c], ((b * 3 + c) * 4 + a) as f32);
        }
    }
}
