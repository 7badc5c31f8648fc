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

  private final StagedFields stages;
  private final TriggerFields triggers;
  private ProcessorContext<String, GenericRecord> context;
  private KeyValueStore<String, States.Trigger> store;

  TriggerProcessor(Shape stages, Shape triggers) {
    this.stages = new StagedFields(stages);
    this.triggers = new TriggerFields(triggers);
  }

  @Override
  public void init(ProcessorContext<String, GenericRecord> context) {
    this.context = context;
    store = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, GenericRecord> record) {
    GenericRecord staged = record.value();
    Utf8 stage = (Utf8) staged.get(stages.stageAfter);
    if (RANKS.indexOf(stage) <= RANKS.indexOf((Utf8) staged.get(stages.stageBefore))) return;
    long at = (Long) staged.get(stages.at);
    States.Trigger before = store.get(record.key());
    if (before != null && at - before.last() < Rules.TRIGGER_PAUSE) return;
    store.put(record.key(), new States.Trigger(at));
    Object leadId = staged.get(stages.leadId);
    Object causeId = staged.get(stages.causeId);
    GenericRecord value = triggers.shape.blank();
    value.put(triggers.triggerId, leadId + "/" + stage + "/" + causeId);
    value.put(triggers.seq, staged.get(stages.seq));
    value.put(triggers.stepNo, 0);
    value.put(triggers.loggedAt, staged.get(stages.loggedAt));
    value.put(triggers.leadId, leadId);
    value.put(triggers.program, PROGRAM);
    value.put(triggers.model, Rules.MODEL);
    value.put(triggers.step, stage);
    value.put(triggers.channel, CHANNEL);
    value.put(triggers.template, TEMPLATE);
    value.put(triggers.at, at);
    value.put(triggers.causeId, causeId);
    value.put(
        triggers.personal, ((GenericRecord) staged.get(stages.facts)).get(stages.personal));
    context.forward(record.withValue(value));
  }
}
