-- What happened: activities and changes. A row may be inserted again at any time; the newest version of its key counts.
-- An insert is acknowledged when its rows are on disk: the position in the log, which is, must not be ahead of them.
-- Every statement of a migration can run twice: a migration that was cut short runs again from its start.

CREATE TABLE IF NOT EXISTS activities_rows
(
    lead_id String,
    event_id String,
    publisher LowCardinality(String),
    name LowCardinality(String),
    occurred_at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    logged_at DateTime64(3, 'UTC'),
    cause LowCardinality(String),
    url String,
    path String,
    referrer String,
    title String,
    source LowCardinality(String),
    medium LowCardinality(String),
    campaign LowCardinality(String),
    properties String,
    score_before Float64,
    score_after Float64,
    stage_before LowCardinality(String),
    stage_after LowCardinality(String),
    seq UInt64,
    step UInt32,
    version UInt64 MATERIALIZED bitShiftLeft(seq, 28) + step,
    INDEX by_lead lead_id TYPE bloom_filter GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toDate(occurred_at), publisher, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS score_changes_rows
(
    change_id String,
    lead_id String,
    at DateTime64(3, 'UTC'),
    logged_at DateTime64(3, 'UTC'),
    cause LowCardinality(String),
    cause_id String,
    score_before Float64,
    score_after Float64,
    delta Float64,
    rules Array(LowCardinality(String)),
    event_id String,
    model_version LowCardinality(String),
    seq UInt64,
    step UInt32,
    version UInt64 MATERIALIZED bitShiftLeft(seq, 28) + step
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(at)
ORDER BY (toDate(at), change_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS stage_changes_rows
(
    change_id String,
    lead_id String,
    at DateTime64(3, 'UTC'),
    from_stage LowCardinality(String),
    to_stage LowCardinality(String),
    reason LowCardinality(String),
    cause_id String,
    seq UInt64,
    step UInt32,
    move UInt32,
    version UInt64 MATERIALIZED bitShiftLeft(seq, 28) + step
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(at)
ORDER BY (toDate(at), change_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW activities AS
SELECT lead_id, event_id, publisher, name, occurred_at, received_at, logged_at, cause, url, path, referrer, title, source,
    medium, campaign, properties, score_before, score_after, stage_before, stage_after, seq, step
FROM activities_rows FINAL;

CREATE OR REPLACE VIEW score_changes AS
SELECT change_id, lead_id, at, logged_at, cause, cause_id, score_before, score_after, delta, rules, event_id,
    model_version, seq, step
FROM score_changes_rows FINAL;

CREATE OR REPLACE VIEW stage_changes AS
SELECT change_id, lead_id, at, from_stage, to_stage, reason, cause_id, seq, step, move
FROM stage_changes_rows FINAL;
