-- The inbox holds events by the chunk and remembers message ids in two steps (docs/decisions/0010-inbox.md). No version
-- before this one wrote events.

DROP TABLE inbox;
DROP TABLE inbox_seen;

CREATE TABLE inbox (
    seq BIGINT PRIMARY KEY,
    event_count BIGINT NOT NULL,
    events BYTEA NOT NULL
);

-- Message ids of late, a row per transaction, in the order of their arrival.
CREATE TABLE inbox_recent (
    seq BIGINT PRIMARY KEY,
    digests BYTEA NOT NULL
);

-- Message ids of the last thirty days, but for those of late.
CREATE TABLE inbox_seen (
    digest BYTEA PRIMARY KEY,
    received_at BIGINT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('inbox', 0);
