//! A network of its own for a test: the loopback, and a cable at whose other end nobody
//! answers. Whatever would leave the machine is counted there.
//!
//! Not here: what the test does.

use std::path::Path;
use std::process::Command;

use super::driver::the_only_window;

/// Set for the copy of the test that runs inside.
const INSIDE: &str = "FENGSUI_APART";
/// Our end of the cable; its address is one for documentation (RFC 5737).
const CABLE: &str = "cable";
const ADDRESS: &str = "192.0.2.1/24";
const FAR: &str = "192.0.2.2";

/// Runs the named test again in a network of its own and returns false in the outer copy, which
/// has then seen the inner one succeed. Without root there is no such network: says so, and the
/// test runs where it is.
pub(crate) fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        plug_in();
        return true;
    }
    if !rustix::process::geteuid().is_root() {
        println!("skipped 1: a network of its own needs root");
        return true;
    }
    let _only = the_only_window();
    let me = std::env::current_exe().unwrap();
    let inner = Command::new("unshare")
        .arg("--net")
        .arg(me)
        .args(["--exact", test, "--nocapture", "--include-ignored"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    // All it said but its own count, which is this test's.
    for line in String::from_utf8_lossy(&inner.stdout).lines() {
        if !line.starts_with("test result") {
            println!("{line}");
        }
    }
    let said = String::from_utf8_lossy(&inner.stderr);
    assert!(
        inner.status.success(),
        "{test} in a network of its own: {said}"
    );
    false
}

fn ip(words: &str) {
    let done = Command::new("ip").args(words.split(' ')).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "ip {words}: {said}");
}

fn plug_in() {
    ip("link set lo up");
    ip(&format!("link add {CABLE} type veth peer name far"));
    // Not to be taken for somebody's talk: the kernel's own greetings of IPv6.
    for end in [CABLE, "far"] {
        let switch = format!("/proc/sys/net/ipv6/conf/{end}/disable_ipv6");
        if Path::new(&switch).exists() {
            std::fs::write(switch, "1").unwrap();
        }
    }
    ip(&format!("addr add {ADDRESS} dev {CABLE}"));
    ip(&format!("link set {CABLE} up"));
    ip("link set far up");
    // The far end has no address: nobody answers there, not even to be found. So that a packet
    // is sent all the same, its hardware address is known.
    ip(&format!(
        "neigh add {FAR} lladdr 02:00:00:00:00:02 dev {CABLE} nud permanent"
    ));
    ip(&format!("route add default via {FAR}"));
    assert_eq!(sent(), 0, "the cable is new");
}

/// Packets that left this machine since the test began; `None` where there is no such network.
pub(crate) fn left_this_machine() -> Option<u64> {
    std::env::var_os(INSIDE).map(|_| sent())
}

/// From the kernel's table of the network that asks.
fn sent() -> u64 {
    let table = std::fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    let row = table
        .lines()
        .find_map(|line| line.trim().strip_prefix(&format!("{CABLE}:")))
        .unwrap();
    row.split_whitespace().nth(9).unwrap().parse().unwrap()
}

/// The count can see: one packet to a stranger is one packet more.
pub(crate) fn prove_the_count() {
    let before = sent();
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.send_to(b"x", (FAR, 9)).unwrap();
    assert_eq!(sent(), before + 1, "a packet that left was not counted");
}
