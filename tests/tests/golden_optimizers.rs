//! Ten steps of each optimiser are those of Keras and PyTorch, and the schedules are theirs: f64 within 1e-9, f32 within 1e-5, after
//! every step.

use nalgebra::SVector;
use nn::memory::zeroed_box;
use nn::parameters::{Place, Role};
use nn::train::optimizer::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, Clip, Ema, Formulas, Group, Lion, Nadam, Optimizer, RmsProp, Sgd, Update,
};
use nn::train::schedule::{
    CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, Noam, OneCycle, PiecewiseConstantDecay, PolynomialDecay, Schedule,
};
use nn::{Parameters, Scalar, Serial};
use nn_tests::assert_close;
use nn_tests::golden::{Case, cases};
use std::collections::BTreeMap;

#[derive(Parameters)]
struct Weights<T: Scalar> {
    kernel: SVector<T, 5>,
    #[parameter(bias)]
    bias: SVector<T, 3>,
}

#[test]
fn every_case() {
    for case in cases("optimizers", 5) {
        let rows = |key| case.rows(key).into_iter().map(|row| [row, vec![0.0; 3]].concat()).collect::<Vec<_>>();
        let start = [case.numbers(&["w0"]), vec![0.0; 3]].concat();
        let mut golden = Golden::new(&case, start, rows("gradients"));
        golden.weights = rows("weights");
        golden.optimizer(case.text("name"));
    }
}

#[test]
fn every_case_of_more() {
    let cases = cases("optimizers_more", 62);
    let (data, cases) = cases.split_first().expect("62 cases");
    for case in cases {
        let golden = Golden::new(case, data.numbers(&["w0"]), data.rows("gradients"));
        golden.optimizer(case.text("name"));
    }
}

/// A learning rate of any of the kinds that occur.
#[derive(Clone, Copy)]
enum Rate {
    Number(f64),
    Exponential(ExponentialDecay),
    Cosine(CosineDecay),
}

impl Schedule for Rate {
    fn learning_rate(&self, step: u64) -> f64 {
        match self {
            Rate::Number(rate) => *rate,
            Rate::Exponential(schedule) => schedule.learning_rate(step),
            Rate::Cosine(schedule) => schedule.learning_rate(step),
        }
    }
}

/// The options of a case under Keras's names: each is taken once, and what is not there is the default.
struct Options(BTreeMap<String, f64>);

impl Options {
    fn of(case: &Case, path: &[&str]) -> Self {
        let mut options = BTreeMap::new();
        for key in case.keys(path) {
            let value = case.get(&[path, &[key]].concat());
            let keras = match key {
                "lr" => "learning_rate",
                "eps" => "epsilon",
                // PyTorch's RMSprop; of a schedule, it is Keras's.
                "alpha" if case.has("library") && path == ["options"] => "rho",
                key => key,
            };
            if let Some(betas) = value.as_array() {
                for (key, beta) in ["beta_1", "beta_2"].iter().zip(betas) {
                    options.insert((*key).to_owned(), beta.as_f64().expect("a number"));
                }
            } else {
                let number = value.as_f64().or(value.as_bool().map(|flag| f64::from(u8::from(flag))));
                options.insert(keras.to_owned(), number.expect("a number or a flag"));
            }
        }
        Self(options)
    }
    fn take(&mut self, key: &str) -> Option<f64> {
        self.0.remove(key)
    }
    fn set<const K: usize>(&mut self, targets: [(&str, &mut f64); K]) {
        for (key, target) in targets {
            *target = self.take(key).unwrap_or(*target);
        }
    }
    fn flag(&mut self, key: &str) -> bool {
        self.take(key).is_some_and(|flag| flag != 0.0)
    }
    fn done(&self) {
        assert!(self.0.is_empty(), "{:?} has no arm here", self.0);
    }
}

/// A trajectory, and what is around its optimiser.
struct Golden<'a> {
    case: &'a Case,
    start: Vec<f64>,
    gradients: Vec<Vec<f64>>,
    weights: Vec<Vec<f64>>,
}

