package dev.carve.gateway;

import dev.carve.http.Head;
import dev.carve.http.Loop;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the gateway keeps per event loop: free exchanges and calls. That loop only. */
final class LoopState {

    private static final Logger LOG = LoggerFactory.getLogger(LoopState.class);
    private static final int FREE_MAX = 256;

    /** What all bodies of one loop that may be sent again hold together. */
    private static final long REPLAY_BYTES_MAX = 16 << 20;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Loop loop;
    private final ArrayDeque<ForwardCall> forwards = new ArrayDeque<>();
    private final ArrayDeque<Exchange> exchanges = new ArrayDeque<>();

    private final Head failureHead = new Head();

    private long ids;
    private long replayBytes;
    private long faultToldNanos = Long.MIN_VALUE;

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

    /** A fault of our own; told at most once a second, since each is in the access log too. */
    void report(RuntimeException fault) {
        long now = loop.now();
        if (faultToldNanos == Long.MIN_VALUE || now - faultToldNanos > NANOS_PER_SECOND) {
            faultToldNanos = now;
            LOG.atError().setCause(fault).log("fault in an exchange");
        }
    }

    /** Empty, for the answer to one failure: what was in it before has been sent. */
    Head failureHead() {
        failureHead.clear();
        return failureHead;
    }

    ForwardCall takeForward() {
        ForwardCall free = forwards.pollLast();
        return free == null ? new ForwardCall(loop) : free;
    }

    /** Bytes of bodies kept to be sent again; false if the loop keeps too much already. */
    boolean takeReplay(int bytes) {
        if (replayBytes + bytes > REPLAY_BYTES_MAX) {
            return false;
        }
        replayBytes += bytes;
        return true;
    }

    void addReplay(int bytes) {
        replayBytes += bytes;
    }

    void giveReplay(long bytes) {
        replayBytes -= bytes;
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
