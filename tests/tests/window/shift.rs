//! A shift of ten incidents by keys alone, with a power cut in the middle.
//!
//! Not here: how the window is reached (`driver`), who presses (`person`).

use std::path::Path;
use std::time::Duration;

use fengsui_tests::desk::{Desk, Scratch, TestClock, options};
use serde_json::{Value, json};

use super::driver::{Driver, cut_power, ended};
use super::person::{Person, Step};
use super::{apart, intake, pictures};

/// Calls come by the test alone, and crews do what the desk reports for them.
const WORDS: [&str; 4] = ["--demo-calls", "off", "--demo-crews", "off"];
/// What is typed is on the disk so soon after the last key; the power goes then.
const DRAFT: Duration = Duration::from_millis(500);
/// Half a form, typed when the power goes.
const HALF: &str = "河边有人喊救命，看不清在哪一边，报警人还在";

/// An incident of the shift as the screen said it was saved.
struct Saved {
    number: String,
    /// What must still be true of it: `closed`, `invalid` or what it had come to.
    stage: &'static str,
    text: String,
}

#[test]
fn ten_incidents_by_keys_alone_and_a_power_cut_between() {
    if !apart::is_inside("window::shift::ten_incidents_by_keys_alone_and_a_power_cut_between") {
        return;
    }
    // One thread, as the network of its own belongs to it.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(shift());
    if let Some(left) = apart::left_this_machine() {
        println!("packets that left this machine: {left}");
        assert_eq!(left, 0, "the desk talked to somebody");
        apart::prove_the_count();
    }
}

async fn shift() {
    let scratch = Scratch::new("window");
    let home = scratch.path();
    let driver = Driver::start(&pictures::folder().join("driver.log"));
    let mut saved = Vec::new();
    let mut steps = Vec::new();

    let client = driver.open(home, None, &WORDS).await;
    let mut person = Person::sit_down(client).await;
    before_the_cut(&mut person, home, &mut saved).await;
    person.touched_no_pointer().await;
    half_a_form(&mut person, home, &mut saved).await;
    steps.append(&mut person.steps);
    cut_power(home);
    // Its window is gone; the driver only has to be told.
    let _ = person.client.close().await;

    let client = driver.open(home, None, &WORDS).await;
    let mut person = Person::sit_down(client).await;
    the_form_is_back(&mut person, &mut saved).await;
    all_is_there(&mut person, &saved).await;
    after_the_cut(&mut person, home, &mut saved).await;
    person.touched_no_pointer().await;
    assert_eq!(saved.len(), 10, "ten incidents");
    all_is_there(&mut person, &saved).await;
    steps.append(&mut person.steps);
    person.client.close().await.unwrap();
    ended(home);

    tell(&steps);
    the_program_log_names_nobody(home);
    the_file_says_the_same(home, &saved);
}

