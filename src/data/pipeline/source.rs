//! Where a pipeline's samples come from.

use super::super::{Labelled, Samples, Targets};

/// Samples by their number, from memory, a disk, or wherever they are: reading may take its time, as threads in the background do it.
///
/// A source that cannot read a sample writes NaN: training stops at that step, and the network is as before it.
///
/// ```
/// use nn::data::{Augment, Pipeline, Source};
///
/// /// Points on a parabola; none is stored.
/// struct Parabola;
///
/// impl Source for Parabola {
///     fn len(&self) -> usize {
///         1_000_000
///     }
///     fn dims(&self) -> &[usize] {
///         &[1]
///     }
///     fn read(&self, index: usize, x: &mut [f32]) {
///         x[0] = index as f32 / 1e6;
///     }
///     fn target(&self, index: usize, y: &mut [f32]) {
///         y[0] = (index as f32 / 1e6).powi(2);
///     }
/// }
///
/// let data = Pipeline::new(Parabola, Augment::new())?;
/// assert_eq!(data.source().len(), 1_000_000);
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub trait Source: Send + Sync + 'static {
    /// How many samples there are.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The dimensions of a sample: `[height, width]` or `[height, width, channels]` of pictures.
    fn dims(&self) -> &[usize];
    /// Writes a sample, last axis fastest.
    fn read(&self, index: usize, x: &mut [f32]);
    /// The class of a sample. The default is none: a label that every loss refuses.
    fn label(&self, index: usize) -> u32 {
        let _ = index;
        u32::MAX
    }
    /// Writes what a sample is compared with as numbers, as many as the network has outputs. The default is 1 at the place of the class
    /// and 0 elsewhere; where there is none, NaN, which every loss refuses.
    fn target(&self, index: usize, y: &mut [f32]) {
        let label = self.label(index) as usize;
        let other = if label < y.len() { 0.0 } else { f32::NAN };
        y.iter_mut().enumerate().for_each(|(class, y)| *y = if class == label { 1.0 } else { other });
    }
}

impl Source for Labelled {
    fn len(&self) -> usize {
        Labelled::len(self)
    }
    fn dims(&self) -> &[usize] {
        Labelled::dims(self)
    }
    fn read(&self, index: usize, x: &mut [f32]) {
        let factor = 1.0 / self.scale();
        x.iter_mut().zip(self.pixels(index)).for_each(|(x, &pixel)| *x = f32::from(pixel) * factor);
    }
    fn label(&self, index: usize) -> u32 {
        Labelled::label(self, index) as u32
    }
}

impl Source for Samples {
    fn len(&self) -> usize {
        Samples::len(self)
    }
    fn dims(&self) -> &[usize] {
        Samples::dims(self)
    }
    fn read(&self, index: usize, x: &mut [f32]) {
        x.copy_from_slice(self.features(index));
    }
    fn label(&self, index: usize) -> u32 {
        Samples::label(self, index).map_or(u32::MAX, |label| label as u32)
    }
    fn target(&self, index: usize, y: &mut [f32]) {
        self.targets().write(index, y);
    }
}

impl Targets {
    /// How many samples there are targets for.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Classes { labels, .. } => labels.len(),
            Self::Numbers { values, width } => values.len() / (*width).max(1),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the target of a sample for as many outputs as `y` has: its numbers, if they are as many; its class as a one-hot vector, or
    /// as 0 and 1 for one output and two classes. Where that does not fit, NaN, which every loss refuses.
    pub fn write(&self, index: usize, y: &mut [f32]) {
        let outputs = y.len();
        match self {
            Self::Classes { labels, names } => match labels.get(index).map(|&label| label as usize) {
                Some(label) if outputs == names.len() => {
                    y.iter_mut().enumerate().for_each(|(at, y)| *y = if at == label { 1.0 } else { 0.0 });
                }
                Some(label) if outputs == 1 && names.len() == 2 => y.fill(label as f32),
                _ => y.fill(f32::NAN),
            },
            Self::Numbers { values, width } => match values.get(index * width..).and_then(|rest| rest.get(..*width)) {
                Some(numbers) if outputs == *width => y.copy_from_slice(numbers),
                _ => y.fill(f32::NAN),
            },
        }
    }
}
