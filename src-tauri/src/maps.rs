//! The verbs of maps: building a pack, installing one, checking one. Ctrl-C leaves nothing half.
//!
//! Not here: how each is done (`mappack`).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use fengsui_mappack::install::{Installing, Step};
use fengsui_mappack::own::OwnReport;
use fengsui_mappack::{
    BuildInput, Continue, Manifest, PackError, Progress, Signed, Stage, archive, install,
};

use crate::args::{HomeWish, MapWish};
use crate::console::{complain, say};
use crate::exit::Exit;
use crate::{places, tools};

/// `map build`.
pub(crate) fn build(wish: &MapWish) -> Exit {
    let stopped = hear_stop();
    tools::report(built(wish, &stopped))
}

fn built(wish: &MapWish, stopped: &AtomicBool) -> anyhow::Result<Exit> {
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let mut input = match &wish.input {
        Some(path) => BuildInput::find(path, &now)?,
        None => BuildInput::own_alone(&wish.own, &now)?,
    };
    if wish.input.is_some() {
        input.add_own(&wish.own)?;
    }
    if let Some(raster) = &wish.raster {
        input.set_raster(raster)?;
    }
    if wish.out.exists() {
        return Err(PackError::TargetExists {
            path: wish.out.clone(),
        }
        .into());
    }
    let is_file = wish
        .out
        .extension()
        .is_some_and(|ending| ending == "mappack");
    let folder = match is_file {
        true => hidden_beside(&wish.out)?,
        false => wish.out.clone(),
    };
    let mut last = None;
    let built = fengsui_mappack::build(&input, &folder, &mut |progress| {
        tell(&progress, &mut last);
        go_on(stopped)
    });
    let manifest = match built {
        Err(PackError::Stopped) => return Ok(stopped_in_words()),
        other => other?,
    };
    tell_counts(&manifest);
    if is_file {
        let written = archive::write(&folder, &wish.out, &mut |_, _| go_on(stopped));
        let removed = std::fs::remove_dir_all(&folder);
        match written {
            Err(PackError::Stopped) => return Ok(stopped_in_words()),
            other => other?,
        }
        removed.with_context(|| folder.display().to_string())?;
    }
    say(&format!(
        "图包已成 / built: {} → {}",
        manifest.name,
        wish.out.display()
    ));
    Ok(Exit::Good)
}

/// `map install`.
pub(crate) fn install(wish: &HomeWish, pack: &Path) -> Exit {
    let stopped = hear_stop();
    let installed = || -> anyhow::Result<Exit> {
        let packs = places::home(wish.home.as_deref(), false)?.join("packs");
        let mut last = None;
        let done = install::install(pack, &packs, &mut |now| {
            tell_step(&now, &mut last);
            go_on(&stopped)
        });
        let installed = match done {
            Err(PackError::Stopped) => return Ok(stopped_in_words()),
            other => other?,
        };
        tell_pack(&installed.manifest, &installed.signed);
        say(&format!(
            "图包已安装，重开席位后使用 / installed, in use when the desk starts next: {}",
            installed.id
        ));
        Ok(Exit::Good)
    };
    tools::report(installed())
}

/// `map check`.
pub(crate) fn check(pack: &Path) -> Exit {
    let stopped = hear_stop();
    let checked = || -> anyhow::Result<Exit> {
        let mut last = None;
        let done = install::check(pack, &mut |now| {
            tell_step(&now, &mut last);
            go_on(&stopped)
        });
        let checked = match done {
            Err(PackError::Stopped) => return Ok(stopped_in_words()),
            other => other?,
        };
        tell_pack(&checked.manifest, &checked.signed);
        say("图包完好 / the pack is whole");
        Ok(Exit::Good)
    };
    tools::report(checked())
}

/// Set when Ctrl-C or a polite end is asked for.
fn hear_stop() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        if let Err(error) = signal_hook::flag::register(signal, Arc::clone(&flag)) {
            complain(&format!("{error}"));
        }
    }
    flag
}

fn go_on(stopped: &AtomicBool) -> Continue {
    if stopped.load(Ordering::Relaxed) {
        Continue::No
    } else {
        Continue::Yes
    }
}

fn stopped_in_words() -> Exit {
    complain("已中止，未留下任何文件 / stopped, nothing is left behind");
    Exit::Failed
}

/// The folder that becomes one file: hidden beside it. One that a cut-off run left is removed.
fn hidden_beside(out: &Path) -> anyhow::Result<PathBuf> {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let folder = out.with_file_name(format!(".{name}.folder"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    Ok(folder)
}

/// A line for every stage and every tenth of it, not for every step.
fn tell(progress: &Progress, last: &mut Option<(Stage, u64)>) {
    let tenth = progress.done.saturating_mul(10) / progress.of.max(1);
    let now = Some((progress.stage, tenth));
    if *last != now {
        let words = match progress.stage {
            Stage::Read => "读取摘录 / reading the extract",
            Stage::Own => "读取本县数据 / reading the county's own data",
            Stage::Draw => "绘制 / drawing",
            Stage::Tiles => "切片 / cutting tiles",
            Stage::Names => "编地名 / gathering names",
            Stage::Roads => "制路网 / making the road graph",
            Stage::Finish => "落盘 / finishing",
        };
        say(&format!("… {words} {}%", tenth * 10));
        *last = now;
    }
}

fn tell_step(now: &Installing, last: &mut Option<(Step, u64)>) {
    let tenth = now.done.saturating_mul(10) / now.of.max(1);
    let step = Some((now.step, tenth));
    if *last != step {
        let words = match now.step {
            Step::Check => "查验清单 / checking the manifest",
            Step::Copy => "逐字节查验 / checking every byte",
            Step::Sync => "落盘 / writing through",
            Step::Switch => "切换 / switching",
        };
        say(&format!("… {words} {}%", tenth * 10));
        *last = step;
    }
}

/// What a pack says of itself, in four lines.
fn tell_pack(manifest: &Manifest, signed: &Signed) {
    let signed = match signed {
        Signed::By(key) => format!("签名者 / signed by {key}"),
        Signed::No => "未签名 / not signed".to_owned(),
    };
    let approval = manifest.approval_no.as_deref().unwrap_or("无 / none");
    say(&format!(
        "{} {} · {} · 审图号 / approval: {approval} · {signed}",
        manifest.name,
        manifest.adcode.as_deref().unwrap_or(""),
        manifest.built_at
    ));
    tell_counts(manifest);
}

/// Counts, and what is lacking or was not taken.
fn tell_counts(manifest: &Manifest) {
    let tiles: u64 = manifest.counts.tiles.values().sum();
    say(&format!(
        "  瓦片 / tiles {tiles} · 地名 / names {} · 道路 / road pieces {}",
        manifest.counts.names, manifest.counts.highways
    ));
    if let Some(own) = &manifest.own {
        tell_own(own);
    }
    for warning in &manifest.warnings {
        complain(&format!("! {}: {}", warning.code, warning.text));
    }
}

fn tell_own(own: &OwnReport) {
    for file in &own.files {
        let layer = file.layer.map_or("—", |layer| layer.chinese());
        match &file.refused {
            Some(reason) => complain(&format!("× {} 未采用 / not taken: {reason}", file.name)),
            None => say(&format!(
                "  {} → {layer}: {} 行 / rows, {} 行有误 / rejected",
                file.name, file.rows.ok, file.rows.rejected
            )),
        }
    }
}
