package dev.carve.gateway;

import dev.carve.http.Ascii;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.ResponseSink;
import java.io.ByteArrayOutputStream;

/** The action that sends the client elsewhere. Immutable; any event loop. */
final class Redirect implements Action {

    private final Template location;
    private final int status;

    Redirect(Template location, int status) {
        this.location = location;
        this.status = status;
    }

    int status() {
        return status;
    }

    @Override
    public ActiveCall start(Call call, ResponseSink sink) {
        BodySource body = call.body();
        if (body != null) {
            body.discard();
        }
        ByteArrayOutputStream to = new ByteArrayOutputStream(128);
        location.fill(to, call.head(), call.match());
        byte[] bytes = to.toByteArray();
        Head head = new Head().startResponse(status, Reasons.of(status));
        head.add("Location", Ascii.text(bytes, 0, bytes.length));
        LocalAnswer.of(head, new byte[0]).send(call, sink);
        return ActiveCall.NONE;
    }
}
