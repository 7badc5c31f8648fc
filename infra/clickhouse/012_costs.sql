-- Money spent on marketing: about nobody. Every partition of lead.stages brings each of them, as the same row.

CREATE TABLE IF NOT EXISTS costs_rows
(
    event_id String,
    publisher LowCardinality(String),
    occurred_at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    amount Float64,
    currency LowCardinality(String),
    source LowCardinality(String),
    medium LowCardinality(String),
    campaign LowCardinality(String),
    properties String,
    seq UInt64
)
ENGINE = ReplacingMergeTree(seq)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toDate(occurred_at), publisher, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW costs AS
SELECT event_id, publisher, occurred_at, received_at, amount, currency, source, medium, campaign, properties, seq
FROM costs_rows FINAL;
