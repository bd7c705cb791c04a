//! Random declarations that are right, and what they must come to. The shapes are worked out here once more, by other means
//! than the rules of nn-shape. Used by the tests of the macro as well, so it stands alone.

/// A declaration in two spellings.
pub struct RandomNetwork {
    /// Its entries, sizes as numbers.
    pub literal: String,
    /// The same entries, sizes as constant expressions of `N0`, `N1`, .. with `Nk = k`.
    pub computed: String,
    /// The shapes of all inputs and of all outputs.
    pub inputs: Vec<Vec<usize>>,
    /// See `inputs`.
    pub outputs: Vec<Vec<usize>>,
    /// What each entry of the network makes, in order.
    pub entries: Vec<Vec<usize>>,
    /// The number of parameters.
    pub params: usize,
}

/// The constants that the second spelling may use.
pub const CONSTANTS: usize = 65;

/// Network number `seed`.
#[must_use]
pub fn random_network(seed: u64) -> RandomNetwork {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut build = Build { random: &mut random, names: 0, params: 0, entries: Vec::new() };
    let mut text = Vec::new();
    let (inputs, shape) = build.input(&mut text);
    let count = 2 + build.random.below(6);
    let shape = build.list(shape, count, 2, false, &mut text);
    let outputs = build.end(shape, &mut text);
    let (params, entries) = (build.params, build.entries);
    let marked = text.join(", ");
    let literal = render(&marked, &mut |size| size.to_string());
    let computed = render(&marked, &mut |size| expression(&mut random, size));
    RandomNetwork { literal, computed, inputs, outputs, entries, params }
}

/// A xorshift generator: the same networks everywhere, for ever.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }

    fn size(&mut self) -> usize {
        1 + self.below(7)
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// Every activation that keeps numbers finite, as a layer.
const ACTIVATIONS: [&str; 20] = [
    "Linear",
    "Relu",
    "LeakyRelu",
    "LeakyRelu(0.2)",
    "Elu",
    "Selu",
    "Celu",
    "Celu(0.5)",
    "Gelu",
    "GeluTanh",
    "Sigmoid",
    "HardSigmoid",
    "Tanh",
    "Softplus",
    "Softsign",
    "Silu",
    "HardSwish",
    "Mish",
    "Softmax",
    "LogSoftmax",
];

/// Sizes stand between `@`.
struct Build<'a> {
    random: &'a mut Random,
    names: usize,
    params: usize,
    /// Of the list being written.
    entries: Vec<Vec<usize>>,
}

