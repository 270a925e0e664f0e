-- Times are microseconds since 1970 in UTC, days are days since 1970, ids are 16 bytes, amounts are millionths.

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, value) VALUES ('alias_map', 0), ('catalogue', 0);

CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- People: the only place for personal data.

CREATE TABLE persons (
    person BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE traits (
    person BLOB NOT NULL REFERENCES persons (person),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    PRIMARY KEY (person, name)
) STRICT;

CREATE TABLE identities (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    alias BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT;

-- Who an alias is: its latest link not after the version asked for, then the merges in force at that version.
CREATE TABLE alias_links (
    alias BLOB NOT NULL,
    version INTEGER NOT NULL,
    person BLOB NOT NULL REFERENCES persons (person),
    reason TEXT NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (alias, version)
) STRICT;
CREATE INDEX alias_links_of_person ON alias_links (person);

CREATE TABLE person_merges (
    version INTEGER PRIMARY KEY,
    absorbed BLOB NOT NULL REFERENCES persons (person),
    survivor BLOB NOT NULL REFERENCES persons (person),
    reason TEXT NOT NULL,
    merged_at INTEGER NOT NULL
) STRICT;
CREATE INDEX person_merges_of_absorbed ON person_merges (absorbed);
CREATE INDEX person_merges_of_survivor ON person_merges (survivor);

CREATE TABLE person_unmerges (
    version INTEGER PRIMARY KEY,
    undoes INTEGER NOT NULL UNIQUE REFERENCES person_merges (version),
    reason TEXT NOT NULL,
    unmerged_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tombstones (
    digest BLOB PRIMARY KEY,
    erased_at INTEGER NOT NULL
) STRICT;

-- Aliases of erased persons that still stand in fact files.
CREATE TABLE pending_erasures (
    alias BLOB PRIMARY KEY,
    erased_at INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    account BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    domain TEXT UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    account BLOB NOT NULL REFERENCES accounts (account),
    person BLOB NOT NULL REFERENCES persons (person),
    joined_at INTEGER NOT NULL,
    left_at INTEGER,
    PRIMARY KEY (account, person, joined_at)
) STRICT;
CREATE INDEX memberships_of_person ON memberships (person);

-- Append-only: what was asked, confirmed or withdrawn, with what proves it.
CREATE TABLE consents (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    person BLOB NOT NULL REFERENCES persons (person),
    channel TEXT NOT NULL,
    purpose TEXT NOT NULL,
    step TEXT NOT NULL,
    happened_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    form_url TEXT,
    wording TEXT,
    wording_version TEXT,
    ip TEXT,
    message TEXT
) STRICT;
CREATE INDEX consents_of_person ON consents (person);

-- The catalogue of fact files. A file is in the generations from `added` to before `removed`.

CREATE TABLE files (
    file BLOB PRIMARY KEY,
    fact TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    row_count INTEGER NOT NULL,
    byte_count INTEGER NOT NULL,
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    added INTEGER NOT NULL,
    removed INTEGER
) STRICT;
CREATE INDEX files_by_generation ON files (removed, added);

CREATE TABLE generations (
    generation INTEGER PRIMARY KEY,
    made_at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Files that no generation holds any more: to be deleted from the disk.
CREATE TABLE doomed_files (
    path TEXT PRIMARY KEY,
    doomed_at INTEGER NOT NULL
) STRICT;

-- The inbox. A sequence number is never used twice.

CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    intake_key BLOB NOT NULL,
    message_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE inbox_seen (
    digest BLOB PRIMARY KEY,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_seen_by_time ON inbox_seen (received_at);

-- Who may come in, and who works.

CREATE TABLE api_keys (
    api_key BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE leases (
    job TEXT PRIMARY KEY,
    holder BLOB,
    token INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- What we decided.

CREATE TABLE definitions (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (kind, name, version)
) STRICT;

CREATE TABLE products (
    product TEXT NOT NULL,
    from_day INTEGER NOT NULL,
    name TEXT,
    category TEXT,
    goods_cost INTEGER,
    currency TEXT,
    vat_rate INTEGER,
    PRIMARY KEY (product, from_day)
) STRICT;

CREATE TABLE exchange_rates (
    base TEXT NOT NULL,
    quote TEXT NOT NULL,
    rate_day INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    PRIMARY KEY (base, quote, rate_day)
) STRICT;
