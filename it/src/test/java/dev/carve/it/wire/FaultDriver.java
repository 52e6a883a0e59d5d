package dev.carve.it.wire;

import dev.carve.it.wire.FaultCase.Act;
import dev.carve.it.wire.FaultCase.Expected;
import dev.carve.it.wire.FaultCase.Upstream;
import dev.carve.testkit.Await;
import dev.carve.testkit.Head;
import dev.carve.testkit.IncompleteMessageException;
import dev.carve.testkit.MalformedMessageException;
import dev.carve.testkit.Octets;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Brings one fault about at a gateway and says what came of it that should not. One thread. */
final class FaultDriver {

    private static final Duration WITHIN = Duration.ofSeconds(15);
    private static final Pattern SAMPLE =
            Pattern.compile("^" + FaultCase.METRIC + "\\{([^}]*)} ([0-9.eE+]+)", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private FaultDriver() {}

    /**
     * What came of a fault.
     *
     * @param client what differs for the client and the upstream
     * @param codes what differs in Carve-Error and in the metric
     * @param seen what the client saw, in words
     */
    record Result(List<String> client, List<String> codes, String seen) {

        List<String> all() {
            var all = new ArrayList<>(client);
            all.addAll(codes);
            return all;
        }
    }

    static Result run(FaultCase fault, GatewayUnderTest gateway) throws Exception {
        return switch (fault.upstream()) {
            case Upstream.Refusing() -> {
                try (var port = Ports.refusing()) {
                    yield run(fault, gateway, port.port(), null);
                }
            }
            case Upstream.Unanswering() -> {
                try (var port = Ports.silent()) {
                    yield run(fault, gateway, port.port(), null);
                }
            }
            case Upstream.Scripted(List<Script> scripts) -> {
                try (var upstream = ScriptedUpstream.start(scripts.toArray(Script[]::new))) {
                    yield run(fault, gateway, upstream.port(), upstream);
                }
            }
        };
    }

    private static Result run(
            FaultCase fault,
            GatewayUnderTest gateway,
            int port,
            @Nullable ScriptedUpstream upstream)
            throws Exception {
        int own = gateway.start(port, fault.bounds());
        Map<Failed, Double> before = failures(gateway.metrics());
        var wrong = new ArrayList<String>();
        var codes = new ArrayList<String>();
        String seen;
        try (var client = RawClient.connect(own)) {
            client.within(WITHIN);
            for (Act act : fault.client()) {
                perform(act, client, upstream, wrong);
            }
            seen = judge(fault, client, upstream, wrong, codes);
        }
        counted(fault, gateway, before, codes);
        return new Result(List.copyOf(wrong), List.copyOf(codes), seen);
    }

    private static void perform(
            Act act, RawClient client, @Nullable ScriptedUpstream upstream, List<String> wrong)
            throws IOException {
        switch (act) {
            case Act.Send(var bytes) -> send(client, bytes);
            case Act.SendSlowly(var bytes, int pieceBytes, var pause) -> {
                for (int from = 0; from < bytes.length(); from += pieceBytes) {
                    if (!send(
                                    client,
                                    bytes.slice(from, Math.min(from + pieceBytes, bytes.length())))
                            || !client.staysQuiet(pause)) {
                        return;
                    }
                }
            }
            case Act.AwaitUpstream() -> await(upstream, "bytes", FaultDriver::reached, wrong);
            case Act.AwaitUpstreamGone() ->
                    await(upstream, "no connection", u -> u.openConnections() == 0, wrong);
            case Act.AwaitAnswer(CountDownLatch got) -> {
                client.awaitBytes();
                got.countDown();
            }
            case Act.Read(int status) -> {
                RawResponse answer = client.read();
                if (answer.status() != status) {
                    wrong.add("first answer %d (expected: %d)".formatted(answer.status(), status));
                }
            }
            case Act.ReadBytes(int count) -> client.readExactly(count);
            case Act.HalfClose() -> client.halfClose();
            case Act.Close() -> client.close();
            case Act.Reset() -> client.reset();
        }
    }

    private static boolean reached(ScriptedUpstream upstream) {
        return upstream.connections().stream().anyMatch(c -> c.bytesReceived() > 0);
    }

    private static void await(
            @Nullable ScriptedUpstream upstream,
            String what,
            Predicate<ScriptedUpstream> condition,
            List<String> wrong) {
        if (upstream == null) {
            return;
        }
        try {
            Await.until(
                    what + " at the upstream",
                    WITHIN,
                    () -> condition.test(upstream),
                    () -> upstream.connections().toString());
        } catch (AssertionError e) {
            wrong.add(String.valueOf(e.getMessage()));
        }
    }

    private static boolean send(RawClient client, Octets bytes) {
        try {
            client.send(bytes);
            return true;
        } catch (IOException e) {
            return false; // ended by the gateway; its answer, if there is one, tells why
        }
    }

    /** Compares what the client gets with what is expected; returns it in words. */
    private static String judge(
            FaultCase fault,
            RawClient client,
            @Nullable ScriptedUpstream upstream,
            List<String> wrong,
            List<String> codes) {
        if (fault.expected() instanceof Expected.ClientGone) {
            if (fault.phase() != FaultCase.Phase.IDLE) {
                await(upstream, "no connection", u -> u.openConnections() == 0, wrong);
            }
            return "gone";
        }
        Object got = read(client);
        String seen = got instanceof RawResponse r ? String.valueOf(r.status()) : got.toString();
        boolean right =
                switch (fault.expected()) {
                    case Expected.Refusal(var statuses) ->
                            got instanceof RawResponse r
                                    ? statuses.contains(r.status())
                                    : statuses.contains(0) && got.equals("ended");
                    case Expected.Whole(int status, String body) ->
                            got instanceof RawResponse r
                                    && r.status() == status
                                    && r.bodyText().equals(body);
                    case Expected.Cut(int status) -> got.equals("cut " + status);
                    case Expected.Ended() -> got.equals("ended");
                    case Expected.ClientGone() -> true;
                };
        if (!right) {
            wrong.add("got %s (expected: %s)".formatted(seen, fault.expected()));
        }
        if (fault.expected() instanceof Expected.Refusal && got instanceof RawResponse r) {
            String code = r.field("Carve-Error").orElse(FaultCase.NONE);
            if (!fault.codes().contains(code)) {
                codes.add("Carve-Error %s (expected: one of %s)".formatted(code, fault.codes()));
            }
        }
        return seen;
    }

    /** A response, or how the connection ended. */
    private static Object read(RawClient client) {
        try {
            return client.read();
        } catch (SocketTimeoutException e) {
            return "silent";
        } catch (MalformedMessageException e) {
            return "malformed: " + e.getMessage();
        } catch (IncompleteMessageException e) {
            Head head = e.head();
            return head == null ? "ended" : "cut " + head.startLine().substring(9, 12);
        } catch (IOException e) {
            return "ended";
        }
    }

    /**
     * The metric moves for one of the expected codes and for no other; it may follow the answer.
     */
    private static void counted(
            FaultCase fault,
            GatewayUnderTest gateway,
            Map<Failed, Double> before,
            List<String> codes)
            throws Exception {
        if (gateway.metrics().isEmpty()) {
            codes.add("no metrics");
            return;
        }
        long deadline = System.nanoTime() + WITHIN.toNanos();
        Map<Failed, Double> moved;
        do {
            moved = failures(gateway.metrics());
            for (var entry : before.entrySet()) {
                moved.merge(entry.getKey(), -entry.getValue(), Double::sum);
            }
            moved.values().removeIf(v -> v == 0);
            if (moved.keySet().stream().map(Failed::code).anyMatch(fault.codes()::contains)
                    || fault.codes().isEmpty()
                    || fault.codes().contains(FaultCase.NONE)) {
                break;
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        } while (System.nanoTime() - deadline < 0);
        boolean mayBeNone = fault.codes().isEmpty() || fault.codes().contains(FaultCase.NONE);
        boolean right =
                moved.isEmpty()
                        ? mayBeNone
                        : moved.size() == 1
                                && moved.keySet().stream()
                                        .allMatch(failed -> isExpected(failed, fault));
        if (!right) {
            codes.add(
                    "%s moved by %s (expected: code %s of %s)"
                            .formatted(FaultCase.METRIC, moved, fault.codes(), fault.counted()));
        }
    }

    private static boolean isExpected(Failed failed, FaultCase fault) {
        return fault.codes().contains(failed.code()) && failed.at().equals(fault.counted());
    }

    /**
     * The labels of one count of failures.
     *
     * @param at its route and service
     * @param code its code
     */
    record Failed(FaultCase.Counted at, String code) {}

    /** The failures counted so far. */
    static Map<Failed, Double> failures(String metrics) {
        var counts = new HashMap<Failed, Double>();
        Matcher samples = SAMPLE.matcher(metrics);
        while (samples.find()) {
            var labels = new HashMap<String, String>();
            Matcher each = LABEL.matcher(samples.group(1));
            while (each.find()) {
                labels.put(each.group(1), each.group(2));
            }
            var at =
                    new FaultCase.Counted(
                            labels.getOrDefault("route", "missing"),
                            labels.getOrDefault("service", "missing"));
            counts.merge(
                    new Failed(at, labels.getOrDefault("code", "missing")),
                    Double.parseDouble(samples.group(2)),
                    Double::sum);
        }
        return counts;
    }
}
