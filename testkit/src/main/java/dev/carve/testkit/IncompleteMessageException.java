package dev.carve.testkit;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The connection ended, by FIN or RST, inside a message. */
public final class IncompleteMessageException extends IOException {

    private final transient @Nullable Head head;
    private final transient Octets received;
    private final boolean reset;

    IncompleteMessageException(String reason, @Nullable Head head, Octets received, boolean reset) {
        super(reason);
        this.head = head;
        this.received = received;
        this.reset = reset;
    }

    IncompleteMessageException under(Head outer) {
        return new IncompleteMessageException(String.valueOf(getMessage()), outer, received, reset);
    }

    /** The head, if it was complete. */
    public @Nullable Head head() {
        return head;
    }

    /** The body bytes that came, or the head bytes where the head was not complete. */
    public Octets received() {
        return received;
    }

    /** Whether the connection was reset; otherwise it was closed. */
    public boolean wasReset() {
        return reset;
    }
}
