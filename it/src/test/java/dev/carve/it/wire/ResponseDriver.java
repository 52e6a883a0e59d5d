package dev.carve.it.wire;

import dev.carve.testkit.Field;
import dev.carve.testkit.Head;
import dev.carve.testkit.IncompleteMessageException;
import dev.carve.testkit.MalformedMessageException;
import dev.carve.testkit.Octets;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks a gateway once per response case, with an upstream behind it that answers the case's bytes,
 * and then once more with an upstream that answers properly: the second answer shows whether the
 * first left something behind. One thread.
 */
final class ResponseDriver {

    private static final Duration SILENCE = Duration.ofMillis(1500);
    private static final String AFTER = "after";
    private static final Script GOOD = Script.oneRequest(new Step.CloseAfterResponse(200, AFTER));

    private final int port;
    private final ScriptedUpstream upstream;

    ResponseDriver(int port, ScriptedUpstream upstream) {
        this.port = port;
        this.upstream = upstream;
    }

    /** What the client got. */
    sealed interface Got {

        /** A whole answer by a strict reading, with what came after it. */
        record Whole(RawResponse answer, Octets excess) implements Got {}

        /** A head, and the end of the connection inside the body; 0 without a head. */
        record Cut(int status) implements Got {}

        /** Bytes that a strict reader refuses. */
        record Malformed(String reason) implements Got {}

        /** Nothing within the bound. */
        record Silent() implements Got {}
    }

    /**
     * Both answers.
     *
     * @param got the answer of the case
     * @param later the body of the answer to the later request, or why there was none
     */
    record Found(Got got, String later) {}

    Found run(ResponseCase asked) throws IOException {
        upstream.forget();
        upstream.script(asked.script());
        Got got;
        try (var client = RawClient.connect(port)) {
            client.within(SILENCE);
            client.send(
                    "%s /case %s\r\nHost: h\r\n\r\n".formatted(asked.method(), asked.version()));
            got = read(client, asked.method());
        }
        upstream.script(GOOD);
        String later = later();
        upstream.cutConnections();
        upstream.awaitNoOpenConnections();
        return new Found(got, later);
    }

    private static Got read(RawClient client, String method) throws IOException {
        try {
            RawResponse answer = client.read(method);
            return new Got.Whole(answer, client.excess());
        } catch (SocketTimeoutException e) {
            return new Got.Silent();
        } catch (MalformedMessageException e) {
            return new Got.Malformed(String.valueOf(e.getMessage()));
        } catch (IncompleteMessageException e) {
            return new Got.Cut(status(e.head()));
        }
    }

    private static int status(@Nullable Head head) {
        return head == null ? 0 : Integer.parseInt(head.startLine().substring(9, 12));
    }

