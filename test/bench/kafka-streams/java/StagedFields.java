import org.apache.avro.Schema;

/** Where a Staged, and what it holds, has what the folds set and read. */
final class StagedFields {
  final Shape shape;
  final int seq;
  final int step;
  final int loggedAt;
  final int leadId;
  final int scored;
  final int causeId;
  final int at;
  final int historic;
  final int known;
  final int stageBefore;
  final int stageAfter;
  final int moves;
  final int score;
  final int scoreAt;
  final int facts;

  final Shape told;
  final int personal;

  /** The schema of an array of moves. */
  final Schema allMoves;
  final Shape move;
  final int fromStage;
  final int toStage;
  final int reason;
  final int moveAt;

  StagedFields(Shape shape) {
    this.shape = shape;
    seq = shape.at("seq");
    step = shape.at("step");
    loggedAt = shape.at("logged_at");
    leadId = shape.at("lead_id");
    scored = shape.at("scored");
    causeId = shape.at("cause_id");
    at = shape.at("at");
    historic = shape.at("historic");
    known = shape.at("known");
    stageBefore = shape.at("stage_before");
    stageAfter = shape.at("stage_after");
    moves = shape.at("moves");
    score = shape.at("score");
    scoreAt = shape.at("score_at");
    facts = shape.at("facts");

    told = shape.of("facts");
    personal = told.at("personal");

    allMoves = shape.schemaOf("moves");
    move = shape.of("moves");
    fromStage = move.at("from_stage");
    toStage = move.at("to_stage");
    reason = move.at("reason");
    moveAt = move.at("at");
  }
}
