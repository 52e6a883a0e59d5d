package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One exchange on an HTTP/1 connection. Holds what only a request under way needs, so that an idle
 * connection stays small; taken from and given back to the loop.
 *
 * <p>Implementation note: head and body of a small answer are joined in one buffer ({@link
 * #unwritten}), so that it leaves in one write.
 *
 * <p>Thread: one event loop.
 */
final class Http1ServerStream implements ServerStream, BodySource {

    /** Chunks up to this size are copied behind the bytes that wait, instead of a second buffer. */
    private static final int JOIN_BYTES = 4096;

    private static final int CHUNK_BUFFER_BYTES = 64;

    private final Loop loop;
    final Head head = new Head();
    final Framing framing = new Framing();
    final BodyDecoder decoder = new BodyDecoder();

    // Null while free.
    @Nullable Http1ServerConnection connection;
    private @Nullable StreamListener listener;
    private @Nullable Peer peer;

    // Request body.
    @Nullable BodySink bodySink;
    boolean bodyPaused;
    boolean bodyDiscarded;
    boolean bodyEnded;
    long bodyBytesMax;

    // Response.
    private @Nullable BodySource responseSource;
    private boolean responsePaused;
    private boolean committed;
    private boolean chunked;
    private boolean bodyAllowed;
    boolean tunnel;
    boolean closeAfterwards;
    boolean closeDelimited;
    boolean responseDone;
    private @Nullable ByteBuf unwritten;
    private long sent;

    private boolean released;

    /** Whose next request begins once the handler has released this one. */
    private @Nullable Http1ServerConnection waiting;

    Http1ServerStream(Loop loop) {
        this.loop = loop;
    }

    /** Begins a life on a connection. */
    void attach(Http1ServerConnection connection) {
        this.connection = connection;
        listener = null;
        bodySink = null;
        bodyPaused = false;
        bodyDiscarded = false;
        bodyEnded = false;
        bodyBytesMax = Long.MAX_VALUE;
        responseSource = null;
        responsePaused = false;
        committed = false;
        chunked = false;
        bodyAllowed = false;
        tunnel = false;
        closeAfterwards = false;
        closeDelimited = false;
        responseDone = false;
        sent = 0;
        released = false;
    }

    /** The connection is done with this exchange. */
    void detach() {
        connection = null;
        if (unwritten != null) {
            unwritten.release();
            unwritten = null;
        }
        recycle();
    }

    /** The handler never saw it: the head was not complete. */
    void dropUnused() {
        released = true;
        detach();
    }

    private void recycle() {
        if (released && connection == null) {
            head.clear();
            listener = null;
            bodySink = null;
            responseSource = null;
            peer = null;
            loop.giveStream(this);
        }
    }

    void begin(Peer peer) {
        this.peer = peer;
        decoder.start(framing.kind, framing.length);
        bodyEnded = decoder.isDone();
    }

    /** Whether a handler has it, which then must release it. */
    boolean isBegun() {
        return peer != null;
    }

    /** Tells the handler, once, that the client can not be served any more; whether it did. */
    boolean clientFailed(Failure why) {
        StreamListener told = listener;
        listener = null;
        if (told == null) {
            return false;
        }
        told.clientFailed(why);
        return true;
    }

    // Request.

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Head head() {
        return head;
    }

    @Override
    public @Nullable BodySource body() {
        return framing.kind == Framing.Kind.NONE && !tunnel ? null : this;
    }

    @Override
    public boolean wantsUpgrade() {
        return framing.upgrade;
    }

    @Override
    public boolean namesFields() {
        return framing.namesFields;
    }

    @Override
    public Peer peer() {
        if (peer == null) {
            throw new IllegalStateException("exchange is not under way");
        }
        return peer;
    }

    @Override
    public void listen(StreamListener listener) {
        this.listener = listener;
    }

    @Override
    public void limitBody(long bytes) {
        bodyBytesMax = bytes;
    }

    @Override
    public long bytesReceived() {
        return decoder.received();
    }

    // Request body as a source.

    @Override
    public long length() {
        return decoder.declared();
    }

    @Override
    public void start(BodySink sink) {
        if (connection != null) {
            bodySink = sink;
            connection.resumeInput();
        }
    }

    @Override
    public void pause() {
        bodyPaused = true;
    }

    @Override
    public void resume() {
        if (bodyPaused) {
            bodyPaused = false;
            if (connection != null) {
                connection.resumeInput();
            }
        }
    }

    @Override
    public void discard() {
        bodySink = null;
        if (connection != null && !bodyEnded && !bodyDiscarded) {
            bodyDiscarded = true;
            connection.resumeInput();
        }
    }

    // Response.

    @Override
    public void informational(Head interim) {
        Http1ServerConnection to = connection;
        if (to == null || committed || head.minorVersion() == 0) {
            return;
        }
        HeadEdits edits = new HeadEdits();
        edits.dropHopByHop(interim, false);
        ByteBuf out = loop.allocator().directBuffer(HeadWriter.sizeOf(interim, edits));
        HeadWriter.response(out, interim, edits, false, HeadWriter.Connection.NONE);
        if (interim.status() == 100) {
            framing.expectContinue = false;
        }
        write(to, out);
        flush();
    }

    @Override
    public void respond(ResponseHead response, HeadEdits edits) {
        Http1ServerConnection to = connection;
        if (to == null) {
            return;
        }
        Head answer = response.head();
        committed = true;
        responseSource = response.source();
        tunnel = answer.status() == 101 && framing.upgrade;
        closeAfterwards |= answer.status() == 101;
        bodyAllowed = response.hasBody() || tunnel;
        boolean delimited = !bodyAllowed || answer.has(Field.CONTENT_LENGTH) || tunnel;
        chunked = !delimited && head.minorVersion() == 1;
        closeDelimited = !delimited && !chunked;
        edits.dropHopByHop(answer, response.namesFields());
        if (answer.status() == 204) {
            edits.drop(answer, Field.CONTENT_LENGTH); // RFC 9110 section 8.6.
        }
        if (tunnel) {
            keepUpgrade(answer, edits);
        }
        HeadWriter.Connection connectionLine = connectionLine(to);
        int room = HeadWriter.sizeOf(answer, edits) + roomForBody(responseSource);
        ByteBuf out = loop.allocator().directBuffer(room);
        HeadWriter.response(out, answer, edits, chunked, connectionLine);
        if (unwritten != null) {
            write(to, unwritten);
        }
        unwritten = out;
        if (tunnel) {
            decoder.start(Framing.Kind.UNTIL_CLOSE, 0);
            bodyEnded = false;
            to.tunnelOpened();
        }
    }

    /** What a body that is to leave together with its head will take, as far as that is known. */
    private static int roomForBody(@Nullable BodySource source) {
        long length = source == null ? -1 : source.length();
        return length < 0 || length > JOIN_BYTES ? JOIN_BYTES / 8 : (int) length;
    }

    /** Which connection line goes out, and with it whether the connection goes on. */
    private HeadWriter.Connection connectionLine(Http1ServerConnection to) {
        if (tunnel) {
            closeAfterwards = true;
            return HeadWriter.Connection.UPGRADE;
        }
        boolean expecting = framing.expectContinue && !bodyEnded && decoder.received() == 0;
        closeAfterwards |= !framing.persistent || to.isLastRequest() || closeDelimited || expecting;
        if (closeAfterwards) {
            return HeadWriter.Connection.CLOSE;
        }
        return head.minorVersion() == 0
                ? HeadWriter.Connection.KEEP_ALIVE
                : HeadWriter.Connection.NONE;
    }

    private static void keepUpgrade(Head answer, HeadEdits edits) {
        for (int i = answer.find(Field.UPGRADE);
                i != Head.NONE;
                i = answer.next(Field.UPGRADE, i)) {
            edits.begin("Upgrade").append(answer.bytes, answer.valueStart(i), answer.valueEnd(i));
            edits.end();
        }
    }

    @Override
    public boolean isCommitted() {
        return committed;
    }

    @Override
    public void data(ByteBuf chunk) {
        Http1ServerConnection to = connection;
        int count = chunk.readableBytes();
        if (to == null || !bodyAllowed || count == 0) {
            chunk.release();
            return;
        }
        ByteBuf waiting = unwritten;
        if (waiting != null
                && count <= JOIN_BYTES
                && waiting.writableBytes() + JOIN_BYTES >= count + ChunkFraming.CHUNK_BYTES_MAX) {
            if (chunked) {
                ChunkFraming.begin(waiting, count);
            }
            DirectBytes.put(waiting, chunk);
            chunk.release();
            if (chunked) {
                ChunkFraming.end(waiting);
            }
            return;
        }
        if (chunked) {
            waiting = waiting == null ? chunkBuffer() : waiting;
            ChunkFraming.begin(waiting, count);
        }
        if (waiting != null) {
            write(to, waiting);
            unwritten = null;
        }
        write(to, chunk);
        if (chunked) {
            ByteBuf end = chunkBuffer();
            ChunkFraming.end(end);
            unwritten = end;
        }
    }

    private ByteBuf chunkBuffer() {
        return loop.allocator().directBuffer(CHUNK_BUFFER_BYTES);
    }

    @Override
    public void shutOutput() {
        Http1ServerConnection to = connection;
        if (to != null && tunnel) {
            to.output.flushThenShut();
        }
    }

    @Override
    public void end(@Nullable Head trailer) {
        Http1ServerConnection to = connection;
        if (to == null || responseDone) {
            return;
        }
        responseDone = true;
        if (chunked) {
            ByteBuf out = unwritten;
            if (out == null) {
                out = loop.allocator().directBuffer(ChunkFraming.sizeOfLast(trailer));
            }
            unwritten = out;
            ChunkFraming.last(out, trailer);
        }
        ByteBuf out = unwritten;
        unwritten = null;
        if (out != null) {
            write(to, out);
        }
        to.responseEnded(this);
    }

    private void write(Http1ServerConnection to, ByteBuf out) {
        int count = out.readableBytes();
        sent += count;
        loop.counters().add(Count.BYTES_SENT, count);
        to.output.write(out);
    }

    @Override
    public void flush() {
        Http1ServerConnection to = connection;
        if (to == null) {
            return;
        }
        ByteBuf out = unwritten;
        if (out != null) {
            unwritten = null;
            write(to, out);
        }
        to.output.flush();
        pauseWhenFull(to);
    }

    private void pauseWhenFull(Http1ServerConnection to) {
        BodySource source = responseSource;
        if (source != null && !responsePaused && !responseDone && !to.output.isWritable()) {
            responsePaused = true;
            source.pause();
            to.watchSending();
        }
    }

    /** The client has taken what waited. */
    void writable() {
        BodySource source = responseSource;
        if (source != null && responsePaused) {
            responsePaused = false;
            source.resume();
        }
    }

    @Override
    public void abort(Failure why) {
        listener = null;
        bodySink = null;
        Http1ServerConnection to = connection;
        if (to == null) {
            return;
        }
        ByteBuf out = unwritten;
        unwritten = null;
        if (out != null) {
            write(to, out); // So that the client sees what is cut.
        }
        to.cut();
    }

    @Override
    public void closeAfterwards() {
        closeAfterwards = true;
    }

    @Override
    public long bytesSent() {
        return sent + (unwritten == null ? 0 : unwritten.readableBytes());
    }

    @Override
    public void release() {
        if (released) {
            return;
        }
        released = true;
        listener = null;
        Http1ServerConnection next = waiting;
        waiting = null;
        recycle();
        if (next != null) {
            next.goOn();
        }
    }

    boolean isReleased() {
        return released;
    }

    /** So that the next request does not overtake what the handler does at the end of this one. */
    void tellWhenReleased(Http1ServerConnection connection) {
        waiting = connection;
    }
}
