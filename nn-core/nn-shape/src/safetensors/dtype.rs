//! The types of elements.

use core::fmt;

macro_rules! dtypes {
    ($($(#[$doc:meta])* $variant:ident $text:literal $size:literal,)*) => {
        /// The type of a tensor's elements. (Those of less than a byte are not read.)
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Dtype {
            $($(#[$doc])* $variant,)*
        }

        impl Dtype {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As written in a file: `F32`.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Bytes of one element.
            #[must_use]
            pub const fn size(self) -> u64 {
                match self { $(Self::$variant => $size,)* }
            }
        }
    };
}

dtypes! {
    /// `f64`
    F64 "F64" 8,
    /// `f32`
    F32 "F32" 4,
    /// IEEE 754 half precision: 5 bits of exponent, 10 of fraction.
    F16 "F16" 2,
    /// The upper half of an `f32`.
    Bf16 "BF16" 2,
    /// 8 bits: 5 of exponent, 2 of fraction.
    F8E5M2 "F8_E5M2" 1,
    /// 8 bits: 4 of exponent, 3 of fraction.
    F8E4M3 "F8_E4M3" 1,
    /// 8 bits of exponent.
    F8E8M0 "F8_E8M0" 1,
    /// Two `f32`.
    C64 "C64" 8,
    /// `i64`
    I64 "I64" 8,
    /// `i32`
    I32 "I32" 4,
    /// `i16`
    I16 "I16" 2,
    /// `i8`
    I8 "I8" 1,
    /// `u64`
    U64 "U64" 8,
    /// `u32`
    U32 "U32" 4,
    /// `u16`
    U16 "U16" 2,
    /// `u8`
    U8 "U8" 1,
    /// A byte that is 0 or 1.
    Bool "BOOL" 1,
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