/// Five incidents, each another road to its end.
async fn before_the_cut(person: &mut Person, home: &Path, saved: &mut Vec<Saved>) {
    // 1: the location came with the call: three keys from the ring to the order.
    intake::ring(
        home,
        "110",
        "139 0000 4217",
        Some((113.906_576, 31.202_429)),
    );
    person.sees("a call rings", RINGING).await;
    person.begin_counting();
    answer(person, "field-text").await;
    let knives = "两个人持刀打架，一个手上流血了";
    person.types(knives).await;
    person
        .sees("a type is proposed", "[data-testid=type-proposal]")
        .await;
    file_and_send(person).await;
    assert!(
        person.presses() <= 3,
        "{} keys for a located call",
        person.presses()
    );
    println!(
        "keys from the ring to the order, located: {}",
        person.presses()
    );
    let number = number_of(person).await;
    follow_to_the_end(
        person,
        &["双方已分开，伤者手部划伤", "已带回所里处理"],
        "R02",
    )
    .await;
    saved.push(Saved {
        number,
        stage: "closed",
        text: knives.into(),
    });

    // 2: the place is chosen by its initials: six keys.
    intake::ring(home, "110", "135 0000 6208", None);
    person.sees("a call rings", RINGING).await;
    person.begin_counting();
    answer(person, "field-place").await;
    person.types("rmlzx").await;
    person
        .sees("places are listed", "[data-testid=place-hit]")
        .await;
    person.press("Down").await;
    person.press("Enter").await;
    person
        .waits(
            "the place is on the map",
            "!document.querySelector('[data-testid=place-facts] .unk')",
        )
        .await;
    person.press("Tab").await;
    person
        .has_focus("the text", "[data-testid=field-text]")
        .await;
    let noise = "楼上唱歌吵得睡不着，说了几次都不听";
    person.types(noise).await;
    file_and_send(person).await;
    assert!(
        person.presses() <= 6,
        "{} keys with a place to choose",
        person.presses()
    );
    println!(
        "keys from the ring to the order, place chosen: {}",
        person.presses()
    );
    let number = number_of(person).await;
    follow_to_the_end(person, &["已劝导，音响关闭"], "R01").await;
    saved.push(Saved {
        number,
        stage: "closed",
        text: noise.into(),
    });

    // 3: an invalid call, closed in two keys.
    intake::ring(home, "110", "133 0000 2290", None);
    person.sees("a call rings", RINGING).await;
    answer(person, "field-place").await;
    person.begin_counting();
    person.press("Alt+X").await;
    person
        .sees("why invalid", "[data-testid=digit-choice]")
        .await;
    person.press("2").await;
    person
        .sees(
            "closed as invalid",
            "[data-testid=follow-stage][data-stage=invalid]",
        )
        .await;
    assert_eq!(person.presses(), 2, "an invalid call in two keys");
    let number = number_of(person).await;
    saved.push(Saved {
        number,
        stage: "invalid",
        text: String::new(),
    });

    // 4: a fire that came on the wrong line; typed text and number stay.
    intake::ring(
        home,
        "110",
        "138 0000 4471",
        Some((113.884_882, 31.336_034)),
    );
    person.sees("a call rings", RINGING).await;
    answer(person, "field-text").await;
    let number = number_of(person).await;
    let fire = "石桥头后山脚下有人烧秸秆，火有点大，靠着林子";
    person.types(fire).await;
    person.press("Alt+8").await;
    person
        .sees(
            "the fire fields",
            "[data-testid=row-special][data-line='119']",
        )
        .await;
    let kept = person
        .reads("document.querySelector('[data-testid=field-text]').value")
        .await;
    assert_eq!(kept, fire, "the typed text is kept");
    assert_eq!(number_of(person).await, number, "the number is kept");
    file_and_send(person).await;
    follow_to_the_end(person, &["明火已灭，留人看守"], "R12").await;
    saved.push(Saved {
        number,
        stage: "closed",
        text: fire.into(),
    });

    // 5: found by a patrol, opened by one line, closed by one line.
    person.press("Ctrl+K").await;
    person
        .has_focus("the command line", "[data-testid=command-input]")
        .await;
    person.types("/xf 巡03 滨江路护栏撞坏，无人受伤").await;
    person
        .waits(
            "the line is understood",
            "document.querySelector('[data-testid=command-preview]').dataset.kind === 'ready'",
        )
        .await;
    let before = number_of(person).await;
    person.press("Enter").await;
    another_is_open(person, &before).await;
    let number = number_of(person).await;
    follow_to_the_end(person, &["护栏已通知养护，现场清理"], "R04").await;
    saved.push(Saved {
        number,
        stage: "closed",
        text: String::new(),
    });
}

/// The sixth: half typed when the power goes.
async fn half_a_form(person: &mut Person, home: &Path, saved: &mut Vec<Saved>) {
    intake::ring(
        home,
        "110",
        "159 0000 3368",
        Some((113.907_961, 31.186_830)),
    );
    person.sees("a call rings", RINGING).await;
    answer(person, "field-text").await;
    let number = number_of(person).await;
    nothing_moves_who_types(person, home).await;
    tokio::time::sleep(DRAFT).await;
    saved.push(Saved {
        number,
        stage: "taking",
        text: String::new(),
    });
}

