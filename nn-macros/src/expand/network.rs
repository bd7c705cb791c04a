//! `impl Network`, and the names that need no import.

use super::constants::{is_deferred, rule_call};
use super::context::Context;
use super::layer::head;
use super::memory::{shared_type, slot_type};
use super::{forward, training};
use crate::model::What;
use crate::plan::Place;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;

/// The implementation.
pub(super) fn network(context: &Context) -> TokenStream {
    let Context { p, t, input, output, .. } = context;
    let (bounds, own) = (context.bounds(), context.own_type());
    let (input_type, output_type) = (array(context, "Input"), array(context, "Output"));
    let name = context.net.ident.unraw().to_string();
    let layers = context.net.steps.iter().enumerate().filter(|(_, step)| !step.inline);
    let layers = layers.map(|(at, _)| info(context, at));
    let outputs = context.net.outputs.iter().map(|output| output.name.unraw().to_string());
    let state = context.state_type();
    let memory = memory_plan(context);
    let head = head(context);
    let ends = head.as_ref().map(|_| {
        q! {
            #[automatically_derived]
            impl<#bounds> #p::EndsInProbabilities for #own {}
        }
    });
    let head = head.unwrap_or_else(|| q!(#p::Activation::Linear));
    let inputs: Vec<usize> = (0..context.net.inputs.len()).collect();
    let step = context.frames(&inputs);
    let access = access(context, &input_type, &output_type);
    let passes = passes(context);
    q! {
        #[automatically_derived]
        #[allow(unused_variables, unused_mut)]
        impl<#bounds> #p::Network for #own {
            type Scalar = #t;
            type In = #input;
            type Out = #output;
            type Step = #step;
            type Input = #input_type;
            type Output = #output_type;
            const NAME: &'static str = #name;
            const OUTPUTS: &'static [&'static str] = &[#(#outputs),*];
            const LAYERS: &'static [#p::LayerInfo] = &[#(#layers),*];
            const SIZES: #p::Sizes =
                #p::Sizes::of(<Self as #p::Network>::LAYERS, ::core::mem::size_of::<#state>());
            const HEAD: #p::Activation = #head;
            const MEMORY: #p::MemoryPlan = #memory;
            #access
            #passes
        }
        #ends
    }
}

fn array(context: &Context, suffix: &str) -> TokenStream {
    let (name, args) = (context.name(suffix), context.args());
    q!(#name #args)
}

/// The buffers of a prediction of one sample, and what lies in them.
fn memory_plan(context: &Context) -> TokenStream {
    let (p, t, net) = (&context.p, &context.t, context.net);
    let title = &net.title;
    let forward = &context.plan.forward;
    let size = |ty: TokenStream| q!(::core::mem::size_of::<#ty>());
    let buffers = forward.slots.iter().enumerate().map(|(number, slot)| {
        let held = (0..forward.places.len()).filter(|&value| forward.places[value] == Some(Place::Slot(number)));
        let held = held.map(|value| {
            let (name, shape) = (value_name(context, value), context.shape(value));
            q!((#name, <#shape as #p::Shape>::DIMS))
        });
        let bytes = size(slot_type(context, slot, &q!(1)));
        q!(#p::Buffer { bytes: #bytes, values: &[#(#held),*] })
    });
    let layers = forward.runs.iter().map(|run| {
        let (name, projection) = (value_name(context, net.value_of(run.step)), &context.steps[run.step].projection);
        let bytes = size(q!(#projection::Scratch<1>));
        let inner = match &net.steps[run.step].what {
            What::Block(inner) | What::Repeat(_, inner) => {
                let (ident, args) = (&inner.ident, context.args());
                q!(::core::option::Option::Some(&<#ident #args as #p::Network>::MEMORY))
            }
            _ => q!(::core::option::Option::None),
        };
        q!(#p::Work { name: #name, bytes: #bytes, inner: #inner })
    });
    let layer_bytes = size(shared_type(context, forward.runs.iter().map(|run| run.step), &q!(1)));
    let outputs = net.outputs.iter().map(|output| {
        let shape = context.shape(output.value);
        size(q!(<#shape as #p::Shape>::Array<#t>))
    });
    q! {
        #p::MemoryPlan {
            name: #title,
            buffers: &[#(#buffers),*],
            layers: &[#(#layers),*],
            layer_bytes: #layer_bytes,
            output_bytes: 0 #(+ #outputs)*,
        }
    }
}

/// One line of the summary.
fn info(context: &Context, at: usize) -> TokenStream {
    let (p, t) = (&context.p, &context.t);
    let code = &context.steps[at];
    let (name, kind, projection, ty) = (&code.name, &code.kind, &code.projection, &code.ty);
    let output = &code.output;
    // Without `from` an entry reads the line above.
    let above = context.net.value_of(at).checked_sub(1);
    let follows = code.sources.len() == 1 && code.sources.first().copied() == above;
    let from: Vec<String> = match follows {
        true => Vec::new(),
        false => code.sources.iter().map(|&value| value_name(context, value)).collect(),
    };
    let inner = match &context.net.steps[at].what {
        What::Block(inner) | What::Repeat(_, inner) => {
            let (ident, args) = (&inner.ident, context.args());
            q!(<#ident #args as #p::Network>::LAYERS)
        }
        _ => q!(&[]),
    };
    let (rules, dropped) = (context.rules(at), dropped(context, at));
    // Parameters count where they are.
    let node = match code.shared {
        Some(_) => q!(#p::Node::Group { fields: &[] }),
        None => q!(<#ty as #p::Parameters<#t>>::NODE),
    };
    q! {
        #p::LayerInfo {
            name: #name,
            kind: #kind,
            from: &[#(#from),*],
            output: <#output as #p::Shape>::DIMS,
            dropped: #dropped,
            node: #node,
            trainable: #rules.trainable,
            macs: #projection::MACS,
            inner: #inner,
        }
    }
}

/// What a layer leaves out at the end of its input: rows and columns.
fn dropped(context: &Context, at: usize) -> TokenStream {
    match &context.net.steps[at].what {
        What::Builtin(builtin) if builtin.spec.dropped.is_some() && is_deferred(context, at) => {
            let call = rule_call(context, builtin, at, "dropped");
            q!(#call)
        }
        _ => {
            let [rows, columns] = context.dropped(at).map(|count| context.size(count));
            q!([#rows, #columns])
        }
    }
}

/// The name of a value: of its input, or of its entry.
fn value_name(context: &Context, value: usize) -> String {
    match context.net.step_of(value) {
        None => context.net.inputs[value].name.unraw().to_string(),
        Some(at) => {
            let number = context.net.steps[at].number;
            let entry = context.net.steps.iter().position(|step| step.number == number && !step.inline);
            context.steps[entry.unwrap_or(at)].name.clone()
        }
    }
}

/// From the arrays a user holds to what layers see.
fn access(context: &Context, input_type: &TokenStream, output_type: &TokenStream) -> TokenStream {
    let Context { p, t, input, output, .. } = context;
    let names = |list: Vec<&Ident>| list.into_iter().cloned().collect::<Vec<_>>();
    let inputs = names(context.net.inputs.iter().map(|input| &input.name).collect());
    let outputs = names(context.net.outputs.iter().map(|output| &output.name).collect());
    let (read, read_mut) = match inputs.len() {
        1 => (q!(input), q!(input)),
        _ => (q!((#(&input.#inputs,)*)), q!((#(&mut input.#inputs,)*))),
    };
    let write = match outputs.len() {
        1 => q!(output),
        _ => q!((#(&mut output.#outputs,)*)),
    };
    q! {
        #[inline(always)]
        fn input(input: &#input_type) -> <#input as #p::Shapes>::Ref<'_, #t> {
            #read
        }
        #[inline(always)]
        fn input_mut(input: &mut #input_type) -> <#input as #p::Shapes>::Mut<'_, #t> {
            #read_mut
        }
        #[inline(always)]
        fn output_mut(output: &mut #output_type) -> <#output as #p::Shapes>::Mut<'_, #t> {
            #write
        }
    }
}

fn passes(context: &Context) -> TokenStream {
    let Context { p, t, input, output, .. } = context;
    let (scratch, cache) = (context.scratch_type(), context.cache_type());
    let (one, batch) = (forward::one(context), forward::batch(context));
    let (train, backward) = (training::train(context), training::backward(context));
    q! {
        #[inline(always)]
        fn trunk<NnSimd: #p::Simd, const NN_BATCH: usize>(
            &self,
            simd: NnSimd,
            x: <#input as #p::Shapes>::Ref<'_, #t>,
            z: <#output as #p::Shapes>::Mut<'_, #t>,
            scratch: &mut #scratch,
        ) {
            #one
        }
        fn trunk_batch<const NN_BATCH: usize>(
            &self,
            x: <#input as #p::Shapes>::Batch<'_, #t>,
            z: <#output as #p::Shapes>::BatchMut<'_, #t>,
            scratch: &mut #scratch,
            executor: &dyn #p::Executor,
        ) {
            #batch
        }
        fn trunk_train<const NN_BATCH: usize>(
            &self,
            x: <#input as #p::Shapes>::Batch<'_, #t>,
            z: <#output as #p::Shapes>::BatchMut<'_, #t>,
            cache: &mut #cache,
            training: &#p::Training<'_>,
        ) {
            #train
        }
        fn trunk_backward<const NN_BATCH: usize>(
            &self,
            mut pass: #p::Pass<'_, #t, #input, #output>,
            cache: &mut #cache,
            gradient: &mut Self,
            training: &#p::Training<'_>,
        ) {
            #backward
        }
    }
}

/// The most used names, inherent for the default scalar, so that they need neither import nor
/// annotation.
pub(super) fn inherent(context: &Context) -> TokenStream {
    if context.net.role != crate::model::Role::Root {
        return TokenStream::new();
    }
    let Context { p, input, output, .. } = context;
    let (ident, scalar) = (context.ident(), context.default_scalar());
    let (consts, args) = (context.consts(), context.const_args());
    let own = q!(#ident<#args #scalar>);
    let head = match context.is_generic() {
        true => q!(impl<#consts> #own),
        false => q!(impl #own),
    };
    let (input_type, output_type) = (context.name("Input"), context.name("Output"));
    let alloc = with_alloc(context, &head);
    q! {
        #[automatically_derived]
        #[allow(clippy::same_name_method)]
        #head {
            /// The number of parameters, trainable or not.
            pub const PARAMS: usize = <Self as #p::Network>::PARAMS;
            /// Multiply-accumulates of one prediction.
            pub const MACS: u64 = <Self as #p::Network>::MACS;
            /// Bytes of all parameters.
            pub const PARAM_BYTES: usize = <Self as #p::Network>::PARAM_BYTES;
            /// Bytes of the workspace of a prediction.
            pub const WORKSPACE_BYTES: usize = <Self as #p::Network>::WORKSPACE_BYTES;
            /// Bytes of the state of a stream.
            pub const STATE_BYTES: usize = <Self as #p::Network>::STATE_BYTES;

            /// The table of its layers and sizes, as Keras prints it.
            #[must_use]
            pub fn summary() -> #p::Summary {
                <Self as #p::Network>::summary()
            }

            /// Which values share which memory during a prediction: prints itself.
            #[must_use]
            pub fn memory_plan() -> #p::MemoryPlan {
                <Self as #p::Network>::memory_plan()
            }

            /// The output for one input. Allocates nothing and never fails; NaN in the input gives
            /// NaN in the output.
            pub fn predict<'w>(
                &self,
                x: &#input_type<#args #scalar>,
                workspace: &'w mut #p::Workspace<Self>,
            ) -> &'w #output_type<#args #scalar> {
                <Self as #p::Network>::predict(self, x, workspace)
            }

            /// The outputs for a batch of inputs of any length, `NN_BATCH` at a time; each has the
            /// same bits as from `predict`.
            ///
            /// # Panics
            /// If `x` and `y` have different lengths.
            pub fn predict_batch<const NN_BATCH: usize>(
                &self,
                x: <#input as #p::Shapes>::Batch<'_, #scalar>,
                y: <#output as #p::Shapes>::BatchMut<'_, #scalar>,
                workspace: &mut #p::Workspace<Self, NN_BATCH>,
            ) {
                <Self as #p::Network>::predict_batch::<NN_BATCH>(self, x, y, workspace);
            }
        }
        #alloc
    }
}

/// Constructors, where there is an allocator.
fn with_alloc(context: &Context, head: &TokenStream) -> TokenStream {
    let p = &context.p;
    q! {
        #p::with_alloc! {
            #[automatically_derived]
            #[allow(clippy::unnecessary_box_returns, clippy::same_name_method)]
            #head {
                /// A network with initial parameters drawn from `seed`, built in place on the heap.
                #[must_use]
                pub fn new(seed: u64) -> #p::Box<Self> {
                    <Self as #p::Network>::new(seed)
                }
                /// A copy on the heap.
                #[must_use]
                pub fn boxed_clone(&self) -> #p::Box<Self> {
                    <Self as #p::Network>::boxed_clone(self)
                }
                /// A workspace for `predict`.
                #[must_use]
                pub fn workspace() -> #p::Box<#p::Workspace<Self>> {
                    <Self as #p::Network>::workspace()
                }
                /// A workspace for `predict_batch`, `NN_BATCH` samples at a time.
                #[must_use]
                pub fn batch_workspace<const NN_BATCH: usize>() -> #p::Box<#p::Workspace<Self, NN_BATCH>> {
                    <Self as #p::Network>::batch_workspace::<NN_BATCH>()
                }
                /// A workspace for `step`.
                #[must_use]
                pub fn step_workspace() -> #p::Box<#p::StepWorkspace<Self>> {
                    <Self as #p::Network>::step_workspace()
                }
                /// The state of a stream at its start.
                #[must_use]
                pub fn state() -> #p::Box<<Self as #p::Layer<
                    <Self as #p::Network>::Scalar,
                    <Self as #p::Network>::In,
                    <Self as #p::Network>::Out,
                >>::State> {
                    <Self as #p::Network>::state()
                }
            }
        }
    }
}
