import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Records of one schema in Confluent's wire format, ids known beforehand: no registry is asked. Streams shares
 * serializers among threads, so what they reuse belongs to each thread.
 */
final class Records implements Serializer<GenericRecord>, Deserializer<GenericRecord> {
  private static final int HEADER = 5;
  private static final GenericData DATA = new GenericData();

  static {
    DATA.setFastReaderEnabled(true);
  }

  final Shape shape;
  private final byte[] header;
  private final ThreadLocal<Codec> codec;

  private Records(Schema schema, int id) {
    this.shape = new Shape(schema);
    this.header = ByteBuffer.allocate(HEADER).put((byte) 0).putInt(id).array();
    this.codec = ThreadLocal.withInitial(() -> new Codec(schema));
  }

  static Records of(String name, Settings settings) throws IOException {
    Schema schema =
        new Schema.Parser().parse(Path.of(settings.text("schemas"), name + ".avsc").toFile());
    return new Records(schema, settings.number("id." + name));
  }

  private static final class Codec {
    final GenericDatumReader<GenericRecord> reader;
    final GenericDatumWriter<GenericRecord> writer;
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    BinaryDecoder decoder;
    BinaryEncoder encoder;

    Codec(Schema schema) {
      reader = new GenericDatumReader<>(schema, schema, DATA);
      writer = new GenericDatumWriter<>(schema, DATA);
    }
  }

  @Override
  public GenericRecord deserialize(String topic, byte[] bytes) {
    Codec own = codec.get();
    own.decoder =
        DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, own.decoder);
    try {
      return own.reader.read(null, own.decoder);
    } catch (IOException thrown) {
      throw new UncheckedIOException(thrown);
    }
  }

  @Override
  public byte[] serialize(String topic, GenericRecord record) {
    Codec own = codec.get();
    own.bytes.reset();
    own.bytes.write(header, 0, HEADER);
    own.encoder = EncoderFactory.get().binaryEncoder(own.bytes, own.encoder);
    try {
      own.writer.write(record, own.encoder);
      own.encoder.flush();
    } catch (IOException thrown) {
      throw new UncheckedIOException(thrown);
    }
    return own.bytes.toByteArray();
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {}

  @Override
  public void close() {}
}
