//! An entry in few bytes: what follows from its place in the log, from its kind, or was said
//! before in the same frame, is not said. Reading gives the entry's own bytes again, bit for bit,
//! since they are hashed; an entry for which that fails travels as it is.
//!
//! Not here: compression (`pack`), which entries go (`out`).

use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::field::Field;
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::number::{IncidentNumber, LocalDay, StationCode};

use super::shape::{self, Form, Shape};

/// Texts every station knows from the beginning.
const TEXTS: &[&str] = &["", "device", "110", "119", "122", "台01", "台02"];
/// Longer texts are not looked for again.
const TEXT_KEPT_MAX: usize = 64;
/// Words about the stamp.
const SEEN_LAST: u8 = 1;
const SEEN_EACH: u8 = 2;
const SEEN_MASK: u8 = 3;
const HAS_COUNTER: u8 = 4;
const HAS_TRUE_TIME: u8 = 8;
const HAS_REFS: u8 = 16;
const IS_OWN_SUBJECT: u8 = 32;

/// What was said before in the same frame.
pub(super) struct Context {
    hlc_ms: i64,
    point: (i32, i32),
    texts: Vec<String>,
    dots: Vec<Dot>,
}

impl Context {
    /// Of a frame under a key whose times count from `base_ms`.
    pub(super) fn new(base_ms: i64) -> Context {
        Context {
            hlc_ms: base_ms,
            point: (0, 0),
            texts: TEXTS.iter().map(|text| (*text).to_owned()).collect(),
            dots: Vec::new(),
        }
    }

    fn keep_text(&mut self, text: &str) {
        if text.len() <= TEXT_KEPT_MAX {
            self.texts.push(text.to_owned());
        }
    }

    fn keep_dot(&mut self, dot: Dot) {
        if !self.dots.contains(&dot) {
            self.dots.push(dot);
        }
    }
}

/// Appends one entry, which stands at `dot`.
pub(super) fn write(out: &mut Writing, context: &mut Context, dot: Dot, bytes: &[u8]) {
    match Entry::decode(bytes) {
        Ok(entry) if entry.dot == dot && entry.encode() == bytes => {
            write_entry(out, context, &entry);
        }
        _ => {
            out.byte(shape::RAW);
            out.number(bytes.len() as u64);
            out.bytes.extend_from_slice(bytes);
        }
    }
}

/// Reads one entry, which stands at `dot`.
///
/// # Errors
/// Any `CodecError`; nothing is allocated beyond the input's own size.
pub(super) fn read(
    from: &mut Reading<'_>,
    context: &mut Context,
    dot: Dot,
) -> Result<Vec<u8>, CodecError> {
    let code = from.byte()?;
    if code == shape::RAW {
        return Ok(from.bytes()?.to_vec());
    }
    let shape = match code {
        shape::SPELT => read_shape(from)?,
        code => shape::of_code(code).ok_or(CodecError::Tag(code))?,
    };
    read_entry(from, context, dot, &shape).map(|entry| entry.encode())
}

fn write_shape(out: &mut Writing, shape: &Shape) {
    out.number(u64::from(shape.kind));
    out.byte(shape.post);
    out.number(shape.writes.len() as u64);
    for (target, field, form) in shape.writes.iter() {
        out.byte(target << 4 | form.code());
        out.number(u64::from(*field));
    }
}

fn read_shape(from: &mut Reading<'_>) -> Result<Shape, CodecError> {
    let (kind, post) = (from.number16()?, from.byte()?);
    let mut writes = Vec::new();
    for _ in 0..from.count()? {
        let byte = from.byte()?;
        let form = Form::from_code(byte & 15).ok_or(CodecError::Tag(byte))?;
        if byte >> 4 > 2 {
            return Err(CodecError::Tag(byte));
        }
        writes.push((byte >> 4, from.number16()?, form));
    }
    Ok(Shape {
        kind,
        post,
        writes: writes.into(),
    })
}

