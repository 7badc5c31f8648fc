-- What the whole model says: why an activity counts for nothing; by which move, after how long and at which visit
-- a stage was entered. Rows of before keep the columns' empty values.

ALTER TABLE activities_rows ADD COLUMN IF NOT EXISTS excluded LowCardinality(String) AFTER stage_after;

ALTER TABLE stage_changes_rows ADD COLUMN IF NOT EXISTS rule LowCardinality(String) AFTER reason;

-- Seconds in the stage left; NULL: unknown.
ALTER TABLE stage_changes_rows ADD COLUMN IF NOT EXISTS time_in_stage Nullable(Float64) AFTER rule;

ALTER TABLE stage_changes_rows ADD COLUMN IF NOT EXISTS visit UInt32 AFTER time_in_stage;

CREATE OR REPLACE VIEW activities AS
SELECT lead_id, event_id, publisher, name, occurred_at, received_at, logged_at, cause, url, path, referrer, title, source,
    medium, campaign, properties, score_before, score_after, stage_before, stage_after, excluded, seq, step
FROM activities_rows FINAL;

CREATE OR REPLACE VIEW stage_changes AS
SELECT change_id, lead_id, at, from_stage, to_stage, reason, rule, time_in_stage, visit, cause_id, seq, step, move
FROM stage_changes_rows FINAL;
