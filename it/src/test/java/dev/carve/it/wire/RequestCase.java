package dev.carve.it.wire;

import dev.carve.testkit.Field;
import dev.carve.testkit.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Bytes a client sends, and what Carve makes of them.
 *
 * @param name its name
 * @param source the rule or the published technique
 * @param send the bytes
 * @param readings the requests that the upstream reads, in order, and no others
 * @param refusal the statuses one of which then ends the connection; empty where nothing is refused
 */
record RequestCase(
        String name, String source, Octets send, List<Reading> readings, List<Integer> refusal) {

    private static final String FILE = "requests.txt";
    private static final Pattern FORWARD =
            Pattern.compile("(\\S+) (\\S+(?: or \\S+)*) body \"(.*)\"");

    /** All cases, in the order of the file. */
    static List<RequestCase> all() {
        return CorpusReader.read(FILE).stream().map(RequestCase::of).toList();
    }

    /** Whether Carve refuses all of it. */
    boolean refused() {
        return readings.isEmpty();
    }

    /** The statuses Carve answers with, in order, one of several for a refusal. */
    String expectation() {
        Stream<String> forwards = readings.stream().map(Reading::toString);
        Stream<String> refusals =
                refusal.isEmpty()
                        ? Stream.empty()
                        : Stream.of(
                                "refuse "
                                        + String.join(
                                                "|",
                                                refusal.stream().map(String::valueOf).toList()));
        return String.join(", ", Stream.concat(forwards, refusals).toList());
    }

    @Override
    public String toString() {
        return name;
    }

    private static RequestCase of(CorpusReader.Block block) {
        String source = "";
        var send = new StringBuilder();
        var readings = new ArrayList<Reading>();
        var refusal = new ArrayList<Integer>();
        for (CorpusReader.Line line : block.lines()) {
            switch (line.keyword()) {
                case "source" -> source = line.rest();
                case ">" -> send.append(line.rest()).append("\\r\\n");
                case "-" -> send.append(line.rest());
                case "forward" -> readings.add(reading(line));
                case "with" -> {
                    Reading last = readings.removeLast();
                    readings.add(with(last, field(line)));
                }
                case "without" -> {
                    Reading last = readings.removeLast();
                    readings.add(without(last, line.rest()));
                }
                case "refuse" -> {
                    for (String status : line.rest().split("\\|", -1)) {
                        refusal.add(Integer.parseInt(status));
                    }
                }
                default -> throw line.wrong(FILE, "source, >, -, forward, with, without or refuse");
            }
        }
        if (source.isEmpty() || send.isEmpty() || (readings.isEmpty() && refusal.isEmpty())) {
            throw new IllegalArgumentException(
                    "%s:%d: case %s (expected: a source, bytes and an outcome)"
                            .formatted(FILE, block.line(), block.name()));
        }
        return new RequestCase(
                block.name(),
                source,
                Octets.parse(send.toString()),
                List.copyOf(readings),
                List.copyOf(refusal));
    }

    private static Reading reading(CorpusReader.Line line) {
        Matcher parts = FORWARD.matcher(line.rest());
        if (!parts.matches()) {
            throw line.wrong(FILE, "forward METHOD TARGET[ or TARGET] body \"TEXT\"");
        }
        return new Reading(
                parts.group(1),
                Stream.of(parts.group(2).split(" or ", -1))
                        .map(t -> Octets.parse(t).text())
                        .toList(),
                Octets.parse(parts.group(3)),
                List.of(),
                List.of());
    }

    private static Field field(CorpusReader.Line line) {
        int colon = line.rest().indexOf(':');
        if (colon < 0) {
            throw line.wrong(FILE, "with NAME: VALUE");
        }
        return new Field(
                line.rest().substring(0, colon),
                Octets.parse(line.rest().substring(colon + 1).strip()).text());
    }

    private static Reading with(Reading reading, Field field) {
        var fields = new ArrayList<>(reading.with());
        fields.add(field);
        return new Reading(
                reading.method(), reading.targets(), reading.body(), fields, reading.without());
    }

    private static Reading without(Reading reading, String name) {
        var names = new ArrayList<>(reading.without());
        names.add(name);
        return new Reading(
                reading.method(), reading.targets(), reading.body(), reading.with(), names);
    }
}
