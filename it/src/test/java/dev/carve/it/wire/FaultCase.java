package dev.carve.it.wire;

import dev.carve.testkit.Octets;
import dev.carve.testkit.Script;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * A fault of one side in one phase, and what comes of it.
 *
 * @param phase when it happens
 * @param side who is at fault
 * @param fault what happens, in words of the issue: refuse, reset, stall, dribble, truncate …
 * @param upstream what the upstream does
 * @param client what the client does
 * @param expected what the client gets
 * @param codes the Carve-Error codes of which one is told and counted; empty where nothing failed
 * @param counted where it is counted
 * @param bounds what the gateway runs with
 */
record FaultCase(
        Phase phase,
        Side side,
        String fault,
        Upstream upstream,
        List<Act> client,
        Expected expected,
        Set<String> codes,
        Counted counted,
        GatewayUnderTest.Bounds bounds) {

    /** In place of a code: it need be neither told nor counted. */
    static final String NONE = "none";

    /** The metric that counts a failure, by the labels route, service and code. */
    static final String METRIC = "carve_failures_total";

    /**
     * The labels beside the code.
     *
     * @param route the route's name
     * @param service the service's name, empty where none was chosen
     */
    record Counted(String route, String service) {

        /** A service had been chosen. */
        static final Counted AT_SERVICE = new Counted("/", "upstream");

        /** A route had been found. */
        static final Counted AT_ROUTE = new Counted("/", "");

        /** There was no request to find a route for. */
        static final Counted NOWHERE = new Counted("(none)", "");
    }

    /** Phases of an exchange, as the wire shows them. */
    enum Phase {
        CONNECT,
        REQUEST_HEAD,
        REQUEST_BODY,
        RESPONSE_HEAD,
        RESPONSE_BODY,
        IDLE
    }

    /** Who is at fault. */
    enum Side {
        CLIENT,
        UPSTREAM
    }

    /** What is behind the gateway. */
    sealed interface Upstream {

        /** An upstream that runs these scripts, the last one for all further connections. */
        record Scripted(List<Script> scripts) implements Upstream {}

        /** A port that refuses. */
        record Refusing() implements Upstream {}

        /** A port that does not answer a connection attempt. */
        record Unanswering() implements Upstream {}
    }

    /** What a client does, one after the other; then it waits for what is expected. */
    sealed interface Act {

        /** Sends these bytes. */
        record Send(Octets bytes) implements Act {}

        /** Sends bytes in pieces with a pause after each; stops when the gateway has ended it. */
        record SendSlowly(Octets bytes, int pieceBytes, Duration pause) implements Act {}

        /** Waits until the upstream has received something for this exchange. */
        record AwaitUpstream() implements Act {}

        /**
         * Waits for the first byte of an answer and leaves it there; then lets the service go on.
         */
        record AwaitAnswer(CountDownLatch got) implements Act {}

        /** Reads a whole answer with that status, not the last one. */
        record Read(int status) implements Act {}

        /** Reads that many bytes and no more. */
        record ReadBytes(int count) implements Act {}

        /** Waits until the upstream has no open connection. */
        record AwaitUpstreamGone() implements Act {}

        /** Sends FIN and keeps reading. */
        record HalfClose() implements Act {}

        /** Ends the connection by FIN. */
        record Close() implements Act {}

        /** Ends the connection by RST. */
        record Reset() implements Act {}
    }

    /** What the client gets. */
    sealed interface Expected {

        /** The gateway's own answer, of one of these statuses, then the end or not. */
        record Refusal(Set<Integer> statuses) implements Expected {}

        /** The upstream's answer, whole. */
        record Whole(int status, String body) implements Expected {}

        /** A head of that status, and the end of the connection inside the body. */
        record Cut(int status) implements Expected {}

        /** The end of the connection and no byte. */
        record Ended() implements Expected {}

        /** Nothing, since it has left; the upstream's connection is ended at once. */
        record ClientGone() implements Expected {}
    }

    // Rows are written as changes of a row that is all right.

    FaultCase by(Side other) {
        return new FaultCase(
                phase, other, fault, upstream, client, expected, codes, counted, bounds);
    }

    FaultCase behind(Upstream other) {
        return new FaultCase(phase, side, fault, other, client, expected, codes, counted, bounds);
    }

    FaultCase acting(Act... acts) {
        return new FaultCase(
                phase, side, fault, upstream, List.of(acts), expected, codes, counted, bounds);
    }

    FaultCase giving(Expected other, String... codesOf) {
        return new FaultCase(
                phase, side, fault, upstream, client, other, Set.of(codesOf), counted, bounds);
    }

    /** The gateway's own answer. */
    FaultCase refused(int status, String... codesOf) {
        return giving(new Expected.Refusal(Set.of(status)), codesOf);
    }

    /** A head that was relayed, and the connection's end in its body. */
    FaultCase cut(String... codesOf) {
        return giving(new Expected.Cut(200), codesOf);
    }

    FaultCase gone(String... codesOf) {
        return giving(new Expected.ClientGone(), codesOf);
    }

    FaultCase counted(Counted where) {
        return new FaultCase(phase, side, fault, upstream, client, expected, codes, where, bounds);
    }

    FaultCase within(GatewayUnderTest.Bounds other) {
        return new FaultCase(phase, side, fault, upstream, client, expected, codes, counted, other);
    }

    /** The fault is that time passes. */
    FaultCase inShortTime() {
        return within(GatewayUnderTest.Bounds.SHORT);
    }

    String name() {
        return phase + " " + side + " " + fault;
    }

    @Override
    public String toString() {
        return name();
    }
}
