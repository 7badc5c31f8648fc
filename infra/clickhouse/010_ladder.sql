-- The ladder is the model's: one row per model that came into force, written by analyze. The stages of the newest are shown.

CREATE TABLE IF NOT EXISTS ladders_rows
(
    model_version String,
    logged_at DateTime64(3, 'UTC'),
    ladder Array(String),
    beside Array(String),
    seq UInt64
)
ENGINE = ReplacingMergeTree(seq)
ORDER BY model_version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW ladders AS
SELECT model_version, logged_at, ladder, beside, seq
FROM ladders_rows FINAL;

-- The stages of the model in force, from the bottom of the ladder, then those beside it. None before the first model.
CREATE OR REPLACE VIEW stages AS
SELECT stage, toUInt16(place) AS position, if(place <= rungs, 'ladder', 'beside') AS kind
FROM
(
    SELECT arrayConcat(ladder, beside) AS names, length(ladder) AS rungs
    FROM ladders_rows FINAL
    ORDER BY logged_at DESC, seq DESC
    LIMIT 1
)
ARRAY JOIN names AS stage, arrayEnumerate(names) AS place;

-- kind: ladder, beside, or former: the model in force has no such stage any more, and leads are, or ever were, in it.
CREATE OR REPLACE VIEW funnel AS
SELECT stage, if(max(place) = 0, toUInt16(65535), max(place)) AS position, sum(current) AS leads, sum(entered) AS reached,
    if(max(place) = 0, 'former', max(place_kind)) AS kind
FROM
(
    SELECT stage, position AS place, kind AS place_kind, toInt64(0) AS current, toInt64(0) AS entered
    FROM stages
    UNION ALL
    SELECT toString(stage) AS stage, toUInt16(0) AS place, '' AS place_kind, sum(c.current) AS current, sum(c.entered) AS entered
    FROM funnel_counters_rows AS c FINAL
    GROUP BY c.stage
)
GROUP BY stage
HAVING position != 65535 OR leads != 0 OR reached != 0
ORDER BY position, stage;
