//! The parts of a message's body: one, or several after RFC 2046.
//! Not here: what they mean (`sdp`, `fix`).

/// The parts with their content types in lower case, without parameters.
pub(super) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Vec<(String, &'a [u8])> {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let kind = kind.trim().to_ascii_lowercase();
    if !kind.starts_with("multipart/") {
        return vec![(kind, body)];
    }
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_boundary = name.trim().eq_ignore_ascii_case("boundary");
        is_boundary.then(|| value.trim().trim_matches('"'))
    });
    let Some(boundary) = boundary.filter(|boundary| !boundary.is_empty()) else {
        return Vec::new();
    };
    let line = format!("--{boundary}");
    // Before the first boundary stands nothing that counts, after the last neither.
    let sections = between(body, line.as_bytes()).into_iter().skip(1);
    sections.filter_map(section).collect()
}

/// What lies between the marks, with what lies before the first and after the last.
fn between<'a>(body: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(at) = find(rest, mark) {
        found.push(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + mark.len()..).unwrap_or_default();
    }
    found.push(rest);
    found
}

fn find(body: &[u8], what: &[u8]) -> Option<usize> {
    body.windows(what.len()).position(|window| window == what)
}

fn section(section: &[u8]) -> Option<(String, &[u8])> {
    // "--" after the boundary ends it all.
    let section = section.strip_prefix(b"\r\n")?;
    let (head, content) = match find(section, b"\r\n\r\n") {
        Some(at) => (section.get(..at)?, section.get(at + 4..)?),
        None => return None,
    };
    let content = content.strip_suffix(b"\r\n").unwrap_or(content);
    let head = String::from_utf8_lossy(head);
    let kind = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_kind = name.trim().eq_ignore_ascii_case("content-type");
        let value = value.split(';').next()?;
        is_kind.then(|| value.trim().to_ascii_lowercase())
    });
    Some((kind?, content))
}
