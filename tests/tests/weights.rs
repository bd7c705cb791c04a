//! Weight files: what is written, what is read, and what a refused file says.

use nn::prelude::*;
use nn::weights::{Dtype, LoadError, Loader, Problem, Recording, Saver, SelfTestError, Source};
use nn_tests::safetensors::{Stored, file, tensor};

network! {
    struct Net {
        input: [3],
        hidden: Dense(4), BatchNorm, Relu,
        blocks: Repeat(2) { Residual { Dense(4, bias = false), Prelu } },
        head: { Dense(2) },
    }
}

/// The names and sizes of `Net`, in order.
const TENSORS: [(&str, &[usize]); 12] = [
    ("hidden.kernel", &[3, 4]),
    ("hidden.bias", &[4]),
    ("batch_norm.gamma", &[4]),
    ("batch_norm.beta", &[4]),
    ("batch_norm.moving_mean", &[4]),
    ("batch_norm.moving_variance", &[4]),
    ("blocks.0.residual.dense.kernel", &[4, 4]),
    ("blocks.0.residual.prelu.alpha", &[4]),
    ("blocks.1.residual.dense.kernel", &[4, 4]),
    ("blocks.1.residual.prelu.alpha", &[4]),
    ("head.dense.kernel", &[4, 2]),
    ("head.dense.bias", &[2]),
];

/// The tensors of a file for `Net`, every number its own.
fn tensors() -> Vec<Stored> {
    let mut next = 0.0;
    let mut numbers = |count: usize| {
        (0..count)
            .map(|_| {
                next += 0.5;
                next
            })
            .collect::<Vec<f32>>()
    };
    TENSORS.iter().map(|(name, shape)| tensor(name, shape, &numbers(shape.iter().product()))).collect()
}

/// The bits of every parameter.
fn bits<N: Network>(net: &N) -> Vec<u64> {
    let mut bits = Vec::new();
    net.visit(&nn::parameters::Place::ROOT, &mut |_, values| bits.extend(values.iter().map(|x| nn::Scalar::to_f64(*x).to_bits())));
    bits
}

/// What a file that must be refused is refused with. The network is as before.
fn refused(loader: &Loader<'_>, file: &[u8]) -> LoadError {
    let mut net = Net::new(3);
    let before = bits(&*net);
    let error = loader.load(&mut *net, file).expect_err("refused");
    assert_eq!(bits(&*net), before, "as before");
    error
}

#[test]
fn a_file_holds_the_network_bit_for_bit() {
    let mut net = Net::new(1);
    net.hidden.kernel[0] = -0.0;
    net.hidden.kernel[1] = 1e-40;
    let bytes = Saver::new().to_bytes(&*net);
    let mut copy = Net::new(2);
    let loaded = Loader::new().load(&mut *copy, &bytes).expect("loaded");
    assert_eq!(bits(&*copy), bits(&*net));
    assert!(loaded.checksum && !loaded.self_test && loaded.worst_rounding.is_none() && loaded.metadata.is_empty());
    // The header, word for word.
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&bytes[8..8 + length]).expect("UTF-8");
    assert!(header.starts_with("{\"__metadata__\":{\"nn.format\":\"1\",\"nn.network\":\"Net\",\"nn.checksum\":\"crc32:"), "{header}");
    assert!(header.contains("\"hidden.kernel\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}"), "{header}");
    assert!(header.contains("\"blocks.1.residual.prelu.alpha\""), "{header}");
    // A layer without bias has none in the file either.
    assert!(!header.contains("dense.bias\":{\"dtype\":\"F32\",\"shape\":[0]"), "{header}");
    assert_eq!((length % 8, bytes.len() - 8 - length), (0, Net::PARAM_BYTES));
}

#[test]
fn signalling_nan_and_infinity_keep_their_bits_where_they_are_allowed() {
    let mut net = Net::new(1);
    net.hidden.bias[2] = f32::from_bits(0x7f80_0001);
    net.hidden.bias[3] = f32::NEG_INFINITY;
    let bytes = Saver::new().to_bytes(&*net);
    assert_eq!(
        refused(&Loader::new(), &bytes).to_string(),
        "the weights do not fit `Net`: `hidden.bias`: element 2 is NaN, and 1 more are not finite; \
         `Loader::new().allow_non_finite()` would load it"
    );
    let mut copy = Net::new(2);
    Loader::new().allow_non_finite().load(&mut *copy, &bytes).expect("allowed");
    assert_eq!((copy.hidden.bias[2].to_bits(), copy.hidden.bias[3]), (0x7f80_0001, f32::NEG_INFINITY));
}

