-- What was decided about leads, and what could not be processed.

CREATE TABLE IF NOT EXISTS triggers_rows
(
    trigger_id String,
    lead_id String,
    program LowCardinality(String),
    step LowCardinality(String),
    channel LowCardinality(String),
    template LowCardinality(String),
    at DateTime64(3, 'UTC'),
    logged_at DateTime64(3, 'UTC'),
    cause_id String,
    suppressed_by LowCardinality(String),
    model_version LowCardinality(String),
    seq UInt64,
    step_no UInt32,
    version UInt64 MATERIALIZED bitShiftLeft(seq, 28) + step_no
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(at)
ORDER BY (toDate(at), trigger_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS handoffs_rows
(
    handoff_id String,
    lead_id String,
    rep LowCardinality(String),
    at DateTime64(3, 'UTC'),
    logged_at DateTime64(3, 'UTC'),
    reason LowCardinality(String),
    score Float64,
    cause_id String,
    suppressed_by LowCardinality(String),
    handoff_seq UInt64
)
ENGINE = ReplacingMergeTree(handoff_seq)
PARTITION BY toYYYYMM(at)
ORDER BY (toDate(at), handoff_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One id may be refused more than once: the earliest refusal is the one that is kept. `original` holds the bytes as they
-- came, inserted as Base64 since JSON carries text only.
CREATE TABLE IF NOT EXISTS dead_letters_rows
(
    dead_letter_id String,
    at DateTime64(3, 'UTC'),
    reason LowCardinality(String),
    detail String,
    origin String,
    publisher LowCardinality(String),
    event_id String,
    original_base64 String EPHEMERAL,
    original String DEFAULT base64Decode(original_base64),
    version UInt64 MATERIALIZED 18446744073709551615 - toUnixTimestamp64Milli(at)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY dead_letter_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW triggers AS
SELECT trigger_id, lead_id, program, step, channel, template, at, logged_at, cause_id, suppressed_by, model_version
FROM triggers_rows FINAL;

CREATE OR REPLACE VIEW handoffs AS
SELECT handoff_id, lead_id, rep, at, logged_at, reason, score, cause_id, suppressed_by
FROM handoffs_rows FINAL;

CREATE OR REPLACE VIEW dead_letters AS
SELECT dead_letter_id, at, reason, detail, origin, publisher, event_id, original
FROM dead_letters_rows FINAL;
