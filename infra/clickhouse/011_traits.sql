-- What is said of people: how many activities bore a trait, by the day they occurred on. They are not taken back when an activity
-- moves to another lead: it bore the trait all the same.

CREATE TABLE IF NOT EXISTS trait_counters_rows
(
    partition UInt32,
    day_number UInt16,
    trait LowCardinality(String),
    activities Int64,
    changes UInt64
)
ENGINE = ReplacingMergeTree(changes)
ORDER BY (partition, day_number, trait)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW trait_counters AS
SELECT partition, toDate(day_number) AS day, trait, activities
FROM trait_counters_rows FINAL;
