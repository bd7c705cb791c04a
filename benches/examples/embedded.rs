//! A program with a network in it that gives one answer: see `footprint`.

use nn::memory::Zeroable;
use nn::prelude::*;
use nn_benches::{Mnist, MnistInput};

#[allow(long_running_const_eval, reason = "two thirds of a million numbers")]
/// In read-only memory, as `embed!` would have it, and made of numbers without a pattern.
static NET: Mnist = {
    let mut net = Mnist::ZEROED;
    let mut bits = 1;
    fill(&mut net.hidden1.kernel.data.0, &mut bits);
    fill(&mut net.hidden2.kernel.data.0, &mut bits);
    fill(&mut net.logits.kernel.data.0, &mut bits);
    net.batch_norm.gamma.data.0 = [[1.0; 512]];
    net.batch_norm.moving_variance.data.0 = [[1.0; 512]];
    net
};

const fn fill<const R: usize, const C: usize>(kernel: &mut [[f32; R]; C], bits: &mut u32) {
    let mut i = 0;
    while i < R * C {
        *bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        kernel[i / R][i % R] = ((*bits >> 8) as f32 / 16_777_216.0 - 0.5) / 16.0;
        i += 1;
    }
}

fn main() {
    let x = MnistInput::from_fn(|i, _| (i % 7) as f32 / 7.0);
    println!("{}", NET.predict(&x, &mut Workspace::new()));
    // Linux keeps the most memory that a process had.
    print!("{}", std::fs::read_to_string("/proc/self/status").unwrap_or_default());
}
