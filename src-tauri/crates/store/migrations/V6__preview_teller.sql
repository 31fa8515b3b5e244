-- Whose word a preview is, so that its teller may take it back: what stands behind it may be gone.
-- Not from the log.

ALTER TABLE preview ADD COLUMN shown_by INTEGER NOT NULL DEFAULT 0;  -- station; 0 = not known