#[test]
fn files_of_other_programs_load() {
    // In another order, without metadata, as Python's `safetensors` writes them.
    let mut all = tensors();
    all.sort_by(|a, b| b.name.cmp(&a.name));
    let mut net = Net::new(1);
    let loaded = Loader::new().load(&mut *net, &file(&all)).expect("loaded");
    assert!(!loaded.checksum);
    assert_eq!((net.hidden.kernel[0], net.hidden.kernel[11], net.head.dense.bias[1]), (0.5, 6.0, 41.0));
    // [in, out]: the weights of input 1 are elements 4 to 7.
    assert_eq!(net.hidden.kernel.column(1).as_slice(), [2.5, 3.0, 3.5, 4.0]);
}

#[test]
fn one_error_tells_everything() {
    let mut all = tensors();
    all[0] = tensor("hidden.kernel", &[4, 3], &[0.0; 12]);
    all[1] = tensor("hidden.bais", &[4], &[0.0; 4]);
    all[2].dtype = "I32";
    all[6] = tensor("blocks.0.residual.dense.kernel", &[16], &[0.0; 16]);
    all[7] = tensor("blocks.0.residual.prelu.alpha", &[5], &[0.0; 5]);
    all[10].data[7] = 0x7f; // 38.5, and now something large; still finite
    all[10].data[3] = 0x7f;
    all[10].data[2] = 0x80;
    all.push(tensor("../\u{202e}x\n", &[1], &[0.0]));
    let error = refused(&Loader::new(), &file(&all));
    assert_eq!(
        error.to_string(),
        "the weights do not fit `Net`, 8 problems:
  `hidden.kernel` is [4, 3] in the file and must be [3, 4]; it is transposed
  `batch_norm.gamma` is I32 in the file and must be F32
  `blocks.0.residual.dense.kernel` is [16] in the file and must be [4, 4]; as many elements, but in other axes
  `blocks.0.residual.prelu.alpha` is [5] in the file and must be [4]
  `head.dense.kernel`: element 0 is inf; `Loader::new().allow_non_finite()` would load it
  `hidden.bias` [4] is missing; the nearest name is `hidden.bais`
  `../\\u{202e}x\\n` [1] is not a tensor of the network
  `hidden.bais` [4] is not a tensor of the network"
    );
    assert!(matches!(error.problems[1], Problem::Dtype { file: Dtype::I32, network: Dtype::F32, .. }));
}

network! { struct Other { input: [3], hidden: Dense(5), Relu, out: Dense(2) } }

#[test]
fn the_file_of_another_network_says_which() {
    let error = refused(&Loader::new(), &Saver::new().to_bytes(&*Other::new(1)));
    let text = error.to_string();
    assert!(text.starts_with("the weights do not fit `Net` (they were saved from `Other`), 14 problems:\n"), "{text}");
    assert!(text.contains("\n  `hidden.kernel` is [3, 5] in the file and must be [3, 4]\n"), "{text}");
    assert!(text.contains("\n  `out.kernel` [5, 2] is not a tensor of the network"), "{text}");
}

#[test]
fn conversions_are_asked_for_and_tell_the_worst_rounding() {
    let wide = Net::<f64>::new_in_f64();
    let bytes = Saver::new().to_bytes(&*wide);
    let error = refused(&Loader::new(), &bytes);
    assert_eq!(error.problems.len(), 12);
    assert!(error.to_string().contains("\n  `hidden.bias` is F64 in the file and must be F32; `Loader::new().convert()` would round it"));
    let mut net = Net::new(2);
    let loaded = Loader::new().convert().load(&mut *net, &bytes).expect("converted");
    let worst = loaded.worst_rounding.expect("one third is no f32");
    assert!(worst.relative() > 1e-9 && worst.relative() < 6e-8, "{worst}");
    assert_eq!(worst.to_string().split(' ').next(), Some("element"));
    for (narrow, wide) in bits(&*net).into_iter().zip(bits(&*wide)) {
        assert_eq!(f64::from_bits(narrow), f64::from(f64::from_bits(wide) as f32));
    }
    // And back: exact.
    let mut back = <Net<f64> as Network>::new(1);
    let loaded = Loader::new().convert().load(&mut *back, &Saver::new().to_bytes(&*net)).expect("converted");
    assert!(loaded.worst_rounding.is_none());
    assert_eq!(bits(&*back), bits(&*net));
}

trait InF64 {
    fn new_in_f64() -> Box<Net<f64>>;
}
impl InF64 for Net<f64> {
    fn new_in_f64() -> Box<Net<f64>> {
        let mut net = <Self as Network>::new(1);
        net.hidden.bias[0] = 1.0 / 3.0;
        net
    }
}

