package dev.carve.it.wire;

import static dev.carve.it.wire.FaultRows.CHUNKED;
import static dev.carve.it.wire.FaultRows.FIVE;
import static dev.carve.it.wire.FaultRows.GET;
import static dev.carve.it.wire.FaultRows.GOOD;
import static dev.carve.it.wire.FaultRows.HELLO;
import static dev.carve.it.wire.FaultRows.HELLO_ANSWER;
import static dev.carve.it.wire.FaultRows.OK;
import static dev.carve.it.wire.FaultRows.POST_HEAD;
import static dev.carve.it.wire.FaultRows.QUICK;
import static dev.carve.it.wire.FaultRows.SLOW;
import static dev.carve.it.wire.FaultRows.TEN;
import static dev.carve.it.wire.FaultRows.large;
import static dev.carve.it.wire.FaultRows.scripted;
import static dev.carve.it.wire.FaultRows.send;
import static dev.carve.it.wire.FaultRows.slowly;
import static dev.carve.it.wire.FaultRows.upstream;

import dev.carve.it.wire.FaultCase.Act;
import dev.carve.it.wire.FaultCase.Expected;
import dev.carve.it.wire.FaultCase.Phase;
import dev.carve.it.wire.FaultCase.Upstream;
import dev.carve.testkit.Script;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** The rows of {@link FaultTable} in which the service is at fault. Stateless. */
final class UpstreamFaults {

    private static final Duration CLIENT_READS_WITHIN = Duration.ofSeconds(10);

    private UpstreamFaults() {}

    static Stream<FaultCase> all() {
        return Stream.of(connecting(), beforeItsHead(), inItsHead(), inItsBody(), whileIdle())
                .flatMap(List::stream);
    }

    private static List<FaultCase> connecting() {
        Phase phase = Phase.CONNECT;
        return List.of(
                upstream(phase, "refuse", new Upstream.Refusing()).refused(502, "connect_refused"),
                upstream(phase, "stall", new Upstream.Unanswering())
                        .inShortTime()
                        .refused(504, "connect_timeout"),
                upstream(phase, "reset", Script.once(new Step.Reset()))
                        .refused(502, "upstream_reset", "upstream_closed"),
                upstream(phase, "close", Script.once(new Step.CloseSocket()))
                        .refused(502, "upstream_closed", "upstream_reset"));
    }

    /** While a body is still being sent. */
    private static List<FaultCase> beforeItsHead() {
        return List.of(
                posting("reset", new Step.Reset()).refused(502, "upstream_reset"),
                posting("close", new Step.CloseSocket())
                        .refused(502, "upstream_closed", "upstream_reset"),
                posting("half-close", new Step.HalfClose()).refused(502, "upstream_closed"),
                posting("early answer", new Step.CloseAfterResponse(403, "no"))
                        .giving(new Expected.Whole(403, "no")));
    }

    private static FaultCase posting(String fault, Step then) {
        return upstream(Phase.REQUEST_BODY, fault, Script.once(new Step.ReadHead(), then))
                .acting(send(POST_HEAD + TEN + "hello"), new Act.AwaitUpstream());
    }

    private static List<FaultCase> inItsHead() {
        return List.of(
                asked("reset", new Step.Reset()).refused(502, "upstream_reset"),
                asked("close", new Step.CloseSocket()).refused(502, "upstream_closed"),
                asked("half-close", new Step.HalfClose()).refused(502, "upstream_closed"),
                asked("stall", new Step.Stall()).inShortTime().refused(504, "response_timeout"),
                asked("dribble", slowly(OK + FIVE + "hello", QUICK)).giving(HELLO),
                asked("dribble too slowly", slowly(OK + FIVE + "hello", SLOW))
                        .inShortTime()
                        .refused(504, "response_timeout"),
                asked("truncate", new Step.Respond(OK + "Content-Le"))
                        .refused(502, "upstream_closed"),
                asked("garbage", new Step.Respond("garbage\r\n\r\n")).refused(502, "bad_response"),
                asked(
                                "lie about length twice",
                                new Step.Respond(OK + "Content-Length: 1\r\n" + FIVE + "hello"))
                        .refused(502, "bad_response"),
                asked(
                                "too large",
                                new Step.Respond(
                                        large(
                                                "HTTP/1.1 200 OK\\r\\nX:"
                                                        + " \\{y*20000}\\r\\nContent-Length:"
                                                        + " 0\\r\\n\\r\\n")))
                        .refused(502, "head_too_large", "bad_response"));
    }

