import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** folds/score.ts. `emits`: one Scored for each Activity. */
final class ScoreProcessor implements Processor<String, GenericRecord, String, GenericRecord> {
  static final String STORE = "score";

  private final Records activities;
  private final Records scores;
  private final boolean emits;
  private final int seq;
  private final int loggedAt;
  private final int leadId;
  private final int eventId;
  private final int name;
  private final int occurredAt;
  private final Schema effect;
  private final Schema contribution;
  private final Schema contributions;
  private final GenericData.EnumSymbol cause;
  private ProcessorContext<String, GenericRecord> context;
  private KeyValueStore<String, States.Score> store;

  ScoreProcessor(Records activities, Records scores, boolean emits) {
    this.activities = activities;
    this.scores = scores;
    this.emits = emits;
    seq = activities.at("seq");
    loggedAt = activities.at("logged_at");
    leadId = activities.at("lead_id");
    eventId = activities.at("event_id");
    name = activities.at("name");
    occurredAt = activities.at("occurred_at");
    effect = scores.schema.getField("score").schema();
    contributions = effect.getField("added").schema();
    contribution = contributions.getElementType();
    cause = new GenericData.EnumSymbol(scores.schema.getField("cause").schema(), "activity");
  }

  @Override
  public void init(ProcessorContext<String, GenericRecord> context) {
    this.context = context;
    store = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, GenericRecord> record) {
    GenericRecord activity = record.value();
    long at = (Long) activity.get(occurredAt);
    Double known = Rules.POINTS.get((Utf8) activity.get(name));
    double points = known == null ? 0 : known;
    States.Score before = store.get(record.key());
    double old =
        before == null
            ? 0
            : Rules.rounded(Rules.decayed(before.score(), at - before.at()));
    double after = Rules.rounded(old + points);
    store.put(record.key(), new States.Score(after, at, before == null ? 1 : before.count() + 1));
    if (emits) context.forward(record.withValue(scored(activity, at, points, old, after)));
  }

  private GenericRecord scored(
      GenericRecord activity, long at, double points, double old, double after) {
    GenericRecord reason = new GenericData.Record(contribution);
    reason.put(0, activity.get(eventId));
    reason.put(1, activity.get(name));
    reason.put(2, Rules.MODEL);
    reason.put(3, at);
    reason.put(4, points);
    reason.put(5, points);
    GenericRecord score = new GenericData.Record(effect);
    score.put(0, at);
    score.put(1, old);
    score.put(2, after);
    score.put(3, new GenericData.Array<>(contributions, List.of(reason)));
    score.put(4, new GenericData.Array<>(0, contributions));
    score.put(5, new GenericData.Array<>(contributions, List.of(reason)));
    GenericRecord value = new GenericData.Record(scores.schema);
    value.put(0, activity.get(seq));
    value.put(1, 0);
    value.put(2, activity.get(loggedAt));
    value.put(3, activity.get(leadId));
    value.put(4, cause);
    value.put(5, activity.get(eventId));
    value.put(6, activity.get(loggedAt));
    value.put(7, false);
    value.put(8, activity);
    value.put(9, null);
    value.put(10, null);
    value.put(11, score);
    return value;
  }
}
