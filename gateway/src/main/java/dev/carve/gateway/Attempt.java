package dev.carve.gateway;

import dev.carve.gateway.metrics.InstanceMetrics;
import dev.carve.gateway.protect.Backoff;
import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.protect.Ejection;
import dev.carve.gateway.protect.Outcome;
import dev.carve.gateway.protect.Window;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Protection;
import dev.carve.gateway.service.Service;
import dev.carve.http.Ascii;
import dev.carve.http.BodySource;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.http.UpstreamCall;
import dev.carve.http.UpstreamRequest;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One try of a {@link ForwardCall} at one instance: what it sends, its connection, and the way of
 * its answer. Whether that answer is the call's is decided there when its head has come; from then
 * on it goes straight to the call's sink. An answer that is not wanted is read to its end if that
 * is near, so that the connection stays, while the call makes its next try with another object.
 *
 * <p>How it ended is told once to what protects the service: with the answer's head, or with the
 * failure before it. What happens to the body says nothing there, since a stream may last for hours
 * and break for any reason. Its time is that of the instance: what the client takes to send the
 * body is left out, and where the head comes before the body's end nobody knows it.
 *
 * <p>Thread: the loop of the call. Lives as long as its call object and serves one try after the
 * other.
 */
final class Attempt implements ResponseSink, UpstreamRequest {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long SENDING = -1;
    private static final byte[] HOST = Ascii.bytes("host");

    /** An unwanted answer's body up to this size is read, a larger one cut. */
    private static final int DRAIN_BYTES_MAX = 64 * 1024;

    private final ForwardCall owner;
    private final Loop loop;
    private final HeadEdits edits = new HeadEdits();

    // The try under way; null while there is none.
    private @Nullable Call call;
    private @Nullable Instance instance;
    private @Nullable UpstreamCall upstream;

    /** Where the answer goes; null until its head was accepted. */
    private @Nullable ResponseSink sink;

    private boolean copy;
    private boolean headSeen;
    private boolean draining;
    private int drained;

    // Who is told how it ends; null where nobody asks, and once told.
    private @Nullable Protection judge;
    private Ejection.@Nullable Member member;
    private int epoch;
    private long ticket;
    private long startedNanos;

    /** What the client took to send the body, {@link #SENDING} until all of it is there. */
    private long uploadNanos;

    Attempt(ForwardCall owner, Loop loop) {
        this.owner = owner;
        this.loop = loop;
    }

    // The call's side.

    /**
     * Asks the service's breaker; after a yes {@link #over} is due. A copy says nothing to it, nor
     * to who ejects instances.
     *
     * @param copy whether no client waits for it
     * @param random any 31 bits
     * @return 0, or the time in nanoseconds after which another call may pass
     */
    long admit(Protection by, boolean copy, int random) {
        startedNanos = loop.now();
        this.copy = copy;
        judge = null;
        if (copy) {
            return by.copyHeldBackNanos(startedNanos);
        }
        Breaker breaker = by.breaker();
        if (breaker != null) {
            long answer = breaker.admit(startedNanos, random);
            if (Breaker.isRefusal(answer)) {
                return Breaker.waitNanos(answer);
            }
            ticket = answer;
        }
        judge = by.judges() ? by : null;
        return 0;
    }

    /** What this try changes in the head. May throw. */
    void prepare(Call call, Service service, Instance to) {
        this.call = call;
        edits.clear();
        call.edit(edits);
        Head head = call.head();
        if (!head.has(Field.HOST) && !edits.adds(HOST)) {
            edits.add("Host", to.host());
        }
        if (service.members().deadline()) {
            addTimeout(call, head);
        }
    }

    private void addTimeout(Call call, Head head) {
        edits.drop(head, Field.CARVE_TIMEOUT);
        long left = call.deadlineNanos();
        if (left != Long.MAX_VALUE) {
            long millis = Math.max(1, (left - loop.now()) / NANOS_PER_MILLI);
            edits.add(Field.CARVE_TIMEOUT.text(), Long.toString(millis));
        }
    }

    /**
     * Takes a connection; false if the instance has no room. From here to {@link #send} nothing may
     * throw, or the connection would be lost to its pool.
     *
     * @param fresh never one that was used before
     */
    boolean take(Instance to, boolean fresh) {
        UpstreamCall connection = copy ? to.beginCopy(loop, fresh) : to.begin(loop, fresh);
        if (connection == null) {
            return false;
        }
        instance = to;
        upstream = connection;
        headSeen = false;
        Ejection.Member judged = copy ? null : to.judged();
        member = judged;
        epoch = judged == null ? 0 : judged.epoch();
        return true;
    }

    /** Sends what was prepared over the connection that was taken; may fail before it returns. */
    void send() {
        UpstreamCall connection = upstream;
        if (connection != null) {
            uploadNanos = SENDING;
            if (body() == null) {
                complete(0);
            }
            connection.send(this, this);
        }
    }

    /** Whether an answer may still come of it. */
    boolean isRunning() {
        return upstream != null && !draining;
    }

    /** Whether it can not make another try yet. */
    boolean isBusy() {
        return upstream != null;
    }

    @Nullable Instance instance() {
        return instance;
    }

    /** Its answer is the call's. */
    void answerTo(ResponseSink sink) {
        this.sink = sink;
    }

    /** Where clients stay with their instance, tells one that does not know its own yet. */
    void keepClient(Call of, Service service, long key) {
        Instance at = instance;
        byte[] line = at == null ? null : service.stickyLine(key, at);
        if (line != null) {
            of.addToAnswer(line);
        }
    }

