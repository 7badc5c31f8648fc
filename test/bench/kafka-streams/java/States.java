import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** What each processor keeps of a lead, as few bytes as it takes. */
final class States {
  record Score(double score, long at, long count) {}

  record Stage(int level, long since) {}

  record Trigger(long last) {}

  static final Serde<Score> SCORE =
      serde(
          24,
          (state, bytes) -> bytes.putDouble(state.score).putLong(state.at).putLong(state.count),
          bytes -> new Score(bytes.getDouble(), bytes.getLong(), bytes.getLong()));

  static final Serde<Stage> STAGE =
      serde(
          12,
          (state, bytes) -> bytes.putInt(state.level).putLong(state.since),
          bytes -> new Stage(bytes.getInt(), bytes.getLong()));

  static final Serde<Trigger> TRIGGER =
      serde(8, (state, bytes) -> bytes.putLong(state.last), bytes -> new Trigger(bytes.getLong()));

  private static <T> Serde<T> serde(
      int size, BiConsumer<T, ByteBuffer> write, Function<ByteBuffer, T> read) {
    return Serdes.serdeFrom(
        (topic, state) -> {
          if (state == null) return null;
          ByteBuffer bytes = ByteBuffer.allocate(size);
          write.accept(state, bytes);
          return bytes.array();
        },
        (topic, bytes) -> bytes == null ? null : read.apply(ByteBuffer.wrap(bytes)));
  }

  private States() {}
}
