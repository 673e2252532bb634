//! The example of CONTRIBUTING.md, "To add an operation", done as the page says, as far as it goes without a compiler.

use std::collections::BTreeSet;
use std::fs;

use super::{Scratch, fixture, read, root};

/// The name of the document that the page cuts the operations out of.
const NAME: &str = "2026-05-12.json";

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
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    let mut document = read(&fixture("contract/sign-in-tokens.yml"));
    let more = read(&fixture("actor-tokens.yml"));
    for place in ["/paths", "/components/responses", "/components/schemas"] {
        let more = more.pointer(place).unwrap().as_object().unwrap().clone();
        let object = document.pointer_mut(place).unwrap().as_object_mut();
        object.unwrap().extend(more);
    }
    scratch.write(NAME, document.to_string());
    scratch
}

/// The page's first three steps and the fourth's command; gives all that is generated.
fn generated() -> String {
    let scratch = scratch();
    let [list] = &blocks("toml")[..] else {
        panic!("not one list of operations");
    };
    scratch.write("openapi/upstream.toml", list);
    scratch.succeed(&["sync", "--from", NAME]);
    let missing = [
        "CreateActorToken: ",
        "RevokeActorToken: ",
        "x-idempotent",
        "has no description",
    ];
    scratch.fail(&["codegen"], &missing);
    let overlay = [vec![scratch.text("openapi/overlay.yml")], blocks("yaml")].concat();
    scratch.write("openapi/overlay.yml", overlay.concat());
    assert_eq!(scratch.succeed(&["codegen"]), "", "all has words");
    let files = fs::read_dir(scratch.path("clerk-api/src/generated")).unwrap();
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