    /** When the service asks to come again, or {@link Backoff#NO_RETRY_AFTER}. */
    static long retryAfterNanos(Head head, Protection by) {
        int number = head.find(Field.RETRY_AFTER);
        return number == Head.NONE
                ? Backoff.NO_RETRY_AFTER
                : by.retryAfterNanos(head.value(number));
    }

    /** Its answer, whose head has come, is not wanted. */
    void drain(ResponseHead head) {
        BodySource body = head.source();
        boolean near = body != null && body.length() >= 0 && body.length() <= DRAIN_BYTES_MAX;
        if (head.hasBody() && !near) {
            cancel();
        } else {
            draining = true;
            drained = 0;
        }
    }

    /** Another one answered first. */
    void lose() {
        Protection by = judge;
        if (by != null) {
            by.gaveUp(loop, loop.now() - startedNanos);
        }
        cancel();
    }

    /** Nothing more is to come of it: gives back what it holds, but for the connection. */
    void over() {
        judged(Outcome.IGNORED, Outcome.IGNORED);
        Instance at = instance;
        call = null;
        sink = null;
        instance = null;
        upstream = null;
        member = null;
        draining = false;
        if (at != null && !copy) {
            at.end();
        }
    }

    /** Its answer is not wanted. */
    void cancel() {
        UpstreamCall from = upstream;
        over();
        if (from != null) {
            from.cancel();
        }
    }

    private void judged(Outcome ofService, Outcome ofInstance) {
        Protection by = judge;
        if (by == null) {
            return;
        }
        judge = null;
        by.ended(loop, ticket, ofService, latencyNanos());
        Ejection.Member at = member;
        if (at != null && at.ended(epoch, ofInstance)) {
            by.turnSoon();
        }
    }

    private long latencyNanos() {
        return uploadNanos == SENDING ? Window.NO_LATENCY : loop.now() - startedNanos - uploadNanos;
    }

    /**
     * What a failure says. An idle connection that is gone when it is used says nothing, for any
     * upstream closes those; nor does a deadline that the client made shorter.
     */
    private Outcome outcome(Call call, Lost lost) {
        return lost.isIdleLoss() && !headSeen
                ? Outcome.IGNORED
                : Outcome.of(lost.failure().kind(), call.isImpatient());
    }

    private void count(Instance at, Outcome failure) {
        if (failure == Outcome.IGNORED) {
            return;
        }
        InstanceMetrics.PerLoop counts = at.metrics().on(loop.number());
        if (headSeen) {
            counts.brokeOff();
        } else {
            counts.failed();
        }
    }

    // What it sends.

    @Override
    public Head head() {
        return current().head();
    }

    @Override
    public HeadEdits edits() {
        return edits;
    }

    @Override
    public @Nullable BodySource body() {
        return current().body();
    }

    @Override
    public boolean namesFields() {
        return current().namesFields();
    }

    @Override
    public boolean wantsUpgrade() {
        return current().wantsUpgrade();
    }

    @Override
    public long deadlineNanos() {
        return current().deadlineNanos();
    }

    @Override
    public long responseTimeoutNanos() {
        return owner.responseTimeoutNanos();
    }

    @Override
    public void sent() {
        UpstreamCall by = upstream;
        if (by != null) {
            complete(loop.now() - by.connectedNanos());
        }
    }

    /** The service has all of the request, or will as soon as it is connected. */
    private void complete(long uploadNanos) {
        this.uploadNanos = uploadNanos;
        Protection by = judge;
        if (by != null) {
            ticket = by.sent(ticket, loop.now());
        }
    }

    private Call current() {
        Call now = call;
        if (now == null) {
            throw new IllegalStateException("no attempt under way");
        }
        return now;
    }

    // Its answer.

    @Override
    public void informational(Head head) {
        if (isRunning()) {
            owner.informational(head);
        }
    }

    @Override
    public void head(ResponseHead head) {
        UpstreamCall from = upstream;
        Instance at = instance;
        if (from == null || at == null) {
            return;
        }
        int status = head.head().status();
        at.metrics().on(loop.number()).answered(status, latencyNanos());
        headSeen = true;
        Protection by = judge;
        if (by != null) {
            judged(by.ofService(status), by.ofInstance(status));
        }
        owner.answered(this, from, head);
    }

    @Override
    public void halfClosed() {
        ResponseSink to = sink;
        if (to != null) {
            to.halfClosed();
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        ResponseSink to = sink;
        if (to != null) {
            to.data(chunk);
            return;
        }
        drained += chunk.readableBytes();
        chunk.release();
        if (drained > DRAIN_BYTES_MAX) {
            cancel();
        }
    }

    @Override
    public void flush() {
        ResponseSink to = sink;
        if (to != null) {
            to.flush();
        }
    }

    @Override
    public void end(@Nullable Head trailer) {
        boolean wanted = sink != null;
        over();
        if (wanted) {
            owner.ended(trailer);
        }
    }

    @Override
    public void failed(Failure failure) {
        UpstreamCall from = upstream;
        Instance at = instance;
        Call of = call;
        if (from == null || at == null || of == null) {
            return;
        }
        boolean wanted = !draining;
        Lost lost = new Lost(at, from.isReused(), failure);
        Outcome outcome = outcome(of, lost);
        count(at, outcome);
        judged(outcome, outcome);
        over();
        if (wanted) {
            owner.failed(this, lost);
        }
    }
}
