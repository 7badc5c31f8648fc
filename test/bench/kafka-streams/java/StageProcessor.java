import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** folds/stage.ts. */
final class StageProcessor implements Processor<String, GenericRecord, String, GenericRecord> {
  static final String STORE = "stage";

  private final ActivityFields activities;
  private final ScoredFields scores;
  private final StagedFields stages;
  private ProcessorContext<String, GenericRecord> context;
  private KeyValueStore<String, States.Stage> store;

  StageProcessor(Shape activities, Shape scores, Shape stages) {
    this.activities = new ActivityFields(activities);
    this.scores = new ScoredFields(scores);
    this.stages = new StagedFields(stages);
  }

  @Override
  public void init(ProcessorContext<String, GenericRecord> context) {
    this.context = context;
    store = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, GenericRecord> record) {
    GenericRecord scored = record.value();
    long at = (Long) scored.get(scores.at);
    double points = (Double) ((GenericRecord) scored.get(scores.score)).get(scores.effectAfter);
    States.Stage before = store.get(record.key());
    int from = before == null ? 0 : before.level();
    int level = from;
    GenericData.Array<GenericRecord> moves = new GenericData.Array<>(0, stages.allMoves);
    while (level < Rules.ENTER.length && points >= Rules.ENTER[level]) {
      moves.add(move(level, level + 1, Rules.ENTERED[level], at));
      level++;
    }
    while (level > 0 && points < Rules.LEAVE[level - 1]) {
      moves.add(move(level, level - 1, Rules.LEFT[level - 1], at));
      level--;
    }
    if (before == null || level != from) store.put(record.key(), new States.Stage(level, at));
    GenericRecord activity = (GenericRecord) scored.get(scores.activity);
    GenericRecord facts = stages.told.blank();
    facts.put(stages.personal, activity.get(activities.personal));
    GenericRecord value = stages.shape.blank();
    value.put(stages.seq, scored.get(scores.seq));
    value.put(stages.step, 0);
    value.put(stages.loggedAt, scored.get(scores.loggedAt));
    value.put(stages.leadId, scored.get(scores.leadId));
    value.put(stages.scored, scored);
    value.put(stages.causeId, scored.get(scores.causeId));
    value.put(stages.at, at);
    value.put(stages.historic, scored.get(scores.historic));
    value.put(stages.known, activity.get(activities.known));
    value.put(stages.stageBefore, Rules.STAGES[from]);
    value.put(stages.stageAfter, Rules.STAGES[level]);
    value.put(stages.moves, moves);
    value.put(stages.score, points);
    value.put(stages.scoreAt, at);
    value.put(stages.facts, facts);
    context.forward(record.withValue(value));
  }

  private GenericRecord move(int from, int to, Utf8 reason, long at) {
    GenericRecord move = stages.move.blank();
    move.put(stages.fromStage, Rules.STAGES[from]);
    move.put(stages.toStage, Rules.STAGES[to]);
    move.put(stages.reason, reason);
    move.put(stages.moveAt, at);
    return move;
  }
}
