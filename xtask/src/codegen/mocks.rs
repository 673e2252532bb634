//! The typed mocks, where what progenitor makes of them doesn't compile.

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FnArg, ImplItemFn, Type, parse_quote};

/// Mends two things:
/// - a query parameter that is a list: one pair for each element, as the client sends it;
/// - an answer whose type has no name in the contract: taken by value, it must be borrowed.
pub(super) fn mended(code: TokenStream) -> Result<TokenStream> {
    let mut file: syn::File = syn::parse2(code).context("progenitor's mocks don't parse")?;
    Functions.visit_file_mut(&mut file);
    Ok(file.into_token_stream())
}

struct Functions;

impl VisitMut for Functions {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        let bounds = function.sig.generics.where_clause.to_token_stream();
        let is_by_value = |argument: &FnArg| matches!(argument, FnArg::Typed(argument) if matches!(*argument.ty, Type::Path(_)));
        let mut calls = Calls {
            is_list: bounds.to_string().contains(":: Vec <"),
            is_by_value: function.sig.inputs.iter().any(is_by_value),
        };
        calls.visit_impl_item_fn_mut(function);
    }
}

/// The calls in one function.
struct Calls {
    is_list: bool,
    is_by_value: bool,
}

impl VisitMut for Calls {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        let Expr::MethodCall(call) = expression else {
            return;
        };
        if self.is_list && call.method == "query_param" {
            let (mock, arguments) = (&call.receiver, &call.args);
            *expression = parse_quote! {
                value.iter().fold(#mock, |mock, value| mock.query_param(#arguments))
            };
        } else if self.is_by_value && call.method == "json_body_obj" {
            for argument in &mut call.args {
                *argument = parse_quote!(&#argument);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn mended_body(signature: TokenStream, body: TokenStream) -> String {
        let code = quote! { impl A { #signature { #body } } };
        let file: syn::File = syn::parse2(mended(code).unwrap()).unwrap();
        prettyplease::unparse(&file)
    }

    #[test]
    fn a_list_is_one_pair_for_each_element() {
        let list = quote! { fn f<'a, T>(self, value: T) -> Self where T: Into<Option<&'a ::std::vec::Vec<String>>> };
        let one = quote! { fn f<T>(self, value: T) -> Self where T: Into<Option<u64>> };
        let body = quote! { Self(self.0.query_param("a", value.to_string())) };
        let text = mended_body(list, body.clone());
        assert!(
            text.contains(
                ".fold(self.0, |mock, value| mock.query_param(\"a\", value.to_string()))"
            ),
            "{text}"
        );
        assert!(!mended_body(one, body).contains("fold"));
    }

    #[test]
    fn what_is_taken_by_value_is_borrowed() {
        let body = quote! { Self(self.0.json_body_obj(value)) };
        let text = mended_body(
            quote! { fn ok(self, value: types::B) -> Self },
            body.clone(),
        );
        assert!(text.contains("json_body_obj(&value)"), "{text}");
        let text = mended_body(quote! { fn ok(self, value: &types::B) -> Self }, body);
        assert!(text.contains("json_body_obj(value)"), "{text}");
    }
}
