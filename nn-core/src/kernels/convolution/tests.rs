use super::*;
use crate::executor::Serial;
use crate::random::Random;
use std::vec::Vec;

fn numbers(n: usize, seed: u64) -> Vec<f64> {
    (0..n).map(|i| Random::new(seed).uniform(i) - 0.5).collect()
}

/// Each product of a convolution by its definition: `(x, w, y)`.
fn products(c: &Convolution) -> Vec<(usize, usize, usize)> {
    let see = |axis: Axis, i: usize, k: usize| {
        let at = (i * axis.up + k * axis.dilation) as isize - axis.before;
        let fits = at >= 0 && at % axis.down as isize == 0 && at / (axis.down as isize) < axis.inputs as isize;
        fits.then(|| at as usize / axis.down)
    };
    let (seen, group) = (c.inputs / c.groups, c.outputs / c.groups);
    let mut all = Vec::new();
    for oy in 0..c.rows.outputs {
        for ox in 0..c.columns.outputs {
            for ky in 0..c.rows.taps {
                for kx in 0..c.columns.taps {
                    let (Some(iy), Some(ix)) = (see(c.rows, oy, ky), see(c.columns, ox, kx)) else { continue };
                    for o in 0..c.outputs {
                        for i in 0..seen {
                            let x = (iy * c.columns.inputs + ix) * c.inputs + o / group * seen + i;
                            let w = ((ky * c.columns.taps + kx) * seen + i) * c.outputs + o;
                            all.push((x, w, (oy * c.columns.outputs + ox) * c.outputs + o));
                        }
                    }
                }
            }
        }
    }
    all
}

fn close(found: &[f64], exact: &[f64], what: &str, c: &Convolution) {
    for (i, (found, exact)) in found.iter().zip(exact).enumerate() {
        assert!((found - exact).abs() < 1e-11, "{what} {i}: {found} {exact}, {c:?}");
    }
}

/// Forward, both gradients, and the reverse, against the definition.
fn as_defined(rows: Axis, columns: Axis, channels: [usize; 3]) {
    let [inputs, outputs, groups] = channels;
    let c = Convolution { rows, columns, inputs, outputs, groups, streamed: inputs.is_multiple_of(2) };
    let samples = 2;
    let (x, w) = (numbers(samples * c.input_len(), 1), numbers(c.depth() * outputs, 2));
    let (bias, dy) = (numbers(outputs, 3), numbers(samples * c.output_len(), 4));
    let mut y = std::vec![9.0; samples * c.output_len()];
    convolve_batch(&Serial, &c, &x, &w, &bias, &mut y, Activation::Linear);
    let mut exact: Vec<f64> = bias.iter().copied().cycle().take(y.len()).collect();
    let (mut exact_w, mut exact_x) = (numbers(w.len(), 5), std::vec![0.0; x.len()]);
    let mut gradient = exact_w.clone();
    for sample in 0..samples {
        for (i, k, o) in products(&c) {
            let (i, o) = (sample * c.input_len() + i, sample * c.output_len() + o);
            exact[o] += x[i] * w[k];
            exact_w[k] += x[i] * dy[o];
            exact_x[i] += w[k] * dy[o];
        }
    }
    close(&y, &exact, "output", &c);
    let mut bias_gradient = bias.clone();
    let exact_bias: Vec<f64> = (0..outputs).map(|o| bias[o] + dy.iter().skip(o).step_by(outputs).sum::<f64>()).collect();
    add_kernel_gradient(&Serial, &c, &x, &dy, &mut gradient, &mut bias_gradient);
    close(&gradient, &exact_w, "kernel gradient", &c);
    close(&bias_gradient, &exact_bias, "bias gradient", &c);
    let mut turned = std::vec![0.0; w.len()];
    turn(&Serial, &c, &w, &mut turned);
    let mut dx = std::vec![9.0; x.len()];
    convolve_batch(&Serial, &c.reversed(), &dy, &turned, &[], &mut dx, Activation::Linear);
    close(&dx, &exact_x, "input gradient", &c);
}

#[test]
fn equals_the_definition() {
    let axis = |inputs, outputs, taps, stride, dilation, before| Axis::forward(inputs, outputs, taps, stride, dilation, before);
    // Valid, Same, strides, dilation, more padding than taps, a window as large as the input.
    let axes = [
        axis(7, 5, 3, 1, 1, 0),
        axis(6, 6, 3, 1, 1, 1),
        axis(8, 4, 3, 2, 1, 0),
        axis(9, 3, 2, 3, 1, 0),
        axis(7, 7, 3, 1, 2, 2),
        axis(3, 8, 2, 1, 1, 4),
        axis(5, 1, 5, 1, 1, 0),
        // Long runs of outputs that see nothing but padding.
        axis(2, 10, 1, 1, 1, 4),
        axis(1, 9, 2, 2, 1, 8),
        axis(9, 4, 2, 2, 3, 1),
    ];
    for (i, rows) in axes.into_iter().enumerate() {
        for columns in [axes[(i + 3) % axes.len()], axes[(i + 5) % axes.len()]] {
            for channels in [[1, 1, 1], [3, 5, 1], [2, 16, 1], [5, 33, 1], [4, 6, 2], [6, 6, 6], [3, 9, 3], [19, 19, 19]] {
                as_defined(rows, columns, channels);
            }
        }
    }
    // Several chunks, and whole tiles of four registers.
    as_defined(axes[1], axes[0], [40, 70, 1]);
    as_defined(axes[1], axes[1], [64, 128, 2]);
}
