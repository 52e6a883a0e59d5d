package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.List;

/**
 * The bound on what waits for slow readers in all connections of the process together. A connection
 * tells only what a flush or a reader left behind, so that one whose peer keeps up tells nothing.
 *
 * <p>Threads: {@link #limit} by control, {@link #changed} by event loops, {@link #isReached} by
 * any.
 */
final class BufferBound {

    private final List<Loop> loops;

    // Written by control, read by any.
    private volatile long bytesMax = Long.MAX_VALUE;

    // Written by loops, read by any.
    private volatile boolean reached;

    /**
     * @param loops all loops, which may still be filled in
     */
    BufferBound(List<Loop> loops) {
        this.loops = loops;
    }

    void limit(long bytes) {
        bytesMax = bytes;
    }

    /** Whether no more should be begun that may have to wait. */
    boolean isReached() {
        return reached;
    }

    /** What the peer of a connection has not taken yet. */
    static long unsentBytes(Channel channel) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
    }

    /** A loop's count has changed. */
    void changed() {
        long sum = 0;
        for (Loop loop : loops) {
            sum += loop.counters().get(Count.BUFFERED_BYTES);
        }
        boolean now = sum > bytesMax;
        if (now != reached) {
            reached = now;
        }
    }
}
