//! `Layer` and `Stream` of a cell.

/// `recurrent_layer!(Options, [const UNITS: usize, ..], Type<.., BACKWARDS>, Type<.., 0>)`: the implementations for a [`Cell`](super::Cell)
/// with const parameters `IN`, `UNITS` and `BACKWARDS`. What goes backwards cannot stream.
macro_rules! recurrent_layer {
    ($options:ty, [$($generics:tt)*], $cell:ty, $forwards:ty) => {
        impl<T: Scalar, O: Outputs<TIME, UNITS>, const TIME: usize, $($generics)*, const BACKWARDS: usize>
            Layer<T, Seq<TIME, IN>, O> for $cell
        {
            type Options = $options;
            type Scratch<const B: usize> = recurrent::RecurrentScratch<T, Self, B>;
            type State = recurrent::RecurrentState<T, Self>;
            type Cache<const B: usize> = recurrent::RecurrentCache<T, Self, TIME, B>;

            const MACS: u64 = ((<Self as Cell<T>>::IN + UNITS) as u64)
                .saturating_mul(<Self as Cell<T>>::COLUMNS as u64)
                .saturating_mul(TIME as u64);

            fn initialize(&mut self, options: &$options, random: &mut dyn Source) {
                self.start(options, random);
            }

            #[inline(always)]
            fn forward<S: Simd, const B: usize>(
                &self,
                simd: S,
                options: &$options,
                x: &SMatrix<T, IN, TIME>,
                y: &mut O::Array<T>,
                scratch: &mut Self::Scratch<B>,
            ) {
                let y = O::scalars_mut::<T>(core::slice::from_mut(y));
                let ways = [BACKWARDS > 0, O::SEQUENCES];
                simd.outline(recurrent::Sequence { cell: self, options, ways, time: TIME, x: x.as_slice(), y, scratch });
            }

            fn forward_batch<const B: usize>(
                &self,
                options: &$options,
                x: &[SMatrix<T, IN, TIME>],
                y: &mut [O::Array<T>],
                scratch: &mut Self::Scratch<B>,
                executor: &dyn Executor,
            ) {
                let way = recurrent::Way { cell: self, options, time: TIME, backwards: BACKWARDS > 0, sequences: O::SEQUENCES };
                way.predict(flat(x), O::scalars_mut::<T>(y), x.len(), scratch, executor);
            }

            fn forward_train<const B: usize>(
                &self,
                options: &$options,
                x: &[SMatrix<T, IN, TIME>],
                y: &mut [O::Array<T>],
                cache: &mut Self::Cache<B>,
                _: &mut Self::Scratch<B>,
                training: &Training<'_>,
            ) {
                let way = recurrent::Way { cell: self, options, time: TIME, backwards: BACKWARDS > 0, sequences: O::SEQUENCES };
                way.train(flat(x), O::scalars_mut::<T>(y), x.len(), cache, training);
            }

            fn backward<const B: usize>(
                &self,
                options: &$options,
                pass: Pass<'_, T, Seq<TIME, IN>, O>,
                cache: &mut Self::Cache<B>,
                gradient: &mut Self,
                training: &Training<'_>,
            ) {
                let way = recurrent::Way { cell: self, options, time: TIME, backwards: BACKWARDS > 0, sequences: O::SEQUENCES };
                let dx = pass.dx.map(|dx| flat_mut::<T, _>(dx));
                way.backward(flat(pass.x), O::scalars::<T>(pass.dy), dx, pass.x.len(), cache, gradient, training.executor);
            }
        }

        impl<T: Scalar, O: Outputs<TIME, UNITS>, const TIME: usize, $($generics)*> Stream<T, Seq<TIME, IN>, O> for $forwards {
            #[inline(always)]
            fn advance<S: Simd>(
                &self,
                simd: S,
                options: &$options,
                x: &SVector<T, IN>,
                y: &mut SVector<T, UNITS>,
                state: &mut Self::State,
                scratch: &mut Self::Scratch<1>,
            ) {
                simd.outline(recurrent::Advance { cell: self, options, x: x.as_slice(), y: y.as_mut_slice(), state, scratch });
            }
        }
    };
}
pub(in crate::layers) use recurrent_layer;
