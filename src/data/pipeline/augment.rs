//! Random changes of pictures.

use super::super::DataError;
use super::picture::{Frame, Picture};
use nn_core::random::Random;

/// What is seen where a picture was moved away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    /// This value.
    Constant(f32),
    /// The nearest pixel of the picture.
    Nearest,
    /// The picture, mirrored at its border (`d c b a | a b c d | d c b a`), Keras's `reflect`.
    Reflect,
}

/// Random changes of pictures in training, one after the other in the order in which they are listed. Each sample of each step has its own.
///
/// ```
/// use nn::data::{Augment, Fill};
///
/// let augment = Augment::new().fill(Fill::Nearest).rotate(10.0).shift(0.1).flip_horizontal().noise(0.02).erase(0.25, 0.2);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Augment {
    steps: Vec<Step>,
    fill: Option<Fill>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Shift { rows: f64, columns: f64 },
    Rotate { degrees: f64 },
    FlipHorizontal,
    FlipVertical,
    Crop { height: usize, width: usize },
    Noise { deviation: f64 },
    Erase { probability: f64, largest: f64 },
}

impl Augment {
    /// No change.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is seen where the picture was moved away, for all changes. Default: `Constant(0.0)`.
    #[must_use]
    pub fn fill(mut self, fill: Fill) -> Self {
        self.fill = Some(fill);
        self
    }

    /// Moves by up to this share of the height and of the width, in any direction, between pixels as well (bilinear): Keras's
    /// `RandomTranslation(share, share)`.
    #[must_use]
    pub fn shift(self, share: f64) -> Self {
        self.shift_by(share, share)
    }

    /// [`shift`](Self::shift) with shares of their own for height and width.
    #[must_use]
    pub fn shift_by(self, rows: f64, columns: f64) -> Self {
        self.with(Step::Shift { rows, columns })
    }

    /// Turns around the middle by up to so many degrees, either way (bilinear).
    #[must_use]
    pub fn rotate(self, degrees: f64) -> Self {
        self.with(Step::Rotate { degrees })
    }

    /// Mirrors left and right, every other time.
    #[must_use]
    pub fn flip_horizontal(self) -> Self {
        self.with(Step::FlipHorizontal)
    }

    /// Mirrors top and bottom, every other time.
    #[must_use]
    pub fn flip_vertical(self) -> Self {
        self.with(Step::FlipVertical)
    }

    /// Cuts out a part of this size, anywhere; outside of training, the middle.
    #[must_use]
    pub fn crop(self, height: usize, width: usize) -> Self {
        self.with(Step::Crop { height, width })
    }

    /// Adds normal noise of this standard deviation to each value.
    #[must_use]
    pub fn noise(self, deviation: f64) -> Self {
        self.with(Step::Noise { deviation })
    }

    /// With this probability, erases a rectangle of 2 % to `largest` of the area, its sides in a ratio of 0.3 to 3.3 (Zhong et al. 2017,
    /// "random erasing"); it gets the constant of the [`fill`](Self::fill), or 0.
    #[must_use]
    pub fn erase(self, probability: f64, largest: f64) -> Self {
        self.with(Step::Erase { probability, largest })
    }

