package dev.carve.it.gateway;

import dev.carve.gateway.Call;
import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.http.BodySink;
import dev.carve.http.BodySource;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.Peer;
import org.jspecify.annotations.Nullable;

/** A call that no client made: a head and, if there are parts, a body. One event loop. */
final class ScriptedCall implements Call, BodySource {

    private final Loop loop;
    private final Head head;
    private final @Nullable ScriptedBody body;
    private final RouteResult<?> match = new RouteResult<>();
    private boolean bodyTaken;

    ScriptedCall(Loop loop, Head head, String... parts) {
        this.loop = loop;
        this.head = head;
        this.body = parts.length == 0 ? null : new ScriptedBody(loop, parts);
    }

    /** The same request once more, sharing nothing with the first. */
    static ScriptedCall copyOf(Call call, String... parts) {
        Head from = call.head();
        Head to = new Head().startRequest(from.methodText(), from.target());
        for (int i = 0; i < from.fields(); i++) {
            to.add(from.name(i), from.value(i));
        }
        return new ScriptedCall(call.loop(), to, parts);
    }

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
        return body == null ? null : this;
    }

    @Override
    public boolean isBodyTaken() {
        return bodyTaken;
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
    public boolean isImpatient() {
        return false;
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public boolean isSafe() {
        return false;
    }

    @Override
    public RouteResult<?> match() {
        return match;
    }

    @Override
    public void edit(HeadEdits edits) {}

    @Override
    public void attempted(Service service, @Nullable Instance instance, int number) {}

    /** No client made it. */
    @Override
    public @Nullable Peer peer() {
        return null;
    }

    @Override
    public void addToAnswer(byte[] line) {}

    /** Must agree with the head, which is written as it is. */
    @Override
    public long length() {
        return body != null && head.has(Field.CONTENT_LENGTH) ? body.bytes() : -1;
    }

    @Override
    public void start(BodySink sink) {
        bodyTaken = true;
        if (body != null) {
            body.start(sink);
        }
    }

    @Override
    public void pause() {
        if (body != null) {
            body.pause();
        }
    }

    @Override
    public void resume() {
        if (body != null) {
            body.resume();
        }
    }

    @Override
    public void discard() {
        if (body != null) {
            body.discard();
        }
    }

    @Override
    public void connected(long nanos) {}
}
