package dev.carve.bench.micro;

import dev.carve.carving.compare.Answer;
import dev.carve.carving.compare.Bounds;
import dev.carve.carving.compare.Comparer;
import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.RuleSource;
import dev.carve.carving.compare.Rules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Comparing two answers of JSON on one thread. The counter says megabytes a second over the bytes
 * of both, which is what the bars speak of. Sixteen pairs take turns, so that no branch is learnt
 * by heart; all together fit into the second cache at 2 KiB and not at 64 KiB.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CompareBenchmark {

    private static final int PAIRS = 16;
    private static final int HEAD_BYTES = 100;
    private static final int ITEM_BYTES = 127;
    private static final double MEGABYTE = 1e6;

    /** The bytes of both answers that were compared. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Megabytes {
        public double compared;

        @Setup(Level.Iteration)
        public void reset() {
            compared = 0;
        }
    }

    @Param({"2048", "65536"})
    public int size = 2048;

    private final Comparer comparer = new Comparer(Bounds.DEFAULT);
    private final Rules rules =
            Rules.compile(
                    new RuleSource(
                            List.of("/updated_at"),
                            List.of(),
                            List.of("/tags"),
                            Map.of("/items/*/score", "0.5%"),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of()),
                    System.nanoTime());
    private final Answer[] answers = new Answer[PAIRS];
    private final Answer[] copies = new Answer[PAIRS];
    private final Answer[] shuffled = new Answer[PAIRS];
    private int next;

    @Setup(Level.Trial)
    public void build() {
        for (int i = 0; i < PAIRS; i++) {
            String body = document(i, new Random(i), null);
            answers[i] = answer(body);
            copies[i] = answer(body);
            shuffled[i] = answer(document(i, new Random(i), new Random(i + 1_000)));
            if (!(comparer.compare(rules, answers[i], shuffled[i]) instanceof Comparison.Same)) {
                throw new IllegalStateException("the pairs of the benchmark differ");
            }
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        comparer.close();
    }

    private static Answer answer(String body) {
        return Answer.of(
                200,
                (name, occurrence) ->
                        occurrence == 0 && name.equals("content-type") ? "application/json" : null,
                body.getBytes(StandardCharsets.UTF_8));
    }

    /** A list of orders as many services answer with it; keys and tags in any order if asked to. */
    private String document(int number, Random random, @Nullable Random order) {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < (size - HEAD_BYTES) / ITEM_BYTES; i++) {
            double score = random.nextInt(1_000_000) / 1_000.0;
            List<String> members = new ArrayList<>();
            members.add("\"id\":" + (1_000_000 + i));
            members.add("\"name\":\"Article number " + random.nextInt(10_000) + "\"");
            members.add("\"score\":" + (order == null ? score : score * 1.001));
            members.add("\"active\":" + random.nextBoolean());
            members.add(
                    "\"owner\":{"
                            + joined(List.of("\"id\":7", "\"mail\":\"a@b.test\""), order)
                            + "}");
            members.add("\"note\":null");
            items.add("{" + joined(members, order) + "}");
        }
        List<String> tags = List.of("\"new\"", "\"sale\"", "\"eu\"", "\"fragile\"");
        List<String> members = new ArrayList<>();
        members.add("\"number\":" + number);
        members.add("\"updated_at\":" + (order == null ? 1 : 2));
        members.add("\"tags\":[" + joined(tags, order) + "]");
        members.add("\"items\":[" + String.join(",", items) + "]");
        return "{" + joined(members, order) + "}";
    }

    private static String joined(List<String> parts, @Nullable Random order) {
        List<String> ordered = new ArrayList<>(parts);
        if (order != null) {
            Collections.shuffle(ordered, order);
        }
        return String.join(",", ordered);
    }

    private Comparison compare(Answer[] others, Megabytes megabytes) {
        int pair = next++ & (PAIRS - 1);
        megabytes.compared += (answers[pair].length() + others[pair].length()) / MEGABYTE;
        return comparer.compare(rules, answers[pair], others[pair]);
    }

    /** The same bytes in two arrays. */
    @Benchmark
    public Comparison identical(Megabytes megabytes) {
        return compare(copies, megabytes);
    }

    /** The same values, all keys shuffled, with a rule to ignore, one to sort and a tolerance. */
    @Benchmark
    public Comparison shuffled(Megabytes megabytes) {
        return compare(shuffled, megabytes);
    }
}
