-- The inbox holds events by the chunk and remembers message ids in two steps (docs/decisions/0010-inbox.md). No version
-- before this one wrote events.

DROP TABLE inbox;
DROP TABLE inbox_seen;

CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY,
    event_count INTEGER NOT NULL,
    events BLOB NOT NULL
) STRICT;

-- Message ids of late, a row per transaction, in the order of their arrival.
CREATE TABLE inbox_recent (
    seq INTEGER PRIMARY KEY,
    digests BLOB NOT NULL
) STRICT;

-- Message ids of the last thirty days, but for those of late.
CREATE TABLE inbox_seen (
    digest BLOB PRIMARY KEY,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counters (name, value) VALUES ('inbox', 0);