impl<'a> Golden<'a> {
    fn new(case: &'a Case, start: Vec<f64>, gradients: Vec<Vec<f64>>) -> Self {
        let weights = case.rows("weights");
        assert_eq!((gradients.len(), weights.len()), (10, 10), "{}", case.title);
        Self { case, start, gradients, weights }
    }

    fn rate(&self, options: &mut Options, default: f64) -> Rate {
        let given = options.take("learning_rate").unwrap_or(default);
        if self.case.has("step_lr") {
            let number = |key| self.case.number(&["step_lr", key]);
            return Rate::Exponential(ExponentialDecay::new(given, number("step_size") as u64, number("gamma")).staircase());
        }
        if !self.case.has("schedule") {
            return Rate::Number(given);
        }
        let mut options = Options::of(self.case, &["schedule", "options"]);
        match self.case.get(&["schedule", "name"]).as_str() {
            Some("ExponentialDecay") => Rate::Exponential(exponential(&mut options)),
            Some("CosineDecay") => Rate::Cosine(cosine(&mut options)),
            other => panic!("{other:?} has no arm here"),
        }
    }

    fn clip(&self, options: &mut Options) -> Clip {
        if self.case.has("clip") {
            let limit = self.case.get(&["clip"])[1].as_f64().expect("a limit");
            return match self.case.get(&["clip"])[0].as_str() {
                Some("clip_grad_norm_") => Clip::GlobalNorm(limit),
                Some("clip_grad_value_") => Clip::Value(limit),
                other => panic!("{other:?} has no arm here"),
            };
        }
        let value = options.take("clipvalue").map(Clip::Value);
        let norm = options.take("clipnorm").map(Clip::Norm);
        let global = options.take("global_clipnorm").map(Clip::GlobalNorm);
        value.or(norm).or(global).unwrap_or_default()
    }

    /// Builds the optimiser of the case and runs it.
    fn optimizer(&self, name: &str) {
        let torch = self.case.has("library") && self.case.text("library") == "torch";
        let mut options = Options::of(self.case, &["options"]);
        let o = &mut options;
        // From the defaults of the library, whatever the case says on top.
        macro_rules! with {
            ($optimizer:ident, [$($field:ident),*] $(, $formulas:ident)?) => {{
                let rate = self.rate(o, $optimizer::default().learning_rate);
                #[allow(unused_mut)]
                let mut optimizer = $optimizer::new(rate);
                $(if torch {
                    optimizer = $optimizer::pytorch(rate);
                    assert_eq!(optimizer.$formulas, Formulas::PyTorch);
                })?
                o.set([$((stringify!($field), &mut optimizer.$field),)* ("weight_decay", &mut optimizer.weight_decay)]);
                optimizer.clip = self.clip(o);
                optimizer
            }};
        }
        match name {
            "SGD" | "Sgd" => {
                let mut sgd = with!(Sgd, [momentum], formulas);
                sgd.nesterov = o.flag("nesterov");
                self.around(o, sgd);
            }
            "Adagrad" => {
                let optimizer = with!(Adagrad, [initial_accumulator_value, epsilon], formulas);
                self.run(o, optimizer);
            }
            "Adadelta" => {
                let optimizer = with!(Adadelta, [rho, epsilon], formulas);
                self.run(o, optimizer);
            }
            "RMSprop" => {
                let mut rms = with!(RmsProp, [rho, momentum, epsilon], formulas);
                rms.centered = o.flag("centered");
                self.run(o, rms);
            }
            "Adam" => {
                let adam = with!(Adam, [beta_1, beta_2, epsilon], formulas);
                if o.flag("amsgrad") { self.run(o, adam.amsgrad()) } else { self.around(o, adam) }
            }
            "AdamW" => {
                let adam = with!(AdamW, [beta_1, beta_2, epsilon], formulas);
                if o.flag("amsgrad") { self.run(o, adam.amsgrad()) } else { self.around(o, adam) }
            }
            "Adamax" => {
                let optimizer = with!(Adamax, [beta_1, beta_2, epsilon], formulas);
                self.run(o, optimizer);
            }
            "Nadam" | "NAdam" => {
                let optimizer = with!(Nadam, [beta_1, beta_2, epsilon, momentum_decay], formulas);
                self.run(o, optimizer);
            }
            "Lion" => {
                let optimizer = with!(Lion, [beta_1, beta_2]);
                self.run(o, optimizer);
            }
            other => panic!("{other} has no arm here"),
        }
    }

