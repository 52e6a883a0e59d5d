package dev.carve.load;

import java.nio.file.Path;

/** Where a request's body comes from. */
public sealed interface LoadBody {

    /** No body; {@code Content-Length: 0} where the method usually has one. */
    record None() implements LoadBody {}

    /** UTF-8 text, with template fields. */
    record Text(String text) implements LoadBody {}

    /** A file's bytes as they are, without template fields; read once before the run. */
    record File(Path path) implements LoadBody {}
}
