//! Who calls, and what number they called, by the headers of an INVITE.
//! Not here: whose number that is (`app`).

use rsipstack::sip::{HasHeaders, Header, Request};

/// The longest number and the longest name that are believed, in characters.
const NUMBER_MAX: usize = 64;
const NAME_MAX: usize = 128;

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Caller {
    pub(super) number: Option<String>,
    pub(super) name: Option<String>,
}

/// By P-Asserted-Identity, which the network answers for, then by From, which the caller wrote.
pub(super) fn caller(invite: &Request) -> Caller {
    let asserted = |header: &Header| match header {
        Header::PAssertedIdentity(identity) => Some(identity.value().to_owned()),
        Header::Other(name, value) if name.eq_ignore_ascii_case("P-Asserted-Identity") => {
            Some(value.clone())
        }
        _ => None,
    };
    let from = |header: &Header| match header {
        Header::From(from) => Some(from.value().to_owned()),
        _ => None,
    };
    let asserted = of(invite.headers().iter().filter_map(asserted));
    match asserted.number {
        Some(_) => asserted,
        None => of(invite.headers().iter().filter_map(from)),
    }
}

/// Every number that may be the called one, the likeliest first.
pub(super) fn called(invite: &Request) -> Vec<String> {
    let mut called: Vec<String> = number(&invite.uri.to_string()).into_iter().collect();
    let headers = invite.headers().iter();
    let values = headers.filter_map(|header| match header {
        Header::Other(name, value) if name.eq_ignore_ascii_case("P-Called-Party-ID") => {
            Some(value.clone())
        }
        Header::To(to) => Some(to.value().to_owned()),
        _ => None,
    });
    for value in values {
        called.extend(addresses(&value).into_iter().filter_map(|a| number(&a.uri)));
    }
    called
}

/// Whether a CANCEL's `Reason` says that somebody else answered (RFC 3326).
pub(super) fn is_answered_elsewhere(reason: &str) -> bool {
    reason.split(',').any(|reason| {
        let mut parts = reason.split(';').map(str::trim);
        let is_sip = parts.next().is_some_and(|p| p.eq_ignore_ascii_case("SIP"));
        is_sip && parts.any(|part| part.replace(' ', "").eq_ignore_ascii_case("cause=200"))
    })
}

fn of(values: impl Iterator<Item = String>) -> Caller {
    let mut caller = Caller::default();
    for value in values {
        for address in addresses(&value) {
            let number = number(&address.uri);
            // A name without a number that can be called back is nobody's.
            if number.is_some() {
                caller.number = caller.number.or(number);
                caller.name = caller.name.or(address.name);
            }
        }
    }
    caller
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Address {
    name: Option<String>,
    uri: String,
}

/// The addresses of a header: `"Name" <uri>;parameters`, or a bare uri, separated by commas.
fn addresses(value: &str) -> Vec<Address> {
    let mut found = Vec::new();
    let (mut is_quoted, mut is_inside, mut is_escaped) = (false, false, false);
    let mut one = String::new();
    for sign in value.chars() {
        match sign {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '<' if !is_quoted => is_inside = true,
            '>' if !is_quoted => is_inside = false,
            ',' if !is_quoted && !is_inside => {
                found.push(address(&one));
                one.clear();
                continue;
            }
            _ => {}
        }
        one.push(sign);
    }
    found.push(address(&one));
    found
}

fn address(text: &str) -> Address {
    let text = text.trim();
    let bracketed = text.rfind('<').and_then(|at| text.split_at_checked(at));
    let Some((name, uri)) = bracketed else {
        // Without brackets parameters belong to the header.
        let uri = text.split(';').next().unwrap_or(text);
        return Address {
            name: None,
            uri: uri.trim().to_owned(),
        };
    };
    let uri = uri.trim_start_matches('<').split('>').next();
    let name = name.trim();
    let quoted = name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'));
    let name = quoted.unwrap_or(name).replace("\\\"", "\"");
    let name: String = name.trim().chars().take(NAME_MAX).collect();
    Address {
        name: (!name.is_empty()).then_some(name),
        uri: uri.unwrap_or_default().trim().to_owned(),
    }
}

/// The number of a `tel:`, `sip:` or `sips:` address; `None`: anonymous, or none.
fn number(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let (user, host) = match scheme.trim().to_ascii_lowercase().as_str() {
        "tel" => (rest, ""),
        "sip" | "sips" => rest.split_once('@')?,
        _ => return None,
    };
    let user = user.split([';', ':']).next()?;
    let user = user.replace("%2B", "+").replace("%2b", "+");
    let user = user.replace("%23", "#");
    let is_number = user.chars().all(|sign| "+0123456789*#-.() ".contains(sign));
    let user: String = match is_number {
        // What people write between digits is no part of a number.
        true => user
            .chars()
            .filter(|sign| !"-.() ".contains(*sign))
            .collect(),
        false => user,
    };
    let hidden = [
        "anonymous",
        "unavailable",
        "unknown",
        "restricted",
        "private",
    ];
    let is_hidden = hidden.contains(&user.to_ascii_lowercase().as_str())
        || host.to_ascii_lowercase().starts_with("anonymous.invalid");
    let is_fit = (1..=NUMBER_MAX).contains(&user.chars().count());
    (is_fit && !is_hidden).then_some(user)
}

#[cfg(test)]
mod tests;
