//! Fengsui, the program: reads what was asked and starts it.
//!
//! Not here: anything else; this is the list of parts and the switch.

mod args;
mod bell;
mod bells;
mod changes;
mod console;
mod core;
mod demo;
mod desk;
mod exit;
mod gateway;
mod handing;
mod http;
mod intake;
mod links;
mod logs;
mod maps;
mod opening;
mod places;
mod serve;
mod stop;
mod tiles;
mod tools;
#[cfg(feature = "loopback")]
mod twin;
mod wall;
mod watchful;
mod window;

use std::process::ExitCode;

use args::{DeskWish, Task};
use console::{complain, say};
use exit::Exit;

fn main() -> ExitCode {
    let task = match args::parse(std::env::args_os().skip(1)) {
        Ok(task) => task,
        Err(error) => {
            complain(&format!("{error}\n(fengsui --help)"));
            return Exit::Usage.into();
        }
    };
    run(task).into()
}

fn run(task: Task) -> Exit {
    match task {
        Task::Help => {
            say(args::HELP.trim_end());
            Exit::Good
        }
        Task::Version => {
            say(concat!("fengsui ", env!("CARGO_PKG_VERSION")));
            Exit::Good
        }
        Task::Window(wish) => at_home(*wish, window::run),
        Task::Serve(wish) => at_home(*wish, serve::run),
        Task::AuditVerify(home) => tools::audit_verify(&home),
        Task::AuditCheck(paper) => tools::audit_check(&paper),
        Task::MapBuild(wish) => maps::build(&wish),
        Task::MapInstall { home, pack } => maps::install(&home, &pack),
        Task::MapCheck(pack) => maps::check(&pack),
        Task::Health(home) => tools::health(&home),
        Task::StationInvite(wish) => tools::station_invite(&wish),
        Task::Backup { home, out } => tools::backup(&home, &out),
        Task::AddKey { home, way } => tools::add_key(&home, way),
    }
}

fn at_home(wish: DeskWish, start: fn(DeskWish, std::path::PathBuf) -> Exit) -> Exit {
    match places::home(wish.home.home.as_deref(), wish.demo.is_some()) {
        Ok(home) => start(wish, home),
        Err(error) => {
            complain(&format!("{error:#}"));
            Exit::Failed
        }
    }
}