    private static FaultCase asked(String fault, Step then) {
        return upstream(Phase.RESPONSE_HEAD, fault, Script.oneRequest(then));
    }

    private static List<FaultCase> inItsBody() {
        Phase body = Phase.RESPONSE_BODY;
        String ten = OK + TEN + "hello";
        String chunk = OK + CHUNKED + "5\r\nhello\r\n";
        return List.of(
                begun("reset", ten, new Step.Reset()).cut("upstream_reset"),
                begun("close", ten).cut("upstream_closed"),
                begun("truncate", OK + TEN + "hell", new Step.Respond("o")).cut("upstream_closed"),
                begun("half-close", ten, new Step.HalfClose()).cut("upstream_closed"),
                begun("stall", ten, new Step.Stall()).inShortTime().cut("idle_timeout"),
                // For longer than a stall may last: each byte begins the time anew.
                upstream(
                                body,
                                "dribble",
                                Script.oneRequest(
                                        new Step.Respond(OK + FIVE),
                                        slowly("hello", Duration.ofMillis(500))))
                        .within(GatewayUnderTest.Bounds.STEADY)
                        .giving(HELLO),
                begun("lie: more than sent", ten, new Step.Stall())
                        .inShortTime()
                        .cut("idle_timeout"),
                upstream(
                                body,
                                "lie: less than sent",
                                Script.oneRequest(
                                        new Step.LieAboutLength(5, "hello, world"),
                                        new Step.Stall()))
                        .giving(HELLO),
                begun("bad chunk", chunk, new Step.Respond("zz\r\n"), new Step.Stall())
                        .cut("bad_response"),
                begun("close among chunks", chunk).cut("upstream_closed"),
                begun("reset of a body that ends by close", OK + "\r\nhello", new Step.Reset())
                        .cut("upstream_reset"),
                upstream(
                                body,
                                "half-close after a whole answer",
                                Script.oneRequest(HELLO_ANSWER, new Step.HalfClose()))
                        .giving(HELLO));
    }

    /**
     * An answer that begins, and goes on with those steps once the client has got its beginning: so
     * that it can be told of the fault by the connection's end only.
     */
    private static FaultCase begun(String fault, String beginning, Step... then) {
        var got = new CountDownLatch(1);
        var steps = new ArrayList<Step>();
        steps.add(new Step.Respond(beginning));
        steps.add(new Step.Await(got, CLIENT_READS_WITHIN));
        steps.addAll(List.of(then));
        return upstream(Phase.RESPONSE_BODY, fault, Script.oneRequest(steps.toArray(Step[]::new)))
                .acting(send(GET), new Act.AwaitAnswer(got));
    }

    private static List<FaultCase> whileIdle() {
        return List.of(
                idle("close", new Step.CloseSocket()),
                idle("reset", new Step.Reset()),
                idle(
                        "bytes out of turn",
                        new Step.Respond(OK + "Content-Length: 3\r\n\r\nbad"),
                        // Ended by the gateway alone, so that the next request comes after that.
                        new Step.HoldUntilPeerEnds()));
    }

    /** After one whole answer; the next request is answered over another connection. */
    private static FaultCase idle(String fault, Step... then) {
        List<Step> steps = new ArrayList<>(List.of(HELLO_ANSWER));
        steps.addAll(List.of(then));
        Script first = Script.oneRequest(steps.toArray(Step[]::new));
        return upstream(Phase.IDLE, fault, scripted(first, GOOD))
                .acting(send(GET), new Act.Read(200), new Act.AwaitUpstreamGone(), send(GET))
                .giving(HELLO);
    }
}
