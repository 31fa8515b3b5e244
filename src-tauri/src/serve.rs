//! The station without a window, and what window and server start alike: the
//! intake, the loopback, the signals that end the program.
//!
//! Not here: the window.

use std::path::PathBuf;
use std::sync::Arc;

use fengsui_wire::failure::{Failure, FailureCode};

use crate::args::DeskWish;
use crate::console::{complain, say};
use crate::desk::Desk;
use crate::exit::Exit;
use crate::{bells, gateway, intake, logs};

/// Runs the station until it is asked to end.
pub(crate) fn run(wish: DeskWish, home: PathBuf) -> Exit {
    log_into(&home);
    if let Err(error) = gateway::options(&wish) {
        complain(&format!("{error:#}"));
        return Exit::Failed;
    }
    let desk = Desk::new(wish, home);
    desk.open();
    bells::listen(&desk, || None);
    let ended = tauri::async_runtime::block_on(async {
        let signal = asked_to_end();
        tokio::pin!(signal);
        // A signal while the core is opening ends it just the same.
        tokio::select! {
            () = &mut signal => return Ok(()),
            core = desk.core() => core.map(drop)?,
        }
        say(&format!("烽燧已就绪 / ready: {}", desk.home().display()));
        let doors = open_doors(&desk);
        if let Err(error) = doors {
            complain(&format!("{error:#}"));
            return Err(Failure::new(FailureCode::StoreIo));
        }
        signal.await;
        Ok(())
    });
    desk.close();
    intake::close(desk.home());
    match ended {
        Ok(()) => Exit::Good,
        Err(failure) => refused(&failure, desk.home()),
    }
}

/// Starts the log; without one the program runs all the same, and says so.
pub(crate) fn log_into(home: &std::path::Path) {
    if let Err(error) = logs::start(&home.join("logs")) {
        complain(&format!("没有运行日志 / running without a log: {error:#}"));
    }
}

/// Opens the intake and, where wished, the loopback; says where.
///
/// # Errors
/// An address that was asked for cannot be had.
pub(crate) fn open_doors(desk: &Arc<Desk>) -> anyhow::Result<()> {
    if let Some(address) = desk.wish().intake {
        let address = intake::open(desk, address)?;
        say(&format!("intake http://{address}/intake/call"));
    }
    #[cfg(feature = "loopback")]
    if let Some(address) = desk.wish().loopback {
        let page = crate::places::page(desk.wish().ui.as_deref());
        say(&format!(
            "loopback {}",
            crate::twin::open(desk, address, page)?
        ));
    }
    Ok(())
}

/// Says on the terminal why the desk did not open.
pub(crate) fn refused(failure: &Failure, home: &std::path::Path) -> Exit {
    let home = home.display();
    let said: Vec<String> = failure
        .params
        .iter()
        .map(|param| format!("{}={}", param.name, param.value))
        .collect();
    if failure.code == FailureCode::HomeInUse {
        complain(&format!(
            "home.in_use: 数据目录已被另一程序打开 / another copy has this home open: {home}"
        ));
        return Exit::HomeInUse;
    }
    let code = failure.code.text();
    let said = said.join(", ");
    complain(&format!(
        "{code}: 未能打开 / could not be opened: {home} ({said})"
    ));
    Exit::Failed
}

/// Returns when somebody asks the program to end (Ctrl-C, SIGTERM, SIGHUP).
pub(crate) async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        let mut signals: Vec<_> = kinds
            .into_iter()
            .filter_map(|kind| signal(kind).ok())
            .collect();
        std::future::poll_fn(|context| {
            let asked = signals
                .iter_mut()
                .any(|signal| signal.poll_recv(context).is_ready());
            if asked {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
