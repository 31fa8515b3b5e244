-- What the gateway keeps in PostgreSQL beside the tables copied from the station
-- (`tables.rs` makes those). Run at every connection; every statement may run again.
CREATE SCHEMA IF NOT EXISTS fengsui;

CREATE TABLE IF NOT EXISTS fengsui.layout (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    version bigint NOT NULL
);
INSERT INTO fengsui.layout (version) VALUES (1) ON CONFLICT DO NOTHING;

-- The log: runs as stations say them to each other, compressed. The newest of a writer grows
-- until it is full; then the next begins.
CREATE TABLE IF NOT EXISTS fengsui.segment (
    county bytea NOT NULL,
    station bigint NOT NULL,
    incarnation bigint NOT NULL,
    lane bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    bytes bytea NOT NULL,
    hash bytea NOT NULL,                    -- chain hash after `last`
    signature bytea NOT NULL,               -- of that head, by the writer's station
    number bigint GENERATED ALWAYS AS IDENTITY,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (county, station, incarnation, lane, first)
);
ALTER TABLE fengsui.segment ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS segment_last
    ON fengsui.segment (county, station, incarnation, lane, last);

-- What the tables of a county show.
CREATE TABLE IF NOT EXISTS fengsui.watermark (
    county bytea PRIMARY KEY,
    summary bytea NOT NULL,                 -- heads, as bytes of the protocol
    digest bytea NOT NULL,                  -- state digest, 16 bytes, little endian
    moved_at timestamptz NOT NULL DEFAULT now()
);

-- What JetStream has acknowledged, by writer.
CREATE TABLE IF NOT EXISTS fengsui.published (
    county bytea NOT NULL,
    station bigint NOT NULL,
    incarnation bigint NOT NULL,
    lane bigint NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (county, station, incarnation, lane)
);

-- The stream as it was when it was last whole.
CREATE TABLE IF NOT EXISTS fengsui.stream (
    county bytea PRIMARY KEY,
    made text NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    gone bigint NOT NULL,
    filling bigint NOT NULL                 -- how often it was filled again
);
