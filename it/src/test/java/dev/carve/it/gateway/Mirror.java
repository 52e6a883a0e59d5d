package dev.carve.it.gateway;

import dev.carve.config.Doc;
import dev.carve.config.Key;
import dev.carve.config.Short;
import dev.carve.gateway.Action;
import dev.carve.gateway.ActiveCall;
import dev.carve.gateway.Call;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.http.BodySink;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.ResponseSink;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Two calls of one request: the answer of one is committed to the client, that of the other is
 * kept. A proof of the shape, not a mirror: it holds the whole body.
 */
record Mirror(Action committed, Action copied, ResponseSink kept) implements Action {

    /** What the file says. */
    @Key("mirror")
    @Doc("Runs every call twice.")
    record Settings(@Doc("Anything.") @Short String name) implements ActionSettings {}

    @Override
    public ActiveCall start(Call call, ResponseSink sink) {
        BodySource body = call.body();
        if (body == null) {
            copied.start(ScriptedCall.copyOf(call), kept);
            return committed.start(call, sink);
        }
        var both = new Both(call, sink);
        body.start(both);
        return both;
    }

    private final class Both implements BodySink, ActiveCall {

        private final Call call;
        private final ResponseSink sink;
        private final StringBuilder text = new StringBuilder();
        private ActiveCall active = ActiveCall.NONE;

        Both(Call call, ResponseSink sink) {
            this.call = call;
            this.sink = sink;
        }

        @Override
        public void data(ByteBuf chunk) {
            text.append(chunk.toString(StandardCharsets.ISO_8859_1));
            chunk.release();
        }

        @Override
        public void flush() {}

        @Override
        public void end(@Nullable Head trailer) {
            copied.start(ScriptedCall.copyOf(call, text.toString()), kept);
            active = committed.start(ScriptedCall.copyOf(call, text.toString()), sink);
        }

        @Override
        public void failed(Failure failure) {}

        @Override
        public void cancel() {
            active.cancel(); // the copy goes on: nobody waits for it
        }
    }
}
