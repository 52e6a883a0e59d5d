package dev.carve.gateway;

import dev.carve.runtime.Failure;

/** What a {@link Policy} wants. */
public sealed interface Decision {

    Decision CONTINUE = new Continue();

    /** The call goes on. */
    record Continue() implements Decision {}

    /** The call ends here with an answer. */
    record Respond(LocalAnswer answer) implements Decision {}

    /** The call ends here with a failure. */
    record Fail(Failure failure) implements Decision {}
}
