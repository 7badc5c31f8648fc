import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Where a Scored, and what it holds, has what the folds set and read. */
final class ScoredFields {
  final Shape shape;
  final int seq;
  final int step;
  final int loggedAt;
  final int leadId;
  final int cause;
  final int causeId;
  final int at;
  final int historic;
  final int activity;
  final int score;
  final GenericData.EnumSymbol ofActivity;

  final Shape effects;
  final int effectAt;
  final int effectBefore;
  final int effectAfter;
  final int effectAdded;
  final int effectRemoved;
  final int effectReasons;

  /** The schema of an array of contributions. */
  final Schema reasons;
  final Shape contributions;
  final int reasonEventId;
  final int reasonRule;
  final int reasonModel;
  final int reasonOccurredAt;
  final int reasonRaw;
  final int reasonPoints;

  ScoredFields(Shape shape) {
    this.shape = shape;
    seq = shape.at("seq");
    step = shape.at("step");
    loggedAt = shape.at("logged_at");
    leadId = shape.at("lead_id");
    cause = shape.at("cause");
    causeId = shape.at("cause_id");
    at = shape.at("at");
    historic = shape.at("historic");
    activity = shape.at("activity");
    score = shape.at("score");
    ofActivity = new GenericData.EnumSymbol(shape.schemaOf("cause"), "activity");

    effects = shape.of("score");
    effectAt = effects.at("at");
    effectBefore = effects.at("before");
    effectAfter = effects.at("after");
    effectAdded = effects.at("added");
    effectRemoved = effects.at("removed");
    effectReasons = effects.at("reasons");

    reasons = effects.schemaOf("reasons");
    contributions = effects.of("reasons");
    reasonEventId = contributions.at("event_id");
    reasonRule = contributions.at("rule");
    reasonModel = contributions.at("model_version");
    reasonOccurredAt = contributions.at("occurred_at");
    reasonRaw = contributions.at("raw");
    reasonPoints = contributions.at("points");
  }
}
