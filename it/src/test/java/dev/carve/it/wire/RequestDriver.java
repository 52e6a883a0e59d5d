package dev.carve.it.wire;

import dev.carve.testkit.IncompleteMessageException;
import dev.carve.testkit.MalformedMessageException;
import dev.carve.testkit.Octets;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.RecordedConnection;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.RecordingUpstream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends request cases through a gateway, one after the other, with a recording upstream behind it.
 * After each case a good request goes over the same connection, if that is open, and another over a
 * new one: what they meet shows whether the gateway and its upstream are still in step. One thread.
 */
final class RequestDriver {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMillis(1500);
    private static final Duration SETTLE_MAX = Duration.ofSeconds(1);
    private static final int ANSWERS_MAX = 8;

    private final int port;
    private final RecordingUpstream upstream;
    private int serial;

    RequestDriver(int port, RecordingUpstream upstream) {
        this.port = port;
        this.upstream = upstream;
    }

    Observation run(RequestCase asked) throws IOException {
        serial++;
        upstream.forget();
        String sentinel = "/sentinel-" + serial;
        String followUp = "/follow-up-" + serial;
        var answers = new ArrayList<Integer>();
        Observation.End end;
        try (var client = RawClient.connect(port)) {
            client.within(SILENCE);
            end = converse(client, asked, sentinel, answers);
        }
        boolean fine = followUp(followUp);
        long leftover = settle();
        var seen = new ArrayList<RecordedRequest>();
        for (RecordedRequest request : upstream.requests()) {
            if (!isOwn(request, sentinel) && !isOwn(request, followUp)) {
                seen.add(request);
            }
        }
        List<String> problems =
                upstream.connections().stream()
                        .map(RecordedConnection::problem)
                        .flatMap(Optional::stream)
                        .toList();
        var found =
                new Observation(
                        List.copyOf(answers), end, List.copyOf(seen), problems, leftover, fine);
        if (!fine || leftover > 0) {
            startAfresh();
        }
        return found;
    }

    /** Sends the case, reads its answers, and looks whether the connection is still in step. */
    private Observation.End converse(
            RawClient client, RequestCase asked, String sentinel, List<Integer> answers) {
        send(client, asked.send());
        int expected = asked.readings().size() + (asked.refusal().isEmpty() ? 0 : 1);
        boolean closing = false;
        while (answers.size() < expected && !closing) {
            Object next = answer(client, method(asked, answers.size()));
            if (next instanceof RawResponse response) {
                answers.add(response.status());
                closing =
                        response.field("Connection").filter("close"::equalsIgnoreCase).isPresent();
            } else if (next instanceof Observation.End ended) {
                if (ended == Observation.End.ENDED) {
                    return ended;
                }
                break;
            } else {
                answers.add(0);
                return Observation.End.ENDED;
            }
        }
        return probe(client, sentinel, answers);
    }

    /** Sends a good request over the same connection and sees what becomes of it. */
    private Observation.End probe(RawClient client, String sentinel, List<Integer> answers) {
        send(client, good(sentinel));
        var extra = new ArrayList<Integer>();
        Observation.End end = Observation.End.ENDED;
        while (extra.size() < ANSWERS_MAX) {
            Object next = answer(client, "GET");
            if (next instanceof RawResponse response) {
                extra.add(response.status());
            } else {
                end = next instanceof Observation.End e ? e : Observation.End.OUT_OF_STEP;
                break;
            }
        }
        long sentinels = upstream.requests().stream().filter(r -> isOwn(r, sentinel)).count();
        if (sentinels == 1 && !extra.isEmpty() && extra.getLast() == 200) {
            answers.addAll(extra.subList(0, extra.size() - 1));
            return Observation.End.IN_STEP;
        }
        answers.addAll(extra);
        boolean swallowed =
                upstream.requests().stream()
                        .anyMatch(r ->
                                r.body().kept().text().contains(sentinel)
                                        || r.head().bytes().text().contains(sentinel));
        return swallowed ? Observation.End.OUT_OF_STEP : end;
    }

    /** A response, an End, or null for an answer that is no HTTP/1 message. */
    private static @Nullable Object answer(RawClient client, String method) {
        try {
            return client.read(method);
        } catch (SocketTimeoutException e) {
            return Observation.End.SILENT;
        } catch (MalformedMessageException e) {
            return null;
        } catch (IncompleteMessageException e) {
            return Observation.End.ENDED;
        } catch (IOException e) {
            return Observation.End.ENDED;
        }
    }

    private static void send(RawClient client, Octets bytes) {
        try {
            client.send(bytes);
        } catch (IOException e) {
            // refused before it was all sent; the answer, if there is one, tells
        }
    }

    private static String method(RequestCase asked, int index) {
        if (index < asked.readings().size()) {
            return asked.readings().get(index).method();
        }
        return "GET";
    }

    private static Octets good(String target) {
        return Octets.of("GET " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    }

    private static boolean isOwn(RecordedRequest request, String target) {
        return request.target().equals(target)
                && request.method().equals("GET")
                && request.body().byteCount() == 0;
    }

    private boolean followUp(String target) throws IOException {
        try (var client = RawClient.connect(port)) {
            client.within(ANSWER_MAX).send(good(target));
            RawResponse answer = client.read();
            return answer.status() == 200
                    && answer.bodyText().equals(RecordingUpstream.BODY)
                    && upstream.requests().stream().filter(r -> isOwn(r, target)).count() == 1;
        } catch (MalformedMessageException
                | IncompleteMessageException
                | SocketTimeoutException e) {
            return false;
        }
    }

    /**
     * Waits until no upstream connection holds the beginning of a request; what is left if it does.
     */
    private long settle() {
        long deadline = System.nanoTime() + SETTLE_MAX.toNanos();
        while (true) {
            long unclaimed =
                    upstream.connections().stream()
                            .filter(RecordedConnection::open)
                            .mapToLong(RecordedConnection::bytesUnclaimed)
                            .sum();
            if (unclaimed == 0 || System.nanoTime() - deadline >= 0) {
                return unclaimed;
            }
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        }
    }

    /** Ends the gateway's upstream connections, so that the next case meets none that is spoilt. */
    private void startAfresh() throws IOException {
        upstream.cutConnections();
        upstream.awaitNoOpenConnections();
        for (int i = 0; i < 10 && !followUp("/warm-" + serial + "-" + i); i++) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }
}
