//! Steps with other activations than tanh and sigmoid: compiled once, not for each layer.

use super::{CELL, FORGET, INPUT, LstmOptions, OUTPUT};
use crate::layers::recurrent::{Slopes, activate, cut, cut_mut, flush_all, put};
use crate::scalar::Scalar;
use crate::simd::Simd;

/// The activations of the gates, in place.
fn gates<S: Simd, T: Scalar>(simd: S, units: usize, options: &LstmOptions, z: &mut [T]) {
    activate(simd, options.recurrent_activation, units, cut_mut(z, INPUT * units, 2 * units));
    activate(simd, options.activation, units, cut_mut(z, CELL * units, units));
    activate(simd, options.recurrent_activation, units, cut_mut(z, OUTPUT * units, units));
}

/// The next state, given the sums of both products.
#[inline(never)]
pub fn values<S: Simd, T: Scalar>(simd: S, units: usize, options: &LstmOptions, z: &mut [T], h: &mut [T], c: &mut [T]) {
    gates(simd, units, options, z);
    let [i, f, g, o] = [INPUT, FORGET, CELL, OUTPUT].map(|gate| cut(z, gate * units, units));
    for (c, ((i, f), g)) in c.iter_mut().zip(i.iter().zip(f).zip(g)) {
        *c = *f * *c + *i * *g;
    }
    flush_all(simd, c);
    put(c, h);
    activate(simd, options.activation, units, h);
    for (h, o) in h.iter_mut().zip(o) {
        *h *= *o;
    }
    flush_all(simd, h);
}

/// The way back through one step.
#[inline(never)]
pub fn slopes<S: Simd, T: Scalar>(simd: S, units: usize, options: &LstmOptions, step: Slopes<'_, T>) {
    let Slopes { z, aux, aux_before, dh, dc, dr, direct, work, .. } = step;
    work.copy_from_slice(z);
    gates(simd, units, options, work);
    // The cell's activation and the gradient before it.
    let (y, dy) = dr.split_at_mut(units);
    y.copy_from_slice(aux);
    activate(simd, options.activation, units, y);
    for (direct, (dh, o)) in direct.iter_mut().zip(dh.iter().zip(&work[OUTPUT * units..])) {
        *direct = *dh * *o;
    }
    options.activation.backward(units, aux, y, direct, dy);
    for (dc, dy) in dc.iter_mut().zip(&*dy) {
        *dc += *dy;
    }
    // The gradients after the gates' activations, the last first: `y` stands where the first goes.
    for u in 0..units {
        let (total, y) = (dc[u], dr[u]);
        let before = aux_before.get(u).copied().unwrap_or(T::ZERO);
        dr[OUTPUT * units + u] = dh[u] * y;
        dr[CELL * units + u] = total * work[INPUT * units + u];
        dr[FORGET * units + u] = total * before;
        dr[INPUT * units + u] = total * work[CELL * units + u];
        dc[u] = total * work[FORGET * units + u];
    }
    for (gate, activation) in [options.recurrent_activation, options.recurrent_activation, options.activation, options.recurrent_activation]
        .into_iter()
        .enumerate()
    {
        let at = gate * units..(gate + 1) * units;
        activation.backward_in_place(units, &z[at.clone()], &work[at.clone()], &mut dr[at]);
    }
}
