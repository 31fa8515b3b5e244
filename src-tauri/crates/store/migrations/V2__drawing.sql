-- Drawings of an incident on the map (标绘): the fold of their entries, like every table beside.

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
