-- Scores of now. A row says what a score was made of when it was recorded, and until when nothing but fading changes it: the
-- view tells the score of the moment at which it is read.
-- Rows of before say what the score was at score_at, and nothing of any time after it.

-- Points that fade alike, of score_at: they halve in so many ms; 0: they do not fade.
ALTER TABLE leads_rows ADD COLUMN IF NOT EXISTS fading Array(Tuple(half_life Float64, points Float64))
    DEFAULT [(0., score)] AFTER score_at;

-- The first ms at which something else than fading may change the score (an expiry, an absence, a cap); NULL: nothing will.
ALTER TABLE leads_rows ADD COLUMN IF NOT EXISTS valid_until Nullable(DateTime64(3, 'UTC'))
    DEFAULT addMilliseconds(score_at, 1) AFTER fading;

-- score: points at score_at, which is now, by the engine's clock; or, where something else than fading may have changed the score
-- since (score_exact is false), the last ms before that. It is always what `leadstream explain LEAD --at score_at` says, to 1e-9.
-- score_estimate: what fading alone leaves now; where score_exact it is the score, and where not it still compares leads.
-- score_recorded, recorded_at: the score as last published. valid_until: when the score ceases to be exact; NULL: never.
CREATE OR REPLACE VIEW leads AS
WITH
    (lives, ms) -> if(lives = 0, 1., exp2(-ms / lives)) AS left_after,
    (sums, ms) -> round(arraySum(one -> one.points * left_after(one.half_life, ms), sums), 9) + 0 AS faded
SELECT lead_id, known, email,
    faded(fading, score_age) AS score,
    addMilliseconds(recorded_at, score_age) AS score_at,
    toBool(score_age = age) AS score_exact,
    faded(fading, age) AS score_estimate,
    grade, stage, stage_since, first_seen, last_seen, activities, source, medium, campaign,
    score_recorded, recorded_at, valid_until, seq, step
FROM
(
    SELECT lead_id, known, email, score AS score_recorded, score_at AS recorded_at, fading, valid_until,
        greatest(0, toUnixTimestamp64Milli(now64(3, 'UTC')) - toUnixTimestamp64Milli(score_at)) AS age,
        least(age, ifNull(toUnixTimestamp64Milli(valid_until) - toUnixTimestamp64Milli(score_at) - 1, age)) AS score_age,
        grade, stage, stage_since, first_seen, last_seen, activities, source, medium, campaign, seq, step
    FROM leads_rows FINAL
);
