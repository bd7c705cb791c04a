//! The way back through one step.

use super::{GruOptions, NEW, RESET};
use crate::layers::recurrent::{Slopes, activate, cut_mut, load, load_gates};
use crate::math::{sigmoid, tanh};
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// With the usual activations, and the reset gate after the product.
#[inline(always)]
pub fn usual<S: Simd, T: Scalar>(simd: S, units: usize, step: Slopes<'_, T>) {
    let Slopes { z, aux, before, dh, dr, direct, .. } = step;
    let (lanes, one) = (T::Vector::<S>::LANES, T::Vector::<S>::splat(simd, T::ONE));
    for (at, direct) in (0..units).step_by(lanes).zip(direct.chunks_mut(lanes)) {
        let len = direct.len();
        let [update, reset, new] = load_gates::<S, T, 3>(simd, z, units, at, len);
        let (product, dh) = (load::<S, T>(simd, aux, at, len), load::<S, T>(simd, dh, at, len));
        let (update, reset) = (sigmoid(simd, update), sigmoid(simd, reset));
        let value = tanh(simd, reset.mul_add(product, new));
        let d_new = dh * (one - update) * ((one - value) * (one + value));
        let d_update = dh * (load::<S, T>(simd, before, at, len) - value) * (update * (one - update));
        let d_reset = d_new * product * (reset * (one - reset));
        (dh * update).store(direct);
        for (gate, slope) in [d_update, d_reset, d_new].into_iter().enumerate() {
            slope.store(cut_mut(z, gate * units + at, len));
        }
        for (gate, slope) in [d_update, d_reset, d_new * reset].into_iter().enumerate() {
            slope.store(cut_mut(dr, gate * units + at, len));
        }
    }
}

/// With any activations; if the reset gate comes in before the product, up to that product.
#[inline(never)]
pub fn any<S: Simd, T: Scalar>(simd: S, units: usize, options: &GruOptions, after: bool, step: Slopes<'_, T>) {
    let Slopes { z, aux, before, dh, dr, direct, work, .. } = step;
    work.copy_from_slice(z);
    let (gates, value) = work.split_at_mut(2 * units);
    activate(simd, options.recurrent_activation, units, gates);
    let (d_gates, new) = dr.split_at_mut(2 * units);
    let (raw, z_new) = z.split_at_mut(2 * units);
    for u in 0..units {
        new[u] = if after { z_new[u] + gates[RESET * units + u] * aux[u] } else { z_new[u] };
        value[u] = new[u];
    }
    activate(simd, options.activation, units, value);
    for u in 0..units {
        z_new[u] = dh[u] * (T::ONE - gates[u]);
        direct[u] = dh[u] * gates[u];
        d_gates[u] = dh[u] * (before[u] - value[u]);
    }
    options.activation.backward_in_place(units, new, value, z_new);
    for u in 0..units {
        d_gates[RESET * units + u] = if after { z_new[u] * aux[u] } else { T::ZERO };
    }
    // Without the product behind it the reset gate has no gradient yet, and is needed as it is.
    let known = if after { 2 * units } else { units };
    options.recurrent_activation.backward_in_place(units, &raw[..known], &gates[..known], &mut d_gates[..known]);
    raw[..known].copy_from_slice(&d_gates[..known]);
    for u in 0..units {
        new[u] = if after { z_new[u] * gates[RESET * units + u] } else { z_new[u] };
    }
    if !after {
        d_gates.fill(T::ZERO);
    }
}

/// From the gradient of `s(r) h`, in `step.dh`, to those of `r` and `h`.
#[inline(never)]
pub fn before<S: Simd, T: Scalar>(simd: S, units: usize, options: &GruOptions, step: Slopes<'_, T>) {
    let Slopes { z, before, dh, dr, direct, work, .. } = step;
    let (reset, raw) = (&mut work[..units], &mut z[RESET * units..][..units]);
    reset.copy_from_slice(raw);
    activate(simd, options.recurrent_activation, units, reset);
    let d_reset = &mut dr[RESET * units..][..units];
    for u in 0..units {
        d_reset[u] = dh[u] * before[u];
        direct[u] += dh[u] * reset[u];
    }
    options.recurrent_activation.backward_in_place(units, raw, reset, d_reset);
    raw.copy_from_slice(d_reset);
    dr[..units].copy_from_slice(&z[..units]);
    dr[NEW * units..].fill(T::ZERO);
}
