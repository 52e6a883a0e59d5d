package dev.carve.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's share of a run: turns arrivals into requests when they come due, hands them to
 * connections, and counts how each ended.
 *
 * <p>Implementation notes. Timing: one timer stands for the next arrival only; a turn sends all
 * that are due, at most {@value #BURST} before answers get their turn again. The timed wait of
 * epoll ends within the kernel's slack (about 50 µs), so nothing spins; on NIO, whose wait is in
 * whole milliseconds, the last millisecond before an arrival is turned without waiting. How late a
 * turn is goes into the lateness histogram: it is the generator's own fault, whereas waiting for a
 * connection is the server's and is not in it. With several loops each walks the whole schedule and
 * takes every n-th arrival, so that the schedule does not depend on the number of loops.
 *
 * <p>An arrival that finds no free connection opens one, as a new user would. One that the loop
 * turns to late waits for a connection instead: answers it has not yet read may have freed many,
 * and a burst of connects would make it later still, until a machine that was short for a moment
 * stays so for the whole run. On-time arrivals go on opening, for the oldest that waits.
 *
 * <p>Busy connections hang in a list by intended start. Requests take connections in that order and
 * have one time-out, so the list is sorted by deadline and one timer watches its oldest.
 *
 * <p>Event loop only, but for {@link #start}, {@link #stop}, {@link #exchange} and {@link #done}.
 */
final class LoadLoop {

    private static final int BURST = 256;
    private static final long LATE_NANOS = 2_000_000;
    private static final int SCRATCH_BYTES = 64 << 10;
    private static final long RECONNECT_NANOS = 10_000_000;

    /** What one loop of a run is told; shared parts are immutable. */
    record Assignment(
            LoadPlan plan,
            RequestWriter.Prepared request,
            List<InetAddress> addresses,
            int port,
            Transport transport,
            int index,
            long startNanos) {

        int connections() {
            int all =
                    switch (plan.pace()) {
                        case LoadPlan.Pace.Open _ -> plan.limits().connections();
                        case LoadPlan.Pace.Closed(int number, _) -> number;
                    };
            return share(all);
        }

        int outstanding() {
            return share(plan.limits().outstanding());
        }

        private int share(int all) {
            int loops = plan.limits().loops();
            return all / loops + (index < all % loops ? 1 : 0);
        }
    }

    /**
     * The connection joins its pipeline once it stands, since a failed try may be followed by more.
     */
    private static final class NothingYet extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {}
    }

    private final EventLoop eventLoop;
    private final Assignment assignment;
    private final Bootstrap bootstrap;
    private final RequestWriter writer;
    private final Expectation expectation;
    private final byte @Nullable [] expectedBody;
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    // Constants of the run, in nanoseconds of the monotonic clock.
    private final long startNanos;
    private final long sendingNanos;
    private final long timeoutNanos;
    private final long warmUpNanos;
    private final int connectionsMax;
    private final int outstandingMax;
    private final boolean headRequest;
    private final boolean closedLoop;

    // Event loop only.
    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final List<LoadConnection> idle = new ArrayList<>();
    private final Backlog backlog = new Backlog();
    private final @Nullable Schedule schedule;
    private Tally tally = new Tally();
    private long nextNumber;
    private long nextOffset = Schedule.END;
    private @Nullable LoadConnection oldest;
    private @Nullable LoadConnection newest;
    private int busyCount;
    private int openCount;
    private int reconnecting;
    private int preferredAddress;
    private boolean sweepScheduled;
    private boolean stopped;
    private long lastEndNanos;

    LoadLoop(EventLoop eventLoop, Assignment assignment) {
        this.eventLoop = eventLoop;
        this.assignment = assignment;
        LoadPlan plan = assignment.plan();
        startNanos = assignment.startNanos();
        sendingNanos = plan.pace().lasting().toNanos();
        timeoutNanos = plan.limits().timeout().toNanos();
        warmUpNanos = plan.limits().warmUp().toNanos();
        connectionsMax = assignment.connections();
        outstandingMax = assignment.outstanding();
        headRequest = plan.request().method().equals("HEAD");
        expectation = plan.expectation();
        expectedBody = expectation.exactBody().orElse(null);
        lastEndNanos = startNanos;
        schedule =
                switch (plan.pace()) {
                    case LoadPlan.Pace.Open(var rate, var arrivals) ->
                            new Schedule(rate, arrivals, plan.seed());
                    case LoadPlan.Pace.Closed _ -> null;
                };
        closedLoop = schedule == null;
        writer = new RequestWriter(assignment.request(), plan.seed());
        bootstrap =
                new Bootstrap()
                        .group(eventLoop)
                        .channelFactory(assignment.transport().channels())
                        .handler(new NothingYet())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                (int) Math.max(1, plan.limits().connectTimeout().toMillis()));
    }

    /** Begins at the run's start. Any thread. */
    void start() {
        eventLoop.execute(() -> {
            if (closedLoop) {
                nextNumber = 1L + assignment.index();
                for (int i = 0; i < connectionsMax; i++) {
                    next();
                }
            } else {
                skip(assignment.index() + 1);
                turn();
            }
        });
    }

    /** Gives up what is outstanding and ends. Any thread. */
    void stop() {
        try {
            eventLoop.execute(this::abandonAll);
        } catch (RejectedExecutionException over) {
            // The run ended by itself while someone, such as a shutdown hook, was stopping it.
        }
    }

    /** Sends nothing more, waits for what is outstanding, and ends. Open loops only; any thread. */
    void finish() {
        try {
            eventLoop.execute(() -> {
                nextOffset = Schedule.END;
                endIfOver();
            });
        } catch (RejectedExecutionException over) {
            // The run ended by itself before.
        }
    }

    /** Completes with the nanosecond of the last answer or error. Any thread. */
    CompletableFuture<Long> done() {
        return done;
    }

    /** Takes an empty tally and hands over the one counted since the last exchange. Any thread. */
    CompletableFuture<Tally> exchange(Tally empty) {
        CompletableFuture<Tally> handedOver = new CompletableFuture<>();
        eventLoop.execute(() -> {
            Tally counted = tally;
            counted.outstanding = outstanding();
            tally = empty;
            handedOver.complete(counted);
        });
        return handedOver;
    }

    // ---- arrivals

    /** Moves on by so many arrivals of the schedule. */
    private void skip(int arrivals) {
        Schedule walked = schedule;
        for (int i = 0; walked != null && i < arrivals; i++) {
            nextOffset = walked.next();
            nextNumber++;
        }
    }

    /** Sends what is due and arranges the turn for what is not. */
    private void turn() {
        int burst = 0;
        while (!stopped && nextOffset != Schedule.END) {
            long intended = startNanos + nextOffset;
            long lead = intended - System.nanoTime();
            if (lead > 0) {
                long grain = assignment.transport().timerGrainNanos();
                if (lead > grain) {
                    var _ = eventLoop.schedule(this::turn, lead - grain, TimeUnit.NANOSECONDS);
                } else {
                    eventLoop.execute(this::turn);
                }
                return;
            }
            if (burst++ == BURST) {
                eventLoop.execute(this::turn);
                return;
            }
            Tally.record(tally.lateness, -lead);
            arrive(nextNumber, intended, -lead > LATE_NANOS);
            skip(assignment.plan().limits().loops());
        }
        endIfOver();
    }

    private void arrive(long number, long intended, boolean late) {
        tally.intended++;
        if (outstanding() >= outstandingMax) {
            tally.error(LoadError.NOT_SENT, outstandingMax + " outstanding");
            return;
        }
        if (!idle.isEmpty()) {
            LoadConnection connection = idle.getLast();
            removeIdle(connection);
            carry(connection, number, intended);
            send(connection);
        } else if (backlog.size() == 0 && mayOpen(late)) {
            open(number, intended);
        } else {
            backlog.add(number, intended);
            scheduleSweep(intended + timeoutNanos);
            if (mayOpen(late)) {
                openForOldest();
            }
        }
    }

    private boolean mayOpen(boolean late) {
        return openCount < connectionsMax && (!late || openCount == 0);
    }

    private void openForOldest() {
        long number = backlog.number();
        long intended = backlog.intendedNanos();
        backlog.remove();
        open(number, intended);
    }

    private int outstanding() {
        return busyCount + backlog.size();
    }

    /** The closed loop's next request on a connection's turn, or the oldest that waits. */
    private void next() {
        if (stopped) {
            return;
        }
        long now = System.nanoTime();
        if (closedLoop) {
            if (now - startNanos < sendingNanos) {
                arrive(nextNumber, now, false);
                nextNumber += assignment.plan().limits().loops();
            }
            return;
        }
        dropExpired(now);
        if (backlog.size() == 0) {
            return;
        }
        if (!idle.isEmpty()) {
            long number = backlog.number();
            long intended = backlog.intendedNanos();
            backlog.remove();
            LoadConnection connection = idle.getLast();
            removeIdle(connection);
            carry(connection, number, intended);
            send(connection);
        } else if (openCount < connectionsMax) {
            // A connection is gone, and one takes its place.
            openForOldest();
        }
    }

    // ---- connections

    private void carry(LoadConnection connection, long number, long intended) {
        connection.carry(number, intended);
        connection.older = newest;
        connection.newer = null;
        if (newest == null) {
            oldest = connection;
        } else {
            newest.newer = connection;
        }
        newest = connection;
        busyCount++;
        scheduleSweep(intended + timeoutNanos);
    }

    private void uncarry(LoadConnection connection) {
        LoadConnection before = connection.older;
        LoadConnection after = connection.newer;
        if (before == null) {
            oldest = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        connection.older = null;
        connection.newer = null;
        busyCount--;
        lastEndNanos = System.nanoTime();
    }

    private void open(long number, long intended) {
        openCount++;
        LoadConnection connection = new LoadConnection(this, new ResponseReader(expectedBody));
        carry(connection, number, intended);
        connect(connection, preferredAddress, assignment.addresses().size());
    }

    private void connect(LoadConnection connection, int address, int tries) {
        InetAddress ip = assignment.addresses().get(address);
        ChannelFuture connecting = bootstrap.connect(new InetSocketAddress(ip, assignment.port()));
        connecting.addListener((ChannelFuture result) -> {
            if (result.isSuccess()) {
                preferredAddress = address;
                connected(connection, result.channel());
            } else if (tries > 1 && connection.isBusy()) {
                int other = (address + 1) % assignment.addresses().size();
                connect(connection, other, tries - 1);
            } else {
                notConnected(connection, result.cause());
            }
        });
    }

    private void connected(LoadConnection connection, Channel channel) {
        connection.connected(channel);
        tally.connectionsOpened++;
        if (connection.isBusy()) {
            send(connection);
        } else {
            // Its request timed out meanwhile. Closing it tells nobody: the handler hears.
            connection.close();
        }
    }

    private void notConnected(LoadConnection connection, Throwable cause) {
        openCount--;
        if (connection.isBusy()) {
            String text = String.valueOf(cause.getMessage());
            LoadError kind = LoadError.CONNECT_FAILED;
            if (cause instanceof ConnectTimeoutException) {
                kind = LoadError.CONNECT_TIMED_OUT;
            } else if (text.contains("refused")) {
                // Both transports say it in words only.
                kind = LoadError.CONNECT_REFUSED;
            }
            connection.fail(kind, text);
        }
        if (closedLoop) {
            // Without a pause a server that refuses would be asked as fast as the machine can.
            reconnecting++;
            var _ =
                    eventLoop.schedule(
                            () -> {
                                reconnecting--;
                                next();
                                endIfOver();
                            },
                            RECONNECT_NANOS,
                            TimeUnit.NANOSECONDS);
        } else {
            next();
        }
        endIfOver();
    }

    private void send(LoadConnection connection) {
        ByteBuf request = writer.next(connection.number, ByteBufAllocator.DEFAULT);
        tally.sent++;
        tally.bytesOut += request.readableBytes();
        connection.send(request, headRequest);
    }

    private void addIdle(LoadConnection connection) {
        connection.idleIndex = idle.size();
        idle.add(connection);
    }

    private void removeIdle(LoadConnection connection) {
        LoadConnection last = idle.removeLast();
        if (last != connection) {
            idle.set(connection.idleIndex, last);
            last.idleIndex = connection.idleIndex;
        }
        connection.idleIndex = -1;
    }

    // ---- what connections tell

    byte[] scratch() {
        return scratch;
    }

    void received(int bytes) {
        tally.bytesIn += bytes;
    }

    void strayBytes() {
        tally.strayConnections++;
    }

    /** A complete answer. */
    void answered(LoadConnection connection, ResponseReader answer, boolean reusable) {
        uncarry(connection);
        tally.answered++;
        tally.statuses[answer.status()]++;
        judge(answer, connection.intendedNanos);
        if (reusable && assignment.plan().request().keepAlive() && !stopped) {
            addIdle(connection);
            next();
        } else {
            connection.close();
        }
        endIfOver();
    }

    private void judge(ResponseReader answer, long intended) {
        long latency = lastEndNanos - intended;
        boolean measured = intended - startNanos >= warmUpNanos;
        boolean right = false;
        if (!expectation.accepts(answer.status())) {
            tally.error(unexpected(answer.status()), "status " + answer.status());
        } else if (!hasExpectedBody(answer)) {
            tally.error(LoadError.UNEXPECTED_BODY, "a body of " + answer.bodyBytes() + " bytes");
        } else {
            tally.expected++;
            right = true;
        }
        if (measured) {
            Tally.record(right ? tally.latency : tally.failed, latency);
        }
    }

    private static LoadError unexpected(int status) {
        return switch (status / 100) {
            case 4 -> LoadError.STATUS_4XX;
            case 5 -> LoadError.STATUS_5XX;
            default -> LoadError.UNEXPECTED_STATUS;
        };
    }

    private boolean hasExpectedBody(ResponseReader answer) {
        return switch (expectation.body()) {
            case Expectation.BodyCheck.Any() -> true;
            case Expectation.BodyCheck.Length(long bytes) -> answer.bodyBytes() == bytes;
            case Expectation.BodyCheck.Exact _ -> answer.bodyMatches();
        };
    }

    /** A request without a complete answer; its connection is closing. */
    void failed(LoadConnection connection, LoadError kind, String detail) {
        uncarry(connection);
        tally.error(kind, detail);
        endIfOver();
    }

    /** A connection that stood is gone. */
    void closed(LoadConnection connection) {
        openCount--;
        if (connection.idleIndex >= 0) {
            removeIdle(connection);
        }
        next();
        endIfOver();
    }

    // ---- time-outs and the end

    private void scheduleSweep(long deadline) {
        if (!sweepScheduled) {
            sweepScheduled = true;
            long delay = Math.max(1_000_000, deadline - System.nanoTime());
            var _ = eventLoop.schedule(this::sweep, delay, TimeUnit.NANOSECONDS);
        }
    }

    private void sweep() {
        sweepScheduled = false;
        long now = System.nanoTime();
        dropExpired(now);
        for (LoadConnection connection = oldest;
                connection != null && connection.intendedNanos + timeoutNanos - now <= 0;
                connection = oldest) {
            connection.fail(LoadError.TIMED_OUT, "no complete answer");
        }
        if (oldest != null) {
            scheduleSweep(oldest.intendedNanos + timeoutNanos);
        } else if (backlog.size() > 0) {
            scheduleSweep(backlog.intendedNanos() + timeoutNanos);
        }
        endIfOver();
    }

    /** Those that waited for a connection until it was too late. */
    private void dropExpired(long now) {
        while (backlog.size() > 0 && backlog.intendedNanos() + timeoutNanos - now <= 0) {
            backlog.remove();
            lastEndNanos = now;
            tally.error(LoadError.TIMED_OUT, "no connection free");
        }
    }

    private void abandonAll() {
        if (stopped) {
            return;
        }
        stopped = true;
        while (backlog.size() > 0) {
            backlog.remove();
            tally.error(LoadError.ABANDONED, "waiting for a connection");
        }
        for (LoadConnection connection = oldest; connection != null; connection = oldest) {
            connection.fail(LoadError.ABANDONED, "the run was stopped");
        }
        endIfOver();
    }

    private void endIfOver() {
        boolean sending = !stopped && (closedLoop ? reconnecting > 0 : nextOffset != Schedule.END);
        if (sending || outstanding() > 0 || done.isDone()) {
            return;
        }
        if (closedLoop && !stopped && System.nanoTime() - startNanos < sendingNanos) {
            // Between the end of one request and the start of the connection's next.
            return;
        }
        stopped = true;
        for (LoadConnection connection : List.copyOf(idle)) {
            connection.close();
        }
        writer.close();
        done.complete(lastEndNanos);
    }
}
