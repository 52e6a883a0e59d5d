package dev.carve.http;

import org.jspecify.annotations.Nullable;

/**
 * What a test asks of an upstream.
 *
 * @param body null if there is none
 * @param wantsUpgrade whether another protocol is asked for
 */
record Asked(
        Head head,
        HeadEdits edits,
        @Nullable BodySource body,
        boolean wantsUpgrade,
        long deadlineNanos)
        implements UpstreamRequest {

    static Asked get() {
        return new Asked(new Head().startRequest("GET", "/").add("Host", "h"), null);
    }

    static Asked post(BodySource body) {
        return new Asked(new Head().startRequest("POST", "/").add("Host", "h"), body);
    }

    static Asked upgrade() {
        Head head = new Head().startRequest("GET", "/").add("Host", "h").add("Upgrade", "x");
        return new Asked(head, new HeadEdits(), null, true, Long.MAX_VALUE);
    }

    Asked(Head head, @Nullable BodySource body) {
        this(head, new HeadEdits(), body, false, Long.MAX_VALUE);
    }

    /** The same with a deadline. */
    Asked until(long nanos) {
        return new Asked(head, edits, body, wantsUpgrade, nanos);
    }

    @Override
    public boolean namesFields() {
        return false;
    }

    @Override
    public long responseTimeoutNanos() {
        return 0;
    }

    @Override
    public void sent() {}
}
