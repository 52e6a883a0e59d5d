package dev.carve.example.monolith;

import java.sql.SQLException;
import java.util.List;

/** Answers one kind of request. Application thread only. */
interface Handler {

    /**
     * Answers one request.
     *
     * @param parts what stood in the placeholders of the path, in order, decoded
     * @throws Refusal to answer with an error
     */
    Answer answer(Request request, List<String> parts) throws SQLException;
}
