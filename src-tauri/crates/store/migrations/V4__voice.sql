-- Incidents entered by a short code that was heard (语音转来), and what they are parts of.

ALTER TABLE incident ADD COLUMN voice TEXT NOT NULL DEFAULT '';      -- the code; '' = no stub
ALTER TABLE incident ADD COLUMN part_of INTEGER NOT NULL DEFAULT 0;  -- derived: 0 = stands alone
ALTER TABLE incident ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;    -- derived: where `part_of` ends

CREATE INDEX incident_voice ON incident (voice) WHERE voice <> '';
CREATE INDEX incident_part ON incident (part_of) WHERE part_of > 0;
CREATE INDEX incident_whole ON incident (whole) WHERE whole > 0;