/// The incident number among fields, where it is written as numbers are.
fn number_of(writes: &[Write]) -> Option<IncidentNumber> {
    let of = |write: &Write| match &write.value {
        Value::Text(text) if write.field == Field::IncidentNumber.code() => {
            let number = IncidentNumber::parse(text).ok()?;
            (number.text() == *text && day_code(number.day()).is_some()).then_some(number)
        }
        _ => None,
    };
    writes.iter().find_map(of)
}

/// Days of 2000 and later in months of 31.
fn day_code(day: LocalDay) -> Option<u64> {
    let (year, month, at) = day.parts();
    let months = u64::from(year.checked_sub(2000)?) * 12 + u64::from(month) - 1;
    Some(months * 31 + u64::from(at) - 1)
}

fn day_of_code(code: u64) -> Option<LocalDay> {
    let (months, at) = (code / 31, u8::try_from(code % 31).ok()?);
    let year = u16::try_from(months / 12).ok()?.checked_add(2000)?;
    LocalDay::new(year, u8::try_from(months % 12).ok()? + 1, at + 1).ok()
}

/// The day as the log writes it, yyyymmdd.
fn day_int(number: &IncidentNumber) -> i64 {
    let (year, month, at) = number.day().parts();
    i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(at)
}

fn form_of(entry: &Entry, write: &Write) -> Form {
    let is = |field: Field| write.field == field.code();
    match (&write.value, number_of(&entry.writes)) {
        (Value::Text(_), Some(_)) if is(Field::IncidentNumber) => return Form::Number,
        (Value::Int(day), Some(number)) if is(Field::IncidentDay) && *day == day_int(&number) => {
            return Form::NumberDay;
        }
        (Value::Int(counter), Some(number))
            if is(Field::IncidentCounter) && *counter == i64::from(number.counter()) =>
        {
            return Form::NumberCounter;
        }
        _ => {}
    }
    match &write.value {
        Value::Nothing => Form::Nothing,
        Value::Int(int) if *int == entry.at_ms => Form::AtMs,
        Value::Int(_) => Form::Int,
        Value::Text(_) => Form::Text,
        Value::Ref(dot) if *dot == entry.dot => Form::Own,
        Value::Ref(_) => Form::Ref,
        Value::Point(..) => Form::Point,
        Value::Fix(_, _, _, _, at_ms) if *at_ms == entry.at_ms => Form::FixNow,
        Value::Fix(..) => Form::Fix,
        Value::Bytes(_) => Form::Bytes,
    }
}

/// The shape of an entry; `None` when it is none.
pub(super) fn shape_of(entry: &Entry) -> Shape {
    let writes = entry.writes.iter().map(|write| {
        let target = match write.target {
            Target::Subject => 0,
            Target::Body => 1,
            Target::Other(_) => 2,
        };
        (target, write.field, form_of(entry, write))
    });
    Shape {
        kind: entry.kind,
        post: entry.post,
        writes: writes.collect::<Vec<_>>().into(),
    }
}

