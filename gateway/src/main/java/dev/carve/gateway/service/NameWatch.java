package dev.carve.gateway.service;

import dev.carve.gateway.settings.DnsSettings;
import dev.carve.http.NameLookup;
import dev.carve.http.NameLookup.Answer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks one name up again and again: when the time to live of the last answer is over, within
 * bounds; sooner after a failure, then less and less often. What is known stays until an answer
 * says otherwise, each family of addresses for itself: neither a failure nor "no such name" takes
 * an instance away, since a mistake in a zone would take all of them.
 *
 * <p>Threads: control, but for {@link #prepare}, which the thread that loads calls before all else;
 * what is shown is read by any.
 */
public final class NameWatch {

    private static final Logger LOG = LoggerFactory.getLogger(NameWatch.class);
    private static final Duration RETRY_MIN = Duration.ofSeconds(1);
    private static final Duration RETRY_MAX = Duration.ofSeconds(30);
    private static final int DOUBLINGS_MAX = 5;
    private static final Comparator<InetAddress> ORDER =
            (one, other) -> Arrays.compareUnsigned(one.getAddress(), other.getAddress());

    private final String service;
    private final Function<String, CompletableFuture<NameLookup.Result>> lookup;
    private final Control control;
    private final Consumer<String> changed;
    private final AtomicLongArray counts = new AtomicLongArray(Outcome.values().length);

    // Control only.
    private DnsSettings settings;
    private List<InetAddress> v4 = List.of();
    private List<InetAddress> v6 = List.of();
    private @Nullable CompletableFuture<NameLookup.Result> first;
    private Duration wait = RETRY_MIN;
    private int failures;
    private boolean stopped;

    // Written by control, read by any.
    private volatile List<InetAddress> addresses = List.of();
    private volatile @Nullable Outcome last;
    private volatile Instant since = Instant.EPOCH;

    /** How a look-up ended. */
    public enum Outcome {
        /** With addresses. */
        FOUND,
        /** With addresses of one family, while nothing is known of the other. */
        INCOMPLETE,
        /** The name does not exist. */
        NO_NAME,
        /** The name has no address. */
        NO_ADDRESS,
        TIMEOUT,
        SERVER_FAILURE,
        REFUSED,
        MALFORMED,
        UNREACHABLE;

        private final String code = name().toLowerCase(Locale.ROOT);

        /** As metrics and logs show it. */
        public String code() {
            return code;
        }

        boolean isGood() {
            return this == FOUND;
        }
    }

    /**
     * @param lookup asks once, and never fails but by its result
     * @param changed told the service's name, on control, when there are other addresses
     */
    NameWatch(
            String service,
            DnsSettings settings,
            Function<String, CompletableFuture<NameLookup.Result>> lookup,
            Control control,
            Consumer<String> changed) {
        this.service = service;
        this.settings = settings;
        this.lookup = lookup;
        this.control = control;
        this.changed = changed;
    }

    // For people; any thread.

    /** The name that is looked up, with its port. */
    public String name() {
        return settings.name().toString();
    }

    /** What is known, in a fixed order. */
    public List<InetAddress> addresses() {
        return addresses;
    }

    /** How the last look-up ended; null if none has. */
    public @Nullable Outcome last() {
        return last;
    }

    /** Since when look-ups end like that. */
    public Instant since() {
        return since;
    }

    public long count(Outcome outcome) {
        return counts.get(outcome.ordinal());
    }

    // The thread that loads.

    /** Asks for the first time. */
    void prepare() {
        first = lookup.apply(settings.name().host());
    }

    /** Takes the first answer in if it comes within this time. */
    void awaitFirst(long nanos) {
        CompletableFuture<NameLookup.Result> asked = first;
        if (asked == null) {
            return;
        }
        try {
            NameLookup.Result result = asked.get(nanos, TimeUnit.NANOSECONDS);
            first = null;
            take(result);
        } catch (TimeoutException late) {
            LOG.atWarn()
                    .addKeyValue("service", service)
                    .addKeyValue("name", name())
                    .log("no answer to the first look-up yet");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("a look-up failed by itself", impossible);
        }
    }

    // Control.

    /** Settings of the same name: bounds and port count from now on. */
    void define(DnsSettings now) {
        settings = now;
    }

    /** Goes on by itself from here. */
    void begin() {
        CompletableFuture<NameLookup.Result> asked = first;
        first = null;
        if (asked == null) {
            next();
        } else {
            asked.thenAcceptAsync(this::answered, control::execute);
        }
    }

    /** No more look-ups; one under way changes nothing. */
    void stop() {
        stopped = true;
    }

    private void ask() {
        if (!stopped) {
            lookup.apply(settings.name().host()).thenAcceptAsync(this::answered, control::execute);
        }
    }

    private void answered(NameLookup.Result result) {
        if (stopped) {
            return;
        }
        boolean other = take(result);
        next();
        if (other) {
            changed.accept(service);
        }
    }

    private void next() {
        control.executeLater(this::ask, wait.toNanos());
    }

    /** Takes an answer in; whether there are other addresses now. */
    private boolean take(NameLookup.Result result) {
        Outcome outcome = outcome(result.v4(), result.v6());
        counts.incrementAndGet(outcome.ordinal());
        failures = outcome.isGood() ? 0 : failures + 1;
        tell(outcome);
        boolean none = outcome != Outcome.FOUND && outcome != Outcome.INCOMPLETE;
        v4 = none ? v4 : known(result.v4(), v4);
        v6 = none ? v6 : known(result.v6(), v6);
        wait = outcome.isGood() ? ttl(result) : retry();
        List<InetAddress> before = addresses;
        List<InetAddress> now = new ArrayList<>(v4);
        now.addAll(v6);
        if (now.equals(before)) {
            return false;
        }
        addresses = List.copyOf(now);
        LOG.atInfo()
                .addKeyValue("service", service)
                .addKeyValue("name", name())
                .addKeyValue("addresses", now.size())
                .addKeyValue("added", now.stream().filter(each -> !before.contains(each)).count())
                .addKeyValue("removed", before.stream().filter(each -> !now.contains(each)).count())
                .log("addresses changed");
        return true;
    }

    private static Outcome outcome(Answer one, Answer other) {
        boolean found = one instanceof Answer.Found || other instanceof Answer.Found;
        if (one instanceof Answer.Failed(NameLookup.Reason reason)) {
            return found ? Outcome.INCOMPLETE : outcome(reason);
        }
        if (other instanceof Answer.Failed(NameLookup.Reason reason)) {
            return found ? Outcome.INCOMPLETE : outcome(reason);
        }
        if (found) {
            return Outcome.FOUND;
        }
        boolean exists =
                (one instanceof Answer.None(boolean here) && here)
                        || (other instanceof Answer.None(boolean there) && there);
        return exists ? Outcome.NO_ADDRESS : Outcome.NO_NAME;
    }

    private static Outcome outcome(NameLookup.Reason reason) {
        return switch (reason) {
            case TIMEOUT -> Outcome.TIMEOUT;
            case SERVER_FAILURE -> Outcome.SERVER_FAILURE;
            case REFUSED -> Outcome.REFUSED;
            case MALFORMED -> Outcome.MALFORMED;
            case UNREACHABLE -> Outcome.UNREACHABLE;
        };
    }

    private static List<InetAddress> known(Answer answer, List<InetAddress> before) {
        return switch (answer) {
            case Answer.Found(List<InetAddress> all, Duration _) ->
                    all.stream().sorted(ORDER).toList();
            case Answer.None _ -> List.of();
            case Answer.Failed _ -> before;
        };
    }

    private Duration ttl(NameLookup.Result result) {
        Duration least = settings.ttlMax();
        for (Answer each : List.of(result.v4(), result.v6())) {
            if (each instanceof Answer.Found(List<InetAddress> _, Duration ttl)) {
                least = ttl.compareTo(least) < 0 ? ttl : least;
            }
        }
        return least.compareTo(settings.ttlMin()) < 0 ? settings.ttlMin() : least;
    }

    private Duration retry() {
        Duration wait = RETRY_MIN.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS_MAX));
        Duration most = RETRY_MAX.compareTo(settings.ttlMax()) < 0 ? RETRY_MAX : settings.ttlMax();
        return wait.compareTo(most) < 0 ? wait : most;
    }

    /** Once for each way in which it may go on. */
    private void tell(Outcome outcome) {
        if (outcome == last) {
            return;
        }
        boolean firstGood = last == null && outcome.isGood();
        last = outcome;
        since = control.clock().now();
        if (outcome.isGood() && !firstGood) {
            LOG.atInfo()
                    .addKeyValue("service", service)
                    .addKeyValue("name", name())
                    .log("look-ups work again");
        } else if (!outcome.isGood()) {
            LOG.atWarn()
                    .addKeyValue("service", service)
                    .addKeyValue("name", name())
                    .addKeyValue("result", outcome.code())
                    .addKeyValue("addresses", addresses.size())
                    .log("look-up failed, what is known stays");
        }
    }
}
