package dev.carve.config;

/**
 * Thrown by a type's {@code parse} to say what is wrong with the text: the message continues the
 * value, as in {@code has no unit} or {@code names the field "x" twice}. It must not repeat the
 * value, which may be a secret. Any other {@code IllegalArgumentException} reads {@code is not
 * valid}.
 */
public final class BadValueException extends IllegalArgumentException {

    public BadValueException(String predicate) {
        super(predicate);
    }

    String predicate() {
        String message = getMessage();
        return message == null ? "is not valid" : message;
    }
}
