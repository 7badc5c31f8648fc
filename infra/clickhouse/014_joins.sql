-- Leads that turned out to be one, or to be others: from when one of them was asked what was decided about it until the other was
-- told. Meanwhile nothing is decided about the one that is told, nor about the other if it ends.

CREATE TABLE IF NOT EXISTS joins_rows
(
    join_seq UInt64,
    closed Bool,
    from_lead_id String,
    into_lead_id String,
    ends Bool,
    at DateTime64(3, 'UTC'),
    cause_event_id String,
    seq UInt64
)
ENGINE = ReplacingMergeTree(seq)
ORDER BY (join_seq, closed)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- from_lead_id: who was asked, and has ended if ends is true. closed_at: when the other was told; NULL: it still waits.
CREATE OR REPLACE VIEW joins AS
SELECT join_seq, any(from_lead_id) AS from_lead_id, any(into_lead_id) AS into_lead_id, any(ends) AS ends,
    minIf(at, NOT closed) AS opened_at,
    if(max(closed), maxIf(at, closed), NULL) AS closed_at,
    any(cause_event_id) AS cause_event_id
FROM joins_rows
GROUP BY join_seq;
