//! The same networks as anybody would write them: loops over constant arrays. The yardstick.

/// Weights as `[in][out]`, as in the networks.
struct Dense<const IN: usize, const OUT: usize> {
    w: Box<[[f32; OUT]]>,
    bias: [f32; OUT],
}

impl<const IN: usize, const OUT: usize> Dense<IN, OUT> {
    fn new() -> Self {
        let w = (0..IN).map(|i| core::array::from_fn(|o| ((i * 7 + o * 3) % 11) as f32 / 55.0 - 0.1)).collect();
        Self { w, bias: [0.01; OUT] }
    }

    /// `f(x w + bias)`.
    #[inline]
    fn forward(&self, x: &[f32; IN], f: impl Fn(f32) -> f32) -> [f32; OUT] {
        let w: &[[f32; OUT]; IN] = self.w.as_array().expect("as many rows as inputs");
        let mut y = self.bias;
        for i in 0..IN {
            for o in 0..OUT {
                y[o] += x[i] * w[i][o];
            }
        }
        y.map(f)
    }
}

fn relu(x: f32) -> f32 {
    x.max(0.0)
}

macro_rules! network {
    ($(#[$doc:meta])* $name:ident: $($field:ident: $in:literal -> $out:literal),*; $first:literal -> $last:literal, $x:ident, $self:ident => $body:expr) => {
        $(#[$doc])*
        pub struct $name {
            $($field: Dense<$in, $out>,)*
        }
        impl $name {
            /// Made-up weights.
            #[must_use]
            #[allow(clippy::new_without_default, reason = "made for benchmarks only")]
            pub fn new() -> Self {
                Self { $($field: Dense::new(),)* }
            }
            /// The outputs.
            #[inline(never)]
            #[must_use]
            pub fn predict(&$self, $x: &[f32; $first]) -> [f32; $last] {
                $body
            }
        }
    };
}

network! {
    /// 784-512-512-10 (without its batch normalisation and softmax).
    Mnist: a: 784 -> 512, b: 512 -> 512, c: 512 -> 10; 784 -> 10, x, self =>
    self.c.forward(&self.b.forward(&self.a.forward(x, relu), relu), |x| x)
}
network! {
    /// 16-64-64-4.
    Controller: a: 16 -> 64, b: 64 -> 64, c: 64 -> 4; 16 -> 4, x, self =>
    self.c.forward(&self.b.forward(&self.a.forward(x, relu), relu), |x| x)
}
network! {
    /// 4-16-16-2.
    Tiny: a: 4 -> 16, b: 16 -> 16, c: 16 -> 2; 4 -> 2, x, self =>
    self.c.forward(&self.b.forward(&self.a.forward(x, f32::tanh), f32::tanh), |x| x)
}
