//! Where references lead.

use serde_json::{Value, json};

use super::resolve;
use crate::shape::Shape;

fn document() -> Value {
    json!({ "components": {
        "schemas": {
            "Plain": {},
            "a/b~c d%": {},
            "Deep": {
                "properties": { "x": { "type": "string" } },
                "oneOf": [{ "type": "string" }],
                "additionalProperties": { "type": "string" },
                "enum": ["x"],
            },
            "Closed": { "additionalProperties": false },
        },
    } })
}

/// The place that a reference leads to, as it would be written.
fn target(reference: &str) -> anyhow::Result<String> {
    resolve(&document(), reference, Shape::Schema).map(|target| target.pointer.to_reference())
}

#[test]
fn understands_escapes() {
    let written = "#/components/schemas/a~1b~0c%20d%25";
    assert_eq!(target(written).unwrap(), written);
    assert_eq!(
        target("#/components/schemas/Pl%61in").unwrap(),
        "#/components/schemas/Plain"
    );
    assert_eq!(
        target("#%2Fcomponents%2Fschemas%2FPlain").unwrap(),
        "#/components/schemas/Plain"
    );
    assert!(target("#/components/schemas/a/b~0c%20d%25").is_err());
}

#[test]
fn leads_into_a_component() {
    for place in ["properties/x", "oneOf/0", "additionalProperties"] {
        let reference = format!("#/components/schemas/Deep/{place}");
        let found = resolve(&document(), &reference, Shape::Schema).unwrap();
        assert_eq!(
            (
                found.component.section.as_str(),
                found.component.name.as_str()
            ),
            ("schemas", "Deep")
        );
        assert_eq!(found.pointer.to_reference(), reference);
    }
    for place in [
        "Deep/enum/0",
        "Deep/oneOf/1",
        "Deep/oneOf/00",
        "Deep/properties",
        "Closed/additionalProperties",
    ] {
        assert!(
            target(&format!("#/components/schemas/{place}")).is_err(),
            "{place}"
        );
    }
}

#[test]
fn gives_up_on_long_chains() {
    let mut schemas = json!({ "S0": {} });
    for number in 1..500 {
        schemas[format!("S{number}")] =
            json!({ "$ref": format!("#/components/schemas/S{}", number - 1) });
    }
    let document = json!({ "components": { "schemas": schemas } });
    assert!(resolve(&document, "#/components/schemas/S50", Shape::Schema).is_ok());
    let error = resolve(&document, "#/components/schemas/S400", Shape::Schema).unwrap_err();
    assert!(
        error.to_string().contains("more than 100 references"),
        "{error}"
    );
}
