//! Who sits at the desk: presses keys, sees what the screen says, and is timed.
//!
//! Not here: what is done (`shift`).

use std::time::{Duration, Instant};

use fantoccini::Client;
use fantoccini::actions::KeyActions;
use serde_json::Value;

use super::driver::ask;
use super::keys;

/// The longest anybody waits for something to appear (a busy machine is slow).
const PATIENCE: Duration = Duration::from_secs(90);
/// An Enter sooner than this after the candidates appeared is not meant for them.
const SETTLE: Duration = Duration::from_millis(300);
const LOOK_AGAIN: Duration = Duration::from_millis(15);

/// Keeps in the page what the test must know: pointer events, and who had the focus when.
const LEDGER: &str = r"
    if (window.ledger) return true;
    const ledger = (window.ledger = { pointer: 0, keys: [], errors: [] });
    for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'wheel'])
        addEventListener(kind, () => (ledger.pointer += 1), true);
    addEventListener('keydown', (event) => ledger.keys.push(event.key), true);
    addEventListener('error', (event) => ledger.errors.push(String(event.message)));
    addEventListener('unhandledrejection', (event) => ledger.errors.push(String(event.reason)));
    return true;";

/// A step and how long it took from the key to the screen.
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) took: Duration,
}

/// The person at the desk.
pub(crate) struct Person {
    pub(crate) client: Client,
    /// Key presses that are not text, since `begin_counting`.
    presses: u32,
    pub(crate) steps: Vec<Step>,
}

impl Person {
    /// Sits down when the desk is there.
    pub(crate) async fn sit_down(client: Client) -> Person {
        let mut person = Person {
            client,
            presses: 0,
            steps: Vec::new(),
        };
        person
            .sees("the desk", "[data-testid=honesty-station]")
            .await;
        ask(&person.client, LEDGER).await;
        person
    }

    pub(crate) fn begin_counting(&mut self) {
        self.presses = 0;
    }

    pub(crate) fn presses(&self) -> u32 {
        self.presses
    }

    /// Presses a chord once.
    pub(crate) async fn press(&mut self, chord: &str) {
        self.presses += 1;
        self.act(keys::chord(chord)).await;
    }

    /// Types free text or the letters of a name.
    pub(crate) async fn types(&mut self, text: &str) {
        self.act(keys::text(text)).await;
    }

    async fn act(&self, actions: KeyActions) {
        self.client.perform_actions(actions).await.unwrap();
    }

    /// The value of an expression of the page.
    pub(crate) async fn reads(&self, expression: &str) -> Value {
        ask(&self.client, &format!("return ({expression});")).await
    }

    /// Whether an expression of the page becomes true within some time.
    pub(crate) async fn comes(&self, expression: &str, within: Duration) -> bool {
        let began = Instant::now();
        while began.elapsed() < within {
            if self.reads(expression).await == Value::Bool(true) {
                return true;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        false
    }

    /// Waits until an expression of the page is true (or something), and gives it.
    pub(crate) async fn waits(&mut self, what: &str, expression: &str) -> Value {
        let began = Instant::now();
        loop {
            let value = self.reads(expression).await;
            let is_there = !matches!(&value, Value::Null | Value::Bool(false))
                && value != Value::String(String::new());
            if is_there {
                self.steps.push(Step {
                    name: what.to_owned(),
                    took: began.elapsed(),
                });
                return value;
            }
            if began.elapsed() > PATIENCE {
                self.gives_up(what, expression).await;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn gives_up(&self, what: &str, expression: &str) -> ! {
        let picture = super::pictures::folder().join("gave-up.png");
        super::pictures::take(&self.client, &picture).await;
        let focus = self.reads("document.activeElement?.outerHTML?.slice(0, 300)");
        panic!(
            "not seen: {what} ({expression}); focus on {}; {}",
            focus.await,
            picture.display()
        );
    }

    /// Waits for an element that is shown.
    pub(crate) async fn sees(&mut self, what: &str, selector: &str) -> Value {
        let shown = format!(
            "(() => {{ const one = document.querySelector({}); \
             return one && one.getClientRects().length > 0 \
             ? (one.textContent.trim() || true) : null; }})()",
            Value::from(selector)
        );
        self.waits(what, &shown).await
    }

    /// Waits until a part of the desk holds these words.
    pub(crate) async fn reads_in(&mut self, what: &str, part: &str, words: &str) {
        let text = format!("document.querySelector('[data-testid={part}]')?.textContent");
        let holds = format!("{text}.includes({}) ?? false", Value::from(words));
        self.waits(what, &holds).await;
    }

    /// Waits until the focus is in an element.
    pub(crate) async fn has_focus(&mut self, what: &str, selector: &str) {
        let is_there = format!(
            "!!document.activeElement && document.activeElement.matches({})",
            Value::from(selector)
        );
        self.waits(what, &is_there).await;
    }

    /// As long as a person takes at least from seeing the candidates to the key.
    pub(crate) async fn lets_settle(&self) {
        tokio::time::sleep(SETTLE).await;
    }

    /// Enter on the candidates as proposed.
    pub(crate) async fn sends(&mut self) {
        let proposed = "[data-testid=candidate-row][aria-selected=true]";
        // One may be ticked already for the look before filing; the list takes the keys after it.
        self.has_focus("the candidates", "[data-focus=candidates]")
            .await;
        self.sees("a unit is proposed", proposed).await;
        self.lets_settle().await;
        self.press("Enter").await;
        self.sees("the order is out", "[data-testid=order-sent]")
            .await;
    }

    /// The text of an element that is there.
    pub(crate) async fn text_of(&self, selector: &str) -> String {
        let script = format!(
            "document.querySelector({})?.textContent.trim() ?? ''",
            Value::from(selector)
        );
        self.reads(&script).await.as_str().unwrap().to_owned()
    }

    /// What the ledger of the page holds; nothing may have touched it but keys.
    pub(crate) async fn touched_no_pointer(&self) {
        assert_eq!(self.reads("window.ledger.pointer").await, 0, "a pointer");
        let errors = self.reads("window.ledger.errors").await;
        assert_eq!(errors, Value::Array(Vec::new()), "errors of the page");
    }
}
