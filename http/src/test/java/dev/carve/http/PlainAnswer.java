package dev.carve.http;

import org.jspecify.annotations.Nullable;

/** An answer without a body. */
record PlainAnswer(Head head) implements ResponseHead {

    /** Answers with that status and ends the exchange; its loop only. */
    static void give(ServerStream stream, int status) {
        Head head = new Head().startResponse(status, "").add("Content-Length", "0");
        stream.respond(new PlainAnswer(head), new HeadEdits());
        stream.end(null);
        stream.flush();
        stream.release();
    }

    @Override
    public boolean hasBody() {
        return false;
    }

    @Override
    public @Nullable BodySource source() {
        return null;
    }

    @Override
    public boolean namesFields() {
        return false;
    }
}
