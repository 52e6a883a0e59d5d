package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.http.UpstreamConnection.Phase;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answers of one upstream connection strictly, one at a time: interim heads, the final
 * head, then the body as a source, or the upstream's bytes of a tunnel. Pushes into the call's
 * sink; while that is full, the socket is not read.
 *
 * <p>Implementation note: input is only ever worked off in {@link #work}, which never nests: a sink
 * that wants more while it is being given some lets the loop under way go on.
 *
 * <p>Thread: one event loop. Lifetime: that of its connection.
 */
final class UpstreamResponseReader implements ResponseHead, BodySource {

    private static final int INFORMATIONAL_MAX = 32;

    private final UpstreamConnection connection;
    private final UpstreamTimeout timeout;
    private final Loop loop;
    private final DuplexChannel channel;
    private final Head head = new Head();
    private final Framing framing = new Framing();
    private final BodyDecoder decoder = new BodyDecoder();

    /** What the sink had no room for. */
    private @Nullable ByteBuf pending;

    private boolean working;
    private boolean stopped;
    private boolean ended;

    // The answer under way.
    private Method method = Method.OTHER;
    private boolean paused;
    private int informational;
    private long received;

    UpstreamResponseReader(
            UpstreamConnection connection,
            UpstreamTimeout timeout,
            Loop loop,
            DuplexChannel channel) {
        this.connection = connection;
        this.timeout = timeout;
        this.loop = loop;
        this.channel = channel;
    }

    /** An answer to a request with this method comes next. */
    void expect(Method method) {
        this.method = method;
        head.clear();
        paused = false;
        informational = 0;
        received = 0;
    }

    /** Bytes received for the answer under way. */
    long received() {
        return received;
    }

    /** Whether anything of the head under way has come. */
    boolean hasBegun() {
        return head.length > 0;
    }

    /** Whether the upstream sends no more and all that it sent has been passed on. */
    boolean isExhausted() {
        return ended && pending == null;
    }

    /** Whether it is the sink that is waited for, and not the upstream. */
    boolean isPaused() {
        return paused;
    }

    /** Whether, by its own word, the upstream reads another request. */
    boolean isPersistent() {
        return framing.persistent && !ended;
    }

    /** The memory that is held by bytes that wait. */
    int heldBytes() {
        ByteBuf in = pending;
        return in == null ? 0 : in.capacity();
    }

    // Input.

    /** The upstream sent something; takes the buffer. */
    void read(ByteBuf in) {
        int count = in.readableBytes();
        received += count;
        loop.counters().add(Count.UPSTREAM_BYTES_RECEIVED, count);
        work(pending == null ? in : joinPending(in));
    }

    private ByteBuf joinPending(ByteBuf in) {
        ByteBuf first = pending;
        pending = null;
        if (first == null) {
            return in;
        }
        ByteBuf both = loop.allocator().directBuffer(first.readableBytes() + in.readableBytes());
        DirectBytes.put(both, first);
        DirectBytes.put(both, in);
        first.release();
        in.release();
        return both;
    }

    /** The upstream sends no more. */
    void inputShut() {
        ended = true;
        if (pending == null && !working) {
            connection.inputEnded();
        }
    }

    private void work(ByteBuf in) {
        working = true;
        try {
            if (connection.phase == Phase.IDLE && in.isReadable()) {
                connection.close(); // Nobody asked for this.
            }
            while (connection.phase == Phase.HEAD && in.isReadable() && readHead(in)) {
                // Interim answers are passed on until the final one.
            }
            if (connection.phase == Phase.BODY) {
                readBody(in);
            }
            while (connection.phase == Phase.BODY && !paused && in.isReadable()) {
                readBody(in); // The sink was full and, while it flushed, wanted more again.
            }
        } finally {
            working = false;
            keepRest(in);
        }
        if (isExhausted() && connection.phase != Phase.CLOSED) {
            connection.inputEnded();
        }
    }

    private void keepRest(ByteBuf in) {
        if (in.isReadable() && connection.phase == Phase.BODY && paused) {
            pending = in;
            stopInput();
            connection.countBuffered();
            return;
        }
        connection.recountBuffered();
        boolean left = in.isReadable();
        in.release();
        if (left && connection.phase == Phase.IDLE) {
            connection.close();
        } else if (stopped && !paused && !ended && connection.phase != Phase.CLOSED) {
            // Not where the upstream has ended: Netty may have left epoll for it.
            stopped = false;
            channel.config().setAutoRead(true);
        }
    }

    private void stopInput() {
        if (!stopped && !ended) {
            stopped = true;
            channel.config().setAutoRead(false);
        }
    }

    // Heads.

    /** Reads one head; true if it was an interim one and another must follow. */
    private boolean readHead(ByteBuf in) {
        HeadLimits limits = connection.headLimits();
        while (in.isReadable()) {
            int before = head.length;
            int count = HeadParser.feed(head, in, limits);
            int end = loop.parser.response(head, limits);
            if (end == HeadParser.BAD) {
                connection.fail(loop.parser.problem().inResponse());
                return false;
            }
            if (end != HeadParser.MORE) {
                in.skipBytes(end - before);
                return headComplete();
            }
            in.skipBytes(count);
        }
        return false;
    }

    private boolean headComplete() {
        ResponseSink to = connection.sink;
        Malformed wrong = framing.ofResponse(head, method);
        if (wrong != null || to == null) {
            connection.fail((wrong == null ? Malformed.STATUS : wrong).inResponse());
            return false;
        }
        int status = head.status();
        if (status == 101) {
            if (!switchProtocols()) {
                return false;
            }
        } else if (status < 200) {
            return passInterim(to);
        }
        decoder.start(framing.kind, framing.length);
        connection.answerBegins(
                head.has(Field.KEEP_ALIVE) ? KeepAlive.nanos(head) : Long.MAX_VALUE);
        to.head(this);
        return false;
    }

    /** Sorts the two kinds of 101 out; false if it is neither. */
    private boolean switchProtocols() {
        if (connection.asksToUpgrade()) {
            connection.becomeTunnel();
            framing.kind = Framing.Kind.UNTIL_CLOSE;
            return true;
        }
        if (head.has(Field.UPGRADE)) {
            connection.fail(
                    Failure.of(Failure.Kind.BAD_RESPONSE, "101 without a request to upgrade"));
            return false;
        }
        // An application's own number: a final answer without a body, and what follows is none.
        framing.persistent = false;
        return true;
    }

    private boolean passInterim(ResponseSink to) {
        if (++informational > INFORMATIONAL_MAX) {
            connection.fail(Failure.of(Failure.Kind.BAD_RESPONSE, "too many interim answers"));
            return false;
        }
        if (head.status() == 100) {
            connection.bodyWanted();
        }
        to.informational(head);
        head.clear();
        return connection.phase == Phase.HEAD;
    }

    // Body.

    private void readBody(ByteBuf in) {
        ResponseSink to = connection.sink;
        while (!paused && connection.phase == Phase.BODY && to != null) {
            ByteBuf chunk = decoder.next(in, loop.parser, connection.headLimits());
            if (chunk == null) {
                break;
            }
            to.data(chunk);
        }
        if (connection.phase != Phase.BODY || to == null) {
            return;
        }
        if (decoder.isBad()) {
            connection.fail(decoder.problem().inResponse());
        } else if (decoder.isDone()) {
            connection.answerEnded(to, decoder.trailer(), in.isReadable());
        } else {
            to.flush();
            if (connection.phase == Phase.BODY && !paused) {
                timeout.awaitMore(); // While paused it is the client who is waited for.
            }
        }
    }

    /** The connection's end is the answer's, if its framing allows for that; whether it does. */
    boolean endBody() {
        ResponseSink to = connection.sink;
        if (!decoder.endOfInput() || to == null) {
            return false;
        }
        connection.answerEnded(to, decoder.trailer(), false);
        return true;
    }

    /** The connection has closed. */
    void release() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    // What the sink is given: the head, and the body as a source.

    @Override
    public Head head() {
        return head;
    }

    @Override
    public boolean hasBody() {
        return framing.kind != Framing.Kind.NONE;
    }

    @Override
    public BodySource source() {
        return this;
    }

    @Override
    public boolean namesFields() {
        return framing.namesFields;
    }

    @Override
    public long length() {
        return decoder.declared();
    }

    @Override
    public void start(BodySink sink) {
        throw new IllegalStateException("the answer's body is pushed from its head on");
    }

    @Override
    public void pause() {
        paused = true;
        timeout.awaitNothing();
        if (connection.phase != Phase.CLOSED) {
            stopInput();
        }
    }

    @Override
    public void resume() {
        paused = false;
        if (working || connection.phase != Phase.BODY) {
            return;
        }
        timeout.awaitMore();
        ByteBuf in = pending;
        pending = null;
        work(in == null ? Unpooled.EMPTY_BUFFER : in);
    }

    @Override
    public void discard() {
        connection.cancel();
    }
}
