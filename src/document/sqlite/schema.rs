//! The schema (file format, 2.6): names of the columns stand in the statement that made the table.

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    pub name: String,
    /// The page it starts on; 0 = none of its own.
    pub root: u32,
    pub columns: Vec<String>,
    /// The column that is another name for the number of the row.
    pub row_key: Option<usize>,
}

/// Words that start a constraint instead of a column.
const CONSTRAINTS: &[&str] = &["constraint", "primary", "unique", "check", "foreign"];

impl Table {
    /// A table as its statement describes it.
    pub fn new(name: String, root: u32, sql: &str) -> Self {
        let (mut columns, mut row_key) = (Vec::new(), None);
        for definition in definitions(sql) {
            let definition = definition.trim();
            let (name, rest) = first_name(definition);
            if name.is_empty() || CONSTRAINTS.contains(&name.to_ascii_lowercase().as_str()) {
                continue;
            }
            let rest: Vec<String> = rest.split_ascii_whitespace().map(str::to_ascii_lowercase).collect();
            if rest.first().is_some_and(|kind| kind == "integer") && rest.iter().any(|word| word.starts_with("primary"))
            {
                row_key = Some(columns.len());
            }
            columns.push(name);
        }
        Self { name, root, columns, row_key }
    }
}

/// The pieces between the outermost brackets, split at commas that stand in none.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one slice: no sum of two exceeds usize::MAX; brackets take up bytes"
)]
fn definitions(sql: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut depth, mut start, mut quote) = (0u32, 0, '\0');
    for (at, c) in sql.char_indices() {
        if quote != '\0' {
            if c == quote {
                quote = '\0';
            }
            continue;
        }
        match c {
            '"' | '\'' | '`' => quote = c,
            '[' => quote = ']',
            '(' => {
                depth += 1;
                if depth == 1 {
                    start = at + 1;
                }
            }
            ')' => {
                if depth == 1 {
                    out.extend(sql.get(start..at));
                    return out;
                }
                depth = depth.saturating_sub(1);
            }
            ',' if depth == 1 => {
                out.extend(sql.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    out
}

/// The name at the start of a definition, and what follows.
fn first_name(definition: &str) -> (String, &str) {
    let quoted = [('"', '"'), ('`', '`'), ('[', ']'), ('\'', '\'')];
    for (open, close) in quoted {
        if let Some(rest) = definition.strip_prefix(open)
            && let Some((name, rest)) = rest.split_once(close)
        {
            return (name.to_owned(), rest);
        }
    }
    let end = definition.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(definition.len());
    (definition.get(..end).unwrap_or_default().to_owned(), definition.get(end..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_statement() {
        let sql = "CREATE TABLE \"staff\" (id INTEGER PRIMARY KEY, \"first, name\" TEXT DEFAULT (upper('x,y')), [ssn] , \
                   n DECIMAL(10, 2), PRIMARY KEY(id), CHECK (n > 0))";
        let table = Table::new("staff".to_owned(), 2, sql);
        assert_eq!(table.columns, ["id", "first, name", "ssn", "n"]);
        assert_eq!(table.row_key, Some(0));
        assert!(Table::new(String::new(), 0, "CREATE VIRTUAL").columns.is_empty());
    }
}
