//! `#[derive(Parameters)]`: the tree of named tensors of a layer struct.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Data, DeriveInput, Error, Field, Fields, GenericParam, Ident, Path, Type};

/// The roles a field may be given, as written in `#[parameter(..)]`, with their variant.
const ROLES: [(&str, &str); 5] =
    [("kernel", "Kernel"), ("recurrent", "Recurrent"), ("bias", "Bias"), ("other", "Other"), ("statistic", "Statistic")];

/// The expansion for one struct, or what is wrong with it.
pub fn derive(input: &DeriveInput) -> Result<TokenStream, Error> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "`Parameters` is derived for a struct whose fields are tensors"));
    };
    let fields: Vec<&Field> = match &data.fields {
        Fields::Named(named) => named.named.iter().collect(),
        Fields::Unit => Vec::new(),
        Fields::Unnamed(_) => {
            return Err(Error::new_spanned(&data.fields, "`Parameters` needs named fields: the names are the keys of weight files"));
        }
    };
    let core = core_path(input)?;
    let roles = fields.iter().map(|field| role(field)).collect::<Result<Vec<_>, _>>()?;
    if !fields.is_empty() && input.generics.type_params().next().is_none() {
        let name = &input.ident;
        return Err(Error::new_spanned(
            name,
            format!("`{name}` needs the scalar of its tensors as a type parameter\n       help: `struct {name}<T: Scalar = f32>`"),
        ));
    }
    Ok(expand(input, &core, &fields, &roles))
}

/// `#[parameters(crate = path)]`, or `::nn`.
fn core_path(input: &DeriveInput) -> Result<Path, Error> {
    let mut path: Path = syn::parse_quote!(::nn);
    for attribute in input.attrs.iter().filter(|a| a.path().is_ident("parameters")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(meta.error("expected `crate = path`"));
            }
            path = meta.value()?.call(Path::parse_mod_style)?;
            Ok(())
        })?;
    }
    Ok(path)
}

/// The role of a field: as said by `#[parameter(..)]`, else a kernel.
fn role(field: &Field) -> Result<&'static str, Error> {
    let mut found = "Kernel";
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident("parameter")) {
        attribute.parse_nested_meta(|meta| match ROLES.iter().find(|(name, _)| meta.path.is_ident(name)) {
            Some((_, variant)) => {
                found = variant;
                Ok(())
            }
            None => Err(meta.error("no such role; there are: kernel, recurrent, bias, other, statistic")),
        })?;
    }
    Ok(found)
}

