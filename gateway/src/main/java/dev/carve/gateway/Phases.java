package dev.carve.gateway;

import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.route.RouteResult;
import dev.carve.http.BodySource;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.ServerStream;
import dev.carve.runtime.Failure;
import dev.carve.runtime.Failure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The way of an exchange, in its order: route, admit, action, relay, finish. The only class that
 * knows it; nobody calls "next". Accepting and decoding come before, in the wire.
 *
 * <p>Each phase either goes on or ends the exchange; {@link #finish} runs exactly once, whatever
 * happened, and is the only place where the log is written, metrics are counted and limits and
 * buffers are given back.
 *
 * <p>Thread: the loop of the exchange. Keeps nothing.
 */
final class Phases {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private Phases() {}

    static void run(Exchange exchange) {
        long use = exchange.use();
        try {
            begin(exchange);
        } catch (RuntimeException fault) {
            broken(exchange, use, fault);
        }
    }

    /** Goes on where the route's limit had it wait for its turn. */
    static void admitted(Exchange exchange) {
        long use = exchange.use();
        try {
            act(exchange);
        } catch (RuntimeException fault) {
            broken(exchange, use, fault);
        }
    }

    private static void broken(Exchange exchange, long use, RuntimeException fault) {
        LoopState.of(exchange.loop()).report(fault);
        // It may have been answered before, and this object be another request's by now.
        if (exchange.use() == use) {
            fail(exchange, Failure.of(Kind.INTERNAL, fault.toString()));
        }
    }

    private static void begin(Exchange exchange) {
        Failure refused = route(exchange);
        if (refused == null) {
            refused = admit(exchange);
        }
        if (refused != null) {
            fail(exchange, refused);
            return;
        }
        if (enter(exchange)) {
            act(exchange);
        }
    }

    /** Whether it is its turn by the route's limit; if not, it waits in line or was refused. */
    private static boolean enter(Exchange exchange) {
        Route route = exchange.route;
        Limit limit = route == null || exchange.isFinished() ? null : route.limit();
        return limit == null || exchange.admission().enter(limit, exchange.deadlineNanos);
    }

    /** Which route, by the snapshot that the exchange is pinned to. */
    private static @Nullable Failure route(Exchange exchange) {
        Snapshot snapshot = exchange.snapshot;
        RouteResult<Route> match = exchange.match;
        if (snapshot == null) {
            return Failure.of(Kind.INTERNAL, "no configuration is loaded");
        }
        snapshot.router().find(exchange.head(), match);
        switch (match.verdict()) {
            case MATCHED -> exchange.route = match.route();
            case NONE -> {
                return Failure.of(Kind.NO_ROUTE, "no route matches");
            }
            case REFUSED_AMBIGUOUS -> {
                return Failure.of(
                        Kind.AMBIGUOUS_PATH, "raw and decoded path differ in their route");
            }
        }
        return null;
    }

    /** Whether it may go on: bounds and policies, and the deadline that everything after obeys. */
    private static @Nullable Failure admit(Exchange exchange) {
        Route route = exchange.route;
        if (route == null) {
            return Failure.of(Kind.NO_ROUTE, "no route matches");
        }
        ServerStream stream = exchange.stream();
        route.metrics().on(exchange.loop().number()).started();
        BodySource body = stream.body();
        if (body != null && route.bodyBytesMax() != Long.MAX_VALUE) {
            if (body.length() > route.bodyBytesMax()) {
                return Failure.of(
                        Kind.BODY_TOO_LARGE, body.length() + " of " + route.bodyBytesMax());
            }
            stream.limitBody(route.bodyBytesMax());
        }
        setDeadline(exchange, route);
        for (Policy policy : route.policies()) {
            switch (policy.decide(exchange)) {
                case Decision.Continue _ -> {}
                case Decision.Respond respond -> {
                    respond.answer().send(exchange, exchange);
                    return null;
                }
                case Decision.Fail fail -> {
                    return fail.failure();
                }
            }
        }
        return null;
    }

    private static void setDeadline(Exchange exchange, Route route) {
        long limit = route.deadlineNanos();
        Head head = exchange.head();
        int number = head.find(Field.CARVE_TIMEOUT);
        if (number != Head.NONE) {
            long millis = Numbers.decimal(head, number);
            if (millis >= 0 && millis < limit / NANOS_PER_MILLI) {
                limit = millis * NANOS_PER_MILLI;
                exchange.impatient = true;
            }
        }
        exchange.deadlineNanos = limit == Long.MAX_VALUE ? limit : exchange.startedNanos + limit;
    }

    private static void act(Exchange exchange) {
        Route route = exchange.route;
        if (route == null || exchange.isFinished()) {
            return;
        }
        long use = exchange.use();
        ActiveCall active = route.action().start(exchange, exchange);
        if (exchange.use() == use && !exchange.isFinished()) {
            exchange.active = active;
        }
    }

    /** Ends an exchange that can not be answered as it should: says why if it still can. */
    static void fail(Exchange exchange, Failure why) {
        if (exchange.isFinished()) {
            return;
        }
        exchange.failure = why;
        ServerStream stream = exchange.stream();
        boolean gone = why.kind() == Kind.CLIENT_ABORTED;
        if (gone || stream.isCommitted()) {
            if (!stream.isCommitted()) {
                exchange.status = why.kind().status();
            }
            stream.abort(why);
            finish(exchange);
            return;
        }
        exchange.gateway().snapshot().errorAnswers().of(exchange, why).send(exchange, exchange);
    }

    /** Exactly once: counts, writes the log, gives back. */
    static void finish(Exchange exchange) {
        if (!exchange.finishOnce()) {
            return;
        }
        exchange.leave();
        exchange.gateway().finished(exchange);
        ServerStream stream = exchange.stream();
        exchange.recycle();
        stream.release();
    }
}
