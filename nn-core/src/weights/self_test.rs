//! An input with the output it must give: travels with the weights, so that whoever loads them can see that they predict here
//! what they predicted there.

use crate::network::{Network, Workspace};
use crate::scalar::Scalar;
use crate::shape::Shapes;
use crate::weights::bytes::{from_little_endian, scalar};
use core::fmt;
use core::marker::PhantomData;

/// The self-test of a weight file that is compiled in: see [`embed!`](crate::embed).
pub struct SelfTest<N> {
    text: Text<'static>,
    network: PhantomData<fn() -> N>,
}

/// A self-test as it stands in a file: bytes in hexadecimal digits.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub input: &'a str,
    pub output: &'a str,
    pub tolerance: f64,
}

/// A self-test that fails, or is none for this network.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SelfTestError {
    /// The input is not as long as the network's.
    Input {
        /// Its bytes.
        recorded: usize,
        /// Those of the network's.
        network: usize,
    },
    /// The output is not as long as the network's.
    Output {
        /// Its bytes.
        recorded: usize,
        /// Those of the network's.
        network: usize,
    },
    /// The tolerance is negative, infinite or NaN.
    Tolerance {
        /// The tolerance.
        tolerance: f64,
    },
    /// The network predicts something else.
    Differs {
        /// The first output that differs.
        index: usize,
        /// What was recorded.
        expected: f64,
        /// What the network predicts.
        found: f64,
        /// The tolerance.
        tolerance: f64,
        /// How many outputs differ.
        count: usize,
    },
}

impl fmt::Display for SelfTestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input { recorded, network } => {
                write!(f, "the self-test is for another network: its input has {recorded} bytes, the network's {network}")
            }
            Self::Output { recorded, network } => {
                write!(f, "the self-test is for another network: its output has {recorded} bytes, the network's {network}")
            }
            Self::Tolerance { tolerance } => write!(f, "the tolerance of a self-test is {tolerance}, it must be 0 or more and finite"),
            Self::Differs { index, expected, found, tolerance, count } => {
                write!(f, "the self-test fails: output {index} is {found}, recorded was {expected}")?;
                if *tolerance > 0.0 {
                    write!(f, " (tolerance {tolerance:e})")?;
                }
                if *count > 1 { write!(f, ", and {} more differ", count - 1) } else { Ok(()) }
            }
        }
    }
}

impl core::error::Error for SelfTestError {}

impl<N: Network> SelfTest<N> {
    /// What `embed!` makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn embedded(input: &'static str, output: &'static str, tolerance: f64) -> Self {
        Self { text: Text { input, output, tolerance }, network: PhantomData }
    }

    /// Predicts the recorded input and compares with the recorded output. Works in the caller's memory: `input` is overwritten.
    ///
    /// # Errors
    /// What differs.
    pub fn verify_in(&self, net: &N, input: &mut N::Input, workspace: &mut Workspace<N>) -> Result<(), SelfTestError> {
        self.text.verify_in(net, input, workspace)
    }

    /// [`SelfTest::verify_in`], in memory of its own.
    ///
    /// # Errors
    /// What differs.
    #[cfg(feature = "alloc")]
    pub fn verify(&self, net: &N) -> Result<(), SelfTestError> {
        self.text.verify(net)
    }
}

impl<N> fmt::Debug for SelfTest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SelfTest").field("tolerance", &self.text.tolerance).finish_non_exhaustive()
    }
}

