package dev.carve.store;

import dev.carve.runtime.Clock;
import dev.carve.store.StoreException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the store thread does: open the database, again and again if need be; take what waits; run
 * it in one transaction; tell the outcome once it is committed.
 *
 * <p>A batch fails or succeeds as a whole, so when it fails each command is run again by itself,
 * and only the one that is to blame hears of it. A lock of another process is waited for as long as
 * any command is. What tells that the connection is of no use closes it, and all that waits fails
 * at once.
 *
 * <p>Nobody interrupts this thread: an interrupt closes the channel that holds {@link HeldFile}'s
 * lock.
 */
final class StoreLoop implements Runnable {

    private final Engine engine;
    private final Migrations migrations;
    private final BlockingQueue<Command<?>> queue;
    private final StoreBounds bounds;
    private final Clock clock;
    private final StoreStatus status;
    private final CountDownLatch stop;

    // Store thread only.
    private @Nullable Session session;

    StoreLoop(
            Engine engine,
            Migrations migrations,
            BlockingQueue<Command<?>> queue,
            StoreBounds bounds,
            Clock clock,
            StoreStatus status,
            CountDownLatch stop) {
        this.engine = engine;
        this.migrations = migrations;
        this.queue = queue;
        this.bounds = bounds;
        this.clock = clock;
        this.status = status;
        this.stop = stop;
    }

    @Override
    public void run() {
        try {
            long pauseMillis = bounds.retryFirst().toMillis();
            // What was accepted before the first opening is done even if closing comes first.
            do {
                Session open = open();
                if (open == null) {
                    pause(pauseMillis);
                    pauseMillis = Math.min(2 * pauseMillis, bounds.retryMax().toMillis());
                } else {
                    pauseMillis = bounds.retryFirst().toMillis();
                    serve(open);
                }
            } while (!isStopping());
        } finally {
            close();
            status.closed();
            failWaiting(status.closedReason());
        }
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    /** Waits; ends early when the store is closed. */
    private void pause(long millis) {
        try {
            stop.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stray) {
            // Then the next attempt comes early.
        }
    }

    private @Nullable Session open() {
        try {
            Session made = new Session(engine.connect(), engine);
            session = made;
            transact(made, () -> migrations.apply(made, engine, clock.now()));
            status.up(true);
            return made;
        } catch (StoreException e) {
            lose(e);
            return null;
        } catch (RuntimeException | Error e) {
            lose(new StoreException(Kind.UNREACHABLE, engine.address(), e.toString(), e));
            return null;
        }
    }

    /** Runs what comes until the connection is lost or the store is closed. */
    private void serve(Session open) {
        List<Command<?>> batch = new ArrayList<>();
        while (session != null && take(batch)) {
            if (engine.isInPlace()) {
                execute(open, batch);
            } else {
                StoreException moved =
                        new StoreException(
                                Kind.UNREACHABLE,
                                engine.address(),
                                "the file was deleted or replaced");
                lose(moved);
                batch.forEach(command -> command.fail(moved));
            }
            batch.clear();
        }
    }

    /** Waits for a command and takes what else waits; false if there is none and none will come. */
    private boolean take(List<Command<?>> batch) {
        Command<?> first = queue.poll();
        while (first == null && !isStopping()) {
            try {
                first = queue.take();
            } catch (InterruptedException stray) {
                first = queue.poll();
            }
        }
        if (first == null) {
            return false;
        }
        batch.add(first);
        queue.drainTo(batch, bounds.batchMax() - 1);
        return true;
    }

    private void execute(Session open, List<Command<?>> commands) {
        List<Command<?>> wanted = new ArrayList<>(commands);
        while (true) {
            wanted.removeIf(Command::isDone);
            if (wanted.isEmpty()) {
                return;
            }
            StoreException failure = attempt(open, wanted);
            if (failure == null) {
                return;
            }
            if (failure.kind().losesConnection()) {
                lose(failure);
                wanted.forEach(command -> command.fail(failure));
                return;
            }
            if (failure.kind() == Kind.LOCKED) {
                status.failing(failure);
                if (isStopping()) {
                    wanted.forEach(command -> command.fail(failure));
                    return;
                }
                pause(bounds.retryFirst().toMillis());
            } else if (wanted.size() > 1) {
                executeEach(open, wanted);
                return;
            } else if (failure.kind() != Kind.DEADLINE) {
                if (failure.kind() == Kind.FULL) {
                    status.failing(failure);
                }
                wanted.getFirst().fail(failure);
                return;
            }
            // Else stopped in the name of a command that has left meanwhile: again.
        }
    }

    private void executeEach(Session open, List<Command<?>> commands) {
        for (Command<?> each : commands) {
            if (session == null) {
                StoreException refusal = status.refusal();
                each.fail(refusal == null ? status.closedReason() : refusal);
            } else {
                execute(open, List.of(each));
            }
        }
    }

    /** One transaction; what kept it from being committed, or null. */
    private @Nullable StoreException attempt(Session open, List<Command<?>> batch) {
        long begun = clock.nanos();
        try {
            transact(open, () -> batch.forEach(command -> command.run(open)));
        } catch (StoreException e) {
            return e;
        } catch (RuntimeException | Error e) {
            return new StoreException(Kind.REFUSED, engine.address(), "the work failed: " + e, e);
        }
        status.committed(clock.nanos() - begun);
        status.up(open.hasWritten());
        batch.forEach(Command::succeed);
        return null;
    }

    private void transact(Session open, Runnable statements) {
        begin(open);
        boolean committed = false;
        try {
            statements.run();
            open.execute("COMMIT");
            committed = true;
        } finally {
            if (!committed) {
                rollBack(open);
            }
        }
    }

    private void begin(Session open) {
        try {
            open.beginWith(engine.begin());
        } catch (StoreException e) {
            if (e.kind() != Kind.REFUSED) {
                throw e;
            }
            // Nothing is wrong with this statement, so something is with the connection.
            throw new StoreException(Kind.UNREACHABLE, engine.address(), e.reason(), e);
        }
    }

    private static void rollBack(Session open) {
        try {
            open.execute("ROLLBACK");
        } catch (StoreException e) {
            // The database has often done so itself. Where it has not, the next begin fails and
            // the connection is given up.
        }
    }

    private void lose(StoreException reason) {
        close();
        status.down(reason);
        failWaiting(reason);
    }

    private void failWaiting(StoreException reason) {
        for (Command<?> next = queue.poll(); next != null; next = queue.poll()) {
            next.fail(reason);
        }
    }

    private void close() {
        Session open = session;
        session = null;
        if (open != null) {
            open.close();
        }
        engine.release();
    }
}
