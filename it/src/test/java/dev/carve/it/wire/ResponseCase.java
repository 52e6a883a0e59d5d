package dev.carve.it.wire;

import dev.carve.testkit.Field;
import dev.carve.testkit.Octets;
import dev.carve.testkit.Script;
import dev.carve.testkit.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bytes an upstream answers with, and what Carve makes of them.
 *
 * @param name its name
 * @param source the rule or the published technique
 * @param method the client's method
 * @param version the client's version
 * @param answer the bytes
 * @param ending what the upstream does after them
 * @param expected what the client gets
 * @param reusable whether the upstream connection may carry a further request
 */
record ResponseCase(
        String name,
        String source,
        String method,
        String version,
        Octets answer,
        Ending ending,
        Expected expected,
        boolean reusable) {

    private static final String FILE = "responses.txt";
    private static final Pattern RELAY = Pattern.compile("([0-9]{3}) body \"(.*)\"");

    /** What the upstream does after its answer. */
    enum Ending {
        STAY,
        CLOSE,
        RESET
    }

    /** What the client gets. */
    sealed interface Expected {

        /** The gateway's own answer. */
        record Refused(int status) implements Expected {}

        /** Exactly this answer. */
        record Relayed(int status, Octets body, List<Field> with, List<String> without)
                implements Expected {}

        /** A head, and the end of the connection inside the body. */
        record Cut(int status) implements Expected {}
    }

    /** All cases, in the order of the file. */
    static List<ResponseCase> all() {
        return CorpusReader.read(FILE).stream().map(ResponseCase::of).toList();
    }

    /**
     * What the upstream does on each connection: this answer, and another to whoever comes again.
     */
    Script script() {
        var steps = new ArrayList<Step>();
        steps.add(new Step.ReadRequest());
        steps.add(new Step.Respond(answer));
        switch (ending) {
            case STAY -> {
                steps.add(new Step.ReadRequest());
                steps.add(new Step.CloseAfterResponse(200, "reused"));
            }
            case CLOSE -> steps.add(new Step.CloseSocket());
            case RESET -> steps.add(new Step.Reset());
        }
        return new Script(List.copyOf(steps), false);
    }

    String expectation() {
        return switch (expected) {
            case Expected.Refused(int status) -> "refuse " + status;
            case Expected.Cut(int status) -> "cut " + status;
            case Expected.Relayed(int status, Octets body, _, _) ->
                    "relay " + status + (body.isEmpty() ? "" : " +" + body.length());
        };
    }

    @Override
    public String toString() {
        return name;
    }

    private static ResponseCase of(CorpusReader.Block block) {
        String source = "";
        String[] request = {"GET", "HTTP/1.1"};
        var answer = new StringBuilder();
        Ending ending = Ending.STAY;
        var expected = new ArrayList<Expected>();
        boolean reusable = false;
        for (CorpusReader.Line line : block.lines()) {
            switch (line.keyword()) {
                case "source" -> source = line.rest();
                case "request" -> request = line.rest().split(" ", 2);
                case ">" -> answer.append(line.rest()).append("\\r\\n");
                case "-" -> answer.append(line.rest());
                case "close" -> ending = Ending.CLOSE;
                case "reset" -> ending = Ending.RESET;
                case "reuse" -> reusable = true;
                case "refuse" -> expected.add(new Expected.Refused(Integer.parseInt(line.rest())));
                case "cut" -> expected.add(new Expected.Cut(Integer.parseInt(line.rest())));
                case "relay" -> expected.add(relayed(line));
                case "with", "without" -> expected.set(0, narrowed(expected.getFirst(), line));
                default ->
                        throw line.wrong(
                                FILE, "source, request, >, -, close, reset, reuse or an outcome");
            }
        }
        if (source.isEmpty() || expected.size() != 1) {
            throw new IllegalArgumentException(
                    "%s:%d: case %s (expected: a source and one outcome)"
                            .formatted(FILE, block.line(), block.name()));
        }
        return new ResponseCase(
                block.name(),
                source,
                request[0],
                request[1],
                Octets.parse(answer.toString()),
                ending,
                expected.getFirst(),
                reusable);
    }

    private static Expected relayed(CorpusReader.Line line) {
        Matcher parts = RELAY.matcher(line.rest());
        if (!parts.matches()) {
            throw line.wrong(FILE, "relay STATUS body \"TEXT\"");
        }
        return new Expected.Relayed(
                Integer.parseInt(parts.group(1)),
                Octets.parse(parts.group(2)),
                List.of(),
                List.of());
    }

    private static Expected narrowed(Expected expected, CorpusReader.Line line) {
        if (!(expected
                instanceof Expected.Relayed(int status, Octets body, var with, var without))) {
            throw line.wrong(FILE, "relay first");
        }
        var fields = new ArrayList<>(with);
        var names = new ArrayList<>(without);
        if (line.keyword().equals("without")) {
            names.add(line.rest());
        } else {
            int colon = line.rest().indexOf(':');
            String value = Octets.parse(line.rest().substring(colon + 1).strip()).text();
            fields.add(new Field(line.rest().substring(0, colon), value));
        }
        return new Expected.Relayed(status, body, List.copyOf(fields), List.copyOf(names));
    }
}
