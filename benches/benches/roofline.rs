//! How near the limits of the machine each workload comes.
//!
//! cargo bench -p nn-benches --bench roofline

use nn_benches::machine::{peak_gflops, read_gbytes};
use nn_benches::timing::median;
use nn_benches::{Controller, ControllerInput, Mnist, MnistInput, MnistOutput, Tiny, TinyInput};
use std::hint::black_box;

fn main() {
    let peak = peak_gflops();
    println!("peak {peak:.1} GFLOP/s");
    for kib in [16, 256, 2700, 8192, 131072] {
        println!("read {kib} KiB: {:.1} GB/s", read_gbytes(kib * 1024));
    }
    let net = Mnist::new(1);
    let mut workspace = Mnist::workspace();
    let x = MnistInput::from_fn(|i, _| (i % 7) as f32 / 7.0);
    let t = median(|| {
        black_box(net.predict(black_box(&x), &mut workspace)[0]);
    });
    println!("mlp b1 {:.2} us  {:.1} GB/s", t * 1e6, 4.0 * Mnist::PARAMS as f64 / t / 1e9);
    let mut batch = Mnist::batch_workspace::<128>();
    let (xs, mut ys) = (vec![x; 128], vec![MnistOutput::zeros(); 128]);
    let t = median(|| {
        net.predict_batch(black_box(&xs), &mut ys, &mut batch);
        black_box(ys[127][0]);
    });
    println!(
        "mlp b128 {:.1} us {:.1} GFLOP/s {:.3}",
        t * 1e6,
        2.0 * 128.0 * Mnist::MACS as f64 / t / 1e9,
        2.0 * 128.0 * Mnist::MACS as f64 / t / 1e9 / peak
    );
    let net = Controller::new(1);
    let mut workspace = Controller::workspace();
    let x = ControllerInput::from_fn(|i, _| i as f32 / 16.0);
    let t = median(|| {
        black_box(net.predict(black_box(&x), &mut workspace)[0]);
    });
    println!("controller {:.1} ns", t * 1e9);
    let net = Tiny::new(1);
    let mut workspace = Tiny::workspace();
    let x = TinyInput::from_fn(|i, _| i as f32 / 16.0);
    let t = median(|| {
        black_box(net.predict(black_box(&x), &mut workspace)[0]);
    });
    println!("tiny {:.1} ns", t * 1e9);
}