/// While half a form is typed, eight calls ring: no focus, no caret, no row moves.
async fn nothing_moves_who_types(person: &mut Person, home: &Path) {
    let letters: Vec<char> = HALF.chars().collect();
    let (first, rest) = letters.split_at(letters.len() / 2);
    let first: String = first.iter().collect();
    person.types(&first).await;
    let before = person.reads(STANDS).await;
    for at in 0..8 {
        let number = format!("150 0000 90{at}0");
        intake::post(
            home,
            &json!({ "event": "ringing", "line": "110", "number": number, "id": number }),
        );
    }
    person
        .sees("more calls wait", "[data-testid=calls-rest]")
        .await;
    let meanwhile = person.reads(STANDS).await;
    assert_eq!(before, meanwhile, "what arrives moves nobody who types");
    for at in 0..8 {
        let number = format!("150 0000 90{at}0");
        intake::post(home, &json!({ "event": "ended", "id": number }));
    }
    for letter in rest {
        person.types(&letter.to_string()).await;
    }
    let typed = person.reads("document.activeElement.value").await;
    assert_eq!(typed, HALF, "every letter went where the person types");
}

/// Focus, scroll and the box of every row of the form.
const STANDS: &str = "(() => {
    const box = (one) => { const b = one.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; };
    return {
        focus: document.activeElement.dataset.testid,
        caret: document.activeElement.selectionStart,
        scroll: [...document.querySelectorAll('*')].filter((one) => one.scrollTop || one.scrollLeft)
            .map((one) => [one.className, one.scrollTop, one.scrollLeft]),
        rows: [...document.querySelectorAll('[data-testid=form] .row')].map(box),
        panes: [...document.querySelectorAll('.pane')].map(box),
    };
})()";

/// After the cut the desk opens on the same form, with the same words and the same field.
async fn the_form_is_back(person: &mut Person, saved: &mut [Saved]) {
    let half = saved.last().unwrap();
    person
        .waits(
            "the form is open again",
            &format!("{NUMBER} === {}", Value::from(half.number.as_str())),
        )
        .await;
    person
        .waits(
            "the half-typed text is back",
            &format!(
                "document.querySelector('[data-testid=field-text]')?.value === {}",
                Value::from(HALF)
            ),
        )
        .await;
    person.press("Escape").await;
    person
        .has_focus("the field it was typed in", "[data-testid=field-text]")
        .await;
    // And it is finished.
    person.types("往下游漂了").await;
    file_and_send(person).await;
    follow_to_the_end(person, &["人已救起，送医"], "R03").await;
    let half = saved.last_mut().unwrap();
    half.stage = "closed";
    half.text = format!("{HALF}往下游漂了");
}

/// Four more: reinforced and cancelled, sent elsewhere, by hand.
async fn after_the_cut(person: &mut Person, home: &Path, saved: &mut Vec<Saved>) {
    // 7: one unit more; cancelling it takes two steps and the crew's own signature.
    intake::ring(
        home,
        "122",
        "186 0000 3321",
        Some((113.879_384, 31.196_942)),
    );
    person.sees("a call rings", RINGING).await;
    answer(person, "field-text").await;
    let crash = "人民路学府路口两辆小车追尾，没人受伤，堵了一条道";
    person.types(crash).await;
    file_and_send(person).await;
    let number = number_of(person).await;
    to_the_units(person).await;
    let before = live_units(person).await;
    person.press("+").await;
    person
        .has_focus("the candidates", "[data-focus=candidates]")
        .await;
    send_one_more(person).await;
    to_the_units(person).await;
    person
        .waits("one unit more", &format!("{LIVE} === {}", before + 1))
        .await;
    cancel_the_last(person).await;
    person
        .waits("the others stay", &format!("{LIVE} === {before}"))
        .await;
    follow_to_the_end(person, &["快处完毕，道路恢复"], "R11").await;
    saved.push(Saved {
        number,
        stage: "closed",
        text: crash.into(),
    });

    // 8: a walk-in, opened by hand; its unit is sent on to the ninth.
    person.press("Shift+F2").await;
    person
        .sees("how it came in", "[data-testid=digit-choice]")
        .await;
    let before = number_of(person).await;
    person.press("1").await;
    another_is_open(person, &before).await;
    person
        .has_focus("the place", "[data-testid=field-place]")
        .await;
    person.types("望北县指挥中心大厅").await;
    person.press("Tab").await;
    let wallet = "拾到钱包一个，来大厅交出";
    person.types(wallet).await;
    file_and_send(person).await;
    let eighth = number_of(person).await;
    let code = person.text_of("[data-testid=sheet-code]").await;
    saved.push(Saved {
        number: eighth.clone(),
        stage: "closed",
        text: wallet.into(),
    });

    // 9: its unit is taken from the eighth, which stays open without one.
    intake::ring(
        home,
        "110",
        "134 0000 5127",
        Some((113.890_999, 31.194_968)),
    );
    person.sees("a call rings", RINGING).await;
    answer(person, "field-text").await;
    let theft = "我电动车被偷了，就停在农贸市场门口，半小时不到";
    person.types(theft).await;
    file_and_send(person).await;
    let ninth = number_of(person).await;
    let ninth_code = person.text_of("[data-testid=sheet-code]").await;
    find_and_open(person, &code, &eighth).await;
    reroute_the_first(person, &ninth_code).await;
    person.press("Alt+F").await;
    close_with(person, "失主已领回", "R15").await;
    find_and_open(person, &ninth_code, &ninth).await;
    follow_to_the_end(person, &["监控已调，登记受理"], "R09").await;
    saved.push(Saved {
        number: ninth,
        stage: "closed",
        text: theft.into(),
    });

    // 10: a call that nobody could wait for, called back.
    let before = number_of(person).await;
    person.press("Alt+B").await;
    another_is_open(person, &before).await;
    person
        .has_focus("the place", "[data-testid=field-place]")
        .await;
    let number = number_of(person).await;
    person.press("Alt+X").await;
    person
        .sees("why invalid", "[data-testid=digit-choice]")
        .await;
    person.press("6").await;
    person
        .sees(
            "closed as invalid",
            "[data-testid=follow-stage][data-stage=invalid]",
        )
        .await;
    saved.push(Saved {
        number,
        stage: "invalid",
        text: String::new(),
    });
}

