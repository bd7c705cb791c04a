//! Shapes, step by step.

use crate::diag::{Errors, catalogue};
use crate::model::{Dim, Known, LIMIT, Network, Role, Shape, Step, Symbols, What};
use crate::span::Ends;
use nn_shape::{Check, Dims, Problem, Site, declared, distributed, message, repeat, residual};

/// What the rules need besides the network.
pub(super) struct Context<'a> {
    pub symbols: &'a Symbols,
    /// Whether the network has const parameters: then nothing can be left to generated constants.
    pub generic: bool,
}

/// Checks a network whose inputs are known, and fills in its shapes.
pub(super) fn network(network: &mut Network, context: &Context, errors: &mut Errors) {
    for step in 0..network.steps.len() {
        let sources = &network.steps[step].sources;
        let inputs: Option<Vec<Dims>> = sources.iter().map(|&v| network.known(v).dims()).collect();
        // Without a source the input is broken.
        let inputs = inputs.filter(|inputs| !inputs.is_empty());
        let before = errors.len();
        let computed = match &inputs {
            Some(inputs) => self::step(network, step, inputs, context, errors),
            None => {
                if let What::Block(inner) | What::Repeat(_, inner) = &mut network.steps[step].what {
                    self::network(inner, context, errors);
                }
                Known::Deferred
            }
        };
        // Of a layer after a broken one there is nothing to say.
        let sound = inputs.is_some() && errors.len() == before;
        let output = annotated(network, step, computed, sound, context, errors);
        network.steps[step].output = output;
    }
}

/// The shape a step makes of known inputs.
fn step(network: &mut Network, at: usize, inputs: &[Dims], context: &Context, errors: &mut Errors) -> Known {
    let is_sum = network.sum_of_residual(at).is_some();
    let site = SiteText::new(network, at);
    let step = &mut network.steps[at];
    match &mut step.what {
        What::Builtin(builtin) => {
            let Some(args) = builtin.args() else {
                return Known::Deferred;
            };
            let spec = builtin.spec;
            let mut found = (spec.check)(&args, inputs);
            if let (true, [input, branch]) = (is_sum, inputs) {
                found = residual(input, branch);
            }
            report(found, &site, step, context, errors);
            Known::Shape((spec.output)(&args, inputs))
        }
        What::Block(inner) if inner.role == Role::TimeDistributed => {
            let Some(&input) = inputs.first() else { return Known::Deferred };
            // Whether there are steps at all; what comes of one shows later.
            let found = distributed(&input, &Dims::flat(1));
            if let Check::Fails(_) = found {
                report(found, &site, step, context, errors);
                return Known::Deferred;
            }
            if let Some(frame) = inner.inputs.first_mut() {
                frame.known = Known::Shape(input.frame());
            }
            self::network(inner, context, errors);
            let output = inner.outputs.first().and_then(|o| inner.known(o.value).dims());
            let Some(output) = output else { return Known::Deferred };
            report(distributed(&input, &output), &site, step, context, errors);
            Known::Shape(output.repeated(input.dim(0)))
        }
        What::Block(inner) | What::Repeat(_, inner) => {
            for (input, &dims) in inner.inputs.iter_mut().zip(inputs) {
                input.known = Known::Shape(dims);
            }
            self::network(inner, context, errors);
            let output = inner.outputs.first().map_or(Known::Deferred, |o| inner.known(o.value));
            if inner.role != Role::Repeat {
                return output;
            }
            let Some(&input) = inputs.first() else { return Known::Deferred };
            if let Known::Shape(output) = output {
                let found = repeat(&input, &output);
                report(found, &site, step, context, errors);
            }
            // The body returns what it takes, or the check says so.
            Known::Shape(input)
        }
        What::User(_) | What::Broken => Known::Deferred,
    }
}

/// The shape after `-> [..]`. `sound` if nothing is wrong with the step so far.
fn annotated(network: &Network, at: usize, computed: Known, sound: bool, context: &Context, errors: &mut Errors) -> Known {
    let step = &network.steps[at];
    let exact = |dims: &Dims| (0..3).all(|i| context.symbols.is_exact(dims.dim(i)));
    let given = step.declared.as_ref().map(Shape::known);
    match (given, computed) {
        (Some(Known::Shape(given)), Known::Shape(dims)) if exact(&dims) => {
            let site = SiteText::new(network, at);
            report(declared(&given, &dims), &site, step, context, errors);
            Known::Shape(given)
        }
        (Some(given), _) => given,
        (None, Known::Shape(dims)) if !exact(&dims) => {
            if sound {
                let site = site_text(network, step);
                let diagnosis = if context.generic { &catalogue::PARAM_SHAPE } else { &catalogue::LARGE_SIZE };
                errors.report(diagnosis, step.ends, &[("site", &*site)]);
            }
            // Something to go on with: the layers after it are judged by their own arguments.
            Known::Deferred
        }
        (None, Known::Deferred) if context.generic => {
            if sound && matches!(step.what, What::User(_)) {
                let site = site_text(network, step);
                let words = [("site", &*site), ("layer", &*step.source)];
                errors.report(&catalogue::PARAM_USER, step.ends, &words);
            }
            Known::Deferred
        }
        (None, computed) => computed,
    }
}

/// A [`Site`] with its own text.
struct SiteText {
    net: String,
    index: usize,
    source: String,
    producer: String,
    others: Vec<String>,
}

impl SiteText {
    fn new(network: &Network, at: usize) -> Self {
        let step = &network.steps[at];
        let mut producers = step.sources.iter().map(|&value| network.producer(value));
        Self {
            net: network.title_of(at).to_owned(),
            index: step.number,
            source: step.source.clone(),
            producer: producers.next().unwrap_or_default(),
            others: producers.collect(),
        }
    }
}

fn site_text(network: &Network, step: &Step) -> String {
    format!("layer {} `{}` of `{}`", step.number, step.source, network.title)
}

fn report(check: Check, site: &SiteText, step: &Step, context: &Context, errors: &mut Errors) {
    let Check::Fails(problem) = check else { return };
    let others: Vec<&str> = site.others.iter().map(String::as_str).collect();
    let site = Site { net: &site.net, index: site.index, source: &site.source, producer: &site.producer, others: &others };
    let text = message(problem, &site).as_str().to_owned();
    let (text, opaque) = context.symbols.name_codes(text);
    // Two constant expressions may be equal: the types of the generated code will tell.
    // The product of a parameter is no number to compare either.
    if opaque || (context.generic && counts(&problem, context)) {
        return;
    }
    errors.problem(place(&problem, step).unwrap_or(step.ends), text);
}

/// Where a problem is, if not with the whole layer.
fn place(problem: &Problem, step: &Step) -> Option<Ends> {
    match (problem, &step.what) {
        (Problem::Declared { .. }, _) => step.declared.as_ref().map(|shape| shape.ends),
        (Problem::ZeroSize | Problem::ZeroOption { .. }, What::Builtin(builtin)) => {
            let mut places = builtin.sizes.iter().zip(&builtin.size_ends);
            places.find_map(|(size, &ends)| ends.filter(|_| matches!(size, Some(Dim::Known(0)))))
        }
        (Problem::EmptyShape { .. }, What::Builtin(builtin)) => builtin.shape.as_ref().map(|shape| shape.ends),
        _ => None,
    }
}

/// Whether the problem compares products of parameters.
fn counts(problem: &Problem, context: &Context) -> bool {
    let computed = |dims: &Dims| {
        let n = dims.elements();
        n >= LIMIT && !context.symbols.is_exact(n)
    };
    matches!(problem, Problem::Count { want, got } if computed(want) || computed(got))
}
