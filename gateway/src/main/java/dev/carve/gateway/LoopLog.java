package dev.carve.gateway;

import dev.carve.gateway.log.LineBuffer;
import dev.carve.gateway.log.LogWriter;
import dev.carve.http.Loop;
import dev.carve.runtime.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's part of the access log: its batch, and its wall clock, which is read once a
 * second and goes on with the loop's own time in between. That loop only.
 */
final class LoopLog {

    private static final long HAND_OVER_MILLIS = 100;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Loop loop;
    private final Runnable handOver = this::handOver;
    private @Nullable LogWriter writer;
    private LogWriter.@Nullable Batch batch;
    private boolean scheduled;

    // The wall clock at one moment of the loop's time.
    private long syncedNanos;
    private long syncedMillis;
    private boolean synced;

    // The second that a line was last written in, and its fields.
    private long second = Long.MIN_VALUE;
    private LocalDateTime date = LocalDateTime.MIN;
    private int millisOfSecond;

    private LoopLog(Loop loop) {
        this.loop = loop;
    }

    static LoopLog of(Loop loop) {
        return loop.attachment(LoopLog.class, LoopLog::new);
    }

    void use(LogWriter to, Clock clock) {
        if (writer != to) {
            handOver();
            writer = to;
        }
        long now = loop.now();
        if (!synced || now - syncedNanos > NANOS_PER_SECOND) {
            synced = true;
            syncedNanos = now;
            Instant wall = clock.now();
            syncedMillis = wall.toEpochMilli();
        }
    }

    /** A line about something that began at this time of the loop. */
    void begin(long nanos) {
        long millis = syncedMillis + Math.floorDiv(nanos - syncedNanos, NANOS_PER_MILLI);
        long inSecond = Math.floorDiv(millis, 1000L);
        millisOfSecond = (int) (millis - inSecond * 1000);
        if (inSecond != second) {
            second = inSecond;
            date = LocalDateTime.ofEpochSecond(inSecond, 0, ZoneOffset.UTC);
        }
    }

    LocalDateTime date() {
        return date;
    }

    int millisOfSecond() {
        return millisOfSecond;
    }

    LineBuffer lines() {
        LogWriter.Batch current = batch;
        if (current == null) {
            LogWriter to = writer;
            if (to == null) {
                throw new IllegalStateException("no writer");
            }
            current = to.take();
            batch = current;
        }
        return current.lines();
    }

    void end() {
        LogWriter.Batch current = batch;
        if (current == null) {
            return;
        }
        current.lineDone();
        if (current.isFull()) {
            handOver();
        } else if (!scheduled) {
            scheduled = true;
            LogWriter to = writer;
            if (to != null && to.isEnding()) {
                // A loop that ends runs its tasks, but nothing that was to come later.
                loop.execute(handOver);
            } else {
                loop.executeLater(handOver, HAND_OVER_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Gives the writer what there is. */
    void handOver() {
        scheduled = false;
        LogWriter.Batch full = batch;
        LogWriter to = writer;
        batch = null;
        if (full != null && to != null) {
            to.give(full);
        }
    }
}
