package dev.carve.carving;

import dev.carve.http.Loop;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What carving keeps per event loop: free calls, and copies about to start. That loop only. */
final class CarveLoop {

    private static final Logger LOG = LoggerFactory.getLogger(CarveLoop.class);
    private static final int FREE_MAX = 256;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Loop loop;
    private final ArrayDeque<CarveCall> calls = new ArrayDeque<>();
    private final SecureRandom random = new SecureRandom();
    private final ArrayDeque<Copies> due = new ArrayDeque<>();
    private final Runnable startDue = this::startDue;
    private boolean starting;
    private long faultToldNanos = Long.MIN_VALUE;

    private CarveLoop(Loop loop) {
        this.loop = loop;
    }

    static CarveLoop of(Loop loop) {
        return loop.attachment(CarveLoop.class, CarveLoop::new);
    }

    CarveCall take() {
        CarveCall free = calls.pollLast();
        return free == null ? new CarveCall(loop) : free;
    }

    void give(CarveCall call) {
        if (calls.size() < FREE_MAX) {
            calls.addLast(call);
        }
    }

    /**
     * Starts copies when the sockets that are ready now have been worked off, so that no client
     * that has asked already waits for them.
     */
    void startSoon(Copies next) {
        due.addLast(next);
        if (!starting) {
            starting = true;
            loop.executeAfterTurn(startDue);
        }
    }

    private void startDue() {
        starting = false;
        for (Copies next = due.pollFirst(); next != null; next = due.pollFirst()) {
            next.start();
        }
    }

    /** What tells one client from all others, in sixteen hexadecimal digits. */
    byte[] newId() {
        return HexFormat.of().toHexDigits(random.nextLong()).getBytes(StandardCharsets.US_ASCII);
    }

    /** A fault of our own; told at most once a second. */
    void report(RuntimeException fault) {
        long now = loop.now();
        if (faultToldNanos == Long.MIN_VALUE || now - faultToldNanos > NANOS_PER_SECOND) {
            faultToldNanos = now;
            LOG.atError().setCause(fault).log("fault in a copy");
        }
    }
}
