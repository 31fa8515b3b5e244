//! Nouns, states, rules, the entry and what merging means; pure.
