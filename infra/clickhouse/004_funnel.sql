-- Counters hold absolute values per partition of lead.stages: add them up over partitions, days and sources.
-- Days are numbered from 1970-01-01 UTC in the rows. `changes` counts a counter's changes and is its version.

CREATE TABLE IF NOT EXISTS funnel_counters_rows
(
    partition UInt32,
    day_number UInt16,
    stage LowCardinality(String),
    source LowCardinality(String),
    entered Int64,
    current Int64,
    changes UInt64
)
ENGINE = ReplacingMergeTree(changes)
ORDER BY (partition, day_number, stage, source)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS activity_counters_rows
(
    partition UInt32,
    day_number UInt16,
    name LowCardinality(String),
    activities Int64,
    changes UInt64
)
ENGINE = ReplacingMergeTree(changes)
ORDER BY (partition, day_number, name)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- entered: leads and visitors that first entered the stage, or a later one of the ladder, on that day;
-- current: those that are in the stage now and entered it last on that day.
CREATE OR REPLACE VIEW funnel_counters AS
SELECT partition, toDate(day_number) AS day, stage, source, entered, current
FROM funnel_counters_rows FINAL
WHERE entered != 0 OR current != 0;

-- Activities by the day they occurred on.
CREATE OR REPLACE VIEW activity_counters AS
SELECT partition, toDate(day_number) AS day, name, activities
FROM activity_counters_rows FINAL
WHERE activities != 0;

CREATE OR REPLACE VIEW funnel AS
SELECT ladder.stage AS stage, ladder.position AS position, counted.leads AS leads, counted.reached AS reached
FROM
(
    SELECT toUInt8(number + 1) AS position, arrayElement(['visitor', 'lead', 'mql', 'sql', 'opportunity', 'customer',
        'dormant', 'recycled', 'disqualified'], number + 1) AS stage
    FROM numbers(9)
) AS ladder
LEFT JOIN
(
    SELECT toString(stage) AS stage, sum(current) AS leads, sum(entered) AS reached
    FROM funnel_counters_rows FINAL
    GROUP BY stage
) AS counted ON counted.stage = ladder.stage
ORDER BY position;
