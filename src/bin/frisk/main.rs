//! frisk.
fn main() {}
