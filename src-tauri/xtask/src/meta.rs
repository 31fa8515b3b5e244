//! What cargo knows of the workspace: its packages, their direct dependencies and their test
//! targets. Read once from `cargo metadata --no-deps`; no judgement here.
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::procs::{capture, command};

/// One member of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) edges: Vec<Edge>,
    /// Names of its integration tests (files of `tests/`).
    pub(crate) tests: Vec<String>,
}

/// One direct dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) to: String,
    /// Only for tests.
    pub(crate) is_dev: bool,
}

pub(crate) fn packages(root: &Path) -> Result<Vec<Package>> {
    let mut cargo = command("cargo", root);
    cargo.args(["metadata", "--format-version", "1", "--no-deps"]);
    read(&serde_json::from_str(&capture(&mut cargo)?)?)
}

/// The packages in cargo's own JSON.
pub(crate) fn read(metadata: &Value) -> Result<Vec<Package>> {
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?;
    packages.iter().map(package).collect()
}

fn package(value: &Value) -> Result<Package> {
    let name = text(value, "name")?;
    let mut edges = Vec::new();
    for dependency in value["dependencies"].as_array().into_iter().flatten() {
        let is_dev = dependency["kind"].as_str() == Some("dev");
        edges.push(Edge {
            to: text(dependency, "name")?,
            is_dev,
        });
    }
    let mut tests = Vec::new();
    for target in value["targets"].as_array().into_iter().flatten() {
        let kinds = target["kind"].as_array().into_iter().flatten();
        if kinds.into_iter().any(|kind| kind.as_str() == Some("test")) {
            tests.push(text(target, "name")?);
        }
    }
    Ok(Package { name, edges, tests })
}

fn text(value: &Value, field: &str) -> Result<String> {
    let found = value[field].as_str();
    Ok(found
        .with_context(|| format!("cargo metadata: no {field}"))?
        .to_string())
}
