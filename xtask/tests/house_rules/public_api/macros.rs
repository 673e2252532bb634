//! Macros of our own, as far as they have one arm and repeat nothing but attributes.

use std::collections::BTreeMap;
use std::iter::Peekable;

use proc_macro2::{Group, TokenStream, TokenTree, token_stream};
use syn::Item;

/// Name, matcher and transcriber of every `macro_rules!` of the crate.
pub(super) struct Macros(BTreeMap<String, (TokenStream, TokenStream)>);

type Tokens = Peekable<token_stream::IntoIter>;

impl Macros {
    pub(super) fn of<'a>(items: impl Iterator<Item = &'a Item>) -> Self {
        let mut macros = BTreeMap::new();
        for item in items {
            if let Item::Macro(item) = item
                && let Some(name) = &item.ident
            {
                let groups: Vec<TokenStream> = item
                    .mac
                    .tokens
                    .clone()
                    .into_iter()
                    .filter_map(|token| match token {
                        TokenTree::Group(group) => Some(group.stream()),
                        _ => None,
                    })
                    .collect();
                let [matcher, transcriber] = &groups[..] else {
                    panic!(
                        "{name}!: the public API can't be listed with a macro of more than one arm"
                    );
                };
                macros.insert(name.to_string(), (matcher.clone(), transcriber.clone()));
            }
        }
        Self(macros)
    }

    /// The items that an item stands for: its own, unless it calls one of the macros.
    pub(super) fn expand(&self, item: Item) -> Vec<Item> {
        let Item::Macro(call) = &item else {
            return vec![item];
        };
        let name = call.mac.path.segments.last().unwrap().ident.to_string();
        let Some((matcher, transcriber)) = self.0.get(&name) else {
            return vec![item];
        };
        let captured = capture(matcher.clone(), call.mac.tokens.clone());
        let code = substitute(transcriber.clone(), &captured);
        syn::parse2::<syn::File>(code).unwrap().items
    }
}

fn is(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

fn capture(matcher: TokenStream, input: TokenStream) -> BTreeMap<String, TokenStream> {
    let mut captured = BTreeMap::new();
    let (mut matcher, mut input) = (matcher.into_iter().peekable(), input.into_iter().peekable());
    while let Some(expected) = matcher.next() {
        if !is(Some(&expected), '$') {
            assert_eq!(input.next().unwrap().to_string(), expected.to_string());
            continue;
        }
        match matcher.next().unwrap() {
            // `$(#[$x:meta])*`
            TokenTree::Group(_) => {
                matcher.next();
                while is(input.peek(), '#') {
                    input.next();
                    input.next();
                }
            }
            // `$x:kind`
            name => {
                matcher.nth(1);
                captured.insert(name.to_string(), until(&mut input, matcher.peek()));
            }
        }
    }
    captured
}

/// The tokens before the one that comes next.
fn until(input: &mut Tokens, next: Option<&TokenTree>) -> TokenStream {
    let next = next.map(ToString::to_string);
    let mut taken = Vec::new();
    while let Some(token) = input.next_if(|token| Some(token.to_string()) != next) {
        taken.push(token);
    }
    taken.into_iter().collect()
}

fn substitute(code: TokenStream, captured: &BTreeMap<String, TokenStream>) -> TokenStream {
    let mut out = TokenStream::new();
    let mut code = code.into_iter().peekable();
    while let Some(token) = code.next() {
        if is(Some(&token), '$') {
            match code.next().unwrap() {
                TokenTree::Group(_) => {
                    code.next();
                }
                name => out.extend(captured[&name.to_string()].clone()),
            }
        } else if let TokenTree::Group(group) = token {
            let inner = substitute(group.stream(), captured);
            out.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
        } else {
            out.extend([token]);
        }
    }
    out
}