const RINGING: &str = "[data-testid=call-row][data-state=ringing]";
/// The number of the open incident.
const NUMBER: &str =
    "(document.querySelector('[data-testid=sheet-number]')?.textContent.trim() ?? '')";
/// How many units are not done with the open incident.
const LIVE: &str = "[...document.querySelectorAll('[data-testid=assignment-row]')]
    .filter((row) => !['cleared', 'cancelled'].includes(row.dataset.stage)).length";
/// Where every unit of the open incident stands, as one text.
const STEPS: &str = "[...document.querySelectorAll('[data-testid=assignment-row]')]
    .map((row) => row.dataset.callsign + row.dataset.stage + row.dataset.cancel).join()";
/// The stage of the unit that the keys would act on.
const CURRENT: &str = "document.querySelector('[data-testid=assignment-row][aria-selected=true]')?.dataset.stage ?? ''";

/// F2: the form is there and the caret in its first empty field.
async fn answer(person: &mut Person, first: &str) {
    let before = number_of(person).await;
    person.press("F2").await;
    another_is_open(person, &before).await;
    person
        .has_focus("the first empty field", &format!("[data-testid={first}]"))
        .await;
}

/// Another incident than before is open, with its number.
async fn another_is_open(person: &mut Person, before: &str) {
    let is_so = format!("{NUMBER} !== '' && {NUMBER} !== {}", Value::from(before));
    person.waits("another incident is open", &is_so).await;
}

async fn number_of(person: &Person) -> String {
    person.text_of("[data-testid=sheet-number]").await
}

/// Two keys: filed with whatever is missing, and the proposed units sent.
async fn file_and_send(person: &mut Person) {
    person.press("Ctrl+Enter").await;
    person
        .has_focus("the candidates", "[data-focus=candidates]")
        .await;
    person.sends().await;
}

