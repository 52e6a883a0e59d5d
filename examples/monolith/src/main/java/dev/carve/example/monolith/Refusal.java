package dev.carve.example.monolith;

/** A request that a handler refuses; the message goes to the client. */
final class Refusal extends RuntimeException {

    private final int status;

    Refusal(int status, String message) {
        // No stack trace: this is an answer, not a fault.
        super(message, null, false, false);
        this.status = status;
    }

    /** 400, with a message in the form {@code place: value (expected: what)}. */
    static Refusal of(String place, String value, String expected) {
        return new Refusal(400, "%s: %s (expected: %s)".formatted(place, value, expected));
    }

    Answer answer() {
        return Answer.error(status, String.valueOf(getMessage()));
    }
}
