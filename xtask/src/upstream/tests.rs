//! What `upstream.toml` may say, and what is recorded in it.

use std::collections::BTreeMap;

use super::{Beside, Source, Upstream, api_version, api_version_of_name, commit, upstream_file};

const SHA: &str = "7987d1b776258d5ddd9163e1a03d256b5ac4d64a";

const FILE: &str = "\
# Ours.
operations = [
    \"CreateSignInToken\", # why
    \"RevokeSignInToken\",
]
directory = \"bapi\"

[source] # written
repository = \"https://git.example/fork\"
file = \"bapi/2026-05-12.yml\" # kept
commit = \"7987d1b776258d5ddd9163e1a03d256b5ac4d64a\"
api_version = \"2026-05-12\"
sha256 = \"abc\"
";

fn source() -> Source {
    Source {
        file: "bapi/2026-05-12.yml".to_owned(),
        commit: None,
        api_version: "2026-05-12".to_owned(),
        sha256: "abc".to_owned(),
    }
}

#[test]
fn reads_and_records() {
    let upstream = Upstream::parse(FILE).unwrap();
    assert_eq!(
        upstream.operations,
        ["CreateSignInToken", "RevokeSignInToken"]
    );
    assert_eq!(upstream.directory, "bapi");
    assert_eq!(upstream.recorded().unwrap().commit.as_deref(), Some(SHA));
    // The same document again: not a byte changes.
    assert_eq!(upstream.with_source(source(), &Beside::default()), FILE);
}

#[test]
fn forgets_the_commit_of_another_document() {
    let upstream = Upstream::parse(FILE).unwrap();
    let without = FILE.replace(&format!("commit = \"{SHA}\"\n"), "");
    let changed = Source {
        sha256: "def".to_owned(),
        ..source()
    };
    assert_eq!(
        upstream.with_source(changed, &Beside::default()),
        without.replace("abc", "def")
    );
    let moved = Source {
        file: "bapi/2027-01-01.yml".to_owned(),
        ..source()
    };
    assert_eq!(
        upstream.with_source(moved, &Beside::default()),
        without.replace("bapi/2026-05-12.yml", "bapi/2027-01-01.yml")
    );
    let given = Source {
        commit: Some("0".repeat(40)),
        ..source()
    };
    assert_eq!(
        upstream.with_source(given, &Beside::default()),
        FILE.replace(SHA, &"0".repeat(40))
    );
}

#[test]
fn a_commit_that_comes_later_stands_where_it_always_does() {
    let without = FILE.replace(&format!("commit = \"{SHA}\"\n"), "");
    let given = Source {
        commit: Some(SHA.to_owned()),
        ..source()
    };
    let upstream = Upstream::parse(&without).unwrap();
    assert_eq!(upstream.with_source(given, &Beside::default()), FILE);
}

#[test]
fn records_the_first_source() {
    let start = "operations = [\"A\"]\ndirectory = \"bapi\"\n";
    let upstream = Upstream::parse(start).unwrap();
    assert_eq!(upstream.recorded(), None);
    let text = upstream.with_source(source(), &Beside::default());
    assert!(text.starts_with(start), "{text}");
    let recorded = Upstream::parse(&text).unwrap();
    assert_eq!(recorded.recorded(), Some(source()));
    assert!(
        text.contains("repository = \"https://github.com/clerk/openapi-specs\"\n"),
        "{text}"
    );
}

#[test]
fn records_what_the_contract_does_not_keep() {
    let parts = |digest: &str| BTreeMap::from([("operation".to_owned(), digest.to_owned())]);
    let words = BTreeMap::from([("A".to_owned(), parts("12")), ("B".to_owned(), parts("34"))]);
    let beside = Beside {
        unlisted: vec!["GET /a".to_owned()],
        words,
    };
    let upstream = Upstream::parse(FILE).unwrap();
    assert_eq!(upstream.beside(), Beside::default());
    let text = upstream.with_source(source(), &beside);
    let recorded = Upstream::parse(&text).unwrap();
    assert_eq!(recorded.beside(), beside);
    assert_eq!(recorded.with_source(source(), &beside), text);
    let forgotten = recorded.with_source(source(), &Beside::default());
    assert_eq!(forgotten, FILE);
}

#[test]
fn refuses_what_it_cannot_use() {
    for (text, part) in [
        ("operations = [", "line 1"),
        ("", "no list `operations`"),
        ("operations = \"A\"", "no list `operations`"),
        ("operations = []", "`operations` is empty"),
        ("operations = [\"A\", 1]", "as strings, not 1"),
        ("operations = [\"\"]", "as strings, not \"\""),
        ("operations = [\"A\", \"B\", \"A\"]", "lists `A` twice"),
        ("operations = [\"A\"]", "no string `directory`"),
        (
            "operations = [\"A\"]\ndirectory = \"b\"\nsource = 1",
            "`source` must be a table",
        ),
    ] {
        let error = format!("{:#}", Upstream::parse(text).unwrap_err());
        assert!(error.contains(part), "no {part:?} for {text:?} in: {error}");
    }
}

#[test]
fn takes_the_version_from_the_name() {
    assert_eq!(api_version_of_name("2026-05-12.yml").unwrap(), "2026-05-12");
    assert_eq!(
        api_version_of_name("2025-11-10.at-2025-11-08.yml").unwrap(),
        "2025-11-10"
    );
    for name in [
        "spec.yml",
        "",
        "2026-05-1.yml",
        "2026-13-01.yml",
        "2026-05-12x.yml",
        "2026-05-123.yml",
        "é026-05-12",
    ] {
        let error = api_version_of_name(name).unwrap_err().to_string();
        assert!(error.contains("--api-version"), "{error}");
    }
    assert_eq!(api_version("2026-05-12").unwrap(), "2026-05-12");
    assert!(api_version("2026-05-12.yml").is_err());
    assert!(api_version("v1").is_err());
}

#[test]
fn names_the_upstream_file() {
    assert_eq!(
        upstream_file("bapi", "2025-11-10", "2025-11-10.at-2025-11-08.yml"),
        "bapi/2025-11-10.yml"
    );
    assert_eq!(
        upstream_file("bapi", "2025-11-10", "spec.json"),
        "bapi/2025-11-10.json"
    );
    assert_eq!(upstream_file("", "2025-11-10", "spec"), "2025-11-10.yml");
}

#[test]
fn takes_full_commits_only() {
    assert_eq!(commit(&SHA.to_uppercase()).unwrap(), SHA);
    for text in [
        "",
        "main",
        "7987d1b",
        &SHA.replace('7', "g"),
        &format!("{SHA}0"),
    ] {
        assert!(commit(text).is_err(), "{text}");
    }
}
