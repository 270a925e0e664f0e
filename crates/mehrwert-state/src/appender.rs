//! Group commit: batches that wait at the same time become durable in one transaction.
//!
//! Making a transaction durable costs a few milliseconds, whatever is in it. So one task writes: while it waits for the
//! disk, the next batches gather. What waits is bounded by its bytes; beyond that a batch is refused at once, and its
//! sender is to try again later.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::{Appended, InboxEvent, State, StateError};

/// Events in one transaction at most: enough to pay for the disk, few enough that nobody waits long.
const EVENTS_AT_ONCE: usize = 5_000;

/// What an event takes in memory besides its message id and body.
const OVERHEAD: usize = 128;

/// Takes batches of events from many tasks and appends them to the inbox, many in one transaction.
#[derive(Debug, Clone)]
pub struct Appender {
    queue: mpsc::UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
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
        let (queue, waiting) = mpsc::unbounded_channel();
        tokio::spawn(write(state, waiting));
        let room = usize::try_from(most_bytes).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Appender { queue, room: Arc::new(Semaphore::new(room)) }
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
}

async fn write(state: State, mut queue: mpsc::UnboundedReceiver<Waiting>) {
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
        for (waiting, result) in group.into_iter().zip(results) {
            // First the room, so that a sender with an answer finds it free.
            drop((waiting.events, waiting.room));
            // Whoever sent it may have gone; then the answer is for nobody.
            drop(waiting.answer.send(result));
        }
    }
}
