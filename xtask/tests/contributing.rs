//! The example of CONTRIBUTING.md, "To add an operation", done as the page says, as far as it goes without a compiler.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic fails the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The name of the document that the page cuts the operations out of.
const NAME: &str = "2026-05-12.json";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn fixture(name: &str) -> PathBuf {
    root().join("xtask/tests/fixtures").join(name)
}

/// The page's blocks in a language, without the list's indentation.
fn blocks(language: &str) -> Vec<String> {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, section) = page.split_once("\n## To add an operation\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut found = Vec::new();
    for part in section.split(&format!("\n   ```{language}\n")).skip(1) {
        let (block, _) = part.split_once("\n   ```\n").unwrap();
        let lines = block
            .lines()
            .map(|line| line.strip_prefix("   ").unwrap_or(line));
        found.push(lines.map(|line| format!("{line}\n")).collect());
    }
    found
}

/// A repository with the contract for tests, and a document that has the page's operations too.
fn scratch() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path();
    fs::create_dir(path.join("openapi")).unwrap();
    fs::create_dir_all(path.join("clerk-api/src/generated")).unwrap();
    for name in ["sign-in-tokens.yml", "overlay.yml", "upstream.toml"] {
        let from = fixture("contract").join(name);
        fs::copy(from, path.join("openapi").join(name)).unwrap();
    }
    let read = |name: &str| -> Value {
        yaml_serde::from_str(&fs::read_to_string(fixture(name)).unwrap()).unwrap()
    };
    let mut document = read("contract/sign-in-tokens.yml");
    let more = read("actor-tokens.yml");
    for place in ["/paths", "/components/responses", "/components/schemas"] {
        let more = more.pointer(place).unwrap().as_object().unwrap().clone();
        let object = document.pointer_mut(place).unwrap().as_object_mut();
        object.unwrap().extend(more);
    }
    fs::write(path.join(NAME), document.to_string()).unwrap();
    scratch
}

fn run(scratch: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(scratch.path())
        .args(arguments)
        .output()
        .unwrap()
}

fn standard_error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The page's first three steps and the fourth's command; gives all that is generated.
fn generated() -> String {
    let scratch = scratch();
    let path = |name: &str| scratch.path().join(name);
    let [list] = &blocks("toml")[..] else {
        panic!("not one list of operations");
    };
    let upstream = fs::read_to_string(path("openapi/upstream.toml")).unwrap();
    let lines = upstream
        .lines()
        .filter(|line| !line.starts_with("operations = "));
    let upstream: Vec<&str> = lines.chain([list.as_str()]).collect();
    fs::write(path("openapi/upstream.toml"), upstream.join("\n")).unwrap();
    let output = run(&scratch, &["sync", "--from", NAME]);
    assert!(output.status.success(), "{}", standard_error(&output));

    let output = run(&scratch, &["codegen"]);
    let refusal = standard_error(&output);
    for part in [
        "CreateActorToken: ",
        "RevokeActorToken: ",
        "x-idempotent",
        "has no description",
    ] {
        assert!(refusal.contains(part), "no {part:?} in: {refusal}");
    }
    assert_eq!(output.status.code(), Some(2), "{refusal}");

    let overlay = fs::read_to_string(path("openapi/overlay.yml")).unwrap();
    let overlay = [vec![overlay], blocks("yaml")].concat().concat();
    fs::write(path("openapi/overlay.yml"), overlay).unwrap();
    let output = run(&scratch, &["codegen"]);
    assert!(output.status.success(), "{}", standard_error(&output));
    assert_eq!(standard_error(&output), "", "all has words");

    let files = fs::read_dir(path("clerk-api/src/generated")).unwrap();
    files
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect()
}

/// The names that a `use` of something generated takes, and those that a `pub use` gives away.
fn names(tree: &syn::UseTree, names: &mut BTreeSet<String>) {
    match tree {
        syn::UseTree::Path(path) => self::names(&path.tree, names),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self::names(tree, names)),
        syn::UseTree::Name(name) => {
            names.insert(name.ident.to_string());
        }
        syn::UseTree::Rename(_) | syn::UseTree::Glob(_) => panic!("not as simple as the page"),
    }
}

#[test]
fn the_example_can_be_followed() {
    let generated = generated();
    let [wrapper, library] = &blocks("rust,ignore")[..] else {
        panic!("not a wrapper and the lines for lib.rs");
    };
    let wrapper = syn::parse_file(wrapper).unwrap();
    let library = syn::parse_file(library).unwrap();

    let mut used = BTreeSet::new();
    let mut public = BTreeSet::new();
    for item in &wrapper.items {
        match item {
            syn::Item::Use(item) => {
                let mut found = BTreeSet::new();
                names(&item.tree, &mut found);
                let text = quote::quote!(#item).to_string();
                if text.contains("crate :: generated") {
                    used.append(&mut found);
                }
            }
            syn::Item::Struct(item) if matches!(item.vis, syn::Visibility::Public(_)) => {
                public.insert(item.ident.to_string());
            }
            _ => {}
        }
    }
    assert!(used.len() > 3, "{used:?}");
    for name in used {
        let is_there = ["struct", "const"]
            .iter()
            .any(|kind| generated.contains(&format!(" {kind} {name}")));
        assert!(is_there, "nothing generated is called {name}");
    }
    // An actor keeps what nobody named.
    assert!(generated.contains("pub extra: ::serde_json::Map"));

    let mut exported = BTreeSet::new();
    for item in &library.items {
        if let syn::Item::Use(item) = item {
            names(&item.tree, &mut exported);
        }
    }
    assert_eq!(exported, public, "what lib.rs gives away of the wrapper");
}