impl Text<'_> {
    pub(super) fn verify_in<N: Network>(&self, net: &N, input: &mut N::Input, workspace: &mut Workspace<N>) -> Result<(), SelfTestError> {
        let mut length = 0;
        N::In::each_bytes_mut::<N::Scalar>(N::input_mut(input), &mut |bytes, _| length += bytes.len());
        if 2 * length != self.input.len() {
            return Err(SelfTestError::Input { recorded: self.input.len() / 2, network: length });
        }
        let mut digits = self.input.as_bytes();
        N::In::each_bytes_mut::<N::Scalar>(N::input_mut(input), &mut |bytes, size| {
            read(&mut digits, bytes);
            from_little_endian(bytes, size);
        });
        net.predict(input, workspace);
        self.compare(N::output_mut(&mut workspace.output), PhantomData::<(N::Scalar, N::Out)>)
    }

    #[cfg(feature = "alloc")]
    pub(super) fn verify<N: Network>(&self, net: &N) -> Result<(), SelfTestError> {
        let (mut input, mut workspace) = (crate::memory::zeroed_box::<N::Input>(), N::workspace());
        self.verify_in(net, &mut input, &mut workspace)
    }

    fn compare<T: Scalar, O: Shapes>(&self, output: O::Mut<'_, T>, _: PhantomData<(T, O)>) -> Result<(), SelfTestError> {
        let (mut digits, mut length, mut index) = (self.output.as_bytes(), 0, 0);
        let mut differs: Option<SelfTestError> = None;
        O::each_bytes_mut::<T>(output, &mut |bytes, _| {
            length += bytes.len();
            for element in bytes.chunks_exact_mut(size_of::<T>()) {
                let found: T = scalar(element);
                read(&mut digits, element);
                from_little_endian(element, size_of::<T>());
                let expected: T = scalar(element);
                if !agree(found, expected, self.tolerance) {
                    if let Some(SelfTestError::Differs { count, .. }) = &mut differs {
                        *count += 1;
                    } else {
                        let (expected, found) = (expected.to_f64(), found.to_f64());
                        differs = Some(SelfTestError::Differs { index, expected, found, tolerance: self.tolerance, count: 1 });
                    }
                }
                index += 1;
            }
        });
        if 2 * length != self.output.len() {
            return Err(SelfTestError::Output { recorded: self.output.len() / 2, network: length });
        }
        differs.map_or(Ok(()), Err)
    }
}

/// Whether an output is as recorded: the same bits for a tolerance of 0.
fn agree<T: Scalar>(found: T, expected: T, tolerance: f64) -> bool {
    if tolerance == 0.0 {
        return crate::memory::bytes(&[found]) == crate::memory::bytes(&[expected]);
    }
    (found.to_f64() - expected.to_f64()).abs() <= tolerance * (1.0 + expected.to_f64().abs())
}

/// Fills `bytes` from the digits in front, as far as there are any.
fn read(digits: &mut &[u8], bytes: &mut [u8]) {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'A').wrapping_add(10) & 0xf,
    };
    for byte in bytes {
        let [high, low, rest @ ..] = digits else { return };
        *byte = value(*high) << 4 | value(*low);
        *digits = rest;
    }
}

#[cfg(feature = "alloc")]
pub use recording::Recording;

#[cfg(feature = "alloc")]
mod recording {
    use super::SelfTestError;
    use crate::network::Network;
    use crate::shape::Shapes;
    use alloc::string::{String, ToString};
    use core::fmt::Write;

    /// A self-test to be saved: see [`Saver::self_test`](crate::weights::Saver::self_test).
    #[derive(Clone, Debug)]
    pub struct Recording {
        input: String,
        output: String,
        tolerance: f64,
    }

    impl Recording {
        /// Predicts `input` and records it with the output.
        ///
        /// Each later output must be within `tolerance * (1 + |recorded|)`; 0 asks for the same bits, which every CPU with
        /// fused multiply-add gives. For others too, 1e-5 is a good choice.
        ///
        /// # Errors
        /// If the tolerance is negative, infinite or NaN.
        pub fn of<N: Network>(net: &N, input: &N::Input, tolerance: f64) -> Result<Self, SelfTestError> {
            if !(tolerance.is_finite() && tolerance >= 0.0) {
                return Err(SelfTestError::Tolerance { tolerance });
            }
            let mut recording = Self { input: String::new(), output: String::new(), tolerance };
            N::In::each_bytes::<N::Scalar>(N::input(input), &mut |bytes, size| write(&mut recording.input, bytes, size));
            let mut workspace = N::workspace();
            net.predict(input, &mut workspace);
            let output = N::output_mut(&mut workspace.output);
            N::Out::each_bytes_mut::<N::Scalar>(output, &mut |bytes, size| write(&mut recording.output, bytes, size));
            Ok(recording)
        }

        /// The entries of the metadata.
        pub(in crate::weights) fn entries(&self) -> [(&'static str, String); 3] {
            [
                ("nn.self_test.input", self.input.clone()),
                ("nn.self_test.output", self.output.clone()),
                ("nn.self_test.tolerance", self.tolerance.to_string()),
            ]
        }
    }

    /// The little-endian bytes of elements of `size` bytes, in hexadecimal digits.
    fn write(digits: &mut String, bytes: &[u8], size: usize) {
        for element in bytes.chunks_exact(size) {
            let mut number = |byte: &u8| {
                // Writing to a string never fails.
                let _ = write!(digits, "{byte:02x}");
            };
            if cfg!(target_endian = "little") { element.iter().for_each(&mut number) } else { element.iter().rev().for_each(&mut number) }
        }
    }
}
