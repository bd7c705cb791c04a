//! Networks with recurrent layers: declared, streamed, trained.

use nn::prelude::*;
use nn::train::Session;
use nn::{Rayon, Serial};
use nn_tests::allocation::{Counting, everywhere, here};
use nn_tests::bits;
use std::hint::black_box;

#[global_allocator]
static COUNTING: Counting = Counting;

network! {
    /// Every recurrent layer, and what may stand between them.
    struct Stack {
        input: [29, 3],
        SimpleRnn(5, return_sequences = true, activation = Softsign), Dense(4, activation = Relu), Dropout(0.5),
        Lstm(7, return_sequences = true, recurrent_activation = HardSigmoid),
        Gru(6, return_sequences = true),
        Gru(5, return_sequences = true, reset_after = false, bias = false),
        Lstm(20), Dense(2),
    }
}

network! {
    /// The same of each step.
    struct Amplifier {
        input: [29, 1],
        Lstm(20, return_sequences = true), Dense(1),
    }
}

network! {
    struct Rows {
        input: [6, 4],
        SimpleRnn(9, return_sequences = true, recurrent_l2 = 1e-3, recurrent_l1 = 1e-4, truncate = 4, recurrent_dropout = 0.1),
        Gru(8, go_backwards = true), Dense(3), Softmax,
    }
}

// 7 h and c, the others' h, and 20 h and c.
const _: () = assert!(Stack::STATE_BYTES == 4 * (5 + 2 * 7 + 6 + 5 + 2 * 20));
const _: () = assert!(Amplifier::PARAMS == 4 * 20 * 22 + 21);

fn sound(n: usize) -> Vec<nn::Array<nn::Flat<1>, f32>> {
    (0..n).map(|i| [(i as f32 * 0.37).sin()].into()).collect()
}

/// The output for a sequence is what the stream gives out after its last step.
#[test]
fn a_stack_step_by_step_is_the_whole() {
    let net = Stack::new(3);
    let x = StackInput::from_fn(|f, t| ((f * 31 + t) as f32).sin());
    let mut workspace = Stack::workspace();
    let whole = bits(net.predict(&x, &mut workspace).as_slice());
    let (mut state, mut steps) = (Stack::state(), Stack::step_workspace());
    // Twice: a reset takes a stream back to its start.
    for _ in 0..2 {
        let mut last = Vec::new();
        for frame in x.column_iter() {
            last = bits(net.step(&frame.into_owned(), &mut state, &mut steps).as_slice());
        }
        assert_eq!(last, whole);
        Stack::reset(&mut state);
    }
}

#[test]
fn blocks_of_any_length_are_steps() {
    let net = Amplifier::new(4);
    let x = sound(29);
    let mut whole = AmplifierInput::zeros();
    whole.iter_mut().zip(&x).for_each(|(to, x)| *to = x[0]);
    let mut workspace = Amplifier::workspace();
    let whole = bits(net.predict(&whole, &mut workspace).as_slice());
    for length in [1, 2, 7, 12, 28, 29, 64] {
        let (mut state, mut steps) = (Amplifier::state(), Amplifier::step_workspace());
        let mut y = [nn::Array::<nn::Flat<1>, f32>::zeros(); 29];
        for (x, y) in x.chunks(length).zip(y.chunks_mut(length)) {
            net.process_block(x, y, &mut state, &mut steps);
        }
        let y: Vec<f32> = y.iter().map(|y| y[0]).collect();
        assert_eq!(bits(&y), whole, "blocks of {length}");
    }
    net.process_block(&[], &mut [], &mut Amplifier::state(), &mut Amplifier::step_workspace());
}

#[test]
fn nothing_is_allocated() {
    let net = Amplifier::new(1);
    let (mut state, mut steps, mut workspace) = (Amplifier::state(), Amplifier::step_workspace(), Amplifier::workspace());
    let (x, mut y, whole) = (sound(64), sound(64), AmplifierInput::zeros());
    let (count, ()) = here(|| {
        for _ in 0..100 {
            black_box(net.step(&x[0], &mut state, &mut steps));
            net.process_block(&x, &mut y, &mut state, &mut steps);
            black_box(net.predict(black_box(&whole), &mut workspace));
            Amplifier::reset(&mut state);
        }
    });
    assert_eq!(count, 0);
    assert!(everywhere(|| black_box(vec![1])).0 > 0, "the counter counts");
}

/// Training learns which of three tones a sequence is, allocates nothing on its way, and has the same bits on any number of threads.
#[test]
fn a_network_learns_alike_on_any_number_of_threads() {
    let x: Vec<RowsInput> =
        (0..48u32).map(|i| RowsInput::from_fn(|f, t| ((1 + i % 3) as f32 * (f + 4 * t) as f32 * 0.3 + i as f32).sin())).collect();
    let labels: Vec<u32> = (0..48).map(|i| i % 3).collect();
    let (data, order) = ((&x[..], &labels[..]), (0..48).collect::<Vec<usize>>());
    let run = |executor: &dyn nn::Executor| {
        let mut net = Rows::new(1);
        let mut session = Session::<Rows, 32, _, _>::new(Adam { learning_rate: 0.02, ..Adam::default() }, SparseCategoricalCrossentropy, 7);
        let mut epoch = |net: &mut Rows| {
            for indices in [&order[..32], &order[32..]] {
                session.step(net, &data, indices, executor).expect("finite");
            }
        };
        epoch(&mut net);
        let (count, ()) = here(|| (0..60).for_each(|_| epoch(&mut net)));
        assert_eq!(count, 0);
        let loss = session.evaluate(&net, &data, executor).loss;
        let mut all = Vec::new();
        net.visit(&nn::parameters::Place::ROOT, &mut |_, values| all.extend(bits(values)));
        (loss, all)
    };
    let (loss, parameters) = run(&Serial);
    assert!(loss < 0.3, "{loss}");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
    assert!(pool.install(|| run(&Rayon)).1 == parameters);
}
