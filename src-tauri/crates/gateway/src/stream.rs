//! A county's stream in JetStream: its name and subjects, made where it is not, and whether it is
//! still the one that was filled.
//!
//! Not here: what is put in (`publish`) and taken out (`hear`).

use async_nats::jetstream::stream::{Config, Info, RetentionPolicy, StorageType};
use async_nats::jetstream::{Context, ErrorCode, context};
use fengsui_domain::log::dot::Lane;

use crate::postgres::Trouble;
use crate::standing::Why;

/// The county's id as it stands in names.
pub(crate) fn county_name(county: &[u8]) -> String {
    county.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The stream's name.
pub(crate) fn stream_name(county: &[u8]) -> String {
    format!("FENGSUI_{}", county_name(county))
}

/// The subject of a lane.
pub(crate) fn subject(county: &[u8], lane: Lane) -> String {
    format!("fengsui.{}.{}", county_name(county), lane.word())
}

/// A stream as it was at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// When it was made.
    pub(crate) made: String,
    /// Oldest message, from 1.
    pub(crate) first: u64,
    /// Newest; 0 = none ever.
    pub(crate) last: u64,
    /// Messages taken out between.
    pub(crate) gone: u64,
}

impl Seen {
    fn of(info: &Info) -> Seen {
        Seen {
            made: info.created.to_string(),
            first: info.state.first_sequence.max(1),
            last: info.state.last_sequence,
            gone: info.state.deleted_count.unwrap_or(0),
        }
    }

    /// Whether something that was in it then is not in it now.
    pub(crate) fn has_lost(&self, then: &Seen) -> bool {
        self.made != then.made
            || self.first > then.first
            || self.last < then.last
            || self.gone > then.gone
    }
}

/// The stream as it is; made when there is none.
pub(crate) async fn ensure(
    jetstream: &Context,
    county: &[u8],
    copies: usize,
) -> Result<Seen, Trouble> {
    let name = stream_name(county);
    match jetstream.get_stream(&name).await {
        Ok(stream) => return Ok(Seen::of(stream.cached_info())),
        Err(error) => match error.kind() {
            context::GetStreamErrorKind::JetStream(error)
                if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {}
            context::GetStreamErrorKind::JetStream(error) => return Err(why_of(&error).into()),
            _ => return Err(Why::Unreachable.into()),
        },
    }
    let subjects = crate::packed::LANES.map(|lane| subject(county, lane));
    let made = jetstream
        .create_stream(Config {
            name,
            subjects: subjects.to_vec(),
            retention: RetentionPolicy::Limits,
            storage: StorageType::File,
            num_replicas: copies,
            ..Config::default()
        })
        .await;
    match made {
        Ok(stream) => Ok(Seen::of(stream.cached_info())),
        Err(error) => match error.kind() {
            context::CreateStreamErrorKind::JetStream(error) => Err(why_of(&error).into()),
            context::CreateStreamErrorKind::JetStreamUnavailable => Err(Why::NoJetStream.into()),
            _ => Err(Why::Unreachable.into()),
        },
    }
}

fn why_of(error: &async_nats::jetstream::Error) -> Why {
    let code = error.error_code();
    tracing::warn!(code = code.0, "gateway.jetstream_error");
    match code {
        ErrorCode::JETSTREAM_NOT_ENABLED
        | ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT
        | ErrorCode::INSUFFICIENT_RESOURCES => Why::NoJetStream,
        _ if error.code() == 503 => Why::NoJetStream,
        _ => Why::Server,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_a_server_takes() {
        assert_eq!(stream_name(&[0xab, 1]), "FENGSUI_ab01");
        assert_eq!(subject(&[0xab, 1], Lane::Urgent), "fengsui.ab01.urgent");
    }

    #[test]
    fn a_stream_that_was_deleted_emptied_cut_or_picked_from_has_lost_something() {
        let then = Seen {
            made: "yesterday".to_owned(),
            first: 1,
            last: 40,
            gone: 0,
        };
        assert!(!then.has_lost(&then));
        let now = |change: &dyn Fn(&mut Seen)| {
            let mut now = then.clone();
            change(&mut now);
            now.has_lost(&then)
        };
        assert!(!now(&|seen| seen.last = 90));
        assert!(now(&|seen| seen.made = "today".to_owned()));
        assert!(now(&|seen| seen.first = 41));
        assert!(now(&|seen| seen.last = 39));
        assert!(now(&|seen| seen.gone = 1));
    }
}
