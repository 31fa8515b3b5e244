//! One call that came in, from its ringing to its end.
//! Not here: reading the INVITE (`incoming`), sound (`rtp`).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rsipstack::dialog::dialog::{
    DialogState, DialogStateReceiver, TerminatedReason, TransactionHandle,
};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Header, Method, Request, StatusCode};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::incoming::sdp;
use super::{By, CallError, CallId, Event, GOODBYE_MAX, Kept, Shared, Verb};
use crate::record::{Law, Recording};
use crate::rtp::media::{self, Agreed, Counts, Media};
use crate::sdp::{self, Offer, OfferError, Ours};

/// How often a BYE is tried while an ACK or a change of the call is under way.
const TRIES: u32 = 40;
const AGAIN: Duration = Duration::from_millis(50);

/// Whether the dialog is over.
pub(super) fn is_gone(dialog: &InviteDialog) -> bool {
    dialog.state().is_terminated()
}

/// How a call ended.
enum End {
    GivenUp,
    Rejected(u16),
    Over(By),
}

/// A call that is up.
struct Up {
    media: Media,
    agreed: Agreed,
    ours: Ours,
    trouble: mpsc::Receiver<String>,
    /// Our offer went out with the answer; theirs comes with the ACK.
    wants_answer: bool,
    is_held: bool,
}

/// A call.
pub(super) struct Rings {
    shared: Arc<Shared>,
    id: CallId,
    line: String,
    dialog: InviteDialog,
    offer: Option<Offer>,
    peer: Option<SocketAddr>,
    up: Option<Up>,
    served: CancellationToken,
}

enum Step {
    State(Box<DialogState>),
    Verb(Verb),
    Trouble(String),
    Closing,
}

impl Rings {
    pub(super) fn new(
        shared: &Arc<Shared>,
        id: CallId,
        line: String,
        dialog: &InviteDialog,
        offer: Option<Offer>,
        peer: Option<SocketAddr>,
    ) -> Rings {
        Rings {
            shared: Arc::clone(shared),
            id,
            line,
            dialog: dialog.clone(),
            offer,
            peer,
            up: None,
            served: CancellationToken::new(),
        }
    }

    /// To be cancelled when nothing of the INVITE is to be sent any more.
    pub(super) fn served(&self) -> CancellationToken {
        self.served.clone()
    }

    pub(super) async fn run(
        mut self,
        ringing: Event,
        mut states: DialogStateReceiver,
        mut verbs: mpsc::Receiver<Verb>,
    ) {
        // What the caller gave up already is told as a state.
        let _ = self.dialog.ringing(None, None);
        self.shared.tell(ringing).await;
        let end = loop {
            let step = tokio::select! {
                state = states.recv() => match state {
                    Some(state) => Step::State(Box::new(state)),
                    None => break End::Over(By::Network),
                },
                Some(verb) = verbs.recv() => Step::Verb(verb),
                Some(trouble) = trouble(self.up.as_mut()) => Step::Trouble(trouble),
                () = self.shared.closing.cancelled() => Step::Closing,
            };
            if let Some(end) = self.step(step).await {
                break end;
            }
        };
        self.shared.calls().remove(&self.id);
        // Whoever asks now is told that it is over.
        drop(verbs);
        self.end(end).await;
    }

    async fn step(&mut self, step: Step) -> Option<End> {
        match step {
            Step::State(state) => self.state(*state).await,
            Step::Verb(verb) => self.verb(verb).await,
            Step::Trouble(reason) => {
                let call = self.id.clone();
                self.shared
                    .tell(Event::RecordingFailed { call, reason })
                    .await;
                None
            }
            Step::Closing => Some(match self.up {
                Some(_) => End::Over(By::Closing),
                None => self.refused(480),
            }),
        }
    }

    async fn state(&mut self, state: DialogState) -> Option<End> {
        match state {
            DialogState::Terminated(_, reason) => Some(match (&self.up, reason) {
                (Some(_), TerminatedReason::Timeout) => End::Over(By::Network),
                (Some(_), _) => End::Over(By::Peer),
                (None, _) => End::GivenUp,
            }),
            DialogState::Confirmed(..) => {
                self.answered_with_ack();
                None
            }
            DialogState::Updated(_, request, handle) => {
                self.changed(&request, handle).await;
                None
            }
            DialogState::Info(_, _, handle)
            | DialogState::Options(_, _, handle)
            | DialogState::Notify(_, _, handle)
            | DialogState::Message(_, _, handle) => {
                reply(&handle, StatusCode::OK, None).await;
                None
            }
            DialogState::Refer(_, _, handle) => {
                reply(&handle, StatusCode::Decline, None).await;
                None
            }
            _ => None,
        }
    }

