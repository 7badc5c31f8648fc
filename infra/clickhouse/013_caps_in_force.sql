-- The caps in force bound every score, also of leads that have done nothing since: what a row says holds for the caps that it was
-- recorded under, and is exact only while those are in force.

-- What the model's caps are and which rules they bound, as a hash; empty: it has no caps.
ALTER TABLE ladders_rows ADD COLUMN IF NOT EXISTS caps LowCardinality(String) DEFAULT '' AFTER beside;

-- The same, of the model under which the score was recorded; ? in rows of before.
ALTER TABLE leads_rows ADD COLUMN IF NOT EXISTS caps LowCardinality(String) DEFAULT '?' AFTER valid_until;

-- score: points at score_at, which is now, by the engine's clock; or, where something else than fading may have changed the score
-- since (score_exact is false), the last ms before that. It is what `leadstream explain LEAD --at score_at` says, to 1e-9, but
-- after a model with other caps: it is then what the caps of before left, of the last ms before that model, until the lead's next
-- record, and `explain` says what the caps in force leave.
-- score_estimate: what fading alone leaves now, under the caps that the row was recorded under; where score_exact it is the score.
-- score_recorded, recorded_at: the score as last published. valid_until: when the score ceases to be exact; NULL: never.
CREATE OR REPLACE VIEW leads AS
WITH
    (lives, ms) -> if(lives = 0, 1., exp2(-ms / lives)) AS left_after,
    (sums, ms) -> round(arraySum(one -> one.points * left_after(one.half_life, ms), sums), 9) + 0 AS faded
SELECT lead_id, known, email,
    faded(fading, score_age) AS score,
    addMilliseconds(recorded_at, score_age) AS score_at,
    toBool(score_age = age AND NOT is_other) AS score_exact,
    faded(fading, age) AS score_estimate,
    grade, stage, stage_since, first_seen, last_seen, activities, source, medium, campaign,
    score_recorded, recorded_at, valid_until, seq, step
FROM
(
    WITH (SELECT tuple(argMax(caps, (logged_at, seq)), max(logged_at)) FROM ladders_rows FINAL) AS in_force
    SELECT lead_id, known, email, score AS score_recorded, score_at AS recorded_at, fading,
        leads_rows.caps != in_force.1 AS is_other,
        if(is_other, least(ifNull(leads_rows.valid_until, in_force.2), in_force.2), leads_rows.valid_until) AS valid_until,
        greatest(0, toUnixTimestamp64Milli(now64(3, 'UTC')) - toUnixTimestamp64Milli(score_at)) AS age,
        greatest(0, least(age, ifNull(toUnixTimestamp64Milli(valid_until) - toUnixTimestamp64Milli(score_at) - 1, age))) AS score_age,
        grade, stage, stage_since, first_seen, last_seen, activities, source, medium, campaign, seq, step
    FROM leads_rows FINAL
);