    /// With groups, an average or accumulation, if the case has any.
    fn around<O: Optimizer<f64> + Optimizer<f32> + Copy>(&self, options: &mut Options, optimizer: O) {
        use nn::train::optimizer::{Accumulate, Grouped};
        if self.case.has("exclude") {
            assert_eq!(self.case.text("exclude"), "bias");
            self.run(options, Grouped::new(optimizer, Role::Bias, Group::NO_WEIGHT_DECAY));
        } else if self.case.has("bias") {
            assert_eq!((self.case.number(&["bias", "lr"]), self.case.number(&["bias", "weight_decay"])), (0.005, 0.0));
            // Two groups, whose factors multiply, and one that is not for the bias.
            let group = Group { learning_rate: 0.2, ..Group::NO_WEIGHT_DECAY };
            let optimizer = Grouped::new(optimizer, "bias", group).group(["bi*"], Group::learning_rate(0.5));
            self.run(options, optimizer.group(|tensor: &nn::parameters::Tensor<'_>| tensor.is("none"), Group::FROZEN));
        } else if options.flag("use_ema") {
            let mut ema = Ema::new(optimizer, options.take("ema_momentum").unwrap_or(0.99));
            ema.overwrite_frequency = options.take("ema_overwrite_frequency").map(|every| every as u64);
            self.run(options, ema);
        } else if let Some(steps) = options.take("gradient_accumulation_steps") {
            self.run(options, Accumulate::new(optimizer, steps as u64));
        } else {
            self.run(options, optimizer);
        }
    }

    fn run<O: Optimizer<f64> + Optimizer<f32>>(&self, options: &Options, optimizer: O) {
        options.done();
        self.trajectory::<f64, O>(&optimizer);
        self.trajectory::<f32, O>(&optimizer);
    }

    fn trajectory<T: Scalar, O: Optimizer<T>>(&self, optimizer: &O) {
        let title = &self.case.title;
        let (mut net, mut gradient) = (weights::<T>(&self.start), zeroed_box::<Weights<T>>());
        let mut state = zeroed_box::<O::State<Weights<T>>>();
        optimizer.check(&net).expect("options in range");
        let every = optimizer.gradient_accumulation_steps();
        let averages = if self.case.has("averages") { self.case.rows("averages") } else { Vec::new() };
        for (step, new) in self.gradients.iter().enumerate() {
            let new = weights::<T>(new);
            gradient.kernel += new.kernel;
            gradient.bias += new.bias;
            if (step as u64 + 1).is_multiple_of(every) {
                let update = Update::new((step as u64 + 1) / every, &Serial).scaled(1.0 / every as f64);
                optimizer.update(&update, &mut net, &mut gradient, &mut state);
                nn::memory::zero(&mut *gradient);
            }
            assert_close(&format!("{title}: step {}", step + 1), &all(&net), &self.weights[step]);
            let average = optimizer.average(&mut state);
            assert_eq!(average.is_some(), !averages.is_empty());
            if let Some(average) = average {
                assert_close(&format!("{title}: average {}", step + 1), &all(average), &averages[step]);
            }
        }
    }
}

fn weights<T: Scalar>(values: &[f64]) -> Weights<T> {
    let (kernel, bias) = values.split_at(5);
    let vector = |values: &[f64], i: usize| T::from_f64(values[i]);
    Weights { kernel: SVector::from_fn(|i, _| vector(kernel, i)), bias: SVector::from_fn(|i, _| vector(bias, i)) }
}

fn all<T: Scalar>(net: &Weights<T>) -> Vec<T> {
    let mut all = Vec::new();
    net.visit(&Place::ROOT, &mut |_, values: &[T]| all.extend_from_slice(values));
    all
}

fn exponential(options: &mut Options) -> ExponentialDecay {
    let (initial, steps, rate) = three(options, "initial_learning_rate", "decay_steps", "decay_rate");
    ExponentialDecay { staircase: options.flag("staircase"), ..ExponentialDecay::new(initial, steps as u64, rate) }
}

fn cosine(options: &mut Options) -> CosineDecay {
    let (initial, steps, _) = three(options, "initial_learning_rate", "decay_steps", "");
    let schedule = CosineDecay::new(initial, steps as u64).alpha(options.take("alpha").unwrap_or(0.0));
    match options.take("warmup_target") {
        Some(target) => schedule.warmup(target, options.take("warmup_steps").expect("with a target") as u64),
        None => schedule,
    }
}

fn three(options: &mut Options, a: &str, b: &str, c: &str) -> (f64, f64, f64) {
    let mut take = |key: &str| options.take(key).unwrap_or(f64::NAN);
    (take(a), take(b), take(c))
}

#[test]
fn every_schedule() {
    for case in cases("schedules", 18) {
        let name = case.text("name");
        if name == "PiecewiseConstantDecay" {
            same(&case, &PiecewiseConstantDecay::new(0.3, [(4, 0.1), (16, 0.02)]));
            continue;
        }
        if name == "OneCycleLR" {
            let mut schedule = OneCycle::new(0.4, 20);
            schedule.linear = case.get(&["options"]).get("anneal_strategy").is_some_and(|how| how == "linear");
            schedule.three_phase = case.get(&["options"]).get("three_phase").is_some();
            let number = |key, default| case.get(&["options"]).get(key).map_or(default, |value| value.as_f64().expect("a number"));
            schedule = schedule.pct_start(number("pct_start", 0.3)).div_factor(number("div_factor", 25.0));
            same(&case, &schedule.final_div_factor(number("final_div_factor", 1e4)));
            continue;
        }
        let mut options = Options::of(&case, &["options"]);
        let o = &mut options;
        match name {
            "ExponentialDecay" => same(&case, &exponential(o)),
            "InverseTimeDecay" => {
                let (initial, steps, rate) = three(o, "initial_learning_rate", "decay_steps", "decay_rate");
                let schedule = InverseTimeDecay::new(initial, steps as u64, rate);
                same(&case, &if o.flag("staircase") { schedule.staircase() } else { schedule });
            }
            "PolynomialDecay" => {
                let (initial, steps, _) = three(o, "initial_learning_rate", "decay_steps", "");
                let mut schedule = PolynomialDecay::new(initial, steps as u64);
                o.set([("end_learning_rate", &mut schedule.end_learning_rate), ("power", &mut schedule.power)]);
                same(&case, &if o.flag("cycle") { schedule.cycle() } else { schedule });
            }
            "CosineDecay" => same(&case, &cosine(o)),
            "CosineDecayRestarts" => {
                let (initial, steps, _) = three(o, "initial_learning_rate", "first_decay_steps", "");
                let mut schedule = CosineDecayRestarts::new(initial, steps as u64);
                o.set([("t_mul", &mut schedule.t_mul), ("m_mul", &mut schedule.m_mul), ("alpha", &mut schedule.alpha)]);
                same(&case, &schedule);
            }
            "StepLR" => same(&case, &ExponentialDecay::new(0.3, 4, 0.3).staircase()),
            "Noam" => same(&case, &Noam::new(64, 6).factor(2.0)),
            other => panic!("{other} has no arm here"),
        }
        options.done();
    }
}

fn same(case: &Case, schedule: &impl Schedule) {
    for (step, exact) in case.sizes("steps").into_iter().zip(case.numbers(&["rates"])) {
        assert_close(&format!("{}: step {step}", case.title), &[schedule.learning_rate(step as u64)], &[exact]);
    }
}
