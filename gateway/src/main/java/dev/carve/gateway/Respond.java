package dev.carve.gateway;

import dev.carve.http.BodySource;
import dev.carve.http.ResponseSink;

/** The action that answers by itself, always the same. Immutable; any event loop. */
final class Respond implements Action {

    private final LocalAnswer answer;

    Respond(LocalAnswer answer) {
        this.answer = answer;
    }

    int status() {
        return answer.head().status();
    }

    @Override
    public ActiveCall start(Call call, ResponseSink sink) {
        BodySource body = call.body();
        if (body != null) {
            body.discard();
        }
        answer.send(call, sink);
        return ActiveCall.NONE;
    }
}
