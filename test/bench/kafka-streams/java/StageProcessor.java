import org.apache.avro.Schema;
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

  private final Records stages;
  private final Schema moveSchema;
  private final Schema movesSchema;
  private final int known;
  private final int personal;
  private final int after;
  private ProcessorContext<String, GenericRecord> context;
  private KeyValueStore<String, States.Stage> store;

  StageProcessor(Records activities, Records scores, Records stages) {
    this.stages = stages;
    movesSchema = stages.schema.getField("moves").schema();
    moveSchema = movesSchema.getElementType();
    known = activities.at("known");
    personal = activities.at("personal");
    after = scores.schema.getField("score").schema().getField("after").pos();
  }

  @Override
  public void init(ProcessorContext<String, GenericRecord> context) {
    this.context = context;
    store = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, GenericRecord> record) {
    GenericRecord scored = record.value();
    long at = (Long) scored.get(6);
    double points = (Double) ((GenericRecord) scored.get(11)).get(after);
    States.Stage before = store.get(record.key());
    int from = before == null ? 0 : before.level();
    int level = from;
    GenericData.Array<GenericRecord> moves = new GenericData.Array<>(0, movesSchema);
    while (level < Rules.ENTER.length && points >= Rules.ENTER[level]) {
      moves.add(move(level, level + 1, Rules.ENTERED[level], at));
      level++;
    }
    while (level > 0 && points < Rules.LEAVE[level - 1]) {
      moves.add(move(level, level - 1, Rules.LEFT[level - 1], at));
      level--;
    }
    if (before == null || level != from) store.put(record.key(), new States.Stage(level, at));
    GenericRecord activity = (GenericRecord) scored.get(8);
    GenericRecord value = new GenericData.Record(stages.schema);
    value.put(0, scored.get(0));
    value.put(1, 0);
    value.put(2, scored.get(2));
    value.put(3, scored.get(3));
    value.put(4, scored);
    value.put(5, scored.get(5));
    value.put(6, at);
    value.put(7, scored.get(7));
    value.put(8, activity.get(known));
    value.put(9, Rules.STAGES[from]);
    value.put(10, Rules.STAGES[level]);
    value.put(11, moves);
    value.put(12, points);
    value.put(13, null);
    value.put(14, activity.get(personal));
    context.forward(record.withValue(value));
  }

  private GenericRecord move(int from, int to, Utf8 reason, long at) {
    GenericRecord move = new GenericData.Record(moveSchema);
    move.put(0, Rules.STAGES[from]);
    move.put(1, Rules.STAGES[to]);
    move.put(2, reason);
    move.put(3, at);
    return move;
  }
}
