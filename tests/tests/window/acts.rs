//! What a dispatcher does at the desk, one act a function, each until the screen shows it done.
//!
//! Not here: the order in which it is done (`shift`), presses and waits (`person`).

use serde_json::Value;

use super::person::Person;

/// A call that nobody has taken.
pub(crate) const RINGING: &str = "[data-testid=call-row][data-state=ringing]";
/// The number of the open incident.
pub(crate) const NUMBER: &str =
    "(document.querySelector('[data-testid=sheet-number]')?.textContent.trim() ?? '')";
/// How many units are not done with the open incident.
pub(crate) const LIVE: &str = "[...document.querySelectorAll('[data-testid=assignment-row]')]
    .filter((row) => !['cleared', 'cancelled'].includes(row.dataset.stage)).length";
/// Where every unit of the open incident stands, as one text.
pub(crate) const STEPS: &str = "[...document.querySelectorAll('[data-testid=assignment-row]')]
    .map((row) => row.dataset.callsign + row.dataset.stage + row.dataset.cancel).join()";
/// The stage of the unit that the keys would act on.
pub(crate) const CURRENT: &str =
    "document.querySelector('[data-testid=assignment-row][aria-selected=true]')
    ?.dataset.stage ?? ''";

/// F2: the form is there and the caret in its first empty field.
pub(crate) async fn answer(person: &mut Person, first: &str) {
    let before = number_of(person).await;
    person.press("F2").await;
    another_is_open(person, &before).await;
    person
        .has_focus("the first empty field", &format!("[data-testid={first}]"))
        .await;
}

/// Another incident than before is open, with its number.
pub(crate) async fn another_is_open(person: &mut Person, before: &str) {
    let is_so = format!("{NUMBER} !== '' && {NUMBER} !== {}", Value::from(before));
    person.waits("another incident is open", &is_so).await;
}

pub(crate) async fn number_of(person: &Person) -> String {
    person.text_of("[data-testid=sheet-number]").await
}

/// Two keys: filed with whatever is missing, and the proposed units sent.
pub(crate) async fn file_and_send(person: &mut Person) {
    person.press("Ctrl+Enter").await;
    person
        .has_focus("the candidates", "[data-focus=candidates]")
        .await;
    person.sends().await;
}

/// Ticks the best of those that are not there yet, says why, and sends.
pub(crate) async fn send_one_more(person: &mut Person) {
    person
        .sees("units are ranked", "[data-testid=candidate-row]")
        .await;
    person.lets_settle().await;
    let ticked =
        "document.querySelectorAll('[data-testid=candidate-row][aria-selected=true]').length";
    if person.reads(ticked).await == 0 {
        person.press("1").await;
        person
            .waits("it is ticked", &format!("{ticked} === 1"))
            .await;
    }
    person.press("O").await;
    person
        .has_focus("the reason", "[data-testid=field-reason]")
        .await;
    person.types("车多，需疏导").await;
    person.press("Enter").await;
    person
        .sees("the order is out", "[data-testid=order-sent]")
        .await;
}

/// F5, from the form or from the follow-up.
pub(crate) async fn to_the_units(person: &mut Person) {
    person.press("F5").await;
    person
        .has_focus("the units sent", "[data-focus=assignments]")
        .await;
}

pub(crate) async fn live_units(person: &Person) -> u64 {
    person.reads(LIVE).await.as_u64().unwrap()
}

/// Asked, confirmed with its reason, signed by the crew; until then it is 待撤销.
pub(crate) async fn cancel_the_last(person: &mut Person) {
    let rows = "document.querySelectorAll('[data-testid=assignment-row]')";
    while person
        .reads(&format!("[...{rows}].at(-1).getAttribute('aria-selected')"))
        .await
        != "true"
    {
        person.press("Down").await;
    }
    person.press("-").await;
    person
        .has_focus("why it is cancelled", "[data-testid=field-cancel-reason]")
        .await;
    person.press("Enter").await;
    person
        .waits(
            "it waits for the crew",
            &format!("[...{rows}].at(-1).dataset.cancel === 'pending'"),
        )
        .await;
    person
        .has_focus("the units sent", "[data-focus=assignments]")
        .await;
    person.press("Enter").await;
    person
        .waits(
            "the crew has signed",
            &format!("[...{rows}].at(-1).dataset.stage === 'cancelled'"),
        )
        .await;
}

