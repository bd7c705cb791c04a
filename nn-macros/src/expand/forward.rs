//! The statements of a prediction: for one sample, for a batch, for a step of a stream.

use super::context::Context;
use super::layer::head;
use super::memory::{begun, field, shared};
use super::step::option_constant;
use crate::plan::{Place, Run};
use proc_macro2::TokenStream;

/// Which samples a statement works on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    One,
    Batch,
    /// One step of a stream.
    Frame,
    /// At the first step of a stream, what is made once.
    Still,
}

/// The body of `trunk`.
pub(super) fn one(context: &Context) -> TokenStream {
    let forward = &context.plan.forward;
    let long = forward.blocks.len() > 1;
    let keys: Vec<String> = forward.runs.iter().map(|run| key(context, run)).collect();
    let blocks = forward.blocks.iter().map(|block| {
        let statements = block.clone().map(|at| {
            let run = &forward.runs[at];
            let repeated = keys.iter().filter(|key| **key == keys[at]).count() > 1;
            if long && repeated { call_outlined(context, run) } else { statement(context, run, Extent::One) }
        });
        let statements: TokenStream = statements.collect();
        // Code of many layers in one piece takes the compiler more than linear time.
        if long { q!(simd.call(#[inline(always)] || { #statements });) } else { statements }
    });
    q!(#(#blocks)*)
}

/// What two steps must share to share their code.
fn key(context: &Context, run: &Run) -> String {
    let code = &context.steps[run.step];
    let kind = if run.fused.is_some() { "fused" } else { "" };
    format!("{} {} {kind}", code.ty, code.shapes)
}

fn call_outlined(context: &Context, run: &Run) -> TokenStream {
    let (t, code, constants) = (&context.t, &context.steps[run.step], context.constants());
    let (options, scratch) = (context.options(run.step), shared());
    let receiver = context.receiver(run.step, &q!(self));
    let x = context.tuple(&run.sources, &|value| read(context, value, Extent::One));
    let y = write(context, run.value, Extent::One);
    let [_, i, o] = code.parts(context, run.step);
    let ty = &code.ty;
    let types = q!(::<#t, #i, #o, #ty, NnSimd, NN_BATCH>);
    match run.fused {
        None => q!(#constants::forward #types(simd, &#receiver, #options, #x, #y, scratch.#scratch.get());),
        Some(step) => {
            let activation = option_constant(step);
            q!(#constants::forward_fused #types(
                simd, &#receiver, #options, #constants::#activation, #x, #y, scratch.#scratch.get(),
            );)
        }
    }
}

/// In a long network, layers of one type and shape share one function for each instruction set.
pub(super) fn outlined(context: &Context) -> TokenStream {
    if context.plan.forward.blocks.len() < 2 {
        return TokenStream::new();
    }
    let p = &context.p;
    let function = |name: TokenStream, bound: TokenStream, extra: TokenStream, call: TokenStream| {
        q! {
            #[inline(never)]
            #[allow(clippy::too_many_arguments)]
            fn #name<T: #p::Scalar, I: #p::Shapes, O: #p::Shapes, L: #bound<T, I, O>, S: #p::Simd, const NN_BATCH: usize>(
                simd: S,
                layer: &L,
                options: &L::Options,
                #extra
                x: I::Ref<'_, T>,
                y: O::Mut<'_, T>,
                scratch: &mut L::Scratch<NN_BATCH>,
            ) {
                simd.call(#[inline(always)] || #call)
            }
        }
    };
    let plain = function(q!(forward), q!(#p::Layer), TokenStream::new(), q!(layer.forward::<S, NN_BATCH>(simd, options, x, y, scratch)));
    let fused = function(
        q!(forward_fused),
        q!(#p::Fuse),
        q!(activation: #p::Activation,),
        q!(layer.forward_fused::<S, NN_BATCH>(simd, options, activation, x, y, scratch)),
    );
    q!(#plain #fused)
}

/// The body of `trunk_batch`.
pub(super) fn batch(context: &Context) -> TokenStream {
    let Context { p, t, input, .. } = context;
    let runs = context.plan.forward.runs.iter();
    let statements = runs.map(|run| statement(context, run, Extent::Batch));
    q! {
        let count = <#input as #p::Shapes>::len::<#t>(x);
        #(#statements)*
    }
}

fn statement(context: &Context, run: &Run, extent: Extent) -> TokenStream {
    let Context { p, .. } = context;
    let code = &context.steps[run.step];
    let (options, scratch) = (context.options(run.step), shared());
    let receiver = context.receiver(run.step, &q!(self));
    let x = context.tuple(&run.sources, &|value| read(context, value, extent));
    let y = write(context, run.value, extent);
    let (layer, shapes) = (&code.layer, &code.shapes);
    let size = if extent == Extent::Still { q!(1) } else { q!(NN_BATCH) };
    let fused = run.fused.map(|step| {
        let (constants, name) = (context.constants(), option_constant(step));
        q!(#constants::#name)
    });
    match (extent, fused) {
        (Extent::One | Extent::Still, None) => q! {
            #layer::forward::<NnSimd, #size>(&#receiver, simd, #options, #x, #y, scratch.#scratch.get());
        },
        (Extent::One | Extent::Still, Some(activation)) => q! {
            #p::Fuse::#shapes::forward_fused::<NnSimd, #size>(
                &#receiver, simd, #options, #activation, #x, #y, scratch.#scratch.get(),
            );
        },
        (Extent::Batch, None) => q! {
            #layer::forward_batch::<NN_BATCH>(&#receiver, #options, #x, #y, scratch.#scratch.get(), executor);
        },
        (Extent::Batch, Some(activation)) => q! {
            #p::Fuse::#shapes::forward_batch_fused::<NN_BATCH>(
                &#receiver, #options, #activation, #x, #y, scratch.#scratch.get(), executor,
            );
        },
        (Extent::Frame, fused) => frame(context, run, fused, &x, &y),
    }
}

/// A step of a stream. The fused activation follows in place: it works on each number alone.
fn frame(context: &Context, run: &Run, fused: Option<TokenStream>, x: &TokenStream, y: &TokenStream) -> TokenStream {
    let Context { p, t, .. } = context;
    let code = &context.steps[run.step];
    let (options, shapes) = (context.options(run.step), code.stream(context, run.step));
    let receiver = context.receiver(run.step, &q!(self));
    let (own, shared) = (field('l', run.step), shared());
    let activation = fused.map(|activation| {
        let shape = context.shape(run.value);
        q! {
            #p::activate_in_place::<#t, <#shape as #p::Shape>::Frame>(
                #activation,
                ::core::slice::from_mut(#y),
            );
        }
    });
    q! {
        #p::Stream::#shapes::advance::<NnSimd>(
            &#receiver, simd, #options, #x, #y, &mut state.#own, scratch.#shared.get(),
        );
        #activation
    }
}

fn read(context: &Context, value: usize, extent: Extent) -> TokenStream {
    match context.plan.forward.places[value] {
        Some(Place::Input(i)) => context.part(&q!(x), i, context.net.inputs.len()),
        Some(Place::Output(i)) => {
            let z = context.part(&q!(z), i, context.net.outputs.len());
            q!(&*#z)
        }
        Some(Place::Slot(slot)) => {
            let place = in_slot(context, slot, value, extent, false);
            q!(&#place)
        }
        None => TokenStream::new(),
    }
}

fn write(context: &Context, value: usize, extent: Extent) -> TokenStream {
    match context.plan.forward.places[value] {
        Some(Place::Output(i)) => {
            let z = context.part(&q!(z), i, context.net.outputs.len());
            q!(&mut *#z)
        }
        Some(Place::Slot(slot)) => {
            let place = in_slot(context, slot, value, extent, true);
            q!(&mut #place)
        }
        // No step writes to an input.
        Some(Place::Input(_)) | None => TokenStream::new(),
    }
}

/// A value in its slot: the first sample, all samples, or the frame of a stream.
fn in_slot(context: &Context, slot: usize, value: usize, extent: Extent, mutable: bool) -> TokenStream {
    let (name, slot) = (field('s', slot), &context.plan.forward.slots[slot]);
    let frame = if extent == Extent::Frame && !context.still[value] { slot.frame(context.net, value) } else { None };
    let alternative = frame.unwrap_or_else(|| slot.index(context.net, value));
    let place = context.in_slot(&q!(scratch), &name, slot, alternative, mutable);
    match (extent, frame) {
        (_, Some(_)) => q!(*#place),
        (Extent::Batch, None) => q!(#place[..count]),
        (Extent::One | Extent::Frame | Extent::Still, None) => q!(#place[0]),
    }
}

/// `impl Stream`, under the condition that every layer can stream.
pub(super) fn stream(context: &Context) -> TokenStream {
    let Context { p, t, input, output, .. } = context;
    let (bounds, own) = (context.bounds(), context.own_type());
    let (state, scratch_name) = (context.state_type(), context.name("Scratch"));
    let consts = context.const_args();
    let inputs: Vec<usize> = (0..context.net.inputs.len()).collect();
    let frames = context.frames(&inputs);
    let (still, moving): (Vec<&Run>, Vec<&Run>) = context.plan.forward.runs.iter().partition(|run| context.still[run.value]);
    let conditions = moving.iter().map(|run| {
        let code = &context.steps[run.step];
        let (ty, shapes, options) = (&code.ty, code.stream(context, run.step), &code.options_type);
        let [t, i, o] = code.parts(context, run.step);
        // A condition hides what the implementation says of associated types: the options again.
        q!(#ty: #p::Stream #shapes + #p::Layer<#t, #i, #o, Options = #options>,)
    });
    let statements = context.plan.forward.runs.iter().map(|run| match context.still[run.value] {
        true => {
            let statement = statement(context, run, Extent::Still);
            q!(if begins { #statement })
        }
        false => statement(context, run, Extent::Frame),
    });
    let begins = (!still.is_empty()).then(|| {
        let begun = begun();
        q! {
            let begins = state.#begun == 0;
            state.#begun = 1;
        }
    });
    let head = head(context).map(|head| {
        q! {
            #p::activate_in_place::<#t, <#output as #p::Shape>::Frame>(#head, ::core::slice::from_mut(z));
        }
    });
    q! {
        #[automatically_derived]
        #[allow(unused_variables, unused_mut)]
        impl<#bounds> #p::Stream<#t, #input, #output, #frames> for #own
        where
            #(#conditions)*
        {
            #[inline(always)]
            fn advance<NnSimd: #p::Simd>(
                &self,
                simd: NnSimd,
                options: &(),
                x: <#frames as #p::Shapes>::Ref<'_, #t>,
                z: <<#output as #p::Shapes>::Frames as #p::Shapes>::Mut<'_, #t>,
                state: &mut #state,
                scratch: &mut #scratch_name<#consts #t, 1>,
            ) {
                #begins
                #(#statements)*
                #head
            }
        }
    }
}

impl super::step::StepCode {
    /// `<T, I, O>` of `Stream`, and what a step reads where that is not a frame of each source.
    fn stream(&self, context: &Context, at: usize) -> TokenStream {
        let sources = &context.net.steps[at].sources;
        if !sources.iter().any(|&value| context.still[value]) {
            return self.shapes.clone();
        }
        let ([t, i, o], frames) = (self.parts(context, at), context.frames(sources));
        q!(<#t, #i, #o, #frames>)
    }

    /// Scalar, input and output of the layer.
    fn parts(&self, context: &Context, at: usize) -> [TokenStream; 3] {
        let t = &context.t;
        let input = context.shapes(&context.net.steps[at].sources);
        [q!(#t), input, self.output.clone()]
    }
}
