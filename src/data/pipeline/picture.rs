//! The changes of one picture, pixel by pixel.

use super::augment::{Fill, Work};
use nn_core::random::Random;

/// The size of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
}

impl Picture {
    pub fn of(dims: &[usize]) -> Option<Self> {
        match *dims {
            [height, width] => Some(Self { height, width, channels: 1 }),
            [height, width, channels] => Some(Self { height, width, channels }),
            _ => None,
        }
    }

    fn size(self) -> usize {
        self.height * self.width * self.channels
    }
}

/// A picture while it is changed: each change goes from one buffer to the other, or is in place.
pub(super) struct Frame<'w> {
    pub shape: Picture,
    work: &'w mut Work,
}

impl<'w> Frame<'w> {
    /// The picture in `work`.
    pub fn new(shape: Picture, work: &'w mut Work) -> Self {
        Self { shape, work }
    }

    /// The values as they are now.
    pub fn finish(self) -> &'w [f32] {
        &self.work.now[..self.shape.size()]
    }

    pub fn shift(&mut self, rows: f64, columns: f64, fill: Fill) {
        self.sample(fill, |y, x| (y - rows, x - columns));
    }

    /// Turns around the middle of the picture.
    pub fn rotate(&mut self, angle: f64, fill: Fill) {
        let (sin, cos) = libm::sincos(angle);
        let middle = |length: usize| (length as f64 - 1.0) / 2.0;
        let (middle_y, middle_x) = (middle(self.shape.height), middle(self.shape.width));
        self.sample(fill, |y, x| {
            let (y, x) = (y - middle_y, x - middle_x);
            (cos * y + sin * x + middle_y, cos * x - sin * y + middle_x)
        });
    }

    /// Each pixel becomes what the picture has at the place that `from` says, between its four neighbours.
    fn sample(&mut self, fill: Fill, from: impl Fn(f64, f64) -> (f64, f64)) {
        let Picture { height, width, channels } = self.shape;
        let Work { now, next } = &mut *self.work;
        let rows = next[..self.shape.size()].chunks_exact_mut(width * channels).enumerate();
        for (row, column, pixel) in
            rows.flat_map(|(y, row)| row.chunks_exact_mut(channels).enumerate().map(move |(x, pixel)| (y, x, pixel)))
        {
            let (y, x) = from(row as f64, column as f64);
            let (top, left) = (floor(y), floor(x));
            let (down, right) = ((y - top as f64) as f32, (x - left as f64) as f32);
            let (up_share, left_share) = (1.0 - down, 1.0 - right);
            // Most pixels are surrounded by others.
            if (0..height as i64 - 1).contains(&top) && (0..width as i64 - 1).contains(&left) {
                let upper = &now[(top as usize * width + left as usize) * channels..];
                let lower = &upper[width * channels..];
                for (channel, pixel) in pixel.iter_mut().enumerate() {
                    let beside = channel + channels;
                    *pixel = up_share * left_share * upper[channel]
                        + up_share * right * upper[beside]
                        + down * left_share * lower[channel]
                        + down * right * lower[beside];
                }
                continue;
            }
            pixel.fill(0.0);
            for (dy, share_y) in [(0, up_share), (1, down)] {
                for (dx, share_x) in [(0, left_share), (1, right)] {
                    let share = share_y * share_x;
                    let place = place(top + dy, height, fill).zip(place(left + dx, width, fill));
                    match (place, fill) {
                        _ if share == 0.0 => {}
                        (Some((y, x)), _) => {
                            let source = &now[(y * width + x) * channels..][..channels];
                            pixel.iter_mut().zip(source).for_each(|(pixel, value)| *pixel += share * value);
                        }
                        (None, Fill::Constant(value)) => pixel.iter_mut().for_each(|pixel| *pixel += share * value),
                        (None, _) => {}
                    }
                }
            }
        }
        std::mem::swap(&mut self.work.now, &mut self.work.next);
    }

    pub fn flip(&mut self, top_bottom: bool, left_right: bool) {
        let Picture { height, width, channels } = self.shape;
        let now = &mut self.work.now[..height * width * channels];
        let row = width * channels;
        if top_bottom {
            for y in 0..height / 2 {
                let (upper, lower) = now.split_at_mut((height - 1 - y) * row);
                upper[y * row..][..row].swap_with_slice(&mut lower[..row]);
            }
        }
        if left_right {
            for row in now.chunks_exact_mut(row) {
                for x in 0..width / 2 {
                    let (left, right) = row.split_at_mut((width - 1 - x) * channels);
                    left[x * channels..][..channels].swap_with_slice(&mut right[..channels]);
                }
            }
        }
    }

    pub fn crop(&mut self, top: usize, left: usize, height: usize, width: usize) {
        let Picture { width: old, channels, .. } = self.shape;
        let Work { now, next } = &mut *self.work;
        for (y, row) in next[..height * width * channels].chunks_exact_mut(width * channels).enumerate() {
            row.copy_from_slice(&now[((top + y) * old + left) * channels..][..width * channels]);
        }
        std::mem::swap(&mut self.work.now, &mut self.work.next);
        (self.shape.height, self.shape.width) = (height, width);
    }

    /// Adds normal noise, by the transform of Box and Muller (1958).
    pub fn noise(&mut self, deviation: f64, key: Random) {
        let size = self.shape.size();
        for (at, value) in self.work.now[..size].iter_mut().enumerate() {
            let radius = libm::sqrt(-2.0 * libm::log(1.0 - key.uniform(2 * at)));
            *value += (deviation * radius * libm::cos(std::f64::consts::TAU * key.uniform(2 * at + 1))) as f32;
        }
    }

    pub fn erase(&mut self, top: usize, left: usize, height: usize, width: usize, value: f32) {
        let Picture { width: row, channels, .. } = self.shape;
        for y in top..top + height {
            self.work.now[(y * row + left) * channels..][..width * channels].fill(value);
        }
    }
}

/// The largest whole number that is not above `x`: without a call, as `f64::floor` is one where the instruction cannot be relied on.
fn floor(x: f64) -> i64 {
    let whole = x as i64;
    whole - i64::from(whole as f64 > x)
}

/// Which pixel of a row or column is seen at a place, if one is.
fn place(at: i64, length: usize, fill: Fill) -> Option<usize> {
    let length = length as i64;
    let place = match fill {
        _ if (0..length).contains(&at) => at,
        Fill::Constant(_) => return None,
        Fill::Nearest => at.clamp(0, length - 1),
        Fill::Reflect => {
            let at = at.rem_euclid(2 * length);
            at.min(2 * length - 1 - at)
        }
    };
    Some(place as usize)
}
