//! Prints the schema of a fresh database in a stable order; `cargo xtask schema` keeps the result
//! in `schema.sql` and compares. Not here: the tables (migrations/).

use std::io::Write;

use fengsui_store::{MIGRATIONS, schema_of};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = schema_of(MIGRATIONS)?;
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}
