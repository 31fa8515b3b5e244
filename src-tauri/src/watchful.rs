//! Watches the page's own process: when it dies or hangs, the window loads the
//! page again by itself. What was half typed lies in drafts and comes back.
//!
//! Not here: platforms whose web view restarts by itself.

use tauri::WebviewWindow;

#[cfg(target_os = "linux")]
pub(crate) fn watch(window: &WebviewWindow) {
    let watched = window.with_webview(|view| linux::watch(&view.inner()));
    if let Err(error) = watched {
        tracing::warn!(%error, "window.not_watched");
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn watch(_: &WebviewWindow) {}

#[cfg(target_os = "linux")]
mod linux {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::time::{Duration, Instant};

    use webkit2gtk::glib;
    use webkit2gtk::{SettingsExt, WebProcessTerminationReason, WebView, WebViewExt};

    use super::Restarts;

    /// A page that does not answer for this long is taken for dead.
    const HANG: Duration = Duration::from_secs(20);

    pub(super) fn watch(view: &WebView) {
        if let Some(settings) = view.settings() {
            settings.set_enable_dns_prefetching(false);
            settings.set_enable_page_cache(false);
        }
        let restarts = Rc::new(RefCell::new(Restarts::default()));
        view.connect_web_process_terminated(move |view, reason| {
            let wait = restarts.borrow_mut().wait(Instant::now());
            let reason = match reason {
                WebProcessTerminationReason::Crashed => "crashed",
                WebProcessTerminationReason::ExceededMemoryLimit => "memory",
                _ => "ended",
            };
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            tracing::error!(reason, wait_ms, "window.page_died");
            let view = view.clone();
            glib::timeout_add_local_once(wait, move || view.reload());
        });
        let silent: Rc<Cell<Option<Instant>>> = Rc::default();
        view.connect_is_web_process_responsive_notify(move |view| {
            if view.is_web_process_responsive() {
                silent.set(None);
                return;
            }
            let since = Instant::now();
            silent.set(Some(since));
            let (view, silent) = (view.clone(), Rc::clone(&silent));
            glib::timeout_add_local_once(HANG, move || {
                if silent.get() == Some(since) {
                    tracing::error!("window.page_hangs");
                    silent.set(None);
                    view.terminate_web_process();
                }
            });
        });
    }
}

/// How long to wait before the page is loaded again: at once, unless it keeps
/// dying.
#[cfg(any(target_os = "linux", test))]
#[derive(Debug, Default)]
struct Restarts {
    times: Vec<std::time::Instant>,
}

#[cfg(any(target_os = "linux", test))]
impl Restarts {
    const WINDOW: std::time::Duration = std::time::Duration::from_secs(60);

    fn wait(&mut self, now: std::time::Instant) -> std::time::Duration {
        self.times
            .retain(|at| now.duration_since(*at) < Self::WINDOW);
        self.times.push(now);
        let often = u64::try_from(self.times.len()).unwrap_or(u64::MAX);
        // 0.1 s for the first three, then 1, 2, 3 … at most 10 s.
        match often.saturating_sub(3) {
            0 => std::time::Duration::from_millis(100),
            more => std::time::Duration::from_secs(more.min(10)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Restarts;

    #[test]
    fn a_page_that_keeps_dying_does_not_burn_the_machine() {
        let start = Instant::now();
        let mut restarts = Restarts::default();
        let at = |s| start + Duration::from_secs(s);
        let waits: Vec<u128> = (0..15).map(|s| restarts.wait(at(s)).as_millis()).collect();
        assert_eq!(&waits[..5], &[100, 100, 100, 1_000, 2_000]);
        assert_eq!(waits[14], 10_000);
        assert_eq!(restarts.wait(at(500)).as_millis(), 100);
    }
}
