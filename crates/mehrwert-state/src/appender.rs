//! Group commit: batches that wait at the same time become durable in one transaction.
//!
//! Making a transaction durable costs a few milliseconds, whatever is in it. So one task writes: while it waits for the
//! disk, the next batches gather. What waits is bounded by its bytes; beyond that a batch is refused at once, and its
//! sender is to try again later. A second task carries what was written over from SQLite's journal into its file, so that
//! no sender waits for that.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::{Appended, InboxEvent, State, StateError};

/// Events in one transaction at most: enough to pay for the disk, few enough that nobody waits long.
const EVENTS_AT_ONCE: usize = 4_000;

/// What an event takes in memory besides its message id and body.
const OVERHEAD: usize = 128;

/// The least time between two clearings of the journal.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(500);

/// Takes batches of events from many tasks and appends them to the inbox, many in one transaction.
#[derive(Debug, Clone)]
pub struct Appender {
    queue: mpsc::UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
    most_bytes: usize,
}

/// A batch was not acknowledged.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// Too much waits to be written. Nothing of the batch was written; try again in a moment.
    #[error("cannot append to the inbox: too much waits to be written, try again in a moment")]
    Full,
    /// The database failed. The batch may be written or not; sending it again is safe.
    #[error(transparent)]
    Failed(#[from] Arc<StateError>),
    /// The runtime of the writing task has ended.
    #[error("cannot append to the inbox: it is closed")]
    Closed,
}

/// What went into one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Batches in it.
    pub batches: usize,
    /// Events in it.
    pub events: usize,
}

#[derive(Debug)]
struct Waiting {
    events: Vec<InboxEvent>,
    answer: oneshot::Sender<Result<Appended, AppendError>>,
    /// Gives its room free when the batch is done.
    room: OwnedSemaphorePermit,
}

impl Appender {
    /// Starts the writing task on the present runtime; at most so many bytes wait. It ends when the last clone of the
    /// appender is dropped, after everything that waits is written.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    #[must_use]
    pub fn start(state: State, most_bytes: u32) -> Appender {
        Appender::start_counted(state, most_bytes, |_| {})
    }

    /// As [`Appender::start`]; tells what goes into each transaction.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    #[must_use]
    pub fn start_counted(state: State, most_bytes: u32, count: impl Fn(Group) + Send + 'static) -> Appender {
        let (queue, waiting) = mpsc::unbounded_channel();
        let (written, when_written) = mpsc::channel(1);
        tokio::spawn(clear_journal(state.clone(), when_written));
        tokio::spawn(write(state, waiting, written, count));
        let room = usize::try_from(most_bytes).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Appender { queue, room: Arc::new(Semaphore::new(room)), most_bytes: room }
    }

    /// Appends a batch and returns when it is on disk; as [`State::append`], in one transaction with others.
    ///
    /// # Errors
    /// [`AppendError`] says whether it may have been written. Sending it again is safe in every case.
    pub async fn append(&self, events: Vec<InboxEvent>) -> Result<Appended, AppendError> {
        let bytes: usize = events.iter().map(|event| event.message_id.len() + event.body.len() + OVERHEAD).sum();
        let bytes = u32::try_from(bytes).map_err(|_| AppendError::Full)?;
        let room = Arc::clone(&self.room).try_acquire_many_owned(bytes).map_err(|_| AppendError::Full)?;
        let (answer, answered) = oneshot::channel();
        self.queue.send(Waiting { events, answer, room }).map_err(|_| AppendError::Closed)?;
        answered.await.map_err(|_| AppendError::Closed)?
    }

    /// Bytes that wait to be written.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.most_bytes.saturating_sub(self.room.available_permits())
    }
}

async fn write(
    state: State,
    mut queue: mpsc::UnboundedReceiver<Waiting>,
    written: mpsc::Sender<()>,
    count: impl Fn(Group),
) {
    while let Some(first) = queue.recv().await {
        let mut events = first.events.len();
        let mut group = vec![first];
        while events < EVENTS_AT_ONCE
            && let Ok(next) = queue.try_recv()
        {
            events += next.events.len();
            group.push(next);
        }
        let batches: Vec<&[InboxEvent]> = group.iter().map(|waiting| waiting.events.as_slice()).collect();
        let results = match state.append_batches(&batches).await {
            Ok(results) => results.into_iter().map(Ok).collect(),
            Err(error) => {
                let error = Arc::new(error);
                vec![Err(AppendError::Failed(error)); group.len()]
            }
        };
        count(Group { batches: group.len(), events });
        for (waiting, result) in group.into_iter().zip(results) {
            // First the room, so that a sender with an answer finds it free.
            drop((waiting.events, waiting.room));
            // Whoever sent it may have gone; then the answer is for nobody.
            drop(waiting.answer.send(result));
        }
        // Where it is full, the journal is about to be cleared anyway.
        let _ = written.try_send(());
    }
}

async fn clear_journal(state: State, mut written: mpsc::Receiver<()>) {
    while written.recv().await.is_some() {
        // What fails here fails in the next transaction too, where somebody is told.
        drop(state.database.clear_journal().await);
        tokio::time::sleep(BETWEEN_CHECKPOINTS).await;
    }
}
