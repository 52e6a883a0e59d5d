package dev.carve.testkit;

import java.util.List;

/** A scripted upstream that answers every request with 200 and one body, and records. */
public final class RecordingUpstream extends ScriptedUpstream {

    /** The body of every answer unless another is given. */
    public static final String BODY = "recorded\n";

    private RecordingUpstream(String body) {
        super(List.of(Script.perRequest(new Step.RespondText(200, List.of(), body))));
    }

    /** Starts on a free port of loopback. */
    public static RecordingUpstream start() {
        return new RecordingUpstream(BODY);
    }

    /** Starts on a free port of loopback, answering with that body. */
    public static RecordingUpstream answering(String body) {
        return new RecordingUpstream(body);
    }
}