    private String later() throws IOException {
        try (var client = RawClient.connect(port)) {
            client.within(SILENCE)
                    .send("GET /later HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            return client.read().bodyText();
        } catch (SocketTimeoutException
                | MalformedMessageException
                | IncompleteMessageException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** What differs from the corpus, in words; empty where the gateway did exactly as it says. */
    static List<String> differences(ResponseCase asked, Found found) {
        var differences = new ArrayList<String>();
        switch (asked.expected()) {
            case ResponseCase.Expected.Refused(int status) -> {
                if (!(found.got() instanceof Got.Whole(var answer, _))
                        || answer.status() != status) {
                    differences.add("got %s (expected: %d)".formatted(text(found.got()), status));
                }
            }
            case ResponseCase.Expected.Cut(int status) -> {
                // Where the fault came before the head had gone out, the gateway may still say so.
                boolean told = found.got() instanceof Got.Whole(var a, _) && a.status() == 502;
                if (!told && !found.got().equals(new Got.Cut(status))) {
                    differences.add(
                            "got %s (expected: %d, cut)".formatted(text(found.got()), status));
                }
            }
            case ResponseCase.Expected.Relayed relayed ->
                    relayed(relayed, found.got(), differences);
        }
        if (found.got() instanceof Got.Whole(_, var excess) && !excess.isEmpty()) {
            differences.add("\"%s\" after the answer".formatted(excess));
        }
        if (!laterFine(asked, found)) {
            differences.add("the later request got \"%s\"".formatted(found.later()));
        }
        return differences;
    }

    private static void relayed(
            ResponseCase.Expected.Relayed expected, Got got, List<String> differences) {
        if (!(got instanceof Got.Whole(RawResponse answer, _))
                || answer.status() != expected.status()
                || !answer.body().kept().equals(expected.body())) {
            differences.add(
                    "got %s (expected: %d \"%s\")"
                            .formatted(text(got), expected.status(), expected.body()));
            return;
        }
        for (Field field : expected.with()) {
            if (!answer.head().all(field.name()).contains(field.value())) {
                differences.add("no field %s in %s".formatted(field, answer.fields()));
            }
        }
        for (String name : expected.without()) {
            answer.field(name).ifPresent(v -> differences.add("field " + name + ": " + v));
        }
    }

    private static boolean laterFine(ResponseCase asked, Found found) {
        return found.later().equals(AFTER) || (asked.reusable() && found.later().equals("reused"));
    }

    /** How lenient that is; see {@link Leniency}, read for answers. */
    static Leniency leniency(ResponseCase asked, Found found) {
        boolean excess = found.got() instanceof Got.Whole(_, var rest) && !rest.isEmpty();
        if (excess || !(found.later().equals(AFTER) || found.later().equals("reused"))) {
            return Leniency.SMUGGLED;
        }
        if (asked.expected() instanceof ResponseCase.Expected.Relayed && !laterFine(asked, found)) {
            return Leniency.AMBIGUOUS; // a connection with bytes of no answer went on in use
        }
        return switch (found.got()) {
            case Got.Silent() -> Leniency.SILENT;
            case Got.Malformed _ -> Leniency.AMBIGUOUS;
            case Got.Cut _ -> Leniency.NONE;
            case Got.Whole(RawResponse answer, _) -> {
                if (answer.status() >= 500 && answer.status() < 600) {
                    yield Leniency.NONE;
                }
                yield switch (asked.expected()) {
                    case ResponseCase.Expected.Refused _, ResponseCase.Expected.Cut _ ->
                            Leniency.REPAIRED;
                    case ResponseCase.Expected.Relayed relayed -> altered(relayed, answer);
                };
            }
        };
    }

    private static Leniency altered(ResponseCase.Expected.Relayed expected, RawResponse answer) {
        if (answer.status() != expected.status() || !answer.body().kept().equals(expected.body())) {
            return Leniency.ALTERED;
        }
        var differences = new ArrayList<String>();
        relayed(expected, new Got.Whole(answer, Octets.EMPTY), differences);
        return differences.isEmpty() ? Leniency.NONE : Leniency.EDITED;
    }

    static String text(Got got) {
        return switch (got) {
            case Got.Silent() -> "silent";
            case Got.Cut(int status) -> status == 0 ? "dropped" : "cut " + status;
            case Got.Malformed(String reason) -> "malformed: " + reason;
            case Got.Whole(RawResponse answer, _) ->
                    Optional.of(answer.body().kept())
                            .filter(b -> !b.isEmpty() && answer.status() < 500)
                            .map(b -> answer.status() + " \"" + b.escaped(20) + "\"")
                            .orElse(String.valueOf(answer.status()));
        };
    }

    /** Observes every case at the gateway on that port and enters the outcomes. */
    static void compare(Comparison into, String gateway, int port, ScriptedUpstream upstream)
            throws IOException {
        var driver = new ResponseDriver(port, upstream);
        for (ResponseCase asked : ResponseCase.all()) {
            into.expect(asked.name(), asked.expectation());
            Found found = driver.run(asked);
            Leniency leniency = leniency(asked, found);
            String text = text(found.got());
            if (leniency.lenient()) {
                text = leniency.name().toLowerCase(Locale.ROOT) + ", " + text;
            }
            if (!laterFine(asked, found)) {
                text += ", then \"" + found.later() + "\"";
            }
            into.add(gateway, asked.name(), new Comparison.Outcome(leniency, text));
        }
    }
}
