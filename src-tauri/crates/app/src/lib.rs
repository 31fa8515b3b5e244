//! Use cases: one command is one transaction and its entries.