fn write_entry(out: &mut Writing, context: &mut Context, entry: &Entry) {
    let shape = shape_of(entry);
    match shape::code_of(&shape) {
        Some(code) => out.byte(code),
        None => {
            out.byte(shape::SPELT);
            write_shape(out, &shape);
        }
    }
    let counter = (entry.hlc.0 & 0xFFFF) as u16;
    let before_last = entry.writes.split_last().map_or(&[][..], |(_, rest)| rest);
    let mut flags = match entry.writes.last() {
        Some(last) if before_last.iter().all(|w| w.seen.is_empty()) => match last.seen.len() {
            0 => 0,
            _ => SEEN_LAST,
        },
        None => 0,
        Some(_) => SEEN_EACH,
    };
    let true_ms = entry.hlc.ms().wrapping_sub(entry.at_ms);
    for (is_so, flag) in [
        (counter != 0, HAS_COUNTER),
        (true_ms != 0, HAS_TRUE_TIME),
        (!entry.refs.is_empty(), HAS_REFS),
        (entry.subject == entry.dot, IS_OWN_SUBJECT),
    ] {
        flags |= if is_so { flag } else { 0 };
    }
    out.byte(flags);
    out.signed(entry.hlc.ms().wrapping_sub(context.hlc_ms));
    context.hlc_ms = entry.hlc.ms();
    if counter != 0 {
        out.number(u64::from(counter));
    }
    if true_ms != 0 {
        out.signed(true_ms);
    }
    write_text(out, context, &entry.actor);
    if entry.subject != entry.dot {
        write_dot(out, context, entry.dot, entry.subject);
    }
    for write in &entry.writes {
        if let Target::Other(dot) = write.target {
            write_dot(out, context, entry.dot, dot);
        }
        write_value(out, context, entry, write);
    }
    match flags & SEEN_MASK {
        SEEN_LAST => write_dots(
            out,
            context,
            entry.dot,
            &entry.writes[before_last.len()].seen,
        ),
        SEEN_EACH => {
            for write in &entry.writes {
                write_dots(out, context, entry.dot, &write.seen);
            }
        }
        _ => {}
    }
    if !entry.refs.is_empty() {
        write_dots(out, context, entry.dot, &entry.refs);
    }
    context.keep_dot(entry.dot);
}

fn read_entry(
    from: &mut Reading<'_>,
    context: &mut Context,
    dot: Dot,
    shape: &Shape,
) -> Result<Entry, CodecError> {
    let flags = from.byte()?;
    let hlc_ms = context.hlc_ms.wrapping_add(from.signed()?);
    context.hlc_ms = hlc_ms;
    let counter = match flags & HAS_COUNTER {
        0 => 0,
        _ => from.number16()?,
    };
    let hlc = Hlc::new(hlc_ms, counter);
    let at_ms = match flags & HAS_TRUE_TIME {
        0 => hlc.ms(),
        _ => hlc.ms().wrapping_sub(from.signed()?),
    };
    let mut entry = Entry {
        dot,
        hlc,
        at_ms,
        actor: read_text(from, context)?,
        post: shape.post,
        kind: shape.kind,
        subject: dot,
        writes: Vec::with_capacity(shape.writes.len().min(64)),
        refs: Vec::new(),
    };
    if flags & IS_OWN_SUBJECT == 0 {
        entry.subject = read_dot(from, context, dot)?;
    }
    for (target, field, form) in shape.writes.iter() {
        let target = match target {
            0 => Target::Subject,
            1 => Target::Body,
            _ => Target::Other(read_dot(from, context, dot)?),
        };
        let value = read_value(from, context, &entry, *form)?;
        entry.writes.push(Write {
            target,
            field: *field,
            value,
            seen: Vec::new(),
        });
    }
    match flags & SEEN_MASK {
        SEEN_LAST => {
            let seen = read_dots(from, context, dot)?;
            entry.writes.last_mut().ok_or(CodecError::Tag(flags))?.seen = seen;
        }
        SEEN_EACH => {
            for write in &mut entry.writes {
                write.seen = read_dots(from, context, dot)?;
            }
        }
        _ => {}
    }
    if flags & HAS_REFS != 0 {
        entry.refs = read_dots(from, context, dot)?;
    }
    context.keep_dot(dot);
    Ok(entry)
}

fn write_number(out: &mut Writing, context: &mut Context, number: &IncidentNumber) {
    out.number(day_code(number.day()).unwrap_or(0));
    write_text(out, context, &number.station().to_string());
    out.number(u64::from(number.counter()));
}

