//! No import circles: no file imports a file that imports it, directly or by way of others.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};

use super::{files, none, read};

/// Files, each as its module: `crate::a::b`.
type Files = BTreeSet<String>;

/// Collects the paths in code; `prefix` is what they begin with in a `use` of several. Tokens have no comments, and
/// strings are single tokens.
fn collect(code: TokenStream, prefix: &str, found: &mut Vec<String>) {
    let mut path = prefix.to_owned();
    let mut before = String::new();
    for token in code {
        let text = token.to_string();
        match token {
            TokenTree::Punct(_) if text == ":" => path.push(':'),
            TokenTree::Ident(_) if path.is_empty() || path.ends_with("::") => path.push_str(&text),
            TokenTree::Ident(_) => found.push(std::mem::replace(&mut path, text.clone())),
            TokenTree::Group(group) if path.ends_with("::") => {
                collect(group.stream(), &path, found);
                path = prefix.to_owned();
            }
            TokenTree::Group(group) => {
                found.push(std::mem::replace(&mut path, prefix.to_owned()));
                // Code that is generated for elsewhere, and code of tests.
                let is_skipped = ["quote!", "#[cfg (test)]modtests"];
                if !is_skipped.iter().any(|end| before.ends_with(end)) {
                    collect(group.stream(), "", found);
                }
            }
            _ => found.push(std::mem::replace(&mut path, prefix.to_owned())),
        }
        before.push_str(&text);
    }
    found.push(path);
    found.retain(|path| path != prefix);
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

/// The imports of files, given by their paths below `src` and their texts. Files of tests have none.
fn imports(sources: &[(&str, String)]) -> BTreeMap<String, Files> {
    let module = |path: &str| {
        let parts = path.trim_end_matches(".rs").split('/');
        let parts = parts.filter(|part| !["lib", "main", "mod"].contains(part));
        let parts: Vec<&str> = ["crate"].into_iter().chain(parts).collect();
        parts.join("::")
    };
    let files: Files = sources.iter().map(|(path, _)| module(path)).collect();
    let imports = sources.iter().map(|(path, text)| {
        let file = module(path);
        let mut paths = Vec::new();
        if !file.split("::").any(|part| part == "tests") {
            collect(text.parse().unwrap(), "", &mut paths);
        }
        let paths = paths.iter().filter(|path| path.contains("::"));
        let targets = paths.filter_map(|path| resolve(&file, path, &files));
        let targets = targets.filter(|target| *target != file).collect();
        (file, targets)
    });
    imports.collect()
}

/// The files that are left once those that import none of the others, or that none imports, are taken away.
fn circles(sources: &[(&str, String)]) -> Vec<String> {
    let mut imports = imports(sources);
    assert!(imports.values().any(|targets| !targets.is_empty()));
    loop {
        let left: Files = imports.keys().cloned().collect();
        let imported: Files = imports.values().flatten().cloned().collect();
        imports.retain(|file, targets| {
            targets.retain(|target| left.contains(target));
            !targets.is_empty() && imported.contains(file)
        });
        if imports.len() == left.len() {
            break;
        }
    }
    let circles = imports.into_iter().map(|(file, targets)| {
        let targets: Vec<String> = targets.into_iter().collect();
        format!("{file} → {}", targets.join(", "))
    });
    circles.collect()
}

#[test]
fn there_are_no_import_circles() {
    let all = files("rs");
    for directory in ["clerk-api/src", "xtask/src"] {
        let paths = all
            .iter()
            .filter_map(|path| path.strip_prefix(directory).ok()?.to_str());
        let sources = paths.map(|path| (path, read(format!("{directory}/{path}"))));
        none(&circles(&sources.collect::<Vec<_>>()));
    }
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
    let generated = "fn f() { quote! { crate::b::B }; }";
    for harmless in [comment, generated, "use std::a; pub struct C;"] {
        assert_eq!(circle(harmless), "");
    }
    let with_parent = "crate::a → crate::a::c; crate::a::c → crate::a";
    assert!(circle("use super::A;").contains(with_parent));
    assert!(circle("fn f() { g(&crate::b::B) }").contains("crate::a::c → crate::b"));
    assert!(circle("use crate::A;").contains("crate::a::c → crate"));
}
