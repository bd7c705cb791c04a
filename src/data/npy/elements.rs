//! Elements of an NPY file, from bytes to numbers.

use super::Elements;
use super::header::Kind;

impl Kind {
    /// Writes elements as numbers of 32 bits, without memory of its own.
    pub fn write(self, data: &[u8], to: &mut [f32]) {
        macro_rules! numbers {
            ($type:ty) => {
                for (to, &bytes) in to.iter_mut().zip(data.as_chunks().0) {
                    *to = (if self.big_endian { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) }) as f32;
                }
            };
        }
        match (self.code, self.size) {
            (b'b', _) => to.iter_mut().zip(data).for_each(|(to, &byte)| *to = f32::from(u8::from(byte != 0))),
            (b'u', 1) => numbers!(u8),
            (b'u', 2) => numbers!(u16),
            (b'u', 4) => numbers!(u32),
            (b'u', _) => numbers!(u64),
            (b'i', 1) => numbers!(i8),
            (b'i', 2) => numbers!(i16),
            (b'i', 4) => numbers!(i32),
            (b'i', _) => numbers!(i64),
            (_, 2) => {
                for (to, &bytes) in to.iter_mut().zip(data.as_chunks().0) {
                    *to = half(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) });
                }
            }
            (_, 4) => numbers!(f32),
            _ => numbers!(f64),
        }
    }

    pub fn elements(self, data: &[u8]) -> Elements {
        macro_rules! numbers {
            ($type:ty) => {
                data.as_chunks()
                    .0
                    .iter()
                    .map(|&bytes| if self.big_endian { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) })
                    .collect::<Vec<$type>>()
            };
        }
        match (self.code, self.size) {
            (b'b', _) => data.iter().map(|&byte| byte != 0).collect::<Vec<bool>>().into(),
            (b'u', 1) => data.to_vec().into(),
            (b'u', 2) => numbers!(u16).into(),
            (b'u', 4) => numbers!(u32).into(),
            (b'u', _) => numbers!(u64).into(),
            (b'i', 1) => numbers!(i8).into(),
            (b'i', 2) => numbers!(i16).into(),
            (b'i', 4) => numbers!(i32).into(),
            (b'i', _) => numbers!(i64).into(),
            (_, 2) => numbers!(u16).into_iter().map(half).collect::<Vec<f32>>().into(),
            (_, 4) => numbers!(f32).into(),
            _ => numbers!(f64).into(),
        }
    }
}

/// The number of these 16 bits, IEEE 754 binary16; every one is exact in `f32`.
pub fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15) << 31, u32::from(bits >> 10 & 31), u32::from(bits & 1023));
    match exponent {
        // 2^-24 steps below the smallest normal number.
        0 => f32::from_bits(sign | (fraction as f32 * (1.0 / 16_777_216.0)).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// Elements with the first axis fastest, in the order with the last axis fastest.
pub fn transposed<T: Copy>(values: Vec<T>, dims: &[usize]) -> Vec<T> {
    let strides: Vec<usize> = dims.iter().scan(1, |stride, &dim| Some(std::mem::replace(stride, *stride * dim))).collect();
    let (mut index, mut at) = (vec![0; dims.len()], 0);
    let mut result = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        result.push(values[at]);
        // Counts up with the last axis fastest, and follows with the place in the file.
        for axis in (0..dims.len()).rev() {
            index[axis] += 1;
            at += strides[axis];
            if index[axis] < dims[axis] {
                break;
            }
            at -= strides[axis] * dims[axis];
            index[axis] = 0;
        }
    }
    result
}

macro_rules! from {
    ($($name:ident $type:ty),+) => {
        $(impl From<Vec<$type>> for Elements {
            fn from(values: Vec<$type>) -> Self {
                Self::$name(values)
            }
        })+
    };
}

from!(Bool bool, U8 u8, U16 u16, U32 u32, U64 u64, I8 i8, I16 i16, I32 i32, I64 i64, F32 f32, F64 f64);