fn read_number(
    from: &mut Reading<'_>,
    context: &mut Context,
) -> Result<IncidentNumber, CodecError> {
    let day = day_of_code(from.number()?).ok_or(CodecError::Number)?;
    let station = StationCode::new(&read_text(from, context)?).map_err(|_| CodecError::Text)?;
    let counter = u32::try_from(from.number()?).map_err(|_| CodecError::Number)?;
    IncidentNumber::new(day, station, counter).map_err(|_| CodecError::Number)
}

fn write_value(out: &mut Writing, context: &mut Context, entry: &Entry, write: &Write) {
    match form_of(entry, write) {
        Form::Number => {
            if let Some(number) = number_of(&entry.writes) {
                write_number(out, context, &number);
            }
            return;
        }
        Form::NumberDay | Form::NumberCounter => return,
        _ => {}
    }
    match &write.value {
        Value::Nothing => {}
        Value::Int(int) if *int == entry.at_ms => {}
        Value::Int(int) => out.signed(*int),
        Value::Text(text) => write_text(out, context, text),
        Value::Ref(dot) if *dot == entry.dot => {}
        Value::Ref(dot) => write_dot(out, context, entry.dot, *dot),
        Value::Point(lon, lat) => write_point(out, context, (*lon, *lat)),
        Value::Fix(lon, lat, radius_m, source, at_ms) => {
            write_point(out, context, (*lon, *lat));
            out.signed(i64::from(*radius_m));
            out.byte(*source);
            if *at_ms != entry.at_ms {
                out.signed(*at_ms);
            }
        }
        Value::Bytes(bytes) => {
            out.number(bytes.len() as u64);
            out.bytes.extend_from_slice(bytes);
        }
    }
}

fn read_value(
    from: &mut Reading<'_>,
    context: &mut Context,
    entry: &Entry,
    form: Form,
) -> Result<Value, CodecError> {
    let int32 = |int: i64| i32::try_from(int).map_err(|_| CodecError::Number);
    Ok(match form {
        Form::Nothing => Value::Nothing,
        Form::AtMs => Value::Int(entry.at_ms),
        Form::Int => Value::Int(from.signed()?),
        Form::Text => Value::Text(read_text(from, context)?),
        Form::Own => Value::Ref(entry.dot),
        Form::Ref => Value::Ref(read_dot(from, context, entry.dot)?),
        Form::Point => {
            let (lon, lat) = read_point(from, context)?;
            Value::Point(lon, lat)
        }
        Form::Fix | Form::FixNow => {
            let (lon, lat) = read_point(from, context)?;
            let radius_m = int32(from.signed()?)?;
            let source = from.byte()?;
            let at_ms = match form {
                Form::FixNow => entry.at_ms,
                _ => from.signed()?,
            };
            Value::Fix(lon, lat, radius_m, source, at_ms)
        }
        Form::Bytes => Value::Bytes(from.bytes()?.to_vec()),
        Form::Number => Value::Text(read_number(from, context)?.text()),
        Form::NumberDay => Value::Int(day_int(&said(entry)?)),
        Form::NumberCounter => Value::Int(i64::from(said(entry)?.counter())),
    })
}

/// The number that stood before in the same entry.
fn said(entry: &Entry) -> Result<IncidentNumber, CodecError> {
    number_of(&entry.writes).ok_or(CodecError::Number)
}

fn write_point(out: &mut Writing, context: &mut Context, point: (i32, i32)) {
    out.signed(i64::from(point.0.wrapping_sub(context.point.0)));
    out.signed(i64::from(point.1.wrapping_sub(context.point.1)));
    context.point = point;
}

fn read_point(from: &mut Reading<'_>, context: &mut Context) -> Result<(i32, i32), CodecError> {
    let mut next = |last: i32| {
        let by = i32::try_from(from.signed()?).map_err(|_| CodecError::Number)?;
        Ok::<i32, CodecError>(last.wrapping_add(by))
    };
    context.point = (next(context.point.0)?, next(context.point.1)?);
    Ok(context.point)
}