#[test]
fn half_precision_and_bfloat_are_exact_and_too_large_numbers_are_refused() {
    let mut all = tensors();
    all[1].dtype = "F16";
    all[1].data = [half::f16::from_f32(0.1), half::f16::from_f32(-2.0), half::f16::MAX, half::f16::from_bits(1)]
        .iter()
        .flat_map(|x| x.to_le_bytes())
        .collect();
    all[2].dtype = "BF16";
    all[2].data = [0.1f32, -2.0, 3e38, 1e-39].iter().flat_map(|x| half::bf16::from_f32(*x).to_le_bytes()).collect();
    all[3].dtype = "F64";
    all[3].data = [0.1f64, 1.0, 2.0, 1e-300].iter().flat_map(|x| x.to_le_bytes()).collect();
    let mut net = Net::new(1);
    let loaded = Loader::new().convert().load(&mut *net, &file(&all)).expect("converted");
    assert_eq!(net.hidden.bias.as_slice(), [half::f16::from_f32(0.1).to_f32(), -2.0, 65504.0, 5.9604645e-8]);
    assert_eq!(net.batch_norm.gamma[2], half::bf16::from_f32(3e38).to_f32());
    assert_eq!((net.batch_norm.beta[0], net.batch_norm.beta[3]), (0.1, 0.0));
    let worst = loaded.worst_rounding.expect("one");
    assert_eq!((&*worst.tensor, worst.index, worst.relative()), ("batch_norm.beta", 3, 1.0));

    all[3].data[8..16].copy_from_slice(&1e39f64.to_le_bytes());
    assert_eq!(
        refused(&Loader::new().convert(), &file(&all)).problems,
        [Problem::OutOfRange { tensor: "batch_norm.beta".into(), index: 1, value: 1e39 }]
    );
    // Whole numbers are never weights.
    all[3].dtype = "I64";
    let error = refused(&Loader::new().convert(), &file(&all));
    assert_eq!(error.to_string(), "the weights do not fit `Net`: `batch_norm.beta` is I64 in the file and must be F32");
}

/// Every half, against a library that does nothing else.
#[test]
fn every_half_is_read_exactly() {
    network! { struct All { input: [1], Dense(65536, bias = false) } }
    let halves: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
    let one = Stored { name: "dense.kernel".into(), dtype: "F16", shape: vec![1, 65536], data: halves };
    let mut net = All::new(1);
    Loader::new().convert().allow_non_finite().load(&mut *net, &file(&[one])).expect("loaded");
    for (bits, &value) in (0..=u16::MAX).zip(net.dense.kernel.iter()) {
        let expected = half::f16::from_bits(bits).to_f32();
        assert!(value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan(), "{bits:04x}: {value} {expected}");
    }
}

#[test]
fn pytorch_names_and_layouts() {
    let linear = |name: &str, out: usize, inputs: usize| {
        tensor(&format!("{name}.weight"), &[out, inputs], &(0..out * inputs).map(|i| i as f32).collect::<Vec<_>>())
    };
    let vector = |name: &str, n: usize, x: f32| tensor(name, &[n], &vec![x; n]);
    let mut all = vec![
        linear("fc1", 4, 3),
        vector("fc1.bias", 4, 1.0),
        vector("bn.weight", 4, 2.0),
        vector("bn.bias", 4, 3.0),
        vector("bn.running_mean", 4, 4.0),
        vector("bn.running_var", 4, 5.0),
        linear("layers.0.fc", 4, 4),
        vector("layers.0.act.weight", 4, 6.0),
        linear("layers.1.fc", 4, 4),
        vector("layers.1.act.weight", 4, 7.0),
        linear("out", 2, 4),
        vector("out.bias", 2, 8.0),
    ];
    all.push(Stored { name: "bn.num_batches_tracked".into(), dtype: "I64", shape: vec![], data: vec![0; 8] });
    let modules = [
        ("hidden", "fc1"),
        ("batch_norm", "bn"),
        ("blocks.0.residual.dense", "layers.0.fc"),
        ("blocks.0.residual.prelu", "layers.0.act"),
        ("blocks.1.residual.dense", "layers.1.fc"),
        ("blocks.1.residual.prelu", "layers.1.act"),
        ("head.dense", "out"),
    ];
    let mut net = Net::new(1);
    Loader::new().pytorch(&modules).load(&mut *net, &file(&all)).expect("loaded");
    // fc1.weight[o][i] = 3 o + i
    assert!((0..4).all(|o| (0..3).all(|i| net.hidden.kernel[(o, i)] == (3 * o + i) as f32)));
    assert_eq!((net.batch_norm.gamma[0], net.batch_norm.beta[0], net.batch_norm.moving_mean[0]), (2.0, 3.0, 4.0));
    assert_eq!((net.batch_norm.moving_variance[3], net.blocks[1].residual.prelu.alpha[3], net.head.dense.bias[1]), (5.0, 7.0, 8.0));

    // A module that is not there.
    let error = refused(&Loader::new().pytorch(&modules[1..]), &file(&all));
    assert!(error.to_string().contains("`hidden.kernel` [3, 4] is missing, looked for as `hidden.weight`"), "{error}");
    // An order of axes that is none.
    let wrong = Loader::new().names(|name| Source::named(name.to_owned()).axes(&[1, 1]));
    let error = refused(&wrong, &file(&tensors()));
    assert!(error.to_string().contains("`hidden.kernel`: [1, 1] is no order of the axes of [3, 4]"), "{error}");
}