/// Ticks the best of those that are not there yet, says why, and sends.
async fn send_one_more(person: &mut Person) {
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
async fn to_the_units(person: &mut Person) {
    person.press("F5").await;
    person
        .has_focus("the units sent", "[data-focus=assignments]")
        .await;
}

async fn live_units(person: &Person) -> u64 {
    person.reads(LIVE).await.as_u64().unwrap()
}

/// Asked, confirmed with its reason, signed by the crew; until then it is 待撤销.
async fn cancel_the_last(person: &mut Person) {
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
async fn reroute_the_first(person: &mut Person, code: &str) {
    person
        .has_focus("the units sent", "[data-focus=assignments]")
        .await;
    person.press("T").await;
    person
        .has_focus("where to", "[data-testid=field-reroute]")
        .await;
    person.types(code).await;
    person
        .waits(
            "one incident is meant",
            &format!(
                "document.querySelector('[data-testid=reroute-target]').textContent.includes({})",
                Value::from(code)
            ),
        )
        .await;
    person.press("Enter").await;
    // The crew signs the leaving as it signs any cancelling.
    person
        .has_focus("the units sent", "[data-focus=assignments]")
        .await;
    all_units_done(person).await;
}

/// Finds an incident by its code and opens it.
async fn find_and_open(person: &mut Person, code: &str, number: &str) {
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
async fn follow_to_the_end(person: &mut Person, feedback: &[&str], result: &str) {
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

async fn say_feedback(person: &mut Person, words: &str) {
    person.types(words).await;
    person.press("Enter").await;
    person
        .waits(
            "the feedback is noted",
            &format!(
                "document.querySelector('[data-testid=feedback-last]')?.textContent.includes({})",
                Value::from(words)
            ),
        )
        .await;
}

/// Enter reports the next step of the unit that the keys act on, until all have left; the keys
/// go on with the next unit by themselves.
async fn all_units_done(person: &mut Person) {
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
async fn close_with(person: &mut Person, words: &str, result: &str) {
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
        .waits(
            "the feedback is noted",
            &format!(
                "document.querySelector('[data-testid=feedback-last]')?.textContent.includes({})",
                Value::from(words)
            ),
        )
        .await;
    person.press("Ctrl+Shift+Enter").await;
    person
        .sees("closed", "[data-testid=follow-stage][data-stage=closed]")
        .await;
}

/// Every incident that was said to be saved is found, as it was said.
async fn all_is_there(person: &mut Person, saved: &[Saved]) {
    for one in saved {
        person.press("Ctrl+F").await;
        person
            .has_focus("the search line", "[data-testid=field-find]")
            .await;
        person.types(&one.number).await;
        person.press("Enter").await;
        let row = format!(
            "[data-testid=queue-row][data-number='{}'][data-stage={}]",
            one.number, one.stage
        );
        person
            .sees("what was said to be saved is there", &row)
            .await;
        person.press("Escape").await;
    }
}

/// The slowest step of each name.
fn tell(steps: &[Step]) {
    let mut names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    println!(
        "{:<44}{:>6}{:>9}{:>9}  (ms, with the driver's own time)",
        "step", "times", "median", "longest"
    );
    for name in names {
        let mut took: Vec<u128> = steps
            .iter()
            .filter(|step| step.name == name)
            .map(|step| step.took.as_millis())
            .collect();
        took.sort_unstable();
        let (median, longest) = (took[took.len() / 2], took[took.len() - 1]);
        println!("{name:<44}{:>6}{median:>9}{longest:>9}", took.len());
    }
}

/// What the program writes about itself holds no number, word or place of a person.
fn the_program_log_names_nobody(home: &Path) {
    let mut lines = 0;
    for file in std::fs::read_dir(home.join("logs")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        lines += text.lines().count();
        for secret in [
            "139 0000",
            "1390000",
            "持刀",
            "楼上唱歌",
            "石桥头",
            "夜市",
            "31.2024",
            "113.9065",
        ] {
            assert!(
                !text.contains(secret),
                "{secret} stands in the program's log"
            );
        }
        for line in text.lines() {
            let _: Value = serde_json::from_str(line).unwrap();
        }
    }
    assert!(lines > 10, "{lines} lines of log");
}

/// The same home, opened without a window: everything said is in the log, which verifies.
fn the_file_says_the_same(home: &Path, saved: &[Saved]) {
    let clock = TestClock::at(now_ms());
    let desk = Desk::with(options(home, &clock), &clock).unwrap();
    let mut numbers: Vec<&str> = saved.iter().map(|one| one.number.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), saved.len(), "no number twice");
    for one in saved {
        let found = desk
            .ok(
                "incident.search",
                json!({ "query": one.number, "limit": 5 }),
            )
            .unwrap();
        let rows = found["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{}", one.number);
        assert_eq!(rows[0]["stage"], one.stage, "{}", one.number);
        let view = desk.view(rows[0]["id"].as_str().unwrap()).unwrap();
        if !one.text.is_empty() {
            assert_eq!(view["form"]["text"], one.text, "{}", one.number);
        }
    }
    let proof = desk.ok("audit.verify", json!({})).unwrap();
    assert_eq!(proof["rebuild_equal"], true, "{proof}");
    assert_eq!(proof["broken"], json!([]));
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    i64::try_from(since.as_millis()).unwrap()
}
