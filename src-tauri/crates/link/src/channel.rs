//! One connection: a preamble in clear, a Noise handshake, then messages in encrypted frames.
//!
//! Preamble: `FSU1`, number of the cipher suite, mode, and for joining the invitation's number.
//! It and the county are the handshake's prologue, so that a changed byte of it, or a station of
//! another county, ends the handshake. Each side shows its Ed25519 key inside the handshake; it
//! must fit the X25519 key that Noise has proved. A frame is its length (2 bytes, big-endian)
//! and a Noise message; a message is its length (4 bytes, little-endian) and its bytes, cut over
//! frames. The topmost bit of that length says that the bytes are packed (zstd, each message by
//! itself); they are so to a peer that speaks version 2 of the protocol.
//!
//! **Invariant:** nothing is allocated on the word of a length beyond the limits.
//! **Invariant:** no message is said before the peer's key was compared with those enrolled.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fengsui_domain::log::codec::CodecError;
use fengsui_replication::message::{MESSAGE_BYTES_MAX, Message, PROTOCOL_PACKS};
use snow::{Builder, HandshakeState, StatelessTransportState};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::identity::{Identity, exchange_key};

const MAGIC: &[u8; 4] = b"FSU1";
/// The one suite that is spoken: X25519, ChaCha20-Poly1305, BLAKE2s.
const SUITE: u8 = 1;
const PATTERN: &str = "Noise_XX_25519_ChaChaPoly_BLAKE2s";
const PATTERN_JOINING: &str = "Noise_XXpsk3_25519_ChaChaPoly_BLAKE2s";
/// Largest frame of a handshake, bytes.
const HANDSHAKE_FRAME_MAX: usize = 512;
/// Clear bytes in one frame. Well below Noise's 65,519, so that a slow bearer shows progress.
const CHUNK: usize = 16 * 1024;
/// In the length of a message: its bytes are packed.
const PACKED: u32 = 1 << 31;
/// Shorter messages are not worth packing, bytes.
const PACK_MIN: usize = 512;
/// How hard a message is packed: what a merge costs is many times more.
const PACK_LEVEL: i32 = 3;
/// Largest window of a packed message, as a power of two: no message is larger.
const WINDOW_LOG_MAX: u32 = 22;
/// Bytes that a frame is longer than what it holds.
const TAG: usize = 16;
/// Reasons of a refusal.
const NOT_OPEN: u8 = 1;
const OTHER_COUNTY: u8 = 2;
/// A handshake takes no longer than this.
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(5);
/// A write that moves nothing for this long is given up.
const WRITE_MAX: Duration = Duration::from_secs(6);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Both are enrolled.
    Session,
    /// One shows the secret of the invitation with this number.
    Joining(u16),
    /// One was admitted before and has not heard the others' keys.
    Rejoining,
}