#[test]
fn metadata_of_ones_own() {
    let net = Net::new(1);
    let saver = Saver::new().metadata("note", "first").unwrap().metadata("note", "\"quotes\", \\ and \n\u{1}é😀").unwrap();
    let bytes = saver.to_bytes(&*net);
    let loaded = Loader::new().load(&mut *Net::new(2), &bytes).expect("loaded");
    assert_eq!(loaded.metadata, [("note".to_owned(), "\"quotes\", \\ and \n\u{1}é😀".to_owned())]);
    let error = Saver::new().metadata("nn.checksum", "").expect_err("reserved");
    assert_eq!(error.to_string(), "the metadata key `nn.checksum` begins with `nn.`, which is reserved for what nn itself writes");
    let many = (0..300).try_fold(Saver::new(), |saver, i| saver.metadata(i.to_string(), ""));
    assert!(many.expect_err("too many").to_string().contains("at most 248 entries"));
    // As many as may be are read again.
    let many = (0..248).try_fold(Saver::new(), |saver, i| saver.metadata(i.to_string(), "")).expect("as many as may be");
    let many = many.self_test(Recording::of(&*net, &NetInput::zeros(), 0.0).expect("recorded"));
    assert_eq!(Loader::new().load(&mut *Net::new(2), &many.to_bytes(&*net)).expect("loaded").metadata.len(), 248);
}

#[test]
fn a_self_test_travels_and_is_run() {
    let net = Net::new(1);
    let x = NetInput::new(0.5, -1.0, 2.0);
    let recording = Recording::of(&*net, &x, 0.0).expect("recorded");
    let bytes = Saver::new().self_test(recording.clone()).to_bytes(&*net);
    let mut copy = Net::new(2);
    assert!(Loader::new().load(&mut *copy, &bytes).expect("loaded").self_test);
    assert_eq!(bits(&*copy), bits(&*net));

    // Weights that predict something else.
    let mut other = Net::new(1);
    other.head.dense.bias[1] += 1e-3;
    let bytes = Saver::new().self_test(recording).to_bytes(&*other);
    let error = refused(&Loader::new(), &bytes);
    assert!(matches!(error.problems[..], [Problem::SelfTest(SelfTestError::Differs { index: 1, count: 1, .. })]), "{error}");
    assert!(error.to_string().starts_with("the weights do not fit `Net`: the self-test fails: output 1 is "), "{error}");
    assert!(!Loader::new().skip_self_test().load(&mut *copy, &bytes).expect("skipped").self_test);

    // Within a tolerance.
    let recording = Recording::of(&*net, &x, 1e-2).expect("recorded");
    assert!(Loader::new().load(&mut *copy, &Saver::new().self_test(recording).to_bytes(&*other)).is_ok());
    assert_eq!(
        Recording::of(&*net, &x, f64::NAN).expect_err("no tolerance").to_string(),
        "the tolerance of a self-test is NaN, it must be 0 or more and finite"
    );
    // Of another network.
    let recording = Recording::of(&*Small::new(1), &SmallInput::zeros(), 0.0).expect("recorded");
    let error = refused(&Loader::new(), &Saver::new().self_test(recording).to_bytes(&*net));
    assert!(error.to_string().contains("for another network: its input has 8 bytes, the network's 12"), "{error}");
}

network! { struct Small { input: [2], Dense(2) } }

network! {
    struct Several {
        input: { tokens: [u32; 3], more: [2] },
        from_tokens: Embedding(5, 4, from = tokens), GlobalAvgPool,
        a: Dense(2),
        b: Dense(3, from = more),
        output: { a, b },
    }
}

#[test]
fn a_self_test_of_several_inputs_and_outputs() {
    let net = Several::new(1);
    let mut input = SeveralInput { tokens: [4, 0, 1], more: [0.5, 0.25].into() };
    let bytes = Saver::new().self_test(Recording::of(&*net, &input, 0.0).expect("recorded")).to_bytes(&*net);
    assert!(Loader::new().load(&mut *Several::new(2), &bytes).expect("loaded").self_test);
    // The input counts, all of it.
    input.tokens[2] = 2;
    let other = Recording::of(&*net, &input, 0.0).expect("recorded");
    assert_ne!(Saver::new().self_test(other).to_bytes(&*net), bytes);
}
