-- Written by `cargo xtask schema` from the migrations; not edited.
-- Version 6.

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,
    account TEXT NOT NULL,
    UNIQUE (writer, seq)
) STRICT;

CREATE INDEX account_account ON account (account);

CREATE TABLE assignment (
    id INTEGER PRIMARY KEY,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,
    incident INTEGER NOT NULL REFERENCES incident (id),
    unit INTEGER NOT NULL REFERENCES unit (id),
    stage INTEGER NOT NULL,                  -- derived AssignmentStage
    stage_at INTEGER NOT NULL,               -- since when, ms
    UNIQUE (writer, seq)
) STRICT;

CREATE INDEX assignment_active ON assignment (unit) WHERE stage < 6;

CREATE INDEX assignment_incident ON assignment (incident);

CREATE TABLE awaited (
    station INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    need_seq INTEGER NOT NULL,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    PRIMARY KEY (station, incarnation, lane, need_seq, writer, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE call (
    id INTEGER PRIMARY KEY,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,
    state INTEGER NOT NULL,                  -- derived CallState
    ring_at INTEGER NOT NULL,
    listed INTEGER NOT NULL,                 -- 1 = still wanted on the call list
    outside_id TEXT NOT NULL DEFAULT '',
    UNIQUE (writer, seq)
) STRICT;

CREATE INDEX call_listed ON call (ring_at) WHERE listed = 1;

CREATE INDEX call_outside ON call (outside_id) WHERE outside_id <> '';

CREATE TABLE conflict (
    noun INTEGER NOT NULL,
    writer INTEGER NOT NULL,                 -- of the thing's dot; 0 = the county
    seq INTEGER NOT NULL,
    field INTEGER NOT NULL,
    PRIMARY KEY (noun, writer, seq, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE county (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    writer INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL DEFAULT 0,
    regs BLOB NOT NULL
) STRICT;

CREATE TABLE draft (
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE drawing (
    id INTEGER PRIMARY KEY,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,
    incident INTEGER NOT NULL REFERENCES incident (id),
    listed INTEGER NOT NULL,                 -- 1 = stands, or voided without all being seen
    UNIQUE (writer, seq)
) STRICT;

CREATE INDEX drawing_incident ON drawing (incident);

CREATE TABLE entry (
    id INTEGER PRIMARY KEY,                  -- order of arrival here
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    incident INTEGER NOT NULL DEFAULT 0,     -- whose timeline it belongs to
    bytes BLOB NOT NULL,
    UNIQUE (writer, seq)
) STRICT;

CREATE INDEX entry_incident ON entry (incident) WHERE incident > 0;

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

CREATE TABLE feedback (
    id INTEGER PRIMARY KEY,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,
    incident INTEGER NOT NULL REFERENCES incident (id),
    UNIQUE (writer, seq)
) STRICT;

CREATE INDEX feedback_incident ON feedback (incident);

CREATE TABLE fork (
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (writer, seq, bytes)
) STRICT, WITHOUT ROWID;

CREATE TABLE head_signature (
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    signature BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (writer, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
    id INTEGER PRIMARY KEY,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,
    stage INTEGER NOT NULL,                  -- derived Stage
    number TEXT NOT NULL,                    -- 警情编号
    day INTEGER NOT NULL,                    -- yyyymmdd of the number
    opened_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL DEFAULT 0,
    open INTEGER NOT NULL,                   -- 1 = on the board
    active INTEGER NOT NULL DEFAULT 0, voice TEXT NOT NULL DEFAULT '', part_of INTEGER NOT NULL DEFAULT 0, whole INTEGER NOT NULL DEFAULT 0,       -- assignments not ended
    UNIQUE (writer, seq)
) STRICT;

CREATE INDEX incident_day ON incident (day, stage);

CREATE INDEX incident_number ON incident (number);

CREATE INDEX incident_open ON incident (opened_at) WHERE open = 1;

CREATE INDEX incident_part ON incident (part_of) WHERE part_of > 0;

CREATE INDEX incident_voice ON incident (voice) WHERE voice <> '';

CREATE INDEX incident_whole ON incident (whole) WHERE whole > 0;

CREATE TABLE invitation (
    number INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    secret BLOB NOT NULL,                    -- 32 bytes, forgotten when used
    expires_at INTEGER NOT NULL,             -- ms
    used_at INTEGER NOT NULL DEFAULT 0       -- ms; 0 = open
) STRICT;

CREATE TABLE numbering (
    station INTEGER NOT NULL,
    day INTEGER NOT NULL,                    -- yyyymmdd, local
    last INTEGER NOT NULL,
    PRIMARY KEY (station, day)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE pending (
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    PRIMARY KEY (writer, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE position (
    unit INTEGER PRIMARY KEY,
    lon_e7 INTEGER NOT NULL,
    lat_e7 INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    heading_deg REAL,                        -- NULL = unknown
    speed_kmh REAL                           -- NULL = unknown
) STRICT;

CREATE TABLE preview (
    writer INTEGER PRIMARY KEY REFERENCES writer (id),
    seq INTEGER NOT NULL
, shown_by INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE preview_row (
    noun INTEGER NOT NULL,
    writer INTEGER NOT NULL,                 -- of the thing's dot; 0 = the county
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,                      -- x'' = nothing yet
    PRIMARY KEY (noun, writer, seq)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', columnsize = 0, detail = none,
    tokenize = "unicode61 remove_diacritics 0"
);

CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    database_id BLOB NOT NULL,               -- random; the witness names it
    station INTEGER NOT NULL DEFAULT 0,      -- enrolled number of this station
    incarnation INTEGER NOT NULL DEFAULT 0,  -- of this file's own writers
    hlc INTEGER NOT NULL DEFAULT 0,          -- last stamp, as a bit pattern
    digest BLOB NOT NULL,                    -- state digest, 16 bytes, little endian
    signing_key BLOB NOT NULL,               -- Ed25519 seed of this station
    fold INTEGER NOT NULL DEFAULT 0          -- version of the fold that made the tables
, county BLOB NOT NULL DEFAULT x'') STRICT;

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

CREATE TABLE trusted_key (
    number INTEGER PRIMARY KEY,
    public_key BLOB NOT NULL
) STRICT;

CREATE TABLE unit (
    id INTEGER PRIMARY KEY,
    writer INTEGER NOT NULL REFERENCES writer (id),
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,
    callsign TEXT NOT NULL,
    state INTEGER NOT NULL,                  -- derived UnitState; 0 = unknown
    state_at INTEGER NOT NULL,               -- since when, ms; 0 = unknown
    UNIQUE (writer, seq)
) STRICT;

CREATE INDEX unit_callsign ON unit (callsign);

CREATE TABLE writer (
    id INTEGER PRIMARY KEY,
    station INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    head_seq INTEGER NOT NULL DEFAULT 0,
    head_hash BLOB NOT NULL,                 -- chain hash after head_seq
    UNIQUE (station, incarnation, lane)
) STRICT;
