//! A step as the traits see it: a type, shapes, options.

use super::constants::shape_of;
use super::context::Context;
use crate::model::{Builtin, Dim, Field, Init, LIMIT, Network, Role, User, Value, What};
use nn_shape::spec::OptionsForm;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;

/// A step, ready to be called.
pub(super) struct StepCode {
    /// Its layer's type.
    pub ty: TokenStream,
    /// A value of it, if it has no parameters.
    pub unit: TokenStream,
    /// `Layer::<T, I, O>`
    pub layer: TokenStream,
    /// `<Ty as Layer<T, I, O>>`
    pub projection: TokenStream,
    /// `<T, I, O>`
    pub shapes: TokenStream,
    pub output: TokenStream,
    /// Its field in the network, if it has parameters.
    pub field: Option<Ident>,
    /// The field of another step, if it uses the parameters of that one.
    pub shared: Option<Ident>,
    /// The type of its options, and their value.
    pub options_type: TokenStream,
    pub options_value: TokenStream,
    /// Whether the options stand in a constant.
    pub options_const: bool,
    /// Its name in files.
    pub name: String,
    /// Its kind, as written.
    pub kind: String,
    pub sources: Vec<usize>,
    /// Penalties and `trainable`.
    pub rules: Option<TokenStream>,
}