fn expand(input: &DeriveInput, core: &Path, fields: &[&Field], roles: &[&str]) -> TokenStream {
    let site = Span::mixed_site();
    let name = &input.ident;
    let private = quote!(#core::__private);
    let (_, type_generics, where_clause) = input.generics.split_for_impl();
    let predicates = where_clause.map(|clause| &clause.predicates);
    let scalar = input.generics.type_params().next().map(|param| param.ident.clone());
    let (impl_generics, scalar) = match scalar {
        Some(ident) => (params(&input.generics), ident),
        None => {
            let ident = format_ident!("__Scalar");
            let params = params(&input.generics);
            (quote!(#params #ident,), ident)
        }
    };
    // `Zeroable` does not know the scalar of a struct without type parameters.
    let own_generics = params(&input.generics);
    let own_bounds = input.generics.type_params().next().map(|param| {
        let ident = &param.ident;
        quote!(#ident: #private::Scalar,)
    });
    // Locals and `self` are hygienic: they must carry the same kind of span wherever they are written.
    let nodes = fields.iter().zip(roles).map(|(field, role)| node(&private, field, role, &scalar));
    let visits = fields.iter().zip(roles).map(|(field, role)| {
        let (ident, key, ty) = (field.ident.as_ref(), key(field), &field.ty);
        let (role, vector) = (Ident::new(role, site), vector(ty));
        quote_spanned!(site=> <#ty as #private::Parameters<#scalar>>::visit(&self.#ident, &at.field(#key, #private::Role::#role)#vector, visit);)
    });
    let walks = fields.iter().zip(roles).map(|(field, role)| {
        let (ident, key, ty) = (field.ident.as_ref(), key(field), &field.ty);
        let (role, vector) = (Ident::new(role, site), vector(ty));
        quote_spanned! {site=>
            <#ty as #private::Parameters<#scalar>>::walk(
                #private::part_of_each(&mut nodes, |node| &mut node.#ident),
                &at.field(#key, #private::Role::#role)#vector,
                visit,
            );
        }
    });
    let rebound = rebind(input);
    quote_spanned! {site=>
        // SAFETY: every field implements `Parameters`, which requires `Zeroable`.
        #[automatically_derived]
        unsafe impl<#own_generics> #private::Zeroable for #name #type_generics where #own_bounds #predicates {}

        #[automatically_derived]
        impl<#impl_generics> #private::Parameters<#scalar> for #name #type_generics where #scalar: #private::Scalar, #predicates {
            const NODE: #private::Node = #private::Node::Group { fields: &[#(#nodes),*] };
            #[allow(unused_variables)]
            fn visit(&self, at: &#private::Place<'_>, visit: &mut dyn ::core::ops::FnMut(&#private::Tensor<'_>, &[#scalar])) {
                #(#visits)*
            }
            #[allow(unused_variables, unused_mut)]
            fn walk<const __K: usize>(
                mut nodes: [&mut Self; __K],
                at: &#private::Place<'_>,
                visit: &mut dyn ::core::ops::FnMut(&#private::Tensor<'_>, [&mut [#scalar]; __K]),
            ) {
                #(#walks)*
            }
        }

        #[automatically_derived]
        impl<#own_generics> #private::Rebind for #name #type_generics where #own_bounds #predicates {
            type With<__With: #private::Scalar> = #rebound;
        }
    }
}

/// The generic parameters with their bounds and without their defaults, each followed by a comma.
fn params(generics: &syn::Generics) -> TokenStream {
    let each = generics.params.iter().map(|param| match param.clone() {
        GenericParam::Type(mut param) => {
            (param.eq_token, param.default) = (None, None);
            quote!(#param,)
        }
        GenericParam::Const(mut param) => {
            (param.eq_token, param.default) = (None, None);
            quote!(#param,)
        }
        GenericParam::Lifetime(param) => quote!(#param,),
    });
    quote!(#(#each)*)
}

/// The same type with the scalar replaced by `__With`.
fn rebind(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let mut first = true;
    let arguments = input.generics.params.iter().map(|param| match param {
        GenericParam::Type(param) if std::mem::take(&mut first) => {
            let _ = param;
            quote!(__With)
        }
        GenericParam::Type(param) => {
            let ident = &param.ident;
            quote!(#ident)
        }
        GenericParam::Const(param) => {
            let ident = &param.ident;
            quote!(#ident)
        }
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            quote!(#lifetime)
        }
    });
    quote!(#name<#(#arguments),*>)
}

fn node(private: &TokenStream, field: &Field, role: &str, scalar: &Ident) -> TokenStream {
    let (ident, key, ty) = (field.ident.as_ref(), key(field), &field.ty);
    let vector = vector(ty);
    let trainable = role != "Statistic";
    quote! {
        #private::Field {
            name: #key,
            offset: ::core::mem::offset_of!(Self, #ident),
            trainable: #trainable,
            node: <#ty as #private::Parameters<#scalar>>::NODE #vector,
        }
    }
}

/// The key of a field in names and files: raw identifiers lose their `r#`.
fn key(field: &Field) -> String {
    field.ident.as_ref().map(|ident| ident.to_string().trim_start_matches("r#").to_owned()).unwrap_or_default()
}

/// `.vector()` for a type written as `SVector<..>`: to the compiler that is a matrix of one column.
fn vector(ty: &Type) -> Option<TokenStream> {
    let written = matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == "SVector"));
    written.then(|| quote!(.vector()))
}
