//! `Zeroable`, `Parameters`, `Rebind`, `LayerShape`.

use super::context::Context;
use proc_macro2::TokenStream;

/// The implementations that make the struct a tree of parameters.
pub(super) fn parameters(context: &Context) -> TokenStream {
    let (p, t, bounds, own) = (&context.p, &context.t, context.bounds(), context.own_type());
    let nodes = entries(context).map(|entry| {
        let Entry { field, name, ty, rules } = entry;
        q!(#p::Field {
            name: #name,
            offset: ::core::mem::offset_of!(Self, #field),
            trainable: #rules.trainable,
            node: <#ty as #p::Parameters<#t>>::NODE,
        })
    });
    let visits = entries(context)
        .map(|Entry { field, name, ty, rules }| q!(<#ty as #p::Parameters<#t>>::visit(&self.#field, &at.entry(#name, &#rules), visit);));
    let walks = entries(context).map(|Entry { field, name, ty, rules }| {
        q!(<#ty as #p::Parameters<#t>>::walk(
            #p::part_of_each(&mut nodes, |node| &mut node.#field),
            &at.entry(#name, &#rules),
            visit,
        );)
    });
    let rebind = rebind(context);
    q! {
        // SAFETY: every field is zeroable by `Parameters`.
        #[automatically_derived]
        unsafe impl<#bounds> #p::Zeroable for #own {}

        #[automatically_derived]
        #[allow(unused_variables, unused_mut)]
        impl<#bounds> #p::Parameters<#t> for #own {
            const NODE: #p::Node = #p::Node::Group { fields: &[#(#nodes),*] };
            fn visit(&self, at: &#p::Place<'_>, visit: &mut dyn ::core::ops::FnMut(&#p::Tensor<'_>, &[#t])) {
                #(#visits)*
            }
            fn walk<const NN_COUNT: usize>(
                mut nodes: [&mut Self; NN_COUNT],
                at: &#p::Place<'_>,
                visit: &mut dyn ::core::ops::FnMut(&#p::Tensor<'_>, [&mut [#t]; NN_COUNT]),
            ) {
                #(#walks)*
            }
        }
        #rebind
    }
}

/// `Rebind`, and for a network of one output `LayerShape`, so that it can be a layer.
fn rebind(context: &Context) -> TokenStream {
    let (p, bounds, own) = (&context.p, context.bounds(), context.own_type());
    let (ident, consts) = (context.ident(), context.const_args());
    let (input, output) = (&context.input, &context.output);
    let layer_shape = (context.net.outputs.len() == 1).then(|| {
        q! {
            #[automatically_derived]
            impl<#bounds> #p::LayerShape<#input> for #own {
                const OUT: #p::Dims = <#output as #p::Shape>::DIMS;
            }
        }
    });
    q! {
        #[automatically_derived]
        impl<#bounds> #p::Rebind for #own {
            type With<NnScalar: #p::Scalar> = #ident<#consts NnScalar>;
        }
        #layer_shape
    }
}

/// A field of the network.
struct Entry<'a> {
    field: &'a proc_macro2::Ident,
    name: &'a str,
    ty: &'a TokenStream,
    rules: TokenStream,
}

fn entries<'a>(context: &'a Context) -> impl Iterator<Item = Entry<'a>> {
    context.steps.iter().enumerate().filter_map(|(at, code)| {
        let field = code.field.as_ref()?;
        let rules = context.rules(at);
        Some(Entry { field, name: &code.name, ty: &code.ty, rules })
    })
}
