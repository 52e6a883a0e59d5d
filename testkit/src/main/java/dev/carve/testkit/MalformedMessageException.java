package dev.carve.testkit;

import java.io.IOException;

/** The peer sent bytes that are no HTTP/1 message by a strict reading. */
public final class MalformedMessageException extends IOException {

    MalformedMessageException(String reason) {
        super(reason);
    }
}
