//! A connection: a stranger's bytes in place of the preamble and the handshake, and an enrolled
//! station's bytes in place of messages. Whatever comes ends in a refusal or in messages.
#![no_main]

use fengsui_link::channel::{
    ChannelError, Mode, Proved, Receiver, Sender, answer, dial, hear_mode,
};
use fengsui_link::identity::Identity;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, duplex, split};

fn identity(number: u8) -> Identity {
    Identity::new(&[number; 32], b"county".to_vec())
}

async fn ends() -> (
    Sender<WriteHalf<DuplexStream>>,
    Receiver<ReadHalf<DuplexStream>>,
) {
    let (mut one, mut other) = duplex(1 << 20);
    let (us, them) = (identity(1), identity(2));
    let begin = async {
        let proved: Proved = dial(&mut one, &us, Mode::Session, None, |_| true)
            .await
            .expect("both are honest");
        let (read, write) = split(one);
        proved.split(read, write).1
    };
    let hear = async {
        let mode = hear_mode(&mut other).await.expect("both are honest");
        let proved = answer(&mut other, &them, mode, None)
            .await
            .expect("both are honest");
        let (read, write) = split(other);
        proved.split(read, write).0
    };
    tokio::join!(begin, hear)
}

async fn strange(bytes: &[u8]) {
    let (mut one, mut other) = duplex(1 << 16);
    one.write_all(bytes).await.expect("there is room");
    one.shutdown().await.expect("there is room");
    let them = identity(2);
    if let Ok(mode) = hear_mode(&mut other).await {
        let secret = matches!(mode, Mode::Joining(_)).then_some([7; 32]);
        let proved = answer(&mut other, &them, mode, secret.as_ref()).await;
        assert!(proved.is_err(), "a key was proved by bytes alone");
    }
}

async fn enrolled(bytes: &[u8]) {
    let (mut sender, mut receiver) = ends().await;
    sender.send_raw(bytes).await.expect("there is room");
    sender.end().await;
    drop(sender);
    let mut count = 0;
    let why = loop {
        match receiver.receive().await {
            Ok(_) => count += 1,
            Err(why) => break why,
        }
        assert!(count <= bytes.len(), "more messages than bytes");
    };
    assert!(
        !matches!(why, ChannelError::Late),
        "it waited for {} bytes",
        bytes.len()
    );
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let bytes = &bytes[..bytes.len().min(1 << 15)];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        match kind % 2 {
            0 => strange(bytes).await,
            _ => enrolled(bytes).await,
        }
    });
});