    async fn verb(&mut self, verb: Verb) -> Option<End> {
        let (done, result, end) = match verb {
            Verb::Answer(done) => (done, self.answer().await, None),
            Verb::HangUp(done) => match self.up {
                Some(_) => (done, Ok(()), Some(End::Over(By::Desk))),
                None => (done, Err(CallError::State), None),
            },
            Verb::Reject(code, done) => match self.up {
                Some(_) => (done, Err(CallError::State), None),
                None => (done, Ok(()), Some(self.refused(code))),
            },
        };
        tell(done, result);
        end
    }

    fn refused(&self, code: u16) -> End {
        // It cannot be sent only when the caller gave up: then it is refused all the same.
        let _ = self.dialog.reject(Some(StatusCode::from(code)), None);
        End::Rejected(code)
    }

    async fn answer(&mut self) -> Result<(), CallError> {
        if self.up.is_some() {
            return Err(CallError::State);
        }
        if is_gone(&self.dialog) {
            return Err(CallError::Over);
        }
        let pair = self.shared.ports.take().await;
        let pair = pair.map_err(|error| CallError::Ports(error.to_string()))?;
        let law = self.offer.as_ref().map_or(Law::A, |offer| offer.law);
        let to = self.offer.as_ref().and_then(|offer| offer.to);
        let ours = Ours {
            at: SocketAddr::new(self.shared.seen_from(to.or(self.peer)), pair.port),
            session: u64::from(getrandom::u32().unwrap_or(1)),
            version: 1,
        };
        let recording = self.begin_recording(law).await;
        let body = match &self.offer {
            Some(offer) => offer.answer(&ours),
            None => sdp::offer(law, &ours),
        };
        let kind = Header::ContentType("application/sdp".into());
        if self.dialog.accept(Some(vec![kind]), Some(body)).is_err() {
            discard(recording).await;
            return Err(CallError::Over);
        }
        let agreed = Agreed {
            law,
            tones: self.offer.as_ref().and_then(|offer| offer.tones),
            to,
            do_we_send: self.offer.as_ref().is_none_or(|o| o.direction.do_we_send()),
        };
        let name = recording
            .as_ref()
            .map(|recording| recording.name().to_owned());
        let (told, trouble) = mpsc::channel(1);
        let call = media::Call {
            name: self.id.0.clone(),
            answered: Instant::now(),
            recording,
            headset: self.shared.config.headset.clone(),
            trouble: told,
        };
        self.up = Some(Up {
            media: Media::begin(call, pair, agreed),
            agreed,
            ours,
            trouble,
            wants_answer: self.offer.is_none(),
            is_held: false,
        });
        let call = self.id.clone();
        let recording = name;
        self.shared.tell(Event::Answered { call, recording }).await;
        Ok(())
    }

