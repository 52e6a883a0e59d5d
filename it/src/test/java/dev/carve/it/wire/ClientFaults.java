package dev.carve.it.wire;

import static dev.carve.it.wire.FaultRows.CHUNKED;
import static dev.carve.it.wire.FaultRows.FIVE;
import static dev.carve.it.wire.FaultRows.GET;
import static dev.carve.it.wire.FaultRows.HELLO;
import static dev.carve.it.wire.FaultRows.POST_HEAD;
import static dev.carve.it.wire.FaultRows.QUICK;
import static dev.carve.it.wire.FaultRows.SLOW;
import static dev.carve.it.wire.FaultRows.TEN;
import static dev.carve.it.wire.FaultRows.client;
import static dev.carve.it.wire.FaultRows.large;
import static dev.carve.it.wire.FaultRows.scripted;
import static dev.carve.it.wire.FaultRows.send;

import dev.carve.it.wire.FaultCase.Act;
import dev.carve.it.wire.FaultCase.Counted;
import dev.carve.it.wire.FaultCase.Expected;
import dev.carve.it.wire.FaultCase.Phase;
import dev.carve.it.wire.FaultCase.Upstream;
import dev.carve.testkit.Octets;
import dev.carve.testkit.Script;
import dev.carve.testkit.Step;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The rows of {@link FaultTable} in which the client is at fault. Stateless. */
final class ClientFaults {

    private static final String LAST = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    private static final String BULK =
            "HTTP/1.1 200 OK\\r\\nContent-Length: SIZE\\r\\n\\r\\n\\{x*SIZE}";
    private static final int BULK_BYTES = 16 << 20;

    private static final Act REACHED = new Act.AwaitUpstream();
    private static final Expected ENDED = new Expected.Ended();
    private static final Expected TOLD_OR_NOT = new Expected.Refusal(Set.of(0, 400));

    private ClientFaults() {}

    static Stream<FaultCase> all() {
        return Stream.of(inItsHead(), inItsBody(), whileWaiting(), whileReading(), whileIdle())
                .flatMap(List::stream);
    }

    /** No head, no route: counted at the route {@code (none)} and at no service. */
    private static List<FaultCase> inItsHead() {
        Phase head = Phase.REQUEST_HEAD;
        Act part = send("GET /a HTTP/1.1\r\nHos");
        return Stream.of(
                        client(head, "reset", part, new Act.Reset())
                                .gone(FaultCase.NONE, "client_aborted"),
                        client(head, "close", part, new Act.Close())
                                .gone(FaultCase.NONE, "client_aborted"),
                        client(head, "half-close", part, new Act.HalfClose())
                                .giving(
                                        TOLD_OR_NOT,
                                        FaultCase.NONE,
                                        "client_aborted",
                                        "bad_request"),
                        client(head, "stall", part).inShortTime().refused(408, "head_timeout"),
                        client(head, "dribble", new Act.SendSlowly(Octets.of(GET), 1, QUICK))
                                .giving(HELLO),
                        client(
                                        head,
                                        "dribble too slowly",
                                        new Act.SendSlowly(Octets.of(GET), 1, SLOW))
                                .inShortTime()
                                .refused(408, "head_timeout"),
                        client(head, "garbage", send("garbage\r\n\r\n"))
                                .refused(400, "bad_request"),
                        client(
                                        head,
                                        "too large",
                                        new Act.Send(
                                                large(
                                                        "GET /a HTTP/1.1\\r\\nHost: h\\r\\nX:"
                                                                + " \\{y*20000}\\r\\n\\r\\n")))
                                .refused(431, "head_too_large"),
                        client(head, "nothing at all", new Act.HalfClose()).giving(ENDED))
                .map(row -> row.counted(Counted.NOWHERE))
                .toList();
    }

    private static List<FaultCase> inItsBody() {
        Phase body = Phase.REQUEST_BODY;
        Act part = send(POST_HEAD + TEN + "hello");
        return List.of(
                client(body, "reset", part, REACHED, new Act.Reset()).gone("client_aborted"),
                client(body, "close", part, REACHED, new Act.Close()).gone("client_aborted"),
                client(body, "half-close", part, REACHED, new Act.HalfClose())
                        .giving(TOLD_OR_NOT, "client_aborted", "bad_request"),
                client(body, "stall", part).inShortTime().refused(408, "request_timeout"),
                client(
                                body,
                                "dribble",
                                send(POST_HEAD + FIVE),
                                new Act.SendSlowly(Octets.of("hello"), 1, QUICK))
                        .giving(HELLO),
                client(
                                body,
                                "bad chunk",
                                send(POST_HEAD + CHUNKED + "5\r\nhello\r\n"),
                                REACHED,
                                send("zz\r\n"))
                        .refused(400, "bad_request"),
                client(
                                body,
                                "too large by its length",
                                send(POST_HEAD + "Content-Length: 100000\r\n\r\n"))
                        .counted(Counted.AT_ROUTE)
                        .refused(413, "body_too_large"),
                client(
                                body,
                                "too large in chunks",
                                send(POST_HEAD + CHUNKED),
                                new Act.Send(large("186a0\\r\\n\\{x*100000}\\r\\n0\\r\\n\\r\\n")))
                        .refused(413, "body_too_large"),
                client(
                                body,
                                "lie: less than sent",
                                send(POST_HEAD + FIVE + "hello<rest>\r\n\r\n"),
                                new Act.Read(200))
                        .counted(Counted.NOWHERE)
                        .refused(400, "bad_request"));
    }

    private static List<FaultCase> whileWaiting() {
        Phase head = Phase.RESPONSE_HEAD;
        Upstream silent =
                scripted(Script.once(new Step.ReadRequest(), new Step.HoldUntilPeerEnds()));
        Act ask = send(GET);
        return List.of(
                client(head, "reset", ask, REACHED, new Act.Reset())
                        .behind(silent)
                        .gone("client_aborted"),
                // A client that meant to keep its connection and then ends it has gone; one that
                // did not, or whose gateway is set to half_close: answer, waits.
                client(head, "half-close of a last request", send(LAST), new Act.HalfClose())
                        .giving(HELLO),
                client(
                                head,
                                "half-close of a connection to be kept",
                                ask,
                                REACHED,
                                new Act.HalfClose())
                        .behind(silent)
                        .gone("client_aborted"));
    }

    private static List<FaultCase> whileReading() {
        Phase body = Phase.RESPONSE_BODY;
        Upstream bulk =
                scripted(
                        Script.once(
                                new Step.ReadRequest(),
                                new Step.Respond(
                                        large(
                                                BULK.replace(
                                                        "SIZE", Integer.toString(BULK_BYTES))))));
        Act ask = send(GET);
        Act some = new Act.ReadBytes(1000);
        return List.of(
                client(body, "reset", ask, some, new Act.Reset())
                        .behind(bulk)
                        .gone("client_aborted"),
                client(body, "close", ask, some, new Act.Close())
                        .behind(bulk)
                        .gone("client_aborted"),
                client(body, "stall", ask, some, new Act.AwaitUpstreamGone())
                        .inShortTime()
                        .behind(bulk)
                        .gone("idle_timeout", "client_aborted"));
    }

    private static List<FaultCase> whileIdle() {
        Act ask = send(GET);
        Act answer = new Act.Read(200);
        return List.of(
                client(Phase.IDLE, "stall", ask, answer).inShortTime().giving(ENDED),
                client(Phase.IDLE, "half-close", ask, answer, new Act.HalfClose()).giving(ENDED),
                client(Phase.IDLE, "reset", ask, answer, new Act.Reset()).gone());
    }
}