/// The code of step `at`.
pub(super) fn step_code(context: &Context, at: usize) -> StepCode {
    let Context { p, net, t, .. } = context;
    let step = &net.steps[at];
    let value = net.value_of(at);
    let input = context.shapes(&step.sources);
    let output = context.shape(value);
    let shapes = q!(<#t, #input, #output>);
    let what = match &step.what {
        What::Builtin(builtin) => builtin_code(context, builtin, &step.sources, value),
        What::User(user) => user_code(context, at, user, &input, &output),
        What::Block(inner) => block_code(context, inner, None),
        What::Repeat(times, inner) => {
            let times = context.dim(times);
            block_code(context, inner, Some(times))
        }
        // Nothing is expanded after an error.
        What::Broken => block_code(context, net, None),
    };
    let ty = context.fitting(at, what.ty, &what.options_type);
    // The name of a type with arguments is no value.
    let named = matches!(&step.what, What::Builtin(builtin) if builtin.spec.type_args.is_empty());
    let unit = match context.deferred_check(at) {
        None if named => ty.clone(),
        _ => q!(<#ty as ::core::default::Default>::default()),
    };
    StepCode {
        layer: q!(#p::Layer::#shapes),
        projection: q!(<#ty as #p::Layer #shapes>),
        shapes,
        output,
        field: what.has_field.then(|| step.name.clone()),
        shared: what.shares.map(|owner| net.steps[owner].name.clone()),
        options_type: what.options_type,
        options_const: !what.inline && !what.options_value.is_empty(),
        options_value: what.options_value,
        name: step.name.unraw().to_string(),
        kind: what.kind,
        sources: step.sources.clone(),
        rules: what.rules,
        unit,
        ty,
    }
}

/// What differs between built-in layers, users' layers and blocks.
struct Parts {
    ty: TokenStream,
    has_field: bool,
    /// The step whose parameters it uses, if they are not its own.
    shares: Option<usize>,
    options_type: TokenStream,
    /// Empty for `()`.
    options_value: TokenStream,
    /// Whether the value cannot stand in a constant.
    inline: bool,
    kind: String,
    rules: Option<TokenStream>,
}

fn builtin_code(context: &Context, builtin: &Builtin, sources: &[usize], value: usize) -> Parts {
    let (p, t) = (&context.p, &context.t);
    let spec = builtin.spec;
    let span = match builtin.path.as_ref().and_then(|path| path.path.get_ident()) {
        Some(ident) => ident.span().resolved_at(Span::mixed_site()),
        None => Span::mixed_site(),
    };
    let layer = Ident::new(spec.layer, span);
    let args = spec.type_args.iter().map(|&arg| context.type_arg(arg, builtin, sources, value));
    let scalar = spec.parameters.map(|_| q!(#t,));
    let args = (!spec.type_args.is_empty()).then(|| q!(<#scalar #(#args),*>));
    let (options_type, options_value) = match spec.form {
        OptionsForm::Unit => (q!(()), TokenStream::new()),
        OptionsForm::Fields(name) => {
            let name = Ident::new(name, Span::mixed_site());
            let fields = builtin.fields.iter().map(|field| field_code(context, field));
            let ty = q!(#p::layers::#name);
            (ty.clone(), q!(#ty { #(#fields,)* ..#ty::DEFAULT }))
        }
        OptionsForm::Activation => (q!(#p::Activation), activation_value(context, builtin)),
    };
    Parts {
        ty: q!(#p::layers::#layer #args),
        has_field: spec.parameters.is_some() && builtin.shares.is_none(),
        shares: builtin.shares,
        options_type,
        options_value,
        // A constant cannot depend on a const parameter.
        inline: builtin.fields.iter().any(|field| field.value.dims().any(|dim| matches!(dim, Dim::Known(size) if *size >= LIMIT))),
        kind: spec.name.to_owned(),
        rules: rules(context, &builtin.common),
    }
}

/// `Activation::LeakyRelu(0.2)`, arguments that are left out by their defaults.
fn activation_value(context: &Context, builtin: &Builtin) -> TokenStream {
    let (p, name) = (&context.p, Ident::new(builtin.spec.name, Span::mixed_site()));
    let args = builtin.spec.positional.iter().map(|arg| {
        let given = builtin.fields.iter().find(|field| field.key == arg.name);
        match given {
            Some(field) => value_code(context, &field.value),
            None => arg.default.and_then(|text| text.parse().ok()).unwrap_or_default(),
        }
    });
    let args = (!builtin.spec.positional.is_empty()).then(|| q!((#(#args),*)));
    q!(#p::Activation::#name #args)
}

fn user_code(context: &Context, at: usize, user: &User, input: &TokenStream, output: &TokenStream) -> Parts {
    let (p, t) = (&context.p, &context.t);
    let source = context.net.steps[at].sources.first().copied().unwrap_or_default();
    let default = context.default_scalar();
    let asked = context.is_asked(at);
    let (options_type, options_value) = match &user.options {
        // What is written inline is `()`.
        None if !asked => (q!(()), TokenStream::new()),
        options => {
            let concrete = filled(context, user, source, true);
            let concrete = context.rebound(at, &concrete, &default, "LAYER", &q!(()));
            // The options are those of the layer as it is, whatever is declared.
            let declared = context.net.steps[at].declared.is_some() && asked;
            let output = if declared { shape_of(p, &context.makes(at)) } else { output.clone() };
            let ty = q!(<#concrete as #p::Layer<#default, #input, #output>>::Options);
            let value = match options {
                Some(value) => value.to_token_stream(),
                // Where the layer is written is the place of the error if its options have no default.
                None => super::fit::located(q!(<#ty as #p::DefaultOptions>::DEFAULT), context.net.steps[at].ends.first),
            };
            (ty, value)
        }
    };
    let ty = context.rebound(at, &filled(context, user, source, false), &q!(#t), "USABLE", &options_type);
    let last = user.path.path.segments.last().map(|segment| segment.ident.unraw().to_string());
    Parts {
        ty,
        has_field: true,
        shares: None,
        options_type,
        options_value,
        // A constant cannot depend on a const parameter, and the type may.
        inline: !asked,
        kind: last.unwrap_or_default(),
        rules: rules(context, &user.common),
    }
}

/// The user's type with `_` filled in by the last dimension of the input; where a constant needs
/// it, with the default scalar instead of the parameter.
pub(super) fn filled(context: &Context, user: &User, source: usize, concrete: bool) -> TokenStream {
    let last = context.last(source);
    let default = context.default_scalar();
    replace(user.path.to_token_stream(), &|ident| {
        if ident == "_" {
            Some(last.clone())
        } else if concrete && *ident == context.t {
            Some(default.clone())
        } else {
            None
        }
    })
}

fn replace(tokens: TokenStream, with: &dyn Fn(&Ident) -> Option<TokenStream>) -> TokenStream {
    let mut out = TokenStream::new();
    for tree in tokens {
        match tree {
            TokenTree::Ident(ident) => match with(&ident) {
                Some(tokens) => out.extend(tokens),
                None => out.extend([TokenTree::Ident(ident)]),
            },
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace => {
                let mut new = Group::new(group.delimiter(), replace(group.stream(), with));
                new.set_span(group.span());
                out.extend([TokenTree::Group(new)]);
            }
            other => out.extend([other]),
        }
    }
    out
}

fn block_code(context: &Context, inner: &Network, times: Option<TokenStream>) -> Parts {
    let (p, args, ident) = (&context.p, context.args(), &inner.ident);
    let ty = match (times, inner.role) {
        (Some(times), _) => q!(#p::layers::Repeat<#ident #args, #times>),
        (None, Role::TimeDistributed) => q!(#p::layers::TimeDistributed<#ident #args>),
        (None, _) => q!(#ident #args),
    };
    Parts {
        ty,
        has_field: true,
        shares: None,
        options_type: q!(()),
        options_value: TokenStream::new(),
        inline: false,
        kind: inner.role.keyword().unwrap_or_default().to_owned(),
        rules: None,
    }
}

fn field_code(context: &Context, field: &Field) -> TokenStream {
    let (key, value) = (&field.key, value_code(context, &field.value));
    q!(#key: #value)
}

fn value_code(context: &Context, value: &Value) -> TokenStream {
    let p = &context.p;
    let word = |word: &str| Ident::new(word, Span::mixed_site());
    match value {
        Value::Size(size) => context.dim(size),
        Value::Pair(sizes) => {
            let sizes = sizes.iter().map(|size| context.dim(size));
            q!([#(#sizes),*])
        }
        Value::Choice(ty, name) => {
            let (ty, name) = (word(ty), word(name));
            q!(#p::layers::#ty::#name)
        }
        Value::Padding(name, sizes) => {
            let (name, sides) = (word(name), sizes.iter().map(|size| context.dim(size)));
            let sides = (!sizes.is_empty()).then(|| q!(([#(#sides),*])));
            q!(#p::nn_shape::Padding::#name #sides)
        }
        Value::Activation(function) => activation_value(context, function),
        Value::Plain(expr) => expr.to_token_stream(),
        Value::Init(init) => named_code(init, &q!(#p::Initializer)),
        Value::Constraint(constraint) => named_code(constraint, &q!(#p::Constraint)),
    }
}

/// `Initializer::Normal(0.0, 1.0)`, of an initialiser or a constraint.
fn named_code(value: &Init, of: &TokenStream) -> TokenStream {
    match value {
        Init::Verbatim(expr) => expr.to_token_stream(),
        Init::Named(name, args) => {
            let args = (!args.is_empty()).then(|| q!((#(#args),*)));
            q!(#of::#name #args)
        }
    }
}

/// `Rules { l2: 1e-3, ..Rules::DEFAULT }`
fn rules(context: &Context, common: &[Field]) -> Option<TokenStream> {
    if common.is_empty() {
        return None;
    }
    let p = &context.p;
    let fields = common.iter().map(|field| field_code(context, field));
    Some(q!(#p::Rules { #(#fields,)* ..#p::Rules::DEFAULT }))
}

impl Context<'_> {
    /// `&Constants::O3`
    pub(super) fn options(&self, at: usize) -> TokenStream {
        let code = &self.steps[at];
        let value = &code.options_value;
        if code.options_const {
            let (constants, name) = (self.constants(), option_constant(at));
            return q!(&#constants::#name);
        }
        if value.is_empty() { q!(&()) } else { q!(&(#value)) }
    }

    /// `Constants::R3`
    pub(super) fn rules(&self, at: usize) -> TokenStream {
        let p = &self.p;
        match self.steps[at].rules {
            Some(_) => {
                let (constants, name) = (self.constants(), rule_constant(at));
                q!(#constants::#name)
            }
            None => q!(#p::Rules::DEFAULT),
        }
    }

    /// The layer of step `at`, a field of `owner`, be it that of another step, or a unit struct.
    pub(super) fn receiver(&self, at: usize, owner: &TokenStream) -> TokenStream {
        let StepCode { field, shared, unit, .. } = &self.steps[at];
        match field.as_ref().or(shared.as_ref()) {
            Some(field) => q!(#owner.#field),
            None => unit.clone(),
        }
    }
}

/// The constant of a step's options.
pub(super) fn option_constant(at: usize) -> Ident {
    format_ident!("O{at}", span = Span::mixed_site())
}

/// The constant of a step's rules.
pub(super) fn rule_constant(at: usize) -> Ident {
    format_ident!("R{at}", span = Span::mixed_site())
}