/// A text: said before (…01), digits (…10), or its letters (…00).
fn write_text(out: &mut Writing, context: &mut Context, text: &str) {
    if let Some(at) = context.texts.iter().position(|known| known == text) {
        out.number((at as u64) << 2 | 1);
        return;
    }
    let is_digits = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u64>() {
        Ok(number) if is_digits => {
            out.number((text.len() as u64) << 2 | 2);
            out.number(number);
        }
        _ => {
            out.number((text.len() as u64) << 2);
            out.bytes.extend_from_slice(text.as_bytes());
        }
    }
    context.keep_text(text);
}

fn read_text(from: &mut Reading<'_>, context: &mut Context) -> Result<String, CodecError> {
    let head = from.number()?;
    let size = usize::try_from(head >> 2).map_err(|_| CodecError::Number)?;
    let text = match head & 3 {
        1 => return context.texts.get(size).cloned().ok_or(CodecError::Text),
        2 => {
            let digits = from.number()?.to_string();
            if size > 18 || digits.len() > size {
                return Err(CodecError::Number);
            }
            "0".repeat(size - digits.len()) + &digits
        }
        0 => {
            if size > from.remaining() {
                return Err(CodecError::Truncated);
            }
            let bytes: Vec<u8> = (0..size).map(|_| from.byte()).collect::<Result<_, _>>()?;
            String::from_utf8(bytes).map_err(|_| CodecError::Text)?
        }
        _ => return Err(CodecError::Tag(3)),
    };
    context.keep_text(&text);
    Ok(text)
}

/// A dot: of the same station and incarnation by lane (0–3), said before (4), in full (5), or so
/// many before the entry's own (6).
fn write_dot(out: &mut Writing, context: &mut Context, own: Dot, dot: Dot) {
    let with = |tag: u64, number: u64| number.checked_mul(8).map(|number| number | tag);
    let known = context.dots.iter().position(|known| *known == dot);
    let is_near = dot.writer.station == own.writer.station
        && dot.writer.incarnation == own.writer.incarnation;
    let back = own.seq.checked_sub(dot.seq);
    let short = match (known, back) {
        (Some(at), _) => with(4, at as u64),
        (None, Some(back)) if dot.writer == own.writer => with(6, back),
        _ if is_near => with(u64::from(dot.writer.lane.code()), dot.seq),
        _ => None,
    };
    match short {
        Some(number) => out.number(number),
        None => {
            out.number(5);
            out.dot(dot);
        }
    }
    context.keep_dot(dot);
}

fn read_dot(from: &mut Reading<'_>, context: &mut Context, own: Dot) -> Result<Dot, CodecError> {
    let head = from.number()?;
    let number = head >> 3;
    let of_lane = |lane: Lane, seq: u64| Dot {
        writer: Writer { lane, ..own.writer },
        seq,
    };
    let dot = match (head & 7) as u8 {
        4 => {
            let at = usize::try_from(number).map_err(|_| CodecError::Number)?;
            *context.dots.get(at).ok_or(CodecError::Number)?
        }
        5 => from.dot()?,
        6 => {
            let seq = own.seq.checked_sub(number).ok_or(CodecError::Number)?;
            of_lane(own.writer.lane, seq)
        }
        lane => of_lane(Lane::from_code(lane).ok_or(CodecError::Tag(lane))?, number),
    };
    context.keep_dot(dot);
    Ok(dot)
}

fn write_dots(out: &mut Writing, context: &mut Context, own: Dot, dots: &[Dot]) {
    out.number(dots.len() as u64);
    for dot in dots {
        write_dot(out, context, own, *dot);
    }
}

fn read_dots(
    from: &mut Reading<'_>,
    context: &mut Context,
    own: Dot,
) -> Result<Vec<Dot>, CodecError> {
    let count = from.count()?;
    let mut dots = Vec::with_capacity(count.min(64));
    for _ in 0..count {
        dots.push(read_dot(from, context, own)?);
    }
    Ok(dots)
}
