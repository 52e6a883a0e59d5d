package dev.carve.store;

import dev.carve.runtime.Clock;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.store.Health.State;
import dev.carve.store.Health.Trouble;
import dev.carve.store.StoreException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How the store stands, what it has counted, and the log's one line at each change.
 *
 * <p>Threads: changed by the store thread, and at the end by whoever closes; counted and read by
 * any.
 */
final class StoreStatus {

    private static final Logger LOG = LoggerFactory.getLogger(StoreStatus.class);

    private static final Metric UP =
            Metric.gauge("carve_store_up", "Whether the last transaction was committed.");
    private static final Metric WAITING =
            Metric.gauge("carve_store_waiting_commands", "Commands that wait for the store.");
    private static final Metric COMMANDS =
            Metric.counter(
                    "carve_store_commands_total", "Commands ended, by how they ended.", "result");
    private static final Metric TRANSACTIONS =
            Metric.counter("carve_store_transactions_total", "Transactions committed.");
    private static final Metric TRANSACTION_SECONDS =
            Metric.counter(
                    "carve_store_transaction_seconds_total", "Time spent in these transactions.");

    private static final Kind[] KINDS = Kind.values();

    private final String address;
    private final Clock clock;
    private final CompletableFuture<Health> opened = new CompletableFuture<>();

    // Counted by any.
    private final AtomicLong done = new AtomicLong();
    private final AtomicLongArray failed = new AtomicLongArray(KINDS.length);

    // Written by the store thread, read by any.
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong transactionNanos = new AtomicLong();
    private volatile Health health;

    StoreStatus(String address, Clock clock) {
        this.address = address;
        this.clock = clock;
        health = new Health(State.OPENING, clock.now(), null);
    }

    Health health() {
        return health;
    }

    /** Ends with the first attempt to open. */
    CompletableFuture<Health> opened() {
        return opened;
    }

    /** Why nothing is accepted at this moment, or null if it is. */
    @Nullable StoreException refusal() {
        Health now = health;
        return switch (now.state()) {
            case OPENING, UP, FAILING -> null;
            case CLOSED -> closedReason();
            case DOWN -> {
                Trouble trouble = now.trouble();
                yield trouble == null
                        ? closedReason()
                        : new StoreException(
                                trouble.kind(),
                                address,
                                trouble.reason() + ", since " + now.since());
            }
        };
    }

    StoreException closedReason() {
        return new StoreException(Kind.CLOSED, address, "closed");
    }

    /** What a command whose time is over is told. */
    StoreException lateReason(String bound) {
        Health now = health;
        Trouble trouble = now.isUp() ? null : now.trouble();
        return new StoreException(
                Kind.DEADLINE,
                address,
                "not done within " + bound + (trouble == null ? "" : ": " + trouble.reason()));
    }

    /**
     * A transaction was committed.
     *
     * @param wrote whether it changed anything; reading does not prove that a full disk has room
     */
    void up(boolean wrote) {
        Health now = health;
        State before = now.state();
        Trouble trouble = now.trouble();
        boolean unproved =
                before == State.FAILING && trouble != null && trouble.kind() == Kind.FULL && !wrote;
        if (before == State.UP || unproved) {
            return;
        }
        change(State.UP, trouble);
        LOG.atInfo()
                .addKeyValue("store", address)
                .log(before == State.OPENING ? "store open" : "store works again");
        opened.complete(health);
    }

    void failing(StoreException reason) {
        trouble(State.FAILING, reason, "store fails");
    }

    void down(StoreException reason) {
        trouble(State.DOWN, reason, "store down");
        opened.completeExceptionally(reason);
    }

    private void trouble(State state, StoreException reason, String told) {
        Health before = health;
        Trouble last = before.trouble();
        boolean news = before.state() != state || last == null || last.kind() != reason.kind();
        change(state, new Trouble(reason.kind(), reason.reason(), clock.now()));
        if (news) {
            LOG.atLevel(reason.kind().needsPerson() ? Level.ERROR : Level.WARN)
                    .addKeyValue("store", address)
                    .addKeyValue("kind", reason.kind().code())
                    .addKeyValue("reason", reason.reason())
                    .log(told);
        }
    }

    void closed() {
        change(State.CLOSED, health.trouble());
        opened.completeExceptionally(closedReason());
    }

    private synchronized void change(State state, @Nullable Trouble trouble) {
        Health before = health;
        if (before.state() != State.CLOSED) {
            health =
                    new Health(
                            state, before.state() == state ? before.since() : clock.now(), trouble);
        }
    }

    void committed(long nanos) {
        transactions.incrementAndGet();
        transactionNanos.addAndGet(nanos);
    }

    /** A command ended. */
    void count(@Nullable Throwable failure) {
        if (failure == null) {
            done.incrementAndGet();
        } else {
            failed.incrementAndGet(StoreException.of(failure).kind().ordinal());
        }
    }

    void collect(MetricSink sink, int waiting) {
        sink.value(UP, health.isUp() ? 1 : 0);
        sink.value(WAITING, waiting);
        sink.value(COMMANDS, (double) done.get(), "done");
        for (Kind kind : KINDS) {
            long count = failed.get(kind.ordinal());
            if (count > 0) {
                sink.value(COMMANDS, (double) count, kind.code());
            }
        }
        sink.value(TRANSACTIONS, (double) transactions.get());
        sink.value(TRANSACTION_SECONDS, (double) transactionNanos.get() / 1e9);
    }
}
