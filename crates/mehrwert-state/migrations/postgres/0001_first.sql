-- Times are microseconds since 1970 in UTC, days are days since 1970, ids are 16 bytes, amounts are millionths.

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('alias_map', 0), ('catalogue', 0);

CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);

-- People: the only place for personal data.

CREATE TABLE persons (
    person BYTEA PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE traits (
    person BYTEA NOT NULL REFERENCES persons (person),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (person, name)
);

CREATE TABLE identities (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    alias BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (kind, value)
);

-- Who an alias is: its latest link not after the version asked for, then the merges in force at that version.
CREATE TABLE alias_links (
    alias BYTEA NOT NULL,
    version BIGINT NOT NULL,
    person BYTEA NOT NULL REFERENCES persons (person),
    reason TEXT NOT NULL,
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (alias, version)
);
CREATE INDEX alias_links_of_person ON alias_links (person);

CREATE TABLE person_merges (
    version BIGINT PRIMARY KEY,
    absorbed BYTEA NOT NULL REFERENCES persons (person),
    survivor BYTEA NOT NULL REFERENCES persons (person),
    reason TEXT NOT NULL,
    merged_at BIGINT NOT NULL
);
CREATE INDEX person_merges_of_absorbed ON person_merges (absorbed);
CREATE INDEX person_merges_of_survivor ON person_merges (survivor);

CREATE TABLE person_unmerges (
    version BIGINT PRIMARY KEY,
    undoes BIGINT NOT NULL UNIQUE REFERENCES person_merges (version),
    reason TEXT NOT NULL,
    unmerged_at BIGINT NOT NULL
);

CREATE TABLE tombstones (
    digest BYTEA PRIMARY KEY,
    erased_at BIGINT NOT NULL
);

-- Aliases of erased persons that still stand in fact files.
CREATE TABLE pending_erasures (
    alias BYTEA PRIMARY KEY,
    erased_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    account BYTEA PRIMARY KEY,
    name TEXT NOT NULL,
    domain TEXT UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    account BYTEA NOT NULL REFERENCES accounts (account),
    person BYTEA NOT NULL REFERENCES persons (person),
    joined_at BIGINT NOT NULL,
    left_at BIGINT,
    PRIMARY KEY (account, person, joined_at)
);
CREATE INDEX memberships_of_person ON memberships (person);

-- Append-only: what was asked, confirmed or withdrawn, with what proves it.
CREATE TABLE consents (
    entry BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES persons (person),
    channel TEXT NOT NULL,
    purpose TEXT NOT NULL,
    step TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    form_url TEXT,
    wording TEXT,
    wording_version TEXT,
    ip TEXT,
    message TEXT
);
CREATE INDEX consents_of_person ON consents (person);

-- The catalogue of fact files. A file is in the generations from `added` to before `removed`.

CREATE TABLE files (
    file BYTEA PRIMARY KEY,
    fact TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    row_count BIGINT NOT NULL,
    byte_count BIGINT NOT NULL,
    first_day BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    added BIGINT NOT NULL,
    removed BIGINT
);
CREATE INDEX files_by_generation ON files (removed, added);

CREATE TABLE generations (
    generation BIGINT PRIMARY KEY,
    made_at BIGINT NOT NULL,
    reason TEXT NOT NULL
);

-- Files that no generation holds any more: to be deleted from the disk.
CREATE TABLE doomed_files (
    path TEXT PRIMARY KEY,
    doomed_at BIGINT NOT NULL
);

-- The inbox. A sequence number is never used twice.

CREATE TABLE inbox (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intake_key BYTEA NOT NULL,
    message_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    body BYTEA NOT NULL
);

CREATE TABLE inbox_seen (
    digest BYTEA PRIMARY KEY,
    received_at BIGINT NOT NULL
);
CREATE INDEX inbox_seen_by_time ON inbox_seen (received_at);

-- Who may come in, and who works.

CREATE TABLE api_keys (
    api_key BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    digest BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE leases (
    job TEXT PRIMARY KEY,
    holder BYTEA,
    token BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- What we decided.

CREATE TABLE definitions (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (kind, name, version)
);

CREATE TABLE products (
    product TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    name TEXT,
    category TEXT,
    goods_cost BIGINT,
    currency TEXT,
    vat_rate BIGINT,
    PRIMARY KEY (product, from_day)
);

CREATE TABLE exchange_rates (
    base TEXT NOT NULL,
    quote TEXT NOT NULL,
    rate_day BIGINT NOT NULL,
    rate BIGINT NOT NULL,
    PRIMARY KEY (base, quote, rate_day)
);
