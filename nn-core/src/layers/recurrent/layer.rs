//! `Layer` and `Stream` of a cell.

/// `recurrent_layer!(Options, [const UNITS: usize, ..], Type<.., BACKWARDS, STATE>, Type<.., 0, 0>, rows, State)`: the implementations for a
/// [`Cell`](super::Cell) with const parameters `IN`, `UNITS`, `BACKWARDS` and `STATE`, whose state has so many rows and this shape. What goes
/// backwards, or gives out its state, cannot stream.
macro_rules! recurrent_layer {
    ($options:ty, $generics:tt, $cell:ty, $forwards:ty, $rows:literal, $state:ty) => {
        recurrent::recurrent_form!(
            $options, $generics, $cell, $forwards, $rows, 0, Seq<TIME, IN>, Flat<IN>,
            |x| Io { x: flat(x), ids: &[], start: &[] },
            |x| Io { x: x.as_slice(), ids: &[], start: &[] },
            |dx| [dx.map(|dx| flat_mut(dx)), None]
        );
        recurrent::recurrent_form!(
            $options, $generics, $cell, $forwards, $rows, 0, (Seq<TIME, IN>, Tokens<TIME>), (Flat<IN>, Tokens<1>),
            |x| Io { x: flat(x.0), ids: flat(x.1), start: &[] },
            |x| Io { x: x.0.as_slice(), ids: x.1, start: &[] },
            |dx| [dx.0.map(|dx| flat_mut(dx)), None]
        );
        recurrent::recurrent_form!(
            $options, $generics, $cell, $forwards, $rows, 1, (Seq<TIME, IN>, $state), (Flat<IN>, Whole<$state>),
            |x| Io { x: flat(x.0), ids: &[], start: flat(x.1) },
            |x| Io { x: x.0.as_slice(), ids: &[], start: x.1.as_slice() },
            |dx| [dx.0.map(|dx| flat_mut(dx)), dx.1.map(|dx| flat_mut(dx))]
        );
        recurrent::recurrent_form!(
            $options, $generics, $cell, $forwards, $rows, 1, (Seq<TIME, IN>, Tokens<TIME>, $state), (Flat<IN>, Tokens<1>, Whole<$state>),
            |x| Io { x: flat(x.0), ids: flat(x.1), start: flat(x.2) },
            |x| Io { x: x.0.as_slice(), ids: x.1, start: x.2.as_slice() },
            |dx| [dx.0.map(|dx| flat_mut(dx)), dx.2.map(|dx| flat_mut(dx))]
        );
    };
}
pub(in crate::layers) use recurrent_layer;

/// One form of a recurrent layer: the marks that its stream keeps, what it reads, what one step of a stream reads, how both are read, and where
/// the gradients of sequence and state go.
macro_rules! recurrent_form {
    (
        $options:ty, [$($generics:tt)*], $cell:ty, $forwards:ty, $rows:literal, $marks:literal, $input:ty, $step:ty,
        |$x:ident| $io:expr,
        |$frame:ident| $frame_io:expr,
        |$dx:ident| $slopes:expr
    ) => {
        impl<T: Scalar, O: Outputs<TIME, UNITS, STATE, $rows>, const TIME: usize, $($generics)*, const BACKWARDS: usize, const STATE: usize>
            Layer<T, $input, O> for $cell
        {
            type Options = $options;
            type Scratch<const B: usize> = recurrent::RecurrentScratch<T, Self, B>;
            type State = recurrent::RecurrentState<T, Self, $marks>;
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
                x: <$input as Shapes>::Ref<'_, T>,
                y: &mut O::Array<T>,
                scratch: &mut Self::Scratch<B>,
            ) {
                let ($x, y) = (<$input as Shapes>::one::<T>(x), O::scalars_mut::<T>(core::slice::from_mut(y)));
                let (backwards, gives) = (BACKWARDS > 0, O::GIVES);
                simd.outline(recurrent::Sequence { cell: self, options, backwards, gives, time: TIME, io: $io, y, scratch });
            }

            fn forward_batch<const B: usize>(
                &self,
                options: &$options,
                $x: <$input as Shapes>::Batch<'_, T>,
                y: &mut [O::Array<T>],
                scratch: &mut Self::Scratch<B>,
                executor: &dyn Executor,
            ) {
                let way = recurrent::Way { cell: self, options, time: TIME, backwards: BACKWARDS > 0, gives: O::GIVES, io: $io };
                way.predict(O::scalars_mut::<T>(y), <$input as Shapes>::len::<T>($x), scratch, executor);
            }

            fn forward_train<const B: usize>(
                &self,
                options: &$options,
                $x: <$input as Shapes>::Batch<'_, T>,
                y: &mut [O::Array<T>],
                cache: &mut Self::Cache<B>,
                _: &mut Self::Scratch<B>,
                training: &Training<'_>,
            ) {
                let way = recurrent::Way { cell: self, options, time: TIME, backwards: BACKWARDS > 0, gives: O::GIVES, io: $io };
                way.train(O::scalars_mut::<T>(y), <$input as Shapes>::len::<T>($x), cache, training);
            }

            fn backward<const B: usize>(
                &self,
                options: &$options,
                pass: Pass<'_, T, $input, O>,
                cache: &mut Self::Cache<B>,
                gradient: &mut Self,
                training: &Training<'_>,
            ) {
                let ($x, $dx) = (pass.x, pass.dx);
                let way = recurrent::Way { cell: self, options, time: TIME, backwards: BACKWARDS > 0, gives: O::GIVES, io: $io };
                let count = <$input as Shapes>::len::<T>($x);
                way.backward(O::scalars::<T>(pass.dy), $slopes, count, cache, gradient, training.executor);
            }
        }

        impl<T: Scalar, O: Outputs<TIME, UNITS, 0, $rows>, const TIME: usize, $($generics)*> Stream<T, $input, O, $step> for $forwards {
            #[inline(always)]
            fn advance<S: Simd>(
                &self,
                simd: S,
                options: &$options,
                $frame: <$step as Shapes>::Ref<'_, T>,
                y: &mut SVector<T, UNITS>,
                state: &mut recurrent::RecurrentState<T, Self, $marks>,
                scratch: &mut recurrent::RecurrentScratch<T, Self, 1>,
            ) {
                let (y, gives) = (y.as_mut_slice(), O::GIVES);
                simd.outline(recurrent::Advance { cell: self, options, gives, io: $frame_io, y, state, scratch });
            }
        }
    };
}
pub(in crate::layers) use recurrent_form;
