package dev.carve.it.wire;

import dev.carve.it.wire.FaultCase.Act;
import dev.carve.it.wire.FaultCase.Expected;
import dev.carve.it.wire.FaultCase.Phase;
import dev.carve.it.wire.FaultCase.Side;
import dev.carve.it.wire.FaultCase.Upstream;
import dev.carve.testkit.Octets;
import dev.carve.testkit.Script;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Faults as data: each phase, each side, each fault, with what comes of it. The gateway runs with
 * {@link GatewayUnderTest.Bounds#SHORT}.
 */
final class FaultTable {

    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String LAST = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    private static final String POST_HEAD = "POST /a HTTP/1.1\r\nHost: h\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String FIVE = "Content-Length: 5\r\n\r\n";
    private static final String TEN = "Content-Length: 10\r\n\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
    private static final Duration SLOW = Duration.ofMillis(100);
    private static final Duration QUICK = Duration.ofMillis(2);
    private static final int BULK_BYTES = 16 << 20;

    private static final Script GOOD =
            Script.perRequest(new Step.RespondText(200, List.of(), "hello"));
    private static final Expected HELLO = new Expected.Whole(200, "hello");
    private static final Expected CUT = new Expected.Cut(200);
    private static final Expected GONE = new Expected.ClientGone();
    private static final Expected ENDED = new Expected.Ended();

    private FaultTable() {}

    static List<FaultCase> all() {
        return Stream.of(
                        connecting(),
                        upstreamBeforeItsHead(),
                        upstreamInItsBody(),
                        upstreamWhileIdle(),
                        clientInItsHead(),
                        clientInItsBody(),
                        clientAfterItsRequest())
                .flatMap(List::stream)
                .toList();
    }

    private static List<FaultCase> connecting() {
        var rows = new ArrayList<FaultCase>();
        Phase phase = Phase.CONNECT;
        rows.add(
                upstream(phase, "refuse", new Upstream.Refusing(), status(502), "connect_refused"));
        rows.add(
                upstream(
                        phase,
                        "stall",
                        new Upstream.Unanswering(),
                        status(504),
                        "connect_timeout"));
        rows.add(
                upstream(
                        phase,
                        "reset",
                        Script.once(new Step.Reset()),
                        status(502),
                        "upstream_reset",
                        "upstream_closed"));
        rows.add(
                upstream(
                        phase,
                        "close",
                        Script.once(new Step.CloseSocket()),
                        status(502),
                        "upstream_closed",
                        "upstream_reset"));
        return rows;
    }

    private static List<FaultCase> upstreamBeforeItsHead() {
        var rows = new ArrayList<FaultCase>();
        Phase asked = Phase.REQUEST_BODY;
        List<Act> post = List.of(send(POST_HEAD + TEN + "hello"), new Act.AwaitUpstream());
        rows.add(
                posting(
                        asked,
                        "reset",
                        post,
                        Script.once(new Step.ReadHead(), new Step.Reset()),
                        "upstream_reset"));
        rows.add(
                posting(
                        asked,
                        "close",
                        post,
                        Script.once(new Step.ReadHead(), new Step.CloseSocket()),
                        "upstream_closed",
                        "upstream_reset"));
        rows.add(
                posting(
                        asked,
                        "half-close",
                        post,
                        Script.once(new Step.ReadHead(), new Step.HalfClose()),
                        "upstream_closed"));
        rows.add(
                new FaultCase(
                        asked,
                        Side.UPSTREAM,
                        "early answer",
                        scripted(
                                Script.once(
                                        new Step.ReadHead(),
                                        new Step.CloseAfterResponse(403, "no"))),
                        post,
                        new Expected.Whole(403, "no"),
                        Set.of()));
        Phase head = Phase.RESPONSE_HEAD;
        rows.add(
                upstream(
                        head,
                        "reset",
                        Script.oneRequest(new Step.Reset()),
                        status(502),
                        "upstream_reset"));
        rows.add(
                upstream(
                        head,
                        "close",
                        Script.oneRequest(new Step.CloseSocket()),
                        status(502),
                        "upstream_closed"));
        rows.add(
                upstream(
                        head,
                        "half-close",
                        Script.oneRequest(new Step.HalfClose()),
                        status(502),
                        "upstream_closed"));
        rows.add(
                upstream(
                        head,
                        "stall",
                        Script.oneRequest(new Step.Stall()),
                        status(504),
                        "response_timeout"));
        rows.add(
                upstream(
                        head,
                        "dribble",
                        Script.oneRequest(slowly(OK + FIVE + "hello", QUICK)),
                        HELLO));
        rows.add(
                upstream(
                        head,
                        "dribble too slowly",
                        Script.oneRequest(slowly(OK + FIVE + "hello", SLOW)),
                        status(504),
                        "response_timeout"));
        rows.add(
                upstream(
                        head,
                        "truncate",
                        Script.oneRequest(new Step.Respond(OK + "Content-Le")),
                        status(502),
                        "upstream_closed"));
        rows.add(
                upstream(
                        head,
                        "garbage",
                        Script.oneRequest(new Step.Respond("garbage\r\n\r\n")),
                        status(502),
                        "bad_response"));
        rows.add(
                upstream(
                        head,
                        "lie about length twice",
                        Script.oneRequest(
                                new Step.Respond(OK + "Content-Length: 1\r\n" + FIVE + "hello")),
                        status(502),
                        "bad_response"));
        rows.add(
                upstream(
                        head,
                        "too large",
                        Script.oneRequest(
                                new Step.Respond(
                                        Octets.parse(
                                                "HTTP/1.1 200 OK\\r\\nX: \\{y*20000}\\r\\nContent-Length: 0\\r\\n\\r\\n"))),
                        status(502),
                        "head_too_large",
                        "bad_response"));
        return rows;
    }

    private static List<FaultCase> upstreamInItsBody() {
        var rows = new ArrayList<FaultCase>();
        Phase body = Phase.RESPONSE_BODY;
        // The client has the head before the fault, so that it is told by the connection's end.
        Step begun = delayed(OK + TEN + "hello");
        rows.add(
                upstream(
                        body,
                        "reset",
                        Script.oneRequest(begun, new Step.Reset()),
                        CUT,
                        "upstream_reset"));
        rows.add(
                upstream(
                        body,
                        "close",
                        Script.oneRequest(begun, new Step.CloseSocket()),
                        CUT,
                        "upstream_closed"));
        rows.add(
                upstream(
                        body,
                        "truncate",
                        Script.oneRequest(new Step.Truncate(10, "hello")),
                        CUT,
                        "upstream_closed"));
        rows.add(
                upstream(
                        body,
                        "half-close",
                        Script.oneRequest(begun, new Step.HalfClose()),
                        CUT,
                        "upstream_closed"));
        rows.add(
                upstream(
                        body,
                        "stall",
                        Script.oneRequest(begun, new Step.Stall()),
                        CUT,
                        "idle_timeout"));
        rows.add(
                upstream(
                        body,
                        "dribble",
                        Script.oneRequest(new Step.Respond(OK + FIVE), slowly("hello", SLOW)),
                        HELLO));
        rows.add(
                upstream(
                        body,
                        "lie: more than sent",
                        Script.oneRequest(new Step.LieAboutLength(10, "hello"), new Step.Stall()),
                        CUT,
                        "idle_timeout"));
        rows.add(
                upstream(
                        body,
                        "lie: less than sent",
                        Script.oneRequest(
                                new Step.LieAboutLength(5, "hello, world"), new Step.Stall()),
                        HELLO));
        rows.add(
                upstream(
                        body,
                        "bad chunk",
                        Script.oneRequest(
                                delayed(OK + CHUNKED + "5\r\nhello\r\n"),
                                new Step.Respond("zz\r\n"),
                                new Step.Stall()),
                        CUT,
                        "bad_response"));
        rows.add(
                upstream(
                        body,
                        "close among chunks",
                        Script.oneRequest(
                                delayed(OK + CHUNKED + "5\r\nhello\r\n"), new Step.CloseSocket()),
                        CUT,
                        "upstream_closed"));
        rows.add(
                upstream(
                        body,
                        "reset of a body that ends by close",
                        Script.oneRequest(delayed(OK + "\r\nhello"), new Step.Reset()),
                        CUT,
                        "upstream_reset"));
        rows.add(
                upstream(
                        body,
                        "half-close after a whole answer",
                        Script.oneRequest(
                                new Step.RespondText(200, List.of(), "hello"),
                                new Step.HalfClose()),
                        HELLO));
        return rows;
    }

    private static List<FaultCase> upstreamWhileIdle() {
        Phase idle = Phase.IDLE;
        Step answer = new Step.RespondText(200, List.of(), "hello");
        List<Act> twice =
                List.of(send(GET), new Act.Read(200), new Act.AwaitUpstreamGone(), send(GET));
        var rows = new ArrayList<FaultCase>();
        for (Step end : List.of(new Step.CloseSocket(), new Step.Reset())) {
            rows.add(
                    new FaultCase(
                            idle,
                            Side.UPSTREAM,
                            end instanceof Step.Reset ? "reset" : "close",
                            scripted(Script.oneRequest(answer, end), GOOD),
                            twice,
                            HELLO,
                            Set.of()));
        }
        rows.add(
                new FaultCase(
                        idle,
                        Side.UPSTREAM,
                        "bytes out of turn",
                        scripted(
                                Script.oneRequest(
                                        answer,
                                        delayed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")),
                                GOOD),
                        twice,
                        HELLO,
                        Set.of()));
        return rows;
    }

    private static List<FaultCase> clientInItsHead() {
        var rows = new ArrayList<FaultCase>();
        Phase head = Phase.REQUEST_HEAD;
        Act part = send("GET /a HTTP/1.1\r\nHos");
        rows.add(
                client(
                        head,
                        "reset",
                        List.of(part, new Act.Reset()),
                        GONE,
                        FaultCase.NONE,
                        "client_aborted"));
        rows.add(
                client(
                        head,
                        "close",
                        List.of(part, new Act.Close()),
                        GONE,
                        FaultCase.NONE,
                        "client_aborted"));
        rows.add(
                client(
                        head,
                        "half-close",
                        List.of(part, new Act.HalfClose()),
                        new Expected.Refusal(Set.of(0, 400)),
                        FaultCase.NONE,
                        "client_aborted",
                        "bad_request"));
        rows.add(client(head, "stall", List.of(part), status(408), "head_timeout"));
        rows.add(
                client(
                        head,
                        "dribble",
                        List.of(new Act.SendSlowly(Octets.of(GET), 1, QUICK)),
                        HELLO));
        rows.add(
                client(
                        head,
                        "dribble too slowly",
                        List.of(new Act.SendSlowly(Octets.of(GET), 1, SLOW)),
                        status(408),
                        "head_timeout"));
        rows.add(
                client(
                        head,
                        "garbage",
                        List.of(send("garbage\r\n\r\n")),
                        status(400),
                        "bad_request"));
        rows.add(
                client(
                        head,
                        "too large",
                        List.of(
                                new Act.Send(
                                        Octets.parse(
                                                "GET /a HTTP/1.1\\r\\nHost: h\\r\\nX: \\{y*20000}\\r\\n\\r\\n"))),
                        status(431),
                        "head_too_large"));
        rows.add(client(head, "nothing at all", List.of(new Act.HalfClose()), ENDED));
        return rows;
    }

    private static List<FaultCase> clientInItsBody() {
        var rows = new ArrayList<FaultCase>();
        Phase body = Phase.REQUEST_BODY;
        Act part = send(POST_HEAD + TEN + "hello");
        Act reached = new Act.AwaitUpstream();
        rows.add(
                client(
                        body,
                        "reset",
                        List.of(part, reached, new Act.Reset()),
                        GONE,
                        "client_aborted"));
        rows.add(
                client(
                        body,
                        "close",
                        List.of(part, reached, new Act.Close()),
                        GONE,
                        "client_aborted"));
        rows.add(
                client(
                        body,
                        "half-close",
                        List.of(part, reached, new Act.HalfClose()),
                        new Expected.Refusal(Set.of(0, 400)),
                        "client_aborted",
                        "bad_request"));
        rows.add(
                client(
                        body,
                        "stall",
                        List.of(part),
                        status(408),
                        "request_timeout",
                        "idle_timeout"));
        rows.add(
                client(
                        body,
                        "dribble",
                        List.of(
                                send(POST_HEAD + FIVE),
                                new Act.SendSlowly(Octets.of("hello"), 1, QUICK)),
                        HELLO));
        rows.add(
                client(
                        body,
                        "bad chunk",
                        List.of(
                                send(POST_HEAD + CHUNKED + "5\r\nhello\r\n"),
                                reached,
                                send("zz\r\n")),
                        status(400),
                        "bad_request"));
        rows.add(
                client(
                        body,
                        "too large by its length",
                        List.of(send(POST_HEAD + "Content-Length: 100000\r\n\r\n")),
                        status(413),
                        "body_too_large"));
        rows.add(
                client(
                        body,
                        "too large in chunks",
                        List.of(
                                send(POST_HEAD + CHUNKED),
                                new Act.Send(
                                        Octets.parse(
                                                "186a0\\r\\n\\{x*100000}\\r\\n0\\r\\n\\r\\n"))),
                        status(413),
                        "body_too_large"));
        rows.add(
                client(
                        body,
                        "lie: less than sent",
                        List.of(send(POST_HEAD + FIVE + "hello<rest>\r\n\r\n"), new Act.Read(200)),
                        status(400),
                        "bad_request"));
        return rows;
    }

    private static List<FaultCase> clientAfterItsRequest() {
        var rows = new ArrayList<FaultCase>();
        Upstream silent =
                scripted(Script.once(new Step.ReadRequest(), new Step.HoldUntilPeerEnds()));
        Upstream bulk =
                scripted(
                        Script.once(
                                new Step.ReadRequest(),
                                new Step.Respond(
                                        Octets.parse(
                                                "HTTP/1.1 200 OK\\r\\nContent-Length: "
                                                        + BULK_BYTES
                                                        + "\\r\\n\\r\\n\\{x*"
                                                        + BULK_BYTES
                                                        + "}"))));
        Phase head = Phase.RESPONSE_HEAD;
        Phase body = Phase.RESPONSE_BODY;
        Act ask = send(GET);
        Act reached = new Act.AwaitUpstream();
        rows.add(
                client(
                        head,
                        "reset",
                        silent,
                        List.of(ask, reached, new Act.Reset()),
                        GONE,
                        "client_aborted"));
        // A client that meant to keep its connection and then ends it has gone; one that did not,
        // or whose gateway is set to half_close: answer, waits.
        rows.add(
                client(
                        head,
                        "half-close of a last request",
                        scripted(GOOD),
                        List.of(send(LAST), new Act.HalfClose()),
                        HELLO));
        rows.add(
                client(
                        head,
                        "half-close of a connection to be kept",
                        silent,
                        List.of(ask, reached, new Act.HalfClose()),
                        GONE,
                        "client_aborted"));
        rows.add(
                client(
                        body,
                        "reset",
                        bulk,
                        List.of(ask, new Act.ReadBytes(1000), new Act.Reset()),
                        GONE,
                        "client_aborted"));
        rows.add(
                client(
                        body,
                        "close",
                        bulk,
                        List.of(ask, new Act.ReadBytes(1000), new Act.Close()),
                        GONE,
                        "client_aborted"));
        rows.add(
                client(
                        body,
                        "stall",
                        bulk,
                        List.of(ask, new Act.ReadBytes(1000), new Act.AwaitUpstreamGone()),
                        GONE,
                        "idle_timeout",
                        "client_aborted"));
        rows.add(
                client(
                        Phase.IDLE,
                        "stall",
                        scripted(GOOD),
                        List.of(ask, new Act.Read(200)),
                        ENDED));
        rows.add(
                client(
                        Phase.IDLE,
                        "half-close",
                        scripted(GOOD),
                        List.of(ask, new Act.Read(200), new Act.HalfClose()),
                        ENDED));
        rows.add(
                client(
                        Phase.IDLE,
                        "reset",
                        scripted(GOOD),
                        List.of(ask, new Act.Read(200), new Act.Reset()),
                        GONE));
        return rows;
    }

    private static FaultCase upstream(
            Phase phase, String fault, Script script, Expected expected, String... codes) {
        return upstream(phase, fault, scripted(script), expected, codes);
    }

    private static FaultCase upstream(
            Phase phase, String fault, Upstream upstream, Expected expected, String... codes) {
        return new FaultCase(
                phase, Side.UPSTREAM, fault, upstream, List.of(send(GET)), expected, Set.of(codes));
    }

    private static FaultCase posting(
            Phase phase, String fault, List<Act> client, Script script, String... codes) {
        return new FaultCase(
                phase, Side.UPSTREAM, fault, scripted(script), client, status(502), Set.of(codes));
    }

    private static FaultCase client(
            Phase phase, String fault, List<Act> client, Expected expected, String... codes) {
        return client(phase, fault, scripted(GOOD), client, expected, codes);
    }

    private static FaultCase client(
            Phase phase,
            String fault,
            Upstream upstream,
            List<Act> client,
            Expected expected,
            String... codes) {
        return new FaultCase(phase, Side.CLIENT, fault, upstream, client, expected, Set.of(codes));
    }

    private static Upstream scripted(Script... scripts) {
        return new Upstream.Scripted(List.of(scripts));
    }

    private static Expected status(int status) {
        return new Expected.Refusal(Set.of(status));
    }

    private static Act send(String latin1) {
        return new Act.Send(Octets.of(latin1));
    }

    private static Step slowly(String latin1, Duration pause) {
        return new Step.Dribble(Octets.of(latin1), 1, pause);
    }

    /** Sends it all, and goes on when the gateway has had time to pass it on. */
    private static Step delayed(String latin1) {
        return new Step.Dribble(Octets.of(latin1), latin1.length(), SLOW);
    }
}
