//! No file imports a file that imports it, be it by way of others.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};

use super::{files, none, read};

/// Files, each as its module: `crate::a::b`.
type Files = BTreeSet<String>;

fn is(code: &[TokenTree], at: usize, text: &str) -> bool {
    code.get(at).is_some_and(|token| token.to_string() == text)
}

/// Collects the files that a module's code names. Tokens have no comments, and strings are single tokens.
fn collect(module: &str, code: TokenStream, files: &Files, found: &mut Files) {
    let code: Vec<TokenTree> = code.into_iter().collect();
    for (at, token) in code.iter().enumerate() {
        let before = |count: usize, text: &str| at >= count && is(&code, at - count, text);
        match token {
            // A part of a path that was read from its beginning.
            _ if before(1, ":") && before(2, ":") => {}
            // Code that is written for elsewhere, and code of tests.
            TokenTree::Group(_) if before(1, "!") && before(2, "quote") => {}
            TokenTree::Group(_) if before(2, "mod") && before(3, "[cfg (test)]") => {}
            TokenTree::Group(group) => collect(module, group.stream(), files, found),
            TokenTree::Ident(_) if is(&code, at + 1, ":") && is(&code, at + 2, ":") => {
                for path in paths(String::new(), &code[at..]) {
                    found.extend(resolve(module, &path, files));
                }
            }
            _ => {}
        }
    }
}

/// The path, or those in the tree of a `use`, that `code` begins with.
fn paths(prefix: String, code: &[TokenTree]) -> Vec<String> {
    match code {
        [TokenTree::Ident(name), rest @ ..] if is(rest, 0, ":") && is(rest, 1, ":") => {
            paths(format!("{prefix}{name}::"), &rest[2..])
        }
        [TokenTree::Group(group), ..] => {
            let branches: Vec<TokenTree> = group.stream().into_iter().collect();
            let branches = branches.split(|token| token.to_string() == ",");
            branches
                .flat_map(|branch| paths(prefix.clone(), branch))
                .collect()
        }
        [TokenTree::Ident(name), ..] => vec![format!("{prefix}{name}")],
        _ => vec![prefix],
    }
}

/// The file that a path names, as its module. The path of another crate ends at the file that it stands in.
fn resolve(module: &str, path: &str, files: &Files) -> Option<String> {
    let parent = |module: &str| Some(module.rsplit_once("::")?.0.to_owned());
    let mut target = module.to_owned();
    for name in path.split("::") {
        target = match name {
            "crate" => name.to_owned(),
            "self" => target,
            "super" => parent(&target)?,
            name => format!("{target}::{name}"),
        };
    }
    while !files.contains(&target) {
        target = parent(&target)?;
    }
    Some(target)
}

/// The arrows among files, given by their paths below `src` and their texts. Files of tests don't count.
fn arrows(sources: &[(&str, String)]) -> BTreeMap<String, Files> {
    let module = |path: &str| {
        let parts = path.trim_end_matches(".rs").split('/');
        let parts = parts.filter(|part| !["lib", "main", "mod"].contains(part));
        let parts: Vec<&str> = ["crate"].into_iter().chain(parts).collect();
        parts.join("::")
    };
    let files: Files = sources.iter().map(|(path, _)| module(path)).collect();
    let mut arrows = BTreeMap::new();
    for (path, text) in sources {
        let file = module(path);
        let mut targets = Files::new();
        if !file.split("::").any(|part| part == "tests") {
            collect(&file, text.parse().unwrap(), &files, &mut targets);
        }
        targets.remove(&file);
        arrows.insert(file, targets);
    }
    arrows
}

/// The files that are left once those that lead to none of the others, or that none leads to, are taken away.
fn circles(sources: &[(&str, String)]) -> Vec<String> {
    let mut arrows = arrows(sources);
    assert!(arrows.values().any(|targets| !targets.is_empty()));
    loop {
        let left: Files = arrows.keys().cloned().collect();
        let imported: Files = arrows.values().flatten().cloned().collect();
        arrows.retain(|file, targets| {
            targets.retain(|target| left.contains(target));
            !targets.is_empty() && imported.contains(file)
        });
        if arrows.len() == left.len() {
            break;
        }
    }
    let named = arrows.iter().map(|(file, targets)| {
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        format!("{file} → {}", targets.join(", "))
    });
    named.collect()
}

#[test]
fn no_file_imports_one_that_imports_it() {
    let all = files("rs");
    let mut problems = Vec::new();
    for directory in ["clerk-api/src", "xtask/src"] {
        let paths = all
            .iter()
            .filter_map(|path| path.strip_prefix(directory).ok()?.to_str());
        let sources = paths.map(|path| (path, read(format!("{directory}/{path}"))));
        let circles = circles(&sources.collect::<Vec<_>>());
        problems.extend(
            circles
                .iter()
                .map(|circle| format!("{directory}: {circle}")),
        );
    }
    none(&problems);
}

#[test]
fn a_circle_is_found_in_code_alone() {
    let circle = |child: &str| {
        let sources = [
            ("lib.rs", "mod a; mod b; pub use a::A;"),
            (
                "a.rs",
                "mod c; pub struct A(c::C); #[cfg(test)] mod tests { use crate::b::B; }",
            ),
            ("a/c.rs", child),
            ("b.rs", "use crate::{a::{A, c as d}}; pub struct B;"),
        ];
        circles(&sources.map(|(path, text)| (path, text.to_owned()))).join("; ")
    };
    let comment = "/// [`super::A`]\nconst B: &str = \"crate::b::B\"; // crate::b::B";
    assert_eq!(circle(comment), "");
    assert_eq!(circle("use std::a; pub struct C;"), "");
    let with_parent = "crate::a → crate::a::c; crate::a::c → crate::a";
    assert!(circle("use super::A;").contains(with_parent));
    assert!(circle("fn f() { g(&crate::b::B) }").contains("crate::a::c → crate::b"));
    assert!(circle("use crate::A;").contains("crate::a::c → crate"));
}
