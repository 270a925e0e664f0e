-- Events that were acknowledged and say nothing that can be read: kept with the reason until somebody looks.
CREATE TABLE inbox_aside (
    intake_key BYTEA NOT NULL,
    message_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (intake_key, message_id)
);
CREATE INDEX inbox_aside_by_time ON inbox_aside (received_at);
