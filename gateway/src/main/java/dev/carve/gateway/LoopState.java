package dev.carve.gateway;

import dev.carve.http.Loop;
import java.util.ArrayDeque;

/** What the gateway keeps per event loop: free exchanges and calls. That loop only. */
final class LoopState {

    private static final int FREE_MAX = 256;

    private final Loop loop;
    private final ArrayDeque<ForwardCall> forwards = new ArrayDeque<>();
    private final ArrayDeque<Exchange> exchanges = new ArrayDeque<>();

    private long ids;

    LoopState(Loop loop) {
        this.loop = loop;
    }

    static LoopState of(Loop loop) {
        return loop.attachment(LoopState.class, LoopState::new);
    }

    /** A number no other exchange of the process gets: the loop in the high bits, then a count. */
    long nextId() {
        return ((long) loop.number() << 48) + ids++;
    }

    ForwardCall takeForward() {
        ForwardCall free = forwards.pollLast();
        return free == null ? new ForwardCall(loop) : free;
    }

    void giveForward(ForwardCall call) {
        if (forwards.size() < FREE_MAX) {
            forwards.addLast(call);
        }
    }

    Exchange takeExchange() {
        Exchange free = exchanges.pollLast();
        return free == null ? new Exchange(loop) : free;
    }

    void giveExchange(Exchange exchange) {
        if (exchanges.size() < FREE_MAX) {
            exchanges.addLast(exchange);
        }
    }
}
