import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The same folds as Kafka Streams runs them: one sub-topology, so one task for each partition. Runs until its standard
 * input ends; then it writes what the score store holds into the file `dump`, if asked for, and ends.
 */
public final class Peer {
  public static void main(String[] args) throws Exception {
    Settings settings = Settings.from(args[0]);
    KafkaStreams streams = new KafkaStreams(topology(settings), config(settings));
    streams.setUncaughtExceptionHandler(
        thrown -> {
          thrown.printStackTrace();
          return StreamThreadExceptionResponse.SHUTDOWN_APPLICATION;
        });
    streams.start();
    while (System.in.read() != -1) {}
    try {
      String dump = settings.all().getProperty("dump");
      if (dump != null) dump(streams, Path.of(dump));
      streams.close(Duration.ofSeconds(30));
      System.exit(0);
    } catch (Exception thrown) {
      thrown.printStackTrace();
      System.exit(1);
    }
  }

  private static Topology topology(Settings settings) throws Exception {
    String workload = settings.text("workload");
    Records activities = Records.of("Activity", settings);
    Records scores = Records.of("Scored", settings);
    boolean emits = !workload.equals("state");
    Topology topology = new Topology();
    topology.addSource("activities", new StringDeserializer(), activities, settings.text("input"));
    topology.addProcessor(
        "score", () -> new ScoreProcessor(activities.shape, scores.shape, emits), "activities");
    topology.addStateStore(store(ScoreProcessor.STORE, States.SCORE), "score");
    if (!emits) return topology;
    topology.addSink("scores", settings.text("scores"), new StringSerializer(), scores, "score");
    if (workload.equals("scores")) return topology;
    Records stages = Records.of("Staged", settings);
    Records triggers = Records.of("Trigger", settings);
    topology.addProcessor(
        "stage", () -> new StageProcessor(activities.shape, scores.shape, stages.shape), "score");
    topology.addStateStore(store(StageProcessor.STORE, States.STAGE), "stage");
    topology.addSink("stages", settings.text("stages"), new StringSerializer(), stages, "stage");
    topology.addProcessor(
        "trigger", () -> new TriggerProcessor(stages.shape, triggers.shape), "stage");
    topology.addStateStore(store(TriggerProcessor.STORE, States.TRIGGER), "trigger");
    topology.addSink("triggers", settings.text("triggers"), new StringSerializer(), triggers, "trigger");
    return topology;
  }

  private static <T> StoreBuilder<KeyValueStore<String, T>> store(String name, Serde<T> states) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.String(), states)
        .withCachingEnabled();
  }

  private static Properties config(Settings settings) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.text("application"));
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.text("brokers"));
    config.put(StreamsConfig.STATE_DIR_CONFIG, settings.text("state"));
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.number("threads"));
    config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
    config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L * 1024 * 1024);
    config.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5_000);
    config.put(StreamsConfig.METRICS_RECORDING_LEVEL_CONFIG, "INFO");
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 4 * 1024 * 1024);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), 64 * 1024);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 100);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 100);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L * 1024 * 1024);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), settings.text("compression"));
    return config;
  }

  private static void dump(KafkaStreams streams, Path file) throws Exception {
    var store =
        streams.store(
            StoreQueryParameters.fromNameAndType(
                ScoreProcessor.STORE, QueryableStoreTypes.<String, States.Score>keyValueStore()));
    try (var all = store.all();
        var out = new PrintWriter(Files.newBufferedWriter(file))) {
      while (all.hasNext()) {
        var lead = all.next();
        States.Score state = lead.value;
        out.printf(
            "%s %016x %d %d%n",
            lead.key, Double.doubleToLongBits(state.score()), state.at(), state.count());
      }
    }
  }

  private Peer() {}
}
