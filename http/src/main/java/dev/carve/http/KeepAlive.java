package dev.carve.http;

import java.util.concurrent.TimeUnit;

/**
 * What {@code Keep-Alive: timeout=N} of an answer says: the upstream closes the connection after N
 * idle seconds. A request sent in the last of them would meet the close half-way.
 *
 * <p>Any event loop; keeps nothing.
 */
final class KeepAlive {

    private static final byte[] TIMEOUT = Ascii.bytes("timeout=");
    private static final int SECONDS_MAX = 1_000_000_000;

    private KeepAlive() {}

    /** How long the connection may stay idle and be used again; unbounded if it is not said. */
    static long nanos(Head head) {
        for (int i = head.find(Field.KEEP_ALIVE);
                i != Head.NONE;
                i = head.next(Field.KEEP_ALIVE, i)) {
            int at = head.valueStart(i);
            int end = head.valueEnd(i);
            while (at < end) {
                int stop = head.listMemberStop(at, end);
                int from = head.skipSpace(at, stop);
                int to = head.trimSpace(from, stop);
                int digits = from + TIMEOUT.length;
                if (digits < to && Ascii.equalsLower(head.bytes, from, digits, TIMEOUT)) {
                    long seconds = Framing.decimal(head.bytes, digits, to);
                    if (seconds >= 0) {
                        long kept = Math.min(SECONDS_MAX, Math.max(0, seconds - 1));
                        return TimeUnit.SECONDS.toNanos(kept);
                    }
                }
                at = stop + 1;
            }
        }
        return Long.MAX_VALUE;
    }
}
