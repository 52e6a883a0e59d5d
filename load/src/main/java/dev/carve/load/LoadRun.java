package dev.carve.load;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A load run from its start to its result. Starts its event loops and one control thread, and ends
 * them before {@link #await} returns. Any thread may stop it.
 */
public final class LoadRun {

    private static final long SECOND_NANOS = 1_000_000_000;

    private final LoadPlan plan;
    private final LoadListener listener;
    private final MultiThreadIoEventLoopGroup group;
    private final List<LoadLoop> loops = new ArrayList<>();
    private final long startNanos;
    private final Instant startedAt = Instant.now();
    private final CompletableFuture<LoadResult> result = new CompletableFuture<>();

    private volatile boolean interrupted;

    // Control thread only.
    private final Tally total = new Tally();
    private final List<LoadResult.Window> windows = new ArrayList<>();
    private long secondsPerWindow = 1;
    private LoadResult.Window open = new LoadResult.Window(0, 0);
    private long secondsInOpen;
    private long outstanding;

    private LoadRun(LoadPlan plan, LoadListener listener, Prepared prepared) {
        this.plan = plan;
        this.listener = listener;
        group =
                new MultiThreadIoEventLoopGroup(
                        plan.limits().loops(),
                        new DefaultThreadFactory("carve-load", true),
                        prepared.transport().io());
        startNanos = System.nanoTime();
        for (int i = 0; i < plan.limits().loops(); i++) {
            loops.add(
                    new LoadLoop(
                            group.next(),
                            new LoadLoop.Assignment(
                                    plan,
                                    prepared.request(),
                                    prepared.addresses(),
                                    prepared.port(),
                                    prepared.transport(),
                                    i,
                                    startNanos)));
        }
    }

    /** What had to be read, resolved and checked before the first request. */
    private record Prepared(
            RequestWriter.Prepared request,
            List<InetAddress> addresses,
            int port,
            Transport transport) {}

    /**
     * Checks the plan, resolves the host, rehearses for half a second against a listener of its own
     * (see {@link Rehearsal}) and starts sending.
     *
     * @param listener told once a second; an exception from it stops the run
     * @throws IllegalArgumentException if URL, header or template is wrong
     * @throws IOException if the host does not resolve or the body's file cannot be read
     */
    public static LoadRun start(LoadPlan plan, LoadListener listener) throws IOException {
        Transport transport = Transport.best();
        Rehearsal.of(plan, transport);
        return start(plan, listener, transport);
    }

    /** The same without rehearsal. */
    static LoadRun start(LoadPlan plan, LoadListener listener, Transport transport)
            throws IOException {
        Target target = Target.parse(plan.request().url());
        RequestWriter.Prepared request = RequestWriter.Prepared.of(plan.request(), target);
        LoadRun run =
                new LoadRun(
                        plan,
                        listener,
                        new Prepared(request, resolve(target), target.port(), transport));
        run.loops.forEach(LoadLoop::start);
        Thread.ofVirtual().name("carve-load-control").start(run::control);
        return run;
    }

    private static List<InetAddress> resolve(Target target) throws IOException {
        try {
            return List.of(InetAddress.getAllByName(target.host()));
        } catch (UnknownHostException unknown) {
            throw new IOException(
                    "URL: host \"" + target.host() + "\" does not resolve (expected: a known name)",
                    unknown);
        }
    }

    /** Sends nothing more and gives up what is outstanding; the result holds what was measured. */
    public void stop() {
        interrupted = true;
        loops.forEach(LoadLoop::stop);
    }

    /**
     * Sends nothing more; the run ends when what is outstanding is answered or has timed out. Of an
     * open loop only.
     */
    public void finish() {
        loops.forEach(LoadLoop::finish);
    }

    /**
     * Waits for the end. An interrupt of the waiting thread stops the run; the partial result is
     * returned and the thread stays interrupted.
     */
    public LoadResult await() {
        boolean wasInterrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException stop) {
                    wasInterrupted = true;
                    stop();
                } catch (ExecutionException failed) {
                    throw new IllegalStateException("the load run failed", failed.getCause());
                }
            }
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The control thread: takes tallies over each second until every loop is done. */
    private void control() {
        try {
            CompletableFuture<Void> allDone =
                    CompletableFuture.allOf(
                            loops.stream().map(LoadLoop::done).toArray(CompletableFuture[]::new));
            Tally spare = new Tally();
            long tick = startNanos;
            long last = startNanos;
            boolean over = false;
            while (!over) {
                tick += SECOND_NANOS;
                over = isOverBy(allDone, tick);
                Tally second = collect(spare);
                long now = System.nanoTime();
                take(second, now - last);
                last = now;
                second.clear();
                spare = second;
            }
            LoadResult whole = result();
            shutDown();
            result.complete(whole);
        } catch (Throwable failure) { // Told to whoever awaits; nobody else would hear it.
            stop();
            shutDown();
            result.completeExceptionally(failure);
        }
    }

    private void shutDown() {
        boolean _ =
                group.shutdownGracefully(0, 2, TimeUnit.SECONDS)
                        .awaitUninterruptibly(3, TimeUnit.SECONDS);
    }

    private static boolean isOverBy(CompletableFuture<Void> allDone, long deadline)
            throws InterruptedException, ExecutionException {
        try {
            allDone.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException stillRunning) {
            return false;
        }
    }

    /** What all loops counted since the last time. */
    private Tally collect(Tally empty) throws InterruptedException, ExecutionException {
        Tally sum = loops.getFirst().exchange(empty).get();
        for (LoadLoop loop : loops.subList(1, loops.size())) {
            sum.add(loop.exchange(new Tally()).get());
        }
        return sum;
    }

    private void take(Tally second, long nanos) {
        total.add(second);
        outstanding = second.outstanding;
        window(second);
        if (nanos < SECOND_NANOS / 2) {
            return; // The rest after the last whole second; the result follows at once.
        }
        listener.progressed(
                new LoadProgress(
                        Duration.ofNanos(System.nanoTime() - startNanos),
                        plan.pace().lasting(),
                        total.sent,
                        total.errorCount(),
                        outstanding,
                        new LoadProgress.LatestSecond(
                                second.answered * 1e9 / Math.max(1, nanos),
                                second.latency.getValueAtPercentile(50),
                                second.latency.getValueAtPercentile(99))));
    }

    private void window(Tally second) {
        long count = second.latency.getTotalCount();
        open = open.plus(new LoadResult.Window(count, count == 0 ? 0 : second.latency.getMean()));
        if (++secondsInOpen < secondsPerWindow) {
            return;
        }
        windows.add(open);
        open = new LoadResult.Window(0, 0);
        secondsInOpen = 0;
        if (windows.size() > LoadResult.WINDOWS_MAX) {
            List<LoadResult.Window> pairs = new ArrayList<>();
            for (int i = 0; i + 1 < windows.size(); i += 2) {
                pairs.add(windows.get(i).plus(windows.get(i + 1)));
            }
            windows.clear();
            windows.addAll(pairs);
            secondsPerWindow *= 2;
        }
    }

    private LoadResult result() {
        long sendingNanos = plan.pace().lasting().toNanos();
        long lastEnd =
                loops.stream().mapToLong(loop -> loop.done().join() - startNanos).max().orElse(0);
        long elapsed =
                interrupted ? System.nanoTime() - startNanos : Math.max(lastEnd, sendingNanos);
        SortedMap<Integer, Long> statuses = new TreeMap<>();
        for (int status = 0; status < total.statuses.length; status++) {
            if (total.statuses[status] > 0) {
                statuses.put(status, total.statuses[status]);
            }
        }
        return new LoadResult(
                new LoadResult.Title(
                        plan.request().method() + " " + plan.request().url(),
                        PaceWords.of(plan.pace()),
                        plan.seed(),
                        startedAt,
                        plan.pace().lasting(),
                        Duration.ofNanos(elapsed),
                        interrupted),
                new LoadResult.Counts(
                        total.intended,
                        total.sent,
                        total.answered,
                        total.expected,
                        total.bytesIn,
                        total.bytesOut,
                        total.connectionsOpened,
                        total.strayConnections),
                new TreeMap<>(total.errors),
                statuses,
                new LoadResult.Times(total.latency, total.failed, total.lateness),
                List.copyOf(windows));
    }
}
