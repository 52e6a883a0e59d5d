package dev.carve.admin;

import dev.carve.http.BodySink;
import dev.carve.http.BodySource;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.Method;
import dev.carve.http.ResponseHead;
import dev.carve.http.ServerStream;
import dev.carve.http.StreamListener;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request of the admin listener and its answer, which goes out in slices as the caller takes
 * them. Nobody wants the answer once the caller has gone: the thread that makes it is interrupted.
 *
 * <p>Thread: the stream's loop, but for {@link #answerFromElsewhere}. Lives as long as the stream.
 */
final class AdminExchange implements StreamListener, BodySink, BodySource, ResponseHead {

    private static final int FORM_BYTES_MAX = 64 * 1024;
    private static final int SLICE_BYTES = 16 * 1024;
    private static final String FORM = "application/x-www-form-urlencoded";

    private final ServerStream stream;
    private final Loop loop;
    private final boolean headOnly;
    private final String target;

    // Event loop only.
    private final StringBuilder form = new StringBuilder();
    private @Nullable Consumer<String> formRead;
    private @Nullable Thread thread;
    private @Nullable Head head;
    private byte[] body = {};
    private int written;
    private boolean paused;
    private boolean writing;
    private boolean over;

    AdminExchange(ServerStream stream) {
        this.stream = stream;
        loop = stream.loop();
        headOnly = stream.head().method() == Method.HEAD;
        target = stream.head().target();
        stream.listen(this);
    }

    /** The request's target; stays when the stream has gone. */
    String target() {
        return target;
    }

    // The request.

    /** Reads a form, if there is one, and goes on with its text. */
    void readForm(Consumer<String> next) {
        BodySource source = stream.body();
        if (source == null || source.length() == 0) {
            next.accept("");
            return;
        }
        String type = stream.head().value(Field.CONTENT_TYPE);
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(FORM)) {
            answer(Answer.error(415, "unsupported_type", "expected: " + FORM));
            return;
        }
        formRead = next;
        stream.limitBody(FORM_BYTES_MAX);
        source.start(this);
    }

    @Override
    public void data(ByteBuf chunk) {
        // A form is ASCII; what is not is refused by its decoding.
        if (form.length() + chunk.readableBytes() <= FORM_BYTES_MAX) {
            form.append(chunk.toString(StandardCharsets.ISO_8859_1));
        }
        chunk.release();
    }

    @Override
    public void end(@Nullable Head trailer) {
        Consumer<String> next = formRead;
        formRead = null;
        if (next != null && !over) {
            next.accept(form.toString());
        }
    }

    @Override
    public void failed(Failure failure) {
        clientFailed(failure);
    }

    /** This thread makes the answer. */
    void answeredBy(Thread thread) {
        this.thread = thread;
    }

    @Override
    public void clientFailed(Failure why) {
        if (over) {
            return;
        }
        formRead = null;
        if (why.kind() != Failure.Kind.CLIENT_ABORTED && !stream.isCommitted()) {
            answer(Answer.error(why.kind().status(), why.kind().code(), why.kind().text()));
            return;
        }
        if (stream.isCommitted()) {
            stream.abort(why);
        }
        Thread working = thread;
        if (working != null) {
            working.interrupt();
        }
        finish();
    }

    // The answer.

    /** Answers, from any thread. */
    void answerFromElsewhere(Answer answer) {
        loop.execute(() -> answer(answer));
    }

    void answer(Answer answer) {
        if (over || stream.isCommitted()) {
            return;
        }
        thread = null;
        head = answer.head();
        body = answer.body();
        stream.respond(this, new HeadEdits());
        write();
    }

    /** Gives slices until the caller's window is full. */
    private void write() {
        if (writing) {
            return;
        }
        writing = true;
        while (!over && !paused && hasBody() && written < body.length) {
            int count = Math.min(SLICE_BYTES, body.length - written);
            stream.data(loop.allocator().directBuffer(count).writeBytes(body, written, count));
            written += count;
            stream.flush();
        }
        writing = false;
        if (!over && (written == body.length || !hasBody())) {
            stream.end(null);
            stream.flush();
            finish();
        }
    }

    private void finish() {
        over = true;
        stream.release();
    }

    @Override
    public Head head() {
        Head now = head;
        if (now == null) {
            throw new IllegalStateException("not answered yet");
        }
        return now;
    }

    @Override
    public boolean hasBody() {
        return !headOnly;
    }

    @Override
    public BodySource source() {
        return this;
    }

    @Override
    public boolean namesFields() {
        return false;
    }

    // The answer's body as a source.

    @Override
    public long length() {
        return body.length;
    }

    @Override
    public void start(BodySink sink) {
        // Pushed to the stream from the beginning.
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        write();
    }

    @Override
    public void discard() {
        written = body.length;
    }

    /** As a sink of the form there is nothing to flush. */
    @Override
    public void flush() {}
}
