package dev.carve.gateway.service;

import dev.carve.gateway.settings.HealthSettings;
import dev.carve.gateway.settings.StatusRange;
import dev.carve.http.Ascii;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.http.Upstream;
import dev.carve.http.UpstreamCall;
import dev.carve.http.UpstreamRequest;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks one instance again and again whether it works, each time over a new connection, as a new
 * client would come. Counts the answers in a row and tells control when they change the verdict;
 * the very first decides alone, since there is no verdict yet that a single stumble should not
 * overturn.
 *
 * <p>Thread: one event loop, but for {@link #start} and {@link #stop}, which control calls once
 * each.
 */
final class HealthCheck implements UpstreamRequest, ResponseSink {

    private static final int BODY_BYTES_MAX = 16 * 1024;
    private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");

    private final Loop loop;
    private final Control control;
    private final Instance instance;
    private final Service service;
    private final HealthSettings settings;
    private final Upstream upstream;
    private final RandomGenerator random;
    private final @Nullable String wantedBody;

    // Written by control, read by the loop.
    private volatile boolean stopped;

    // Event loop only.
    private final Head head = new Head();
    private final HeadEdits edits = new HeadEdits();
    private final StringBuilder body = new StringBuilder();
    private @Nullable UpstreamCall call;
    private long number;
    private long startedNanos;
    private int status;
    private int passes;
    private int failures;
    private boolean decided;
    private boolean healthy;
    private String told = "";

    HealthCheck(
            Loop loop,
            Control control,
            Instance instance,
            HealthChecks.Subject subject,
            Upstream upstream,
            RandomGenerator random) {
        this.loop = loop;
        this.control = control;
        this.instance = instance;
        this.service = subject.service();
        this.settings = subject.settings();
        this.upstream = upstream;
        this.random = random;
        // Bytes as characters, as the body is kept.
        wantedBody =
                settings.body()
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .map(bytes -> Ascii.text(bytes, 0, bytes.length))
                        .orElse(null);
        head.startRequest(settings.method(), settings.path());
        if (settings.headers().keySet().stream().noneMatch("host"::equalsIgnoreCase)) {
            head.add("Host", instance.host());
        }
        settings.headers().forEach(head::add);
    }

    // Control.

    /** Begins at once, but for a little that keeps the checks of many instances apart. */
    void start() {
        loop.executeLater(
                this::begin,
                random.nextLong(settings.every().toNanos() / 10 + 1),
                TimeUnit.NANOSECONDS);
    }

    /** No more checks; the one under way is cancelled and says nothing. */
    void stop() {
        stopped = true;
        loop.execute(() -> {
            UpstreamCall now = call;
            call = null;
            if (now != null) {
                now.cancel();
            }
        });
        upstream.retire(Duration.ZERO);
    }

    // One check.

    private void begin() {
        if (stopped) {
            return;
        }
        startedNanos = loop.now();
        status = 0;
        body.setLength(0);
        edits.clear();
        edits.addLine(CLOSE);
        UpstreamCall made = upstream.call(loop, true);
        if (made == null) {
            // Nothing is known of the instance: the lack is ours.
            next();
            return;
        }
        call = made;
        long mine = ++number;
        loop.executeLater(() -> timedOut(mine), settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        made.send(this, this);
    }

    private void timedOut(long check) {
        UpstreamCall now = call;
        if (now != null && check == number) {
            call = null;
            now.cancel();
            failed("no whole answer within " + settings.timeout().toMillis() + "ms");
        }
    }

    private void next() {
        long wait = waitNanos(settings, random);
        loop.executeLater(
                this::begin, Math.max(0, wait - (loop.now() - startedNanos)), TimeUnit.NANOSECONDS);
    }

    /** From the start of one check to that of the next. */
    static long waitNanos(HealthSettings settings, RandomGenerator random) {
        double jitter = settings.jitter().fraction() * (2 * random.nextDouble() - 1);
        return (long) (settings.every().toNanos() * (1 + jitter));
    }

    @Override
    public Head head() {
        return head;
    }

    @Override
    public HeadEdits edits() {
        return edits;
    }

    @Override
    public @Nullable BodySource body() {
        return null;
    }

    @Override
    public boolean namesFields() {
        return false;
    }

    @Override
    public boolean wantsUpgrade() {
        return false;
    }

    @Override
    public long deadlineNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public long responseTimeoutNanos() {
        return 0;
    }

    @Override
    public void sent() {}

    // Its answer.

    @Override
    public void informational(Head head) {}

    @Override
    public void head(ResponseHead head) {
        status = head.head().status();
    }

    @Override
    public void halfClosed() {}

    @Override
    public void data(ByteBuf chunk) {
        int room = BODY_BYTES_MAX - body.length();
        if (wantedBody != null && room > 0) {
            int count = Math.min(room, chunk.readableBytes());
            body.append(chunk.toString(chunk.readerIndex(), count, StandardCharsets.ISO_8859_1));
        }
        chunk.release();
    }

    @Override
    public void flush() {}

    @Override
    public void end(@Nullable Head trailer) {
        call = null;
        if (settings.status().stream().noneMatch(range -> range.holds(status))) {
            String wanted =
                    settings.status().stream()
                            .map(StatusRange::toString)
                            .collect(Collectors.joining(", "));
            failed("status " + status + " (expected: " + wanted + ")");
        } else if (wantedBody != null && body.indexOf(wantedBody) < 0) {
            failed("the body does not hold what it should");
        } else {
            passed();
        }
    }

    @Override
    public void failed(Failure failure) {
        if (call != null) {
            call = null;
            boolean tls = failure.kind() == Failure.Kind.TLS_FAILED;
            failed(failure.kind().code() + (tls ? ": " + failure.detail() : ""));
        }
    }

    // What follows from it.

    private void passed() {
        tell(() -> service.checked(true));
        failures = 0;
        passes++;
        if (!decided || (!healthy && passes >= settings.rise())) {
            decided = true;
            healthy = true;
            tell(() -> service.healthy(instance));
        }
        next();
    }

    private void failed(String reason) {
        tell(() -> service.checked(false));
        passes = 0;
        failures++;
        boolean falls = !decided || (healthy && failures >= settings.fall());
        if (falls || (!healthy && !told.equals(reason))) {
            decided = true;
            healthy = false;
            told = reason;
            tell(() -> service.unhealthy(instance, reason));
        }
        next();
    }

    private void tell(Runnable verdict) {
        control.execute(() -> {
            if (!stopped) {
                verdict.run();
            }
        });
    }
}
