//! The JSON Schema of policy files, made of the same tables as the parser (`docs/policy.schema.json`).

use serde_json::{Map, Value, json};

use super::Policy;
use super::keys::{self, Keys, TABLES, Takes};

/// Where editors find the schema's own language.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Policy {
    /// The JSON Schema (draft 2020-12) of policy files, for editors: keys, types and words. What only the parser can
    /// know (names that refer to each other, keys that exclude each other) it does not say.
    pub fn schema() -> String {
        let mut schema = object(&keys::POLICY);
        let tables: Map<String, Value> =
            TABLES.iter().map(|(name, keys)| ((*name).to_owned(), Value::Object(object(keys)))).collect();
        schema.insert("$schema".to_owned(), DIALECT.into());
        schema.insert("title".to_owned(), "frisk policy".into());
        schema.insert("$defs".to_owned(), Value::Object(tables));
        let mut text = serde_json::to_string_pretty(&Value::Object(schema)).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Every key that a policy file may have, each with the table it stands in.
    pub fn keys() -> impl Iterator<Item = (&'static str, &'static str)> {
        let tables = std::iter::once(&keys::POLICY).chain(TABLES.iter().map(|(_, keys)| *keys));
        tables.flat_map(|keys| keys.iter().map(|key| (keys.name, key.name)))
    }
}

fn object(keys: &Keys) -> Map<String, Value> {
    let mut properties = Map::new();
    for key in keys.iter() {
        let mut property = of(key.takes);
        property.insert("description".to_owned(), key.about.into());
        properties.insert(key.name.to_owned(), Value::Object(property));
    }
    fields(json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": keys.required,
    }))
}

fn of(takes: Takes) -> Map<String, Value> {
    let reference = |name: &str| json!({ "$ref": format!("#/$defs/{name}") });
    let list = json!({
        "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }],
    });
    fields(match takes {
        Takes::Text => json!({ "type": "string" }),
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::Number(least) => json!({ "type": "integer", "minimum": least }),
        Takes::Size => json!({
            "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^[0-9]+[kKmMgG]?$" }],
        }),
        Takes::Duration => json!({ "type": "string", "pattern": "^[0-9]+[smhd]$" }),
        // Editors give dates of TOML to a schema as strings.
        Takes::Date => json!({ "type": "string", "format": "date" }),
        Takes::Moment => json!({
            "anyOf": [{ "type": "string", "format": "date" }, { "type": "string", "format": "date-time" }],
        }),
        Takes::Word(words) => json!({ "enum": words() }),
        Takes::Words(words) => {
            let words = words();
            json!({ "anyOf": [{ "enum": words }, { "type": "array", "items": { "enum": words }, "minItems": 1 }] })
        }
        Takes::List => list,
        Takes::Table(name) => reference(name),
        Takes::Tables(name) => json!({ "type": "array", "items": reference(name) }),
        Takes::Named(name) => json!({ "type": "object", "additionalProperties": reference(name) }),
        Takes::Lists => json!({ "type": "object", "additionalProperties": list }),
        Takes::Texts => json!({
            "type": "object",
            "additionalProperties": { "type": "object", "additionalProperties": { "type": "string" } },
        }),
        Takes::Map(names, values) => json!({
            "type": "object",
            "propertyNames": { "enum": names() },
            "additionalProperties": { "enum": values() },
        }),
    })
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
