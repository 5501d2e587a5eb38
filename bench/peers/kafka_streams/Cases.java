import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;

/** An upper bound: rows by case in a store in memory with its changelog topic, one thread, no PostgreSQL. A row is "events,fen,closed". */
public final class Cases {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicLong DONE = new AtomicLong();
  private static volatile long began;
  private static volatile long ended;

  public static void main(String[] arguments) throws Exception {
    String bootstrap = arguments[0];
    String topic = arguments[1];
    long count = Long.parseLong(arguments[2]);
    Path log = Path.of(arguments[3]);
    CountDownLatch finished = new CountDownLatch(1);
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("rows"), Serdes.String(), Serdes.String()));
    builder.stream(topic, Consumed.with(Serdes.String(), Serdes.ByteArray())).process(() -> new Fold(count, finished), "rows");
    try (KafkaStreams streams = new KafkaStreams(builder.build(), settings(bootstrap, arguments[4], arguments[5]))) {
      streams.setUncaughtExceptionHandler(error -> { // it would wait for ever
        error.printStackTrace();
        Runtime.getRuntime().halt(1);
        return StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
      });
      streams.start();
      finished.await();
      double seconds = (ended - began) / 1e9;
      StringBuilder rows = new StringBuilder();
      var store = streams.store(StoreQueryParameters.fromNameAndType("rows", QueryableStoreTypes.<String, String>keyValueStore()));
      try (var all = store.all()) {
        all.forEachRemaining(row -> rows.append(rows.length() > 0 ? "," : "").append('"').append(row.key).append("\":\"").append(row.value).append('"'));
      }
      Files.writeString(log, "{\"rate\":" + (count - 1) / seconds + ",\"count\":" + DONE.get() + ",\"rows\":{" + rows + "}}");
    }
  }

  private static Properties settings(String bootstrap, String name, String folder) {
    Properties known = new Properties();
    known.put("application.id", name);
    known.put("bootstrap.servers", bootstrap);
    known.put("state.dir", folder);
    known.put("auto.offset.reset", "earliest");
    known.put("replication.factor", "1");
    known.put("num.stream.threads", "1");
    return known;
  }

  private static final class Fold implements Processor<String, byte[], Void, Void> {
    private final long count;
    private final CountDownLatch finished;
    private KeyValueStore<String, String> rows;

    Fold(long count, CountDownLatch finished) {
      this.count = count;
      this.finished = finished;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      rows = context.getStateStore("rows");
    }

    @Override
    public void process(Record<String, byte[]> record) {
      if (began == 0) began = System.nanoTime();
      JsonNode value = read(record.value());
      String kind = new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8);
      String key = value.get("case_id").asText();
      String[] row = rows.get(key) == null ? new String[] {"0", "0", "false"} : rows.get(key).split(",");
      long events = Long.parseLong(row[0]) + 1;
      long fen = Long.parseLong(row[1]) + (kind.endsWith("paid") ? value.get("amount_fen").asLong() : 0);
      rows.put(key, events + "," + fen + "," + (Boolean.parseBoolean(row[2]) || kind.endsWith("closed")));
      if (DONE.incrementAndGet() == count) {
        ended = System.nanoTime();
        finished.countDown();
      }
    }

    private static JsonNode read(byte[] value) {
      try {
        return JSON.readTree(value);
      } catch (java.io.IOException error) {
        throw new java.io.UncheckedIOException(error);
      }
    }
  }
}
