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
            TokenTree::Group(group) if before(2, "mod") => {
                let inner = format!("{module}::{}", code[at - 1]);
                collect(&inner, group.stream(), files, found);
            }
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
        ["crate"]
            .into_iter()
            .chain(parts)
            .collect::<Vec<_>>()
            .join("::")
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

/// A circle that a file leads to, which is none of those that are known.
fn circle<'a>(
    file: &'a str,
    arrows: &'a BTreeMap<String, Files>,
    way: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<String> {
    if let Some(start) = way.iter().position(|seen| *seen == file) {
        return Some(format!("{} → {file}", way[start..].join(" → ")));
    }
    if !done.insert(file) {
        return None;
    }
    way.push(file);
    let mut targets = arrows.get(file).into_iter().flatten();
    let found = targets.find_map(|target| circle(target, arrows, way, done));
    way.pop();
    found
}

/// All circles of the files with these paths and texts.
fn circles(sources: &[(&str, String)]) -> Vec<String> {
    let arrows = arrows(sources);
    assert!(arrows.values().any(|targets| !targets.is_empty()));
    let mut done = BTreeSet::new();
    let files = arrows.keys();
    files
        .filter_map(|file| circle(file, &arrows, &mut Vec::new(), &mut done))
        .collect()
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
        circles(&sources.map(|(path, text)| (path, text.to_owned()))).join(", ")
    };
    assert_eq!(
        circle("/// [`super::A`]\nconst B: &str = \"crate::b::B\"; // crate::b::B"),
        ""
    );
    assert_eq!(
        circle("mod inner { use super::C; } use std::a; pub struct C;"),
        ""
    );
    let with_parent = "crate::a → crate::a::c → crate::a";
    assert_eq!(circle("mod inner { use super::super::A; }"), with_parent);
    assert_eq!(
        circle("fn f() { g(&crate::b::B) }"),
        "crate::a → crate::a::c → crate::b → crate::a"
    );
    assert_eq!(
        circle("use crate::A;"),
        "crate → crate::a → crate::a::c → crate"
    );
}