    /// A call is answered whatever the disk says.
    async fn begin_recording(&self, law: Law) -> Option<Recording> {
        let archive = self.shared.config.archive.clone();
        let (call, line) = (self.id.0.clone(), self.line.clone());
        let begun = tokio::task::spawn_blocking(move || archive.begin(&call, &line, law)).await;
        let reason = match begun {
            Ok(Ok(recording)) => return Some(recording),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        let call = self.id.clone();
        self.shared
            .tell(Event::RecordingFailed { call, reason })
            .await;
        None
    }

    /// Reads their answer to our offer, which comes with the ACK.
    fn answered_with_ack(&mut self) {
        let Some(up) = self.up.as_mut().filter(|up| up.wants_answer) else {
            return;
        };
        up.wants_answer = false;
        let ack = self.dialog.last_remote_ack();
        let answer = ack.as_ref().and_then(sdp);
        let answer = answer.and_then(|body| Offer::read(body, Some(up.agreed.law)).ok());
        if let Some(answer) = answer {
            up.agreed.to = answer.to;
            up.agreed.tones = answer.tones;
            up.media.change(up.agreed);
        }
    }

    /// The peer changes the call: mostly to hold it, or to go on with it.
    async fn changed(&mut self, request: &Request, handle: TransactionHandle) {
        let Some(up) = &mut self.up else {
            return reply(&handle, StatusCode::RequestPending, None).await;
        };
        up.ours.version += 1;
        let Some(body) = sdp(request) else {
            // Without an offer: a sign of life, or they ask for ours.
            let is_invite = request.method == Method::Invite;
            up.wants_answer = is_invite;
            let offer = is_invite.then(|| sdp::offer(up.agreed.law, &up.ours));
            return reply(&handle, StatusCode::OK, offer).await;
        };
        let offer = match Offer::read(body, Some(up.agreed.law)) {
            Ok(offer) => offer,
            Err(OfferError::Unreadable) => {
                return reply(&handle, StatusCode::BadRequest, None).await;
            }
            Err(OfferError::NoSound | OfferError::NoCodec) => {
                return reply(&handle, StatusCode::NotAcceptableHere, None).await;
            }
        };
        up.agreed.to = offer.to;
        up.agreed.tones = offer.tones.or(up.agreed.tones);
        up.agreed.do_we_send = offer.direction.do_we_send();
        up.media.change(up.agreed);
        let is_held = !up.agreed.do_we_send;
        let was_held = std::mem::replace(&mut up.is_held, is_held);
        reply(&handle, StatusCode::OK, Some(offer.answer(&up.ours))).await;
        if is_held != was_held {
            let call = self.id.clone();
            self.shared.tell(Event::Held { call, is_held }).await;
        }
    }

    async fn end(self, end: End) {
        let call = self.id.clone();
        let is_elsewhere = self.shared.doors.is_elsewhere(&self.dialog.id().call_id);
        let goodbye = async {
            if matches!(end, End::Over(By::Desk | By::Closing)) {
                bye(&self.dialog).await;
            }
            // The signalling stops soon: the refusal is to be heard before.
            if matches!(end, End::Rejected(_)) && self.shared.closing.is_cancelled() {
                let served = self.served.cancelled();
                let _ = tokio::time::timeout(GOODBYE_MAX, served).await;
            }
        };
        let (recording, counts) = match self.up {
            Some(up) => {
                let (recording, counts) = up.media.end().await;
                let ((), kept) = tokio::join!(goodbye, finish(recording));
                (kept, counts)
            }
            None => {
                goodbye.await;
                (Kept::Nothing, Counts::default())
            }
        };
        self.shared.dialogs.remove_dialog(&self.dialog.id());
        let event = match end {
            End::Over(by) => Event::Ended {
                call,
                by,
                recording,
                counts,
            },
            End::Rejected(code) => Event::Rejected { call, code },
            End::GivenUp if is_elsewhere => Event::AnsweredElsewhere { call },
            End::GivenUp => Event::Missed { call },
        };
        self.shared.tell(event).await;
    }
}

async fn trouble(up: Option<&mut Up>) -> Option<String> {
    match up {
        Some(up) => up.trouble.recv().await,
        None => std::future::pending().await,
    }
}

fn tell(done: oneshot::Sender<Result<(), CallError>>, result: Result<(), CallError>) {
    // Whoever asked may have gone.
    let _ = done.send(result);
}

async fn reply(handle: &TransactionHandle, status: StatusCode, sdp: Option<Vec<u8>>) {
    let kind = |_: &Vec<u8>| vec![Header::ContentType("application/sdp".into())];
    let headers = sdp.as_ref().map(kind);
    if handle.respond(status, headers, sdp).await.is_err() {
        tracing::debug!("phone.request_gone");
    }
}

/// Says goodbye; a peer that does not answer is left alone after a while.
async fn bye(dialog: &InviteDialog) {
    // Not before the ACK (RFC 3261, 15), unless it never comes.
    for _ in 0..TRIES {
        if !dialog.state().waiting_ack() {
            break;
        }
        tokio::time::sleep(AGAIN).await;
    }
    let said = async {
        for _ in 0..TRIES {
            // Refused only while a change of the call is under way.
            if dialog.bye().await.is_ok() || is_gone(dialog) {
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
    };
    if tokio::time::timeout(GOODBYE_MAX, said).await.is_err() {
        tracing::warn!("phone.bye_not_answered");
    }
}

async fn finish(recording: Option<Recording>) -> Kept {
    let Some(recording) = recording else {
        return Kept::Nothing;
    };
    match tokio::task::spawn_blocking(move || recording.finish()).await {
        Ok(Ok(finished)) => Kept::Finished(Box::new(finished)),
        Ok(Err(error)) => Kept::Left(error.to_string()),
        Err(error) => Kept::Left(error.to_string()),
    }
}

async fn discard(recording: Option<Recording>) {
    if let Some(recording) = recording {
        // What cannot be removed is recovered as an empty recording.
        let _ = tokio::task::spawn_blocking(move || recording.discard()).await;
    }
}