impl Mode {
    fn preamble(self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(SUITE);
        match self {
            Mode::Session => out.push(1),
            Mode::Joining(number) => {
                out.push(2);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Mode::Rejoining => out.push(3),
        }
        out
    }
}

/// Why a connection came to nothing or ended.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The bytes stopped.
    #[error("connection: {0}")]
    Io(#[from] io::Error),
    /// Too slow.
    #[error("no answer in time")]
    Late,
    /// Not this protocol.
    #[error("not a station")]
    NotAStation,
    /// A cipher suite that is not spoken here.
    #[error("cipher suite {0}")]
    Suite(u8),
    /// The other side began from something else: it is of another county, or somebody in between
    /// changed the preamble.
    #[error("another county")]
    OtherCounty,
    /// The handshake does not come out.
    #[error("handshake failed")]
    Handshake,
    /// The peer's key is not enrolled, or is revoked.
    #[error("key not enrolled")]
    Stranger([u8; 32]),
    /// The other side has no such open invitation, or the secret was wrong.
    #[error("refused")]
    Refused,
    /// A frame was changed on its way.
    #[error("damaged frame")]
    Damaged,
    /// A message beyond the limit, bytes.
    #[error("message of {0} bytes")]
    TooLarge(u64),
    /// A message that is none.
    #[error("malformed message: {0}")]
    Malformed(#[from] CodecError),
}

/// A peer whose key is proved, and the ciphers for what follows.
pub struct Proved {
    /// Its Ed25519 key.
    pub key: [u8; 32],
    noise: Arc<StatelessTransportState>,
}

impl Proved {
    /// The two directions of the channel.
    pub fn split<R, W>(self, from: R, to: W) -> (Receiver<R>, Sender<W>) {
        let heard = Heard::default();
        let receiver = Receiver {
            noise: Arc::clone(&self.noise),
            nonce: 0,
            from,
            heard,
        };
        let sender = Sender {
            noise: self.noise,
            nonce: 0,
            to,
            speaks: Arc::default(),
        };
        (receiver, sender)
    }
}

/// When bytes last came in.
#[derive(Debug, Clone)]
pub struct Heard {
    began: Instant,
    at_ms: Arc<AtomicU64>,
}

impl Default for Heard {
    fn default() -> Self {
        Heard {
            began: Instant::now(),
            at_ms: Arc::new(AtomicU64::new(0)),
        }
    }
}

impl Heard {
    fn now(&self) {
        let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.at_ms.store(ms, Ordering::Relaxed);
    }

    /// When that was.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.began + Duration::from_millis(self.at_ms.load(Ordering::Relaxed))
    }
}

/// Begins a connection: `is_known` says whether an Ed25519 key may be answered; only then is
/// ours shown.
///
/// # Errors
/// `ChannelError`; the connection is then to be closed.
pub async fn dial<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    us: &Identity,
    mode: Mode,
    secret: Option<&[u8; 32]>,
    is_known: impl FnOnce(&[u8; 32]) -> bool,
) -> Result<Proved, ChannelError> {
    let preamble = mode.preamble();
    let prologue = [preamble.as_slice(), us.county()].concat();
    let work = async {
        let mut noise = builder(us, &prologue, secret)?
            .build_initiator()
            .map_err(|_| ChannelError::Handshake)?;
        stream.write_all(&preamble).await?;
        say(stream, &mut noise, &[]).await?;
        let key = hear(stream, &mut noise).await.map_err(other_county)?;
        let key = proved_key(&noise, &key)?;
        if !is_known(&key) {
            return Err(ChannelError::Stranger(key));
        }
        say(stream, &mut noise, us.key()).await?;
        proved(noise, key)
    };
    timeout(HANDSHAKE_MAX, work)
        .await
        .map_err(|_| ChannelError::Late)?
}

/// Reads what a connection is for.
///
/// # Errors
/// `ChannelError`; the connection is then to be closed.
pub async fn hear_mode<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Mode, ChannelError> {
    let work = async {
        let mut start = [0; 6];
        stream.read_exact(&mut start).await?;
        if !start.starts_with(MAGIC) {
            return Err(ChannelError::NotAStation);
        }
        match start {
            [_, _, _, _, SUITE, 1] => Ok(Mode::Session),
            [_, _, _, _, SUITE, 2] => Ok(Mode::Joining(stream.read_u16_le().await?)),
            [_, _, _, _, SUITE, 3] => Ok(Mode::Rejoining),
            [_, _, _, _, SUITE, _] => Err(ChannelError::NotAStation),
            [_, _, _, _, suite, _] => Err(ChannelError::Suite(suite)),
        }
    };
    timeout(HANDSHAKE_MAX, work)
        .await
        .map_err(|_| ChannelError::Late)?
}

/// Answers a connection of this mode. The key is proved, not yet known.
///
/// # Errors
/// `ChannelError`; the connection is then to be closed.
pub async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    us: &Identity,
    mode: Mode,
    secret: Option<&[u8; 32]>,
) -> Result<Proved, ChannelError> {
    let prologue = [mode.preamble().as_slice(), us.county()].concat();
    let work = async {
        let mut noise = builder(us, &prologue, secret)?
            .build_responder()
            .map_err(|_| ChannelError::Handshake)?;
        hear(stream, &mut noise).await.map_err(other_county)?;
        say(stream, &mut noise, us.key()).await?;
        let key = hear(stream, &mut noise).await?;
        let key = proved_key(&noise, &key)?;
        proved(noise, key)
    };
    timeout(HANDSHAKE_MAX, work)
        .await
        .map_err(|_| ChannelError::Late)?
}

/// The first cipher that does not fit tells that the prologues differ.
fn other_county(error: ChannelError) -> ChannelError {
    match error {
        ChannelError::Handshake => ChannelError::OtherCounty,
        error => error,
    }
}

/// Tells one that wants to join why not: an empty frame and a reason, in clear. Whoever could
/// forge it could cut the connection as well.
///
/// # Errors
/// `Io`, `Late`.
pub async fn refuse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    why: &ChannelError,
) -> Result<(), ChannelError> {
    let reason = match why {
        ChannelError::OtherCounty => OTHER_COUNTY,
        _ => NOT_OPEN,
    };
    let work = async {
        stream.write_all(&[0, 0, reason]).await?;
        stream.shutdown().await?;
        // Closing with something unread would take the word back.
        let mut rest = [0; HANDSHAKE_FRAME_MAX];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<(), io::Error>(())
    };
    Ok(timeout(HANDSHAKE_MAX, work)
        .await
        .map_err(|_| ChannelError::Late)??)
}

