package dev.carve.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.it.gateway.RunningGateway;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Octets;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.RecordedConnection;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whatever comes, from a client or from a service: the gateway does not hang, stays up, leaks
 * nothing, and what the service gets is nothing or requests that a strict reader reads in one way.
 *
 * <p>{@code -Dcarve.fuzz.seconds} sets how long each half takes, {@code -Dcarve.fuzz.seed} repeats
 * a run: a message depends only on the seed that its failure names.
 */
@ExtendWith(NoLeaks.class)
class FuzzTest {

    private static final Duration LASTING =
            Duration.ofSeconds(Long.getLong("carve.fuzz.seconds", 5));
    private static final long SEED = Long.getLong("carve.fuzz.seed", System.nanoTime());

    /** Longer than any of the gateway's own bounds below, on a slow machine too. */
    private static final Duration NO_HANG = Duration.ofSeconds(20);

    private static final String CLEAN =
            "GET /clean HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    private static final List<Octets> REQUESTS =
            List.of(
                    Octets.of("GET /a?b=c HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n"),
                    Octets.of("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"),
                    Octets.of(
                            "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + "5\r\nhello\r\n5;x=y\r\nworld\r\n0\r\nX-Sum: 1\r\n\r\n"),
                    Octets.of(
                            "GET /d HTTP/1.1\r\nHost: h\r\n\r\n"
                                    + "PUT /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"),
                    Octets.of("GET http://h/f HTTP/1.1\r\nHost: h\r\nCookie: a=b\r\n\r\n"),
                    Octets.of("HEAD /g HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
                    Octets.of(
                            "GET /h HTTP/1.1\r\n"
                                    + "Host: h\r\n"
                                    + "Connection: Upgrade\r\n"
                                    + "Upgrade: x\r\n\r\n"));
    private static final List<Octets> ANSWERS =
            List.of(
                    Octets.of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
                    Octets.of(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + "5\r\nhello\r\n5;x=y\r\nworld\r\n0\r\nX-Sum: 1\r\n\r\n"),
                    Octets.of(
                            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                                    + "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n"),
                    Octets.of("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
                    Octets.of("HTTP/1.0 200 OK\r\n\r\nuntil close"));

    private static String file(int port) {
        return """
        limits: { head_time: 300ms, idle: 300ms, body_stall: 300ms, send_stall: 2s }
        forwarded: off
        services:
          upstream:
            urls: [http://127.0.0.1:%d]
            timeouts: { response: 300ms, idle: 300ms }
        routes: [{ match: /, to: upstream }]
        """
                .formatted(port);
    }

    private interface Turn {
        void with(Mutator mutator) throws IOException;
    }

    /** Turns with a seed each, until the time is over; how many there were. */
    private static int turns(Turn turn) {
        PrintStream own = System.err;
        var log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            return turnsUntilTheEnd(turn);
        } finally {
            System.setErr(own);
            // What a client sends is no fault of ours, and must not fill the log of who runs it.
            assertThat(
                            log.toString(StandardCharsets.UTF_8)
                                    .lines()
                                    .filter(l -> l.contains("ERROR")))
                    .as("the log")
                    .isEmpty();
        }
    }

    private static int turnsUntilTheEnd(Turn turn) {
        long end = System.nanoTime() + LASTING.toNanos();
        int turns = 0;
        System.out.println("fuzz: seed " + SEED + " (-Dcarve.fuzz.seed=" + SEED + ")");
        do {
            long seed = SEED + turns;
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            try {
                turn.with(new Mutator(random));
            } catch (IOException | AssertionError e) {
                throw new AssertionError("-Dcarve.fuzz.seed=" + seed + ": " + e.getMessage(), e);
            }
            turns++;
        } while (System.nanoTime() - end < 0);
        System.out.println("fuzz: " + turns + " messages");
        return turns;
    }

    @Test
    void brokenRequestsAreRefusedOrReadInOneWay() throws Exception {
        try (var upstream = RecordingUpstream.start();
                var gateway = RunningGateway.start(file(upstream.port()))) {
            int turns =
                    turns(mutator -> {
                        upstream.forget();
                        Octets message = mutator.broken(mutator.any(REQUESTS));
                        Exchanged exchanged = exchange(gateway.port(), message, mutator);
                        expectClean(gateway.port(), message, RecordingUpstream.BODY);
                        judge(upstream, message, exchanged.answered());
                    });
            assertThat(turns).isPositive();
            assertNothingLeft(gateway, upstream);
        }
    }

    /**
     * What a client got of it.
     *
     * @param answered how many answers were the service's
     */
    private record Exchanged(int answered) {}

    /** Sends and half-closes, and reads until the gateway ends the connection. */
    private static Exchanged exchange(int port, Octets message, Mutator mutator)
            throws IOException {
        int answered = 0;
        try (var client = RawClient.connect(port).within(NO_HANG)) {
            try {
                client.sendSplit(message, Thread::yield, mutator.splits(message.length()));
                client.halfClose();
            } catch (IOException e) {
                // refused before it was all sent
            }
            // The method decides whether an answer has a body; the bytes are looked at, not read.
            String all = client.readToEnd().text();
            for (int at = all.indexOf("HTTP/1.1 200 OK\r\n");
                    at >= 0;
                    at = all.indexOf("HTTP/1.1 200 OK\r\n", at + 1)) {
                answered++;
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("a hang after \"" + message + "\"", e);
        } catch (IOException e) {
            // ended by a reset: no hang
        }
        return new Exchanged(answered);
    }

    private static void expectClean(int port, Octets after, String body) throws IOException {
        try (var client = RawClient.connect(port).within(NO_HANG)) {
            RawResponse answer = client.send(CLEAN).read();
            assertThat(answer.status()).as("a clean request after \"%s\"", after).isEqualTo(200);
            assertThat(answer.bodyText()).as("a clean request after \"%s\"", after).isEqualTo(body);
        }
    }

    private static void judge(ScriptedUpstream upstream, Octets message, int answered) {
        List<String> problems =
                upstream.connections().stream()
                        .map(RecordedConnection::problem)
                        .flatMap(Optional::stream)
                        .toList();
        assertThat(problems).as("what the strict reader found after \"%s\"", message).isEmpty();
        List<RecordedRequest> seen = upstream.requests();
        assertThat(seen).filteredOn(r -> r.target().equals("/clean")).hasSize(1);
        assertThat(seen).allMatch(r -> r.excess().isEmpty());
        // Each of them was a request to the gateway, too: none was made out of another's bytes.
        assertThat(seen.size() - 1)
                .as("requests at the service after \"%s\": %s", message, seen)
                .isGreaterThanOrEqualTo(answered)
                .isLessThanOrEqualTo(StrictCount.of(message));
    }

    @Test
    void brokenAnswersNeverHangNorSpoilTheNext() throws Exception {
        var good = Script.perRequest(new Step.RespondText(200, List.of(), "clean"));
        try (var upstream = ScriptedUpstream.start(good);
                var gateway = RunningGateway.start(file(upstream.port()))) {
            turns(mutator -> {
                upstream.forget();
                Octets message = mutator.broken(mutator.any(ANSWERS));
                upstream.cutConnections();
                upstream.awaitNoOpenConnections();
                upstream.script(Script.oneRequest(new Step.Respond(message)), good);
                exchange(gateway.port(), mutator.any(REQUESTS), mutator);
                upstream.script(good);
                expectClean(gateway.port(), message, "clean");
            });
            assertNothingLeft(gateway, upstream);
        }
    }

    private static void assertNothingLeft(RunningGateway gateway, ScriptedUpstream upstream) {
        Await.until("no client connection", () -> gateway.connections() == 0);
        upstream.cutConnections();
        upstream.awaitNoOpenConnections();
        Await.until("no upstream connection", () -> gateway.count(Count.UPSTREAM_OPEN) == 0);
        Await.until("nothing buffered", () -> gateway.count(Count.BUFFERED_BYTES) == 0);
        Await.until("no tunnel", () -> gateway.count(Count.TUNNELS_OPEN) == 0);
    }
}
