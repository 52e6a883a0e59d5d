package dev.carve.http;

/**
 * One point in time at which a layer above the wire wants to be called, kept in its loop's timer
 * wheel: never early and up to a tick late, about 8 ms. Setting it anew and taking it back cost one
 * store, and nothing is allocated, so that each call can have one.
 *
 * <p>Thread: its event loop. Lives as long as its owner, which may be pooled.
 */
public final class Alarm extends Timeout {

    private final Loop loop;
    private final Runnable rings;

    /**
     * @param rings run on the loop, once for each {@link #set} that was not taken back
     */
    public Alarm(Loop loop, Runnable rings) {
        this.loop = loop;
        this.rings = rings;
    }

    /** Rings at this time of the loop, and no more at that of before. */
    public void set(long nanos) {
        loop.setTimeout(this, nanos);
    }

    /** Takes it back. */
    public void cancel() {
        loop.setTimeout(this, NEVER);
    }

    @Override
    void expired(long nowNanos) {
        rings.run();
    }
}