async fn refusal<S: AsyncRead + Unpin>(stream: &mut S) -> ChannelError {
    match stream.read_u8().await {
        Ok(OTHER_COUNTY) => ChannelError::OtherCounty,
        Ok(_) => ChannelError::Refused,
        Err(error) => error.into(),
    }
}

fn builder<'a>(
    us: &'a Identity,
    prologue: &'a [u8],
    secret: Option<&'a [u8; 32]>,
) -> Result<Builder<'a>, ChannelError> {
    let pattern = if secret.is_some() {
        PATTERN_JOINING
    } else {
        PATTERN
    };
    let fault = |_| ChannelError::Handshake;
    let mut builder = Builder::new(pattern.parse().map_err(fault)?)
        .local_private_key(us.secret())
        .and_then(|builder| builder.prologue(prologue))
        .map_err(fault)?;
    if let Some(secret) = secret {
        builder = builder.psk(3, secret).map_err(fault)?;
    }
    Ok(builder)
}

async fn say<S: AsyncWrite + Unpin>(
    stream: &mut S,
    noise: &mut HandshakeState,
    payload: &[u8],
) -> Result<(), ChannelError> {
    let mut frame = [0; 2 + HANDSHAKE_FRAME_MAX];
    let length = noise
        .write_message(payload, &mut frame[2..])
        .map_err(|_| ChannelError::Handshake)?;
    let short = u16::try_from(length).map_err(|_| ChannelError::Handshake)?;
    frame[..2].copy_from_slice(&short.to_be_bytes());
    stream.write_all(&frame[..2 + length]).await?;
    Ok(())
}

async fn hear<S: AsyncRead + Unpin>(
    stream: &mut S,
    noise: &mut HandshakeState,
) -> Result<Vec<u8>, ChannelError> {
    let length = usize::from(stream.read_u16().await?);
    if length == 0 {
        return Err(refusal(stream).await);
    }
    if length > HANDSHAKE_FRAME_MAX {
        return Err(ChannelError::NotAStation);
    }
    let mut frame = [0; HANDSHAKE_FRAME_MAX];
    stream.read_exact(&mut frame[..length]).await?;
    let mut payload = vec![0; HANDSHAKE_FRAME_MAX];
    let length = noise
        .read_message(&frame[..length], &mut payload)
        .map_err(|_| ChannelError::Handshake)?;
    payload.truncate(length);
    Ok(payload)
}

/// The Ed25519 key that the peer showed, when it is that of the key which Noise proves.
fn proved_key(noise: &HandshakeState, payload: &[u8]) -> Result<[u8; 32], ChannelError> {
    let key: [u8; 32] = payload.try_into().map_err(|_| ChannelError::Handshake)?;
    let fits = exchange_key(&key)
        .zip(noise.get_remote_static())
        .is_some_and(|(key, remote)| key == remote);
    fits.then_some(key).ok_or(ChannelError::Handshake)
}

fn proved(noise: HandshakeState, key: [u8; 32]) -> Result<Proved, ChannelError> {
    let noise = noise
        .into_stateless_transport_mode()
        .map_err(|_| ChannelError::Handshake)?;
    Ok(Proved {
        key,
        noise: Arc::new(noise),
    })
}

/// Says messages.
pub struct Sender<W> {
    noise: Arc<StatelessTransportState>,
    nonce: u64,
    to: W,
    speaks: Arc<AtomicU16>,
}

/// A message's bytes as they travel: packed where that makes them fewer, with the length before.
#[must_use]
pub fn packed(bytes: &[u8]) -> Vec<u8> {
    let whole = if bytes.len() < PACK_MIN {
        None
    } else {
        zstd::bulk::compress(bytes, PACK_LEVEL).ok()
    };
    let (flag, bytes) = match &whole {
        Some(packed) if packed.len() < bytes.len() => (PACKED, packed.as_slice()),
        _ => (0, bytes),
    };
    let length = u32::try_from(bytes.len()).unwrap_or(!PACKED) | flag;
    [length.to_le_bytes().as_slice(), bytes].concat()
}

/// The bytes of a packed message; never more than a message may have.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, ChannelError> {
    let mut from = zstd::stream::read::Decoder::with_buffer(bytes)?;
    from.window_log_max(WINDOW_LOG_MAX)?;
    let mut out = Vec::new();
    from.take(MESSAGE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|_| ChannelError::Damaged)?;
    if out.len() > MESSAGE_BYTES_MAX {
        return Err(ChannelError::TooLarge(out.len() as u64));
    }
    Ok(out)
}

