//! Router: filled when the use cases stand.
