//! What an embedded network costs a program: the time from the start of the process to its end with one answer given, and memory.
//!
//! cargo run --release -p nn-benches --example footprint
//! strip -o /dev/stdout target/release/examples/footprint | wc -c
//!
//! The program starts itself again and again; `nothing` ends at once, which is what any process costs.

use nn::memory::Zeroable;
use nn::prelude::*;
use nn_benches::{Mnist, MnistInput};
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        None => measure(),
        Some("nothing") => Ok(()),
        Some(_) => {
            let x = MnistInput::from_fn(|i, _| (i % 7) as f32 / 7.0);
            black_box(NET.predict(&x, &mut Workspace::new()));
            // Linux keeps the most memory that a process had.
            let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
            println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown"));
            Ok(())
        }
    }
}

fn measure() -> Result<(), Box<dyn std::error::Error>> {
    let program = std::env::current_exe()?;
    for what in ["nothing", "predict"] {
        let mut times = Vec::new();
        let mut said = Vec::new();
        for _ in 0..200 {
            let start = Instant::now();
            said = Command::new(&program).arg(what).output()?.stdout;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!("{what}: {:.2} ms from start to end, median of {} (best {:.2})", times[100], times.len(), times[0]);
        print!("{}", String::from_utf8_lossy(&said));
    }
    Ok(())
}
