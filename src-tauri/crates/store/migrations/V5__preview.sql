-- What another station's tables showed, until our own log has brought what stands behind it.
-- Not from the log.

-- Up to where: the rows named below show every entry of these writers up to here.
CREATE TABLE preview (
    writer INTEGER PRIMARY KEY REFERENCES writer (id),
    seq INTEGER NOT NULL
) STRICT;

-- Which things, and what our own log has made of each so far.
CREATE TABLE preview_row (
    noun INTEGER NOT NULL,
    writer INTEGER NOT NULL,                 -- of the thing's dot; 0 = the county
    seq INTEGER NOT NULL,
    regs BLOB NOT NULL,                      -- x'' = nothing yet
    PRIMARY KEY (noun, writer, seq)
) STRICT, WITHOUT ROWID;
