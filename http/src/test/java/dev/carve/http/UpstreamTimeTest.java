package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When an upstream is late, on each transport. Time is turned by hand. */
@ExtendWith(NoLeaks.class)
class UpstreamTimeTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final Duration ALMOST = BOUND.minusMillis(100);
    private static final Duration A_LITTLE = Duration.ofMillis(200);
    private static final Duration NEVER = Duration.ofDays(1);

    private static final String FIVE = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

    private static KeptAnswer send(
            TurnedLoop loop, int port, UpstreamSettings settings, Asked asked) {
        return send(loop, port, settings, asked, new KeptAnswer());
    }

    private static KeptAnswer send(
            TurnedLoop loop, int port, UpstreamSettings settings, Asked asked, KeptAnswer answer) {
        Upstream upstream =
                new Upstream(
                        loop.loops(),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        settings);
        loop.on(() -> {
            loop.loop().tick();
            UpstreamCall call = upstream.call(loop.loop(), false);
            if (call != null) {
                call.send(asked, answer);
                answer.call.complete(call);
            }
            return asked;
        });
        return answer;
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aRequestThatGoesOnAfterItsAnswerHasBegunKeepsItsUpstreamFromBeingIdle(Transport transport)
            throws Exception {
        Available.require(transport);
        UpstreamSettings settings =
                new UpstreamSettings(NEVER, NEVER, BOUND, NEVER, 4, NEVER, 16, HeadLimits.DEFAULT);
        try (var server =
                        ScriptedUpstream.start(
                                Script.once(
                                        new Step.ReadHead(),
                                        new Step.Respond(FIVE),
                                        new Step.ReadRequest(),
                                        new Step.Respond("hello"),
                                        new Step.HoldUntilPeerEnds()));
                var loop = new TurnedLoop(transport)) {
            var body = new BodyByHand(3);
            KeptAnswer answer = send(loop, server.port(), settings, Asked.post(body));
            assertThat(answer.status.get(10, TimeUnit.SECONDS)).isEqualTo(200);
            for (String part : new String[] {"a", "b", "c"}) {
                loop.turn(ALMOST); // Since the last part, or the head.
                assertThat(answer.text).isNotDone();
                body.push(loop, part);
            }
            body.end(loop);
            assertThat(answer.text.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
            assertThat(server.awaitRequests(1).getFirst().body().kept()).hasToString("abc");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatNeitherTakesNorSendsIsIdleThoughItsAnswerHasBegun(Transport transport)
            throws Exception {
        Available.require(transport);
        UpstreamSettings settings =
                new UpstreamSettings(NEVER, NEVER, BOUND, NEVER, 4, NEVER, 16, HeadLimits.DEFAULT);
        try (var server =
                        ScriptedUpstream.start(
                                Script.once(
                                        new Step.ReadHead(),
                                        new Step.Respond(FIVE + "hel"),
                                        new Step.HoldUntilPeerEnds()));
                var loop = new TurnedLoop(transport)) {
            KeptAnswer answer = send(loop, server.port(), settings, Asked.post(new BodyByHand(3)));
            assertThat(answer.status.get(10, TimeUnit.SECONDS)).isEqualTo(200);
            loop.turn(ALMOST);
            assertThat(answer.text).isNotDone();
            loop.turn(A_LITTLE);
            assertThat(answer.text.get(10, TimeUnit.SECONDS))
                    .isEqualTo("hel|" + Failure.Kind.IDLE_TIMEOUT);
        }
    }

    private static final UpstreamSettings IDLE_SOON =
            new UpstreamSettings(NEVER, NEVER, BOUND, NEVER, 4, NEVER, 16, HeadLimits.DEFAULT);

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatWaitsForTheBodyIsNotIdle(Transport transport) throws Exception {
        Available.require(transport);
        try (var server =
                        ScriptedUpstream.start(
                                Script.perRequest(new Step.Respond(FIVE + "hello")));
                var loop = new TurnedLoop(transport)) {
            var body = new BodyByHand(3);
            KeptAnswer answer = send(loop, server.port(), IDLE_SOON, Asked.post(body));
            server.await(
                    "the head",
                    () -> server.connections().stream().anyMatch(each -> each.bytesReceived() > 0));
            for (int i = 0; i < 3; i++) {
                loop.turn(BOUND.plus(A_LITTLE));
                assertThat(answer.failure).isNotDone();
            }
            body.push(loop, "abc");
            body.end(loop);
            assertThat(answer.text.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aDeadlineThatPassesWithinTheBodyIsTheClientsFailure(Transport transport) throws Exception {
        Available.require(transport);
        try (var server = ScriptedUpstream.start(Script.once(new Step.HoldUntilPeerEnds()));
                var loop = new TurnedLoop(transport)) {
            Asked asked = Asked.post(new BodyByHand(3)).until(BOUND.multipliedBy(2).toNanos());
            KeptAnswer answer = send(loop, server.port(), IDLE_SOON, asked);
            server.await(
                    "the head",
                    () -> server.connections().stream().anyMatch(each -> each.bytesReceived() > 0));
            loop.turn(BOUND.plus(A_LITTLE));
            assertThat(answer.failure).isNotDone();
            loop.turn(BOUND);
            assertThat(answer.failure.get(10, TimeUnit.SECONDS))
                    .isEqualTo(
                            Failure.of(Failure.Kind.REQUEST_TIMEOUT, "body not complete in time"));
            server.awaitNoOpenConnections();
        }
    }

    /** RFC 9110 section 10.1.1: the client waits for its word, or gives up waiting for it. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatIsAskedFirstAndSaysNothingIsIdle(Transport transport) throws Exception {
        Available.require(transport);
        Head head = new Head().startRequest("POST", "/").add("Host", "h");
        head.add("Expect", "100-continue");
        try (var server = ScriptedUpstream.start(Script.once(new Step.HoldUntilPeerEnds()));
                var loop = new TurnedLoop(transport)) {
            KeptAnswer answer =
                    send(loop, server.port(), IDLE_SOON, new Asked(head, new BodyByHand(3)));
            server.await(
                    "the head",
                    () -> server.connections().stream().anyMatch(each -> each.bytesReceived() > 0));
            loop.turn(ALMOST);
            assertThat(answer.failure).isNotDone();
            loop.turn(A_LITTLE);
            assertThat(answer.failure.get(10, TimeUnit.SECONDS).kind())
                    .isEqualTo(Failure.Kind.IDLE_TIMEOUT);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatWasAskedFirstAndSaysGoOnIsNotIdle(Transport transport) throws Exception {
        Available.require(transport);
        Head head = new Head().startRequest("POST", "/").add("Host", "h");
        head.add("Expect", "100-continue");
        try (var server =
                        ScriptedUpstream.start(
                                Script.once(
                                        new Step.ReadHead(),
                                        new Step.Respond("HTTP/1.1 100 Continue\r\n\r\n"),
                                        new Step.ReadRequest(),
                                        new Step.Respond(FIVE + "hello")));
                var loop = new TurnedLoop(transport)) {
            var body = new BodyByHand(3);
            var interim = new CompletableFuture<Integer>();
            var answer =
                    new KeptAnswer() {
                        @Override
                        public void informational(Head head) {
                            interim.complete(head.status());
                        }
                    };
            send(loop, server.port(), IDLE_SOON, new Asked(head, body), answer);
            assertThat(interim.get(10, TimeUnit.SECONDS)).isEqualTo(100);
            loop.turn(BOUND.plus(A_LITTLE));
            assertThat(answer.failure).isNotDone();
            body.push(loop, "abc");
            body.end(loop);
            assertThat(answer.text.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
        }
    }

    /** The connection's handler asks it nothing. */
    private static ChannelHandlerContext unused() {
        return (ChannelHandlerContext)
                Proxy.newProxyInstance(
                        ChannelHandlerContext.class.getClassLoader(),
                        new Class<?>[] {ChannelHandlerContext.class},
                        (_, method, _) -> {
                            throw new AssertionError(method);
                        });
    }

    /** Netty wraps it unchecked where a socket ended in the very turn in which it is read again. */
    @Test
    void whatEpollSaysOfASocketThatEndedIsNoFaultOfOurOwn() throws Exception {
        try (var server = ScriptedUpstream.start(Script.once(new Step.HoldUntilPeerEnds()));
                var loop = new TurnedLoop(Transport.preferred())) {
            KeptAnswer answer = send(loop, server.port(), UpstreamSettings.DEFAULT, Asked.get());
            server.await(
                    "the request",
                    () -> server.connections().stream().anyMatch(each -> each.bytesReceived() > 0));
            UpstreamCall call = answer.call.join();
            loop.on(() -> {
                if (call instanceof UpstreamConnection connection) {
                    connection.exceptionCaught(
                            unused(),
                            new UncheckedIOException(new IOException("epoll_ctl(..) failed")));
                }
                return call;
            });
            assertThat(answer.failure.get(10, TimeUnit.SECONDS).kind())
                    .isEqualTo(Failure.Kind.UPSTREAM_RESET);
            server.awaitNoOpenConnections();
        }
    }

    /**
     * {@link System#nanoTime} may be any number and overflow any time: just before it does, just
     * before it changes its sign, and far from both.
     */
    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 10_000_000_000L, -10_000_000_000L, Long.MIN_VALUE, 0})
    void timeIsMeasuredRightlyWhereTheClockOverflows(long start) throws Exception {
        UpstreamSettings settings =
                new UpstreamSettings(NEVER, BOUND, NEVER, NEVER, 4, NEVER, 16, HeadLimits.DEFAULT);
        try (var server = ScriptedUpstream.start(Script.once(new Step.HoldUntilPeerEnds()));
                var loop = new TurnedLoop(Transport.preferred(), start)) {
            KeptAnswer answer = send(loop, server.port(), settings, Asked.get());
            server.await(
                    "the request",
                    () -> server.connections().stream().anyMatch(each -> each.bytesReceived() > 0));
            loop.turn(ALMOST);
            assertThat(answer.failure).isNotDone();
            assertThat(loop.count(Count.UPSTREAM_OPEN)).isEqualTo(1);
            loop.turn(A_LITTLE);
            assertThat(answer.failure.get(10, TimeUnit.SECONDS).kind())
                    .isEqualTo(Failure.Kind.RESPONSE_TIMEOUT);
        }
    }
}