impl Build<'_> {
    fn input(&mut self, text: &mut Vec<String>) -> (Vec<Vec<usize>>, Vec<usize>) {
        let shape: Vec<usize> = (0..1 + self.random.below(3)).map(|_| self.random.size()).collect();
        match self.random.below(8) {
            0 => {
                let (length, vocabulary, units) = (self.random.size(), self.random.size(), self.random.size());
                text.push(format!("input: [u32; @{length}@]"));
                self.embedding(vocabulary, units, length, "", text);
                (vec![vec![length]], vec![length, units])
            }
            1 => {
                let (length, units) = (self.random.size(), self.random.size());
                text.push(format!("input: {{ ids: [u32; @{length}@], more: [@{length}@, @{units}@] }}"));
                self.embedding(9, units, length, ", from = ids", text);
                self.push("Add(more)".to_owned(), &[length, units], text);
                (vec![vec![length], vec![length, units]], vec![length, units])
            }
            _ => {
                text.push(format!("input: {}", marked(&shape)));
                (vec![shape.clone()], shape)
            }
        }
    }

    fn embedding(&mut self, vocabulary: usize, units: usize, length: usize, from: &str, text: &mut Vec<String>) {
        self.params += vocabulary * units;
        self.push(format!("Embedding(@{vocabulary}@, @{units}@{from})"), &[length, units], text);
    }

    fn push(&mut self, entry: String, shape: &[usize], text: &mut Vec<String>) {
        self.entries.push(shape.to_vec());
        text.push(entry);
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("e{}", self.names)
    }

    /// `count` entries or a few more. If `keep`, they end in the shape they begin with.
    fn list(&mut self, mut shape: Vec<usize>, count: usize, depth: usize, keep: bool, text: &mut Vec<String>) -> Vec<usize> {
        let begin = shape.clone();
        for _ in 0..count {
            shape = self.entry(&shape, depth, keep, text);
        }
        if shape != begin && keep {
            // Only the last axis changed.
            shape = self.dense(&shape, begin[begin.len() - 1], "", text);
        }
        shape
    }

    fn entry(&mut self, shape: &[usize], depth: usize, keep: bool, text: &mut Vec<String>) -> Vec<usize> {
        let (rank, last) = (shape.len(), shape[shape.len() - 1]);
        let units = self.random.size();
        match self.random.below(18) {
            0..=2 if rank < 3 => return self.dense(shape, units, "", text),
            3 => {
                self.params += 4 * last;
                self.push("BatchNorm".to_owned(), shape, text);
            }
            4 => {
                self.params += last;
                self.push("Prelu".to_owned(), shape, text);
            }
            5 => self.push("Dropout(0.25)".to_owned(), shape, text),
            6 if rank == 2 => self.push("Delay".to_owned(), shape, text),
            7 if !keep => return self.reshape(shape, text),
            8 if !keep && rank > 1 => {
                self.push("GlobalAvgPool".to_owned(), &[last], text);
                return vec![last];
            }
            9 if depth > 0 => self.block(shape, depth, "Residual", 1, text),
            10 if depth > 0 => {
                let times = 1 + self.random.below(3);
                self.block(shape, depth, &format!("Repeat(@{times}@)"), times, text);
            }
            11 if depth > 0 => return self.named(shape, depth, keep, text),
            12 if rank < 3 => return self.branch(shape, units, text),
            13 if depth > 0 => return self.parallel(shape, depth, keep, text),
            14 if depth > 0 && rank > 1 => {
                let (inner, _) = self.inner(&shape[1..], depth, true, 1);
                self.push(format!("TimeDistributed {{ {inner} }}"), shape, text);
            }
            _ => {
                let activation = self.random.pick(&ACTIVATIONS);
                let declared = if self.random.below(4) == 0 { format!(" -> {}", marked(shape)) } else { String::new() };
                self.push(format!("{activation}{declared}"), shape, text);
            }
        }
        shape.to_vec()
    }

    fn dense(&mut self, shape: &[usize], units: usize, more: &str, text: &mut Vec<String>) -> Vec<usize> {
        let mut out = shape.to_vec();
        let last = out.len() - 1;
        let bias = self.random.below(4) > 0;
        self.params += out[last] * units + if bias { units } else { 0 };
        out[last] = units;
        let bias = if bias { "" } else { ", bias = false" };
        let activation = self.random.pick(&["", "", ", activation = Relu", ", activation = Tanh", ", activation = Softmax"]);
        let declared = if self.random.below(4) == 0 { format!(" -> {}", marked(&out)) } else { String::new() };
        self.push(format!("Dense(@{units}@{bias}{activation}{more}){declared}"), &out, text);
        out
    }

    fn reshape(&mut self, shape: &[usize], text: &mut Vec<String>) -> Vec<usize> {
        let count: usize = shape.iter().product();
        let rank = 1 + self.random.below(3);
        let mut rest = count;
        let mut out: Vec<usize> = (1..rank)
            .map(|_| {
                let divisors: Vec<usize> = (1..=rest).filter(|&d| rest.is_multiple_of(d)).collect();
                let size = divisors[self.random.below(divisors.len())];
                rest /= size;
                size
            })
            .collect();
        out.push(rest);
        let entry = if rank == 1 && self.random.below(2) == 0 { "Flatten".to_owned() } else { format!("Reshape({})", marked(&out)) };
        self.push(entry, &out, text);
        out
    }

    /// `head { .. }`, as one entry that keeps its shape. Its parameters are counted `times` times.
    fn block(&mut self, shape: &[usize], depth: usize, head: &str, times: usize, text: &mut Vec<String>) {
        let (inner, _) = self.inner(shape, depth, true, times);
        self.push(format!("{head} {{ {inner} }}"), shape, text);
    }

    fn named(&mut self, shape: &[usize], depth: usize, keep: bool, text: &mut Vec<String>) -> Vec<usize> {
        let (inner, out) = self.inner(shape, depth, keep, 1);
        let name = self.name();
        self.push(format!("{name}: {{ {inner} }}"), &out, text);
        out
    }

    fn inner(&mut self, shape: &[usize], depth: usize, keep: bool, times: usize) -> (String, Vec<usize>) {
        let (params, entries) = (self.params, std::mem::take(&mut self.entries));
        let mut text = Vec::new();
        let count = 1 + self.random.below(3);
        let out = self.list(shape.to_vec(), count, depth - 1, keep, &mut text);
        self.entries = entries;
        self.params = params + times * (self.params - params);
        (text.join(", "), out)
    }

    /// Two branches that end as they begin, side by side or merged.
    fn parallel(&mut self, shape: &[usize], depth: usize, keep: bool, text: &mut Vec<String>) -> Vec<usize> {
        let (left, _) = self.inner(shape, depth, true, 1);
        let (right, _) = self.inner(shape, depth, true, 1);
        let branches = format!("{{ {{ {left} }}, {{ {right} }} }}");
        // What must end as it begins must be able to: there is no dense layer for an image.
        let merges: &[&str] = &["Add", "Max", "Average", "Concat", "Concat"];
        let merge = self.random.pick(if keep && shape.len() == 3 { &merges[..3] } else { merges });
        let mut out = shape.to_vec();
        if merge == "Concat" {
            out[shape.len() - 1] *= 2;
            self.push(format!("Parallel {branches}"), &out, text);
        } else {
            self.push(format!("Parallel(merge = {merge}) {branches}"), &out, text);
        }
        out
    }

    /// Two ways from one entry, merged.
    fn branch(&mut self, shape: &[usize], units: usize, text: &mut Vec<String>) -> Vec<usize> {
        let (from, left) = (self.name(), self.name());
        self.push(format!("{from}: Tanh"), shape, text);
        self.dense(shape, units, "", text);
        if let Some(entry) = text.last_mut() {
            *entry = format!("{left}: {entry}");
        }
        let mut out = self.dense(shape, units, &format!(", from = {from}"), text);
        let merge = self.random.pick(&["Add", "Sub", "Mul", "Max", "Min", "Average", "Concat"]);
        let last = out.len() - 1;
        if merge == "Concat" {
            out[last] *= 2;
        }
        self.push(format!("{merge}({left})"), &out, text);
        out
    }

    /// One output, or two.
    fn end(&mut self, shape: Vec<usize>, text: &mut Vec<String>) -> Vec<Vec<usize>> {
        if self.random.below(6) > 0 {
            return vec![shape];
        }
        self.push("both: Sigmoid".to_owned(), &shape, text);
        self.push("left: Softmax".to_owned(), &shape, text);
        self.push("right: Flatten(from = both)".to_owned(), &[shape.iter().product()], text);
        text.push("output: { left, right }".to_owned());
        vec![shape.clone(), vec![shape.iter().product()]]
    }
}

/// `[@2@, @3@]`
fn marked(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(|size| format!("@{size}@")).collect();
    format!("[{}]", sizes.join(", "))
}

fn render(marked: &str, size: &mut dyn FnMut(usize) -> String) -> String {
    let parts = marked.split('@').enumerate();
    parts.map(|(i, part)| if i % 2 == 0 { part.to_owned() } else { size(part.parse().unwrap_or(0)) }).collect()
}

/// A constant expression for a size.
fn expression(random: &mut Random, size: usize) -> String {
    let part = random.below(size.min(CONSTANTS - 1) + 1);
    match random.below(5) {
        0 => format!("N{part} + {}", size - part),
        1 if part > 0 && size.is_multiple_of(part) && size / part < CONSTANTS => format!("N{part} * N{}", size / part),
        2 if size < CONSTANTS => format!("{{ N{size} }}"),
        3 => format!("(2 * {size} * N1) / 2"),
        _ if size < CONSTANTS => format!("N{size}"),
        _ => format!("{size} * N1"),
    }
}
