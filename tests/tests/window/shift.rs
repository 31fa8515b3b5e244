//! A shift of ten incidents by keys alone, with a power cut in the middle.
//!
//! Not here: how the window is reached (`driver`), who presses (`person`).

use std::path::Path;
use std::time::{Duration, Instant};

use fengsui_tests::desk::Scratch;
use serde_json::{Value, json};

use super::acts::{
    LIVE, NUMBER, RINGING, another_is_open, answer, cancel_the_last, close_with, file_and_send,
    find_and_open, follow_to_the_end, live_units, number_of, reroute_the_first, send_one_more,
    to_the_units,
};
use super::driver::{Driver, cut_power, ended, on_one_thread};
use super::person::Person;
use super::proof::{tell, the_file_says_the_same, the_program_log_names_nobody};
use super::{apart, intake, pictures};

/// Calls come by the test alone, and crews do what the desk reports for them.
const WORDS: [&str; 4] = ["--demo-calls", "off", "--demo-crews", "off"];
/// What is typed is on the disk so soon after the last key, on a machine that has the time.
const DRAFT: Duration = Duration::from_millis(500);
/// Load of the last minute up to which that is asked for.
const CALM: f64 = 2.5;
/// Half a form, typed when the power goes.
const HALF: &str = "河边有人喊救命，看不清在哪一边，报警人还在";

/// An incident of the shift as the screen said it was saved.
pub(crate) struct Saved {
    pub(crate) number: String,
    /// What must still be true of it: `closed`, `invalid` or what it had come to.
    pub(crate) stage: &'static str,
    pub(crate) text: String,
}

#[test]
fn ten_incidents_by_keys_alone_and_a_power_cut_between() {
    if !apart::is_inside("window::shift::ten_incidents_by_keys_alone_and_a_power_cut_between") {
        return;
    }
    // One thread, as the network of its own belongs to it.
    on_one_thread(shift());
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
    located_in_three_keys(person, home, saved).await;
    place_chosen_in_six_keys(person, home, saved).await;
    invalid_in_two_keys(person, home, saved).await;
    fire_on_the_wrong_line(person, home, saved).await;
    found_by_a_patrol(person, saved).await;
}

/// The location came with the call: three keys from the ring to the order.
async fn located_in_three_keys(person: &mut Person, home: &Path, saved: &mut Vec<Saved>) {
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
}

/// The place is chosen by its initials: six keys.
async fn place_chosen_in_six_keys(person: &mut Person, home: &Path, saved: &mut Vec<Saved>) {
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
}

/// A6 and A7: two schools of one name stand there, each with its town, and nothing is chosen; Enter
/// on the second sets the pin and whose it is.
async fn the_second_of_two_schools(person: &mut Person) {
    person.types("rmlzxx").await;
    let schools = "[...document.querySelectorAll('[data-testid=place-hit]')]
        .filter((hit) => hit.textContent.includes('人民路中心小学'))";
    person
        .waits(
            "two schools of one name",
            &format!("{schools}.length === 2"),
        )
        .await;
    let towns =
        format!("new Set({schools}.map((hit) => hit.querySelector('.d2').textContent)).size");
    person
        .waits("each with its own town", &format!("{towns} === 2"))
        .await;
    person
        .waits(
            "nothing is chosen",
            "!document.querySelector('[data-testid=place-hit][aria-selected=true]')",
        )
        .await;
    person.press("Down").await;
    person.press("Down").await;
    person.press("Enter").await;
    person
        .waits(
            "the pin is set and whose it is",
            "document.querySelector('[data-testid=place-facts]')?.textContent.includes('地名')
                && document.querySelector('[data-testid=place-area]')?.textContent.includes('派出所')",
        )
        .await;
}

/// An invalid call, closed in two keys.
async fn invalid_in_two_keys(person: &mut Person, home: &Path, saved: &mut Vec<Saved>) {
    intake::ring(home, "110", "133 0000 2290", None);
    person.sees("a call rings", RINGING).await;
    answer(person, "field-place").await;
    the_second_of_two_schools(person).await;
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
}

/// A fire that came on the wrong line; typed text and number stay.
async fn fire_on_the_wrong_line(person: &mut Person, home: &Path, saved: &mut Vec<Saved>) {
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
}

/// Found by a patrol, opened by one line.
async fn found_by_a_patrol(person: &mut Person, saved: &mut Vec<Saved>) {
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
    let typed = Instant::now();
    let kept = "document.querySelector('[data-testid=form]').dataset.kept === 'true'";
    person.waits("what is typed is on the disk", kept).await;
    let took = typed.elapsed();
    let load = load();
    println!("half a form on the disk {took:?} after the last key, load {load}");
    assert!(took <= DRAFT || load > CALM, "{took:?} at load {load}");
    saved.push(Saved {
        number,
        stage: "taking",
        text: String::new(),
    });
}

/// The machine's load of the last minute.
fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
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
    const box = (one) => {
        const b = one.getBoundingClientRect();
        return [b.x, b.y, b.width, b.height];
    };
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
    one_unit_more_and_cancelled(person, home, saved).await;
    let (eighth, code) = a_walk_in(person, saved).await;
    sent_on_from_another(person, home, (&eighth, &code), saved).await;
    called_back(person, saved).await;
}

/// One unit more; cancelling it takes two steps and the crew's own signature.
async fn one_unit_more_and_cancelled(person: &mut Person, home: &Path, saved: &mut Vec<Saved>) {
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
}

/// A walk-in, opened by hand; it stays open, for its unit is sent on. Its number and code.
async fn a_walk_in(person: &mut Person, saved: &mut Vec<Saved>) -> (String, String) {
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
    (eighth, code)
}

/// Its unit is taken from the eighth, which is closed without one.
async fn sent_on_from_another(
    person: &mut Person,
    home: &Path,
    (eighth, code): (&str, &str),
    saved: &mut Vec<Saved>,
) {
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
    find_and_open(person, code, eighth).await;
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
}

/// A call that nobody could wait for, called back.
async fn called_back(person: &mut Person, saved: &mut Vec<Saved>) {
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