impl<W: AsyncWrite + Unpin> Sender<W> {
    /// The version of the protocol that the peer is known to speak; 0 = not known yet.
    #[must_use]
    pub fn speaks(&self) -> Arc<AtomicU16> {
        Arc::clone(&self.speaks)
    }

    /// Says one.
    ///
    /// # Errors
    /// `Io`, `Late` when nothing moves for 6 s, `TooLarge`.
    pub async fn send(&mut self, message: &Message) -> Result<(), ChannelError> {
        let speaks = self.speaks.load(Ordering::Relaxed);
        let bytes = message.encode_for(speaks);
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Err(ChannelError::TooLarge(bytes.len() as u64));
        }
        if speaks >= PROTOCOL_PACKS {
            return self.send_raw(&packed(&bytes)).await;
        }
        let length = u32::try_from(bytes.len()).unwrap_or(!PACKED);
        self.send_raw(&[length.to_le_bytes().as_slice(), &bytes].concat())
            .await
    }

    /// Says bytes as they are, cut over frames; for tests of what the other side makes of them.
    ///
    /// # Errors
    /// As `send`.
    pub async fn send_raw(&mut self, bytes: &[u8]) -> Result<(), ChannelError> {
        let frames = bytes.len().div_ceil(CHUNK);
        let mut out = Vec::with_capacity(bytes.len() + frames * (2 + TAG));
        for chunk in bytes.chunks(CHUNK) {
            let length = chunk.len() + TAG;
            let short = u16::try_from(length).map_err(|_| ChannelError::Handshake)?;
            out.extend_from_slice(&short.to_be_bytes());
            let at = out.len();
            out.resize(at + length, 0);
            self.noise
                .write_message(self.nonce, chunk, &mut out[at..])
                .map_err(|_| ChannelError::Handshake)?;
            self.nonce += 1;
        }
        let mut rest = out.as_slice();
        while !rest.is_empty() {
            let count = timeout(WRITE_MAX, self.to.write(rest))
                .await
                .map_err(|_| ChannelError::Late)??;
            if count == 0 {
                return Err(io::Error::from(io::ErrorKind::WriteZero).into());
            }
            rest = &rest[count..];
        }
        Ok(())
    }

    /// Nothing more comes.
    pub async fn end(&mut self) {
        // The other side may be gone already; there is nothing left to lose.
        let _ = timeout(WRITE_MAX, self.to.shutdown()).await;
    }
}

/// Hears messages.
pub struct Receiver<R> {
    noise: Arc<StatelessTransportState>,
    nonce: u64,
    from: R,
    heard: Heard,
}

impl<R: AsyncRead + Unpin> Receiver<R> {
    /// When bytes last came in.
    #[must_use]
    pub fn heard(&self) -> Heard {
        self.heard.clone()
    }

    /// Hears one.
    ///
    /// # Errors
    /// `ChannelError`; the channel is then over.
    pub async fn receive(&mut self) -> Result<Message, ChannelError> {
        let first = self.frame().await?;
        let Some((length, start)) = first.split_first_chunk::<4>() else {
            return Err(ChannelError::Damaged);
        };
        let said = u32::from_le_bytes(*length);
        let (is_packed, length) = (said & PACKED != 0, said & !PACKED);
        let whole = usize::try_from(length).unwrap_or(usize::MAX);
        if whole > MESSAGE_BYTES_MAX {
            return Err(ChannelError::TooLarge(u64::from(length)));
        }
        // Grows with what has come, not with what was announced.
        let mut bytes = start.to_vec();
        while bytes.len() < whole {
            bytes.extend_from_slice(&self.frame().await?);
        }
        if bytes.len() > whole {
            return Err(ChannelError::Damaged);
        }
        if is_packed {
            bytes = unpacked(&bytes)?;
        }
        Ok(Message::decode(&bytes)?)
    }

    async fn frame(&mut self) -> Result<Vec<u8>, ChannelError> {
        let length = usize::from(self.from.read_u16().await?);
        if length == 0 {
            return Err(refusal(&mut self.from).await);
        }
        if length <= TAG {
            return Err(ChannelError::Damaged);
        }
        let mut frame = vec![0; length];
        let mut at = 0;
        while at < length {
            let count = self.from.read(&mut frame[at..]).await?;
            if count == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            at += count;
            self.heard.now();
        }
        let mut clear = vec![0; length];
        let count = self
            .noise
            .read_message(self.nonce, &frame, &mut clear)
            .map_err(|_| ChannelError::Damaged)?;
        self.nonce += 1;
        clear.truncate(count);
        Ok(clear)
    }
}

#[cfg(test)]
mod tests;
