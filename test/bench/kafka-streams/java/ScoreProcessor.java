import java.util.List;
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

  private final boolean emits;
  private final ActivityFields activities;
  private final ScoredFields scores;
  private ProcessorContext<String, GenericRecord> context;
  private KeyValueStore<String, States.Score> store;

  ScoreProcessor(Shape activities, Shape scores, boolean emits) {
    this.emits = emits;
    this.activities = new ActivityFields(activities);
    this.scores = new ScoredFields(scores);
  }

  @Override
  public void init(ProcessorContext<String, GenericRecord> context) {
    this.context = context;
    store = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, GenericRecord> record) {
    GenericRecord activity = record.value();
    long at = (Long) activity.get(activities.occurredAt);
    Double known = Rules.POINTS.get((Utf8) activity.get(activities.name));
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
    Object eventId = activity.get(activities.eventId);
    Object loggedAt = activity.get(activities.loggedAt);
    GenericRecord reason = scores.contributions.blank();
    reason.put(scores.reasonEventId, eventId);
    reason.put(scores.reasonRule, activity.get(activities.name));
    reason.put(scores.reasonModel, Rules.MODEL);
    reason.put(scores.reasonOccurredAt, at);
    reason.put(scores.reasonRaw, points);
    reason.put(scores.reasonPoints, points);
    GenericRecord score = scores.effects.blank();
    score.put(scores.effectAt, at);
    score.put(scores.effectBefore, old);
    score.put(scores.effectAfter, after);
    score.put(scores.effectAdded, new GenericData.Array<>(scores.reasons, List.of(reason)));
    score.put(scores.effectRemoved, new GenericData.Array<>(0, scores.reasons));
    score.put(scores.effectReasons, new GenericData.Array<>(scores.reasons, List.of(reason)));
    GenericRecord value = scores.shape.blank();
    value.put(scores.seq, activity.get(activities.seq));
    value.put(scores.step, 0);
    value.put(scores.loggedAt, loggedAt);
    value.put(scores.leadId, activity.get(activities.leadId));
    value.put(scores.cause, scores.ofActivity);
    value.put(scores.causeId, eventId);
    value.put(scores.at, loggedAt);
    value.put(scores.historic, false);
    value.put(scores.activity, activity);
    value.put(scores.score, score);
    return value;
  }
}