/// T, the other incident's code, Enter.
pub(crate) async fn reroute_the_first(person: &mut Person, code: &str) {
    person
        .has_focus("the units sent", "[data-focus=assignments]")
        .await;
    person.press("T").await;
    person
        .has_focus("where to", "[data-testid=field-reroute]")
        .await;
    person.types(code).await;
    person
        .reads_in("one incident is meant", "reroute-target", code)
        .await;
    person.press("Enter").await;
    // The crew signs the leaving as it signs any cancelling.
    person
        .has_focus("the units sent", "[data-focus=assignments]")
        .await;
    all_units_done(person).await;
}

/// Finds an incident by its code and opens it.
pub(crate) async fn find_and_open(person: &mut Person, code: &str, number: &str) {
    person.press("Ctrl+F").await;
    person
        .has_focus("the search line", "[data-testid=field-find]")
        .await;
    person.types(code).await;
    person.press("Enter").await;
    person.has_focus("the queue", "[data-focus=queue]").await;
    person
        .sees(
            "it is found",
            &format!("[data-testid=queue-row][data-number='{number}']"),
        )
        .await;
    person.press("Enter").await;
    person
        .waits(
            "it is open",
            &format!("{NUMBER} === {}", Value::from(number)),
        )
        .await;
    person.press("Escape").await;
}

/// Every unit from the order to leaving the scene, feedback, result, closed.
pub(crate) async fn follow_to_the_end(person: &mut Person, feedback: &[&str], result: &str) {
    to_the_units(person).await;
    person
        .waits("the units are listed", &format!("{LIVE} > 0"))
        .await;
    all_units_done(person).await;
    person.press("Alt+F").await;
    person
        .has_focus("the feedback", "[data-testid=field-feedback]")
        .await;
    for words in feedback {
        say_feedback(person, words).await;
    }
    close_with(person, "处置完毕", result).await;
}

pub(crate) async fn say_feedback(person: &mut Person, words: &str) {
    person.types(words).await;
    person.press("Enter").await;
    person
        .reads_in("the feedback is noted", "feedback-last", words)
        .await;
}

/// Enter reports the next step of the unit that the keys act on, until all have left; the keys
/// go on with the next unit by themselves.
pub(crate) async fn all_units_done(person: &mut Person) {
    while live_units(person).await > 0 {
        let is_live = format!("!['', 'cleared', 'cancelled'].includes({CURRENT})");
        person
            .waits("the keys act on a unit that is in it", &is_live)
            .await;
        let before = person.reads(STEPS).await;
        person.press("Enter").await;
        person
            .waits("the next step", &format!("{STEPS} !== {before}"))
            .await;
    }
}

/// The result by its code, and the closing, which without one would be refused.
pub(crate) async fn close_with(person: &mut Person, words: &str, result: &str) {
    person
        .has_focus("the feedback", "[data-testid=field-feedback]")
        .await;
    person.types(words).await;
    person.press("Tab").await;
    person
        .has_focus("the result", "[data-testid=field-result]")
        .await;
    person.types(result).await;
    person
        .sees(
            "the result is listed",
            &format!("[data-testid=result-hit][data-code={result}]"),
        )
        .await;
    person.press("Enter").await;
    person
        .sees("the result is chosen", "[data-testid=feedback-result]")
        .await;
    person.press("Enter").await;
    person
        .reads_in("the feedback is noted", "feedback-last", words)
        .await;
    person.press("Ctrl+Shift+Enter").await;
    person
        .sees("closed", "[data-testid=follow-stage][data-stage=closed]")
        .await;
}
