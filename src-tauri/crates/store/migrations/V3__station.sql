-- Stations that replicate: who they are, what waits for what, what contradicts, and what this
-- file alone knows of its peers.

-- 台站.
CREATE TABLE station (
    id INTEGER PRIMARY KEY,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,
    number INTEGER NOT NULL,                 -- under which it writes; 0 = not said
    code TEXT NOT NULL,
    public_key BLOB NOT NULL,                -- Ed25519, 32 bytes
    revoked_at INTEGER NOT NULL DEFAULT 0,   -- ms; 0 = not revoked
    UNIQUE (writer, seq)
) STRICT;

CREATE INDEX station_number ON station (number);

-- Exclusive fields with more than one standing value; a function of registers.
CREATE TABLE conflict (
    noun INTEGER NOT NULL,
    writer INTEGER NOT NULL,                 -- of the thing's dot; 0 = the county
    seq INTEGER NOT NULL,
    field INTEGER NOT NULL,
    PRIMARY KEY (noun, writer, seq, field)
) STRICT, WITHOUT ROWID;

-- What a waiting entry waits for first.
CREATE TABLE awaited (
    station INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    need_seq INTEGER NOT NULL,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    PRIMARY KEY (station, incarnation, lane, need_seq, writer, seq)
) STRICT, WITHOUT ROWID;

-- From here: this file's own knowledge, not from the log.

ALTER TABLE state ADD COLUMN county BLOB NOT NULL DEFAULT x'';   -- id of the county; x'' = founder's key decides

-- Keys believed at joining, until the entries that enrol them are here.
CREATE TABLE trusted_key (
    number INTEGER PRIMARY KEY,
    public_key BLOB NOT NULL
) STRICT;

-- Invitations given here and not yet used.
CREATE TABLE invitation (
    number INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    secret BLOB NOT NULL,                    -- 32 bytes, forgotten when used
    expires_at INTEGER NOT NULL,             -- ms
    used_at INTEGER NOT NULL DEFAULT 0       -- ms; 0 = open
) STRICT;

-- A station as last met.
CREATE TABLE peer (
    number INTEGER PRIMARY KEY,
    met_at INTEGER NOT NULL DEFAULT 0,       -- last word heard, ms of our clock
    since_at INTEGER NOT NULL DEFAULT 0,     -- in touch or apart since, ms
    in_touch INTEGER NOT NULL DEFAULT 0,
    complete_at INTEGER NOT NULL DEFAULT 0,  -- all its entries were here as of then, ms
    clock_ms INTEGER,                        -- its clock less ours; NULL = unknown
    bearer TEXT NOT NULL DEFAULT '',
    program TEXT NOT NULL DEFAULT '',
    summary BLOB NOT NULL DEFAULT x''        -- what it said it has, as bytes of the protocol
) STRICT;

-- One meeting of two stations, for the merge report (对账单).
CREATE TABLE exchange (
    id INTEGER PRIMARY KEY,
    peer INTEGER NOT NULL,
    bearer TEXT NOT NULL,
    began_at INTEGER NOT NULL,               -- ms
    ended_at INTEGER NOT NULL DEFAULT 0,     -- ms; 0 = goes on
    apart_since INTEGER NOT NULL DEFAULT 0,  -- ms
    received INTEGER NOT NULL DEFAULT 0,     -- entries
    sent INTEGER NOT NULL DEFAULT 0,
    opened INTEGER NOT NULL DEFAULT 0,       -- incidents that were new here
    changed INTEGER NOT NULL DEFAULT 0,      -- incidents known here that changed
    conflicts INTEGER NOT NULL DEFAULT 0     -- raised by what came in
) STRICT;

CREATE INDEX exchange_peer ON exchange (peer, began_at);
