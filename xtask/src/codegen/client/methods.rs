//! What the generated methods do that nobody needs here: it would be done for each call.

use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, Stmt};

/// Takes out of each method:
/// - the header `api-version`, which Clerk doesn't know, and the map for it where it has no other;
/// - the calls of the hooks before and after `exec`, which nobody implements. The request would be kept across them.
pub(super) struct Leaner;

impl VisitMut for Leaner {
    fn visit_block_mut(&mut self, block: &mut Block) {
        syn::visit_mut::visit_block_mut(self, block);
        let before = block.stmts.len();
        block.stmts.retain(|statement| {
            let text = statement.to_token_stream().to_string();
            let is_version =
                text.starts_with("header_map . append") && text.contains(r#""api-version""#);
            let is_hook = text.starts_with("self . pre (") || text.starts_with("self . post (");
            !is_version && !is_hook
        });
        let changes_map = |statement: &Stmt| {
            let text = statement.to_token_stream().to_string();
            text.contains("header_map . append") || text.contains("header_map . insert")
        };
        if block.stmts.len() < before && !block.stmts.iter().any(changes_map) {
            block.stmts.retain(|statement| {
                let text = statement.to_token_stream().to_string();
                !text.starts_with("let mut header_map =")
            });
            WithoutMap.visit_block_mut(block);
        }
    }
}

/// Takes `.headers(header_map)` out of a chain of calls.
struct WithoutMap;

impl VisitMut for WithoutMap {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        syn::visit_mut::visit_expr_mut(self, expression);
        if let Expr::MethodCall(call) = expression
            && call.method == "headers"
            && call.args.to_token_stream().to_string() == "header_map"
        {
            *expression = (*call.receiver).clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn leaner(code: proc_macro2::TokenStream) -> String {
        let mut block: Block = syn::parse2(code).unwrap();
        Leaner.visit_block_mut(&mut block);
        block.to_token_stream().to_string()
    }

    #[test]
    fn what_nobody_needs_is_left_out() {
        let lean = leaner(quote!({
            let mut header_map = HeaderMap::with_capacity(1usize);
            header_map.append(
                HeaderName::from_static("api-version"),
                HeaderValue::from_static(Self::api_version()),
            );
            let mut request = self
                .client
                .post(url)
                .json(&body)
                .headers(header_map)
                .build()?;
            self.pre(&mut request, &info).await?;
            let result = self.exec(request, &info).await;
            self.post(&result, &info).await?;
            let response = result?;
        }));
        let expected = quote!({
            let mut request = self.client.post(url).json(&body).build()?;
            let result = self.exec(request, &info).await;
            let response = result?;
        });
        assert_eq!(lean, expected.to_string());
    }

    #[test]
    fn other_headers_stay() {
        let lean = leaner(quote!({
            let mut header_map = HeaderMap::with_capacity(2usize);
            header_map.append(HeaderName::from_static("api-version"), version);
            header_map.append("x-other", value.to_string().try_into()?);
            let request = self.client.get(url).headers(header_map).build()?;
        }));
        let expected = quote!({
            let mut header_map = HeaderMap::with_capacity(2usize);
            header_map.append("x-other", value.to_string().try_into()?);
            let request = self.client.get(url).headers(header_map).build()?;
        });
        assert_eq!(lean, expected.to_string());
    }
}
