package dev.carve.app.demo;

/** The demo cannot go on; the message is for the person who started it. */
final class DemoFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    DemoFailure(String message) {
        super(message);
    }
}
