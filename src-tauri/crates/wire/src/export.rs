//! Writes the TypeScript side of the contract from the Rust side.
//!
//! Not here: deciding where it goes; `cargo xtask bindings` compares or writes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

use crate::commands::{Access, COMMANDS};
use crate::{
    call, camera, code, common, drawing, failure, force, grid, honesty, incident, kin, map, place,
    road, session, station, unit, wall,
};

/// Every declaration a type needs, itself included, by name.
#[derive(Default)]
struct Collect {
    config: Config,
    decls: BTreeMap<String, String>,
}

impl Collect {
    fn add<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() {
            return T::visit_dependencies(self);
        }
        let name = T::ident(&self.config);
        if self.decls.contains_key(&name) {
            return;
        }
        self.decls.insert(name, T::decl(&self.config));
        T::visit_dependencies(self);
    }
}

impl TypeVisitor for Collect {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
        T::visit_generics(self);
    }
}

macro_rules! collect {
    ($($name:literal $variant:ident $access:ident [$($post:ident)*]
        $req_mod:ident::$req:ident => $rep_mod:ident::$rep:ident [$($topic:ident)*];)+) => {
        fn collect_all(into: &mut Collect) {
            $(into.add::<$req_mod::$req>(); into.add::<$rep_mod::$rep>();)+
        }
    };
}
crate::command_table!(collect);

const HEAD: &str =
    "// Written by `cargo xtask bindings` from src-tauri/crates/wire. Never edited.\n";

/// The text of `types.ts`.
#[must_use]
pub fn types_ts() -> String {
    let mut all = Collect {
        config: Config::default().with_large_int("number"),
        ..Collect::default()
    };
    collect_all(&mut all);
    all.add::<failure::Failure>();
    all.add::<failure::FailureCode>();
    all.add::<session::Changed>();
    all.add::<incident::Param>();
    let mut text = String::from(HEAD);
    for decl in all.decls.values() {
        let _ = writeln!(text, "\nexport {decl}");
    }
    text
}

/// `sign_in` → `signIn`; `session.sign_in` → (`session`, `signIn`).
fn camel(text: &str) -> String {
    let mut out = String::new();
    let mut up = false;
    for letter in text.chars() {
        match letter {
            '_' | '.' => up = true,
            _ if up => {
                out.extend(letter.to_uppercase());
                up = false;
            }
            _ => out.push(letter),
        }
    }
    out
}

/// The text of `commands.ts`: one function per row, who may, what gets stale.
#[must_use]
pub fn commands_ts() -> String {
    let mut text = String::from(HEAD);
    text.push_str("import type * as T from './types'\n\n");
    text.push_str("/** Carries one request to the core; `bridge` provides it. */\n");
    text.push_str(
        "export type Call = <Req, Rep>(name: CommandName, request: Req) => Promise<Rep>\n\n",
    );
    text.push_str("export const commandTable = {\n");
    for row in COMMANDS {
        let posts: Vec<String> = row.posts.iter().map(quoted).collect();
        let topics: Vec<String> = row.changes.iter().map(quoted).collect();
        let writes = row.access == Access::Write;
        let _ = writeln!(
            text,
            "  '{}': {{ writes: {writes}, posts: [{}] as T.Post[], changes: [{}] as T.Topic[] }},",
            row.name,
            posts.join(", "),
            topics.join(", ")
        );
    }
    text.push_str("} as const\n\nexport type CommandName = keyof typeof commandTable\n\n");
    text.push_str("/** One typed function per command. */\n");
    text.push_str("export function commands(call: Call) {\n  return {\n");
    for row in COMMANDS {
        let (request, reply, name) = (row.request, row.reply, row.name);
        let function = camel(name);
        let line = if request == "Nothing" {
            format!("    {function}: () => call<T.Nothing, T.{reply}>('{name}', {{}}),")
        } else {
            let typed = format!("call<T.{request}, T.{reply}>");
            format!("    {function}: (request: T.{request}) => {typed}('{name}', request),")
        };
        let _ = writeln!(text, "{line}");
    }
    text.push_str("  }\n}\n");
    text
}

fn quoted<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value)
        .unwrap_or_default()
        .replace('"', "'")
}
