//! The encrypted SQLite file: log, fold, tables, keys.
