package dev.carve.runtime.admin;

/** An argument of a view or command is missing or wrong; the message names it, for the caller. */
public final class BadArgumentException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public BadArgumentException(String message) {
        super(message);
    }
}
