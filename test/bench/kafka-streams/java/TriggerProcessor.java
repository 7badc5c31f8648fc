import java.util.Arrays;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** folds/trigger.ts. */
final class TriggerProcessor implements Processor<String, GenericRecord, String, GenericRecord> {
  static final String STORE = "trigger";
  private static final List<Utf8> RANKS = Arrays.asList(Rules.STAGES);
  private static final Utf8 PROGRAM = new Utf8("welcome");
  private static final Utf8 CHANNEL = new Utf8("mail");
  private static final Utf8 TEMPLATE = new Utf8("stage_entered");

  private final Records triggers;
  private ProcessorContext<String, GenericRecord> context;
  private KeyValueStore<String, States.Trigger> store;

  TriggerProcessor(Records triggers) {
    this.triggers = triggers;
  }

  @Override
  public void init(ProcessorContext<String, GenericRecord> context) {
    this.context = context;
    store = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, GenericRecord> record) {
    GenericRecord staged = record.value();
    Utf8 stage = (Utf8) staged.get(10);
    if (RANKS.indexOf(stage) <= RANKS.indexOf((Utf8) staged.get(9))) return;
    long at = (Long) staged.get(6);
    States.Trigger before = store.get(record.key());
    if (before != null && at - before.last() < Rules.TRIGGER_PAUSE) return;
    store.put(record.key(), new States.Trigger(at));
    GenericRecord value = new GenericData.Record(triggers.schema);
    value.put(0, staged.get(3) + "/" + stage + "/" + staged.get(5));
    value.put(1, staged.get(0));
    value.put(2, 0);
    value.put(3, staged.get(2));
    value.put(4, staged.get(3));
    value.put(5, PROGRAM);
    value.put(6, Rules.MODEL);
    value.put(7, stage);
    value.put(8, CHANNEL);
    value.put(9, TEMPLATE);
    value.put(10, at);
    value.put(11, staged.get(5));
    value.put(12, null);
    value.put(13, staged.get(14));
    context.forward(record.withValue(value));
  }
}
