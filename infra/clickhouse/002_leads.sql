-- Leads and visitors as they are now. `deleted` rows are tombstones: merged away, or without activities.

CREATE TABLE IF NOT EXISTS leads_rows
(
    lead_id String,
    known Bool,
    email String,
    score Float64,
    score_at DateTime64(3, 'UTC'),
    grade LowCardinality(String),
    stage LowCardinality(String),
    stage_since DateTime64(3, 'UTC'),
    first_seen DateTime64(3, 'UTC'),
    last_seen DateTime64(3, 'UTC'),
    activities UInt64,
    source LowCardinality(String),
    medium LowCardinality(String),
    campaign LowCardinality(String),
    seq UInt64,
    step UInt32,
    deleted UInt8,
    version UInt64 MATERIALIZED bitShiftLeft(seq, 28) + step
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY lead_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW leads AS
SELECT lead_id, known, email, score, score_at, grade, stage, stage_since, first_seen, last_seen, activities, source,
    medium, campaign, seq, step
FROM leads_rows FINAL;