    fn with(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    fn filling(&self) -> Fill {
        self.fill.unwrap_or(Fill::Constant(0.0))
    }

    /// The dimensions that samples have afterwards.
    pub(super) fn check(&self, dims: &[usize]) -> Result<Vec<usize>, DataError> {
        let fail = |reason: String| Err(DataError::Augment { reason });
        let (mut dims, Some(shape)) = (dims.to_vec(), Picture::of(dims)) else {
            return match self.steps[..] {
                [] => Ok(dims.to_vec()),
                _ => fail(format!("samples of dimensions {dims:?} are no pictures of [height, width] or [height, width, channels]")),
            };
        };
        if let Fill::Constant(value) = self.filling()
            && !value.is_finite()
        {
            return fail(format!("a fill of {value}; expected a finite number"));
        }
        let mut shape = shape;
        for step in &self.steps {
            let (what, value, right) = match *step {
                Step::Shift { rows, columns } => {
                    let worst = if (0.0..=1.0).contains(&rows) { columns } else { rows };
                    ("shift", worst, (0.0..=1.0).contains(&worst))
                }
                Step::Rotate { degrees } => ("rotate", degrees, (0.0..=180.0).contains(&degrees)),
                Step::Noise { deviation } => ("noise", deviation, deviation >= 0.0 && deviation.is_finite()),
                Step::Erase { probability, .. } if !(0.0..=1.0).contains(&probability) => ("the probability of erase", probability, false),
                Step::Erase { largest, .. } => ("the largest share of erase", largest, (0.02..=1.0).contains(&largest)),
                Step::Crop { height, width } => {
                    if height == 0 || width == 0 || height > shape.height || width > shape.width {
                        return fail(format!("a crop of {height} x {width} from pictures of {} x {}", shape.height, shape.width));
                    }
                    (shape.height, shape.width) = (height, width);
                    continue;
                }
                Step::FlipHorizontal | Step::FlipVertical => continue,
            };
            if !right {
                return fail(format!(
                    "{what} is {value}; expected {}",
                    match step {
                        Step::Rotate { .. } => "0 to 180 degrees",
                        Step::Noise { .. } => "a finite number of at least 0",
                        Step::Erase { probability, .. } if (0.0..=1.0).contains(probability) => "0.02 to 1",
                        _ => "0 to 1",
                    }
                ));
            }
        }
        dims[..2].copy_from_slice(&[shape.height, shape.width]);
        Ok(dims)
    }

    /// The picture in `work`, changed at random.
    pub(super) fn apply<'w>(&self, dims: &[usize], key: Random, work: &'w mut Work) -> &'w [f32] {
        let Some(shape) = Picture::of(dims) else { return work.filled() };
        let mut frame = Frame::new(shape, work);
        let fill = self.filling();
        for (number, step) in self.steps.iter().enumerate() {
            let key = key.fork(number as u64);
            // In -1..1, or 0..1.
            let (either_way, share) = (|at: usize| 2.0 * key.uniform(at) - 1.0, |at: usize| key.uniform(at));
            let Picture { height, width, .. } = frame.shape;
            match *step {
                Step::Shift { rows, columns } => {
                    frame.shift(either_way(0) * rows * height as f64, either_way(1) * columns * width as f64, fill);
                }
                Step::Rotate { degrees } => frame.rotate((either_way(0) * degrees).to_radians(), fill),
                Step::FlipHorizontal => frame.flip(false, share(0) < 0.5),
                Step::FlipVertical => frame.flip(share(0) < 0.5, false),
                Step::Crop { height: rows, width: columns } => {
                    frame.crop(below(share(0), height - rows), below(share(1), width - columns), rows, columns);
                }
                Step::Noise { deviation } => frame.noise(deviation, key),
                Step::Erase { probability, largest } => {
                    if share(0) < probability {
                        let area = (0.02 + share(1) * (largest - 0.02)) * (height * width) as f64;
                        // Uniform in its logarithm, so that wide and high ones are as frequent.
                        let ratio = libm::exp(libm::log(0.3) + share(2) * libm::log(3.3 / 0.3));
                        let rows = (libm::sqrt(area * ratio).round() as usize).clamp(1, height);
                        let columns = (libm::sqrt(area / ratio).round() as usize).clamp(1, width);
                        let value = if let Fill::Constant(value) = fill { value } else { 0.0 };
                        frame.erase(below(share(3), height - rows), below(share(4), width - columns), rows, columns, value);
                    }
                }
            }
        }
        frame.finish()
    }

    /// The picture in `work`, only cropped, around its middle.
    pub(super) fn plain<'w>(&self, dims: &[usize], work: &'w mut Work) -> &'w [f32] {
        let Some(shape) = Picture::of(dims) else { return work.filled() };
        let mut frame = Frame::new(shape, work);
        for step in &self.steps {
            if let Step::Crop { height, width } = *step {
                frame.crop((frame.shape.height - height) / 2, (frame.shape.width - width) / 2, height, width);
            }
        }
        frame.finish()
    }
}

/// A whole number from 0 to `most`.
fn below(share: f64, most: usize) -> usize {
    ((share * (most + 1) as f64) as usize).min(most)
}

/// Memory for one picture on its way: where it is, and where it goes.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) now: Vec<f32>,
    pub(super) next: Vec<f32>,
}

impl Work {
    pub(super) fn new(size: usize) -> Self {
        Self { now: vec![0.0; size], next: vec![0.0; size] }
    }

    /// Where a sample is written to.
    pub(super) fn fill(&mut self) -> &mut [f32] {
        &mut self.now
    }

    fn filled(&self) -> &[f32] {
        &self.now
    }
}
