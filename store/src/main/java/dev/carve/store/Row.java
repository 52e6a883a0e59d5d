package dev.carve.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The row that a query stands at; valid while the reader runs. Store thread only. */
public final class Row {

    /** Makes a value of a row. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(Row row);
    }

    private final ResultSet rows;
    private final Engine engine;

    Row(ResultSet rows, Engine engine) {
        this.rows = rows;
        this.engine = engine;
    }

    /** A whole number; 0 for null. */
    public long number(String column) {
        try {
            return rows.getLong(column);
        } catch (SQLException e) {
            throw engine.failure("reading column " + column, e);
        }
    }

    /** A whole number that fits an int; 0 for null. */
    public int smallNumber(String column) {
        return Math.toIntExact(number(column));
    }

    /** Text; empty for null. */
    public String text(String column) {
        String text = textOrNull(column);
        return text == null ? "" : text;
    }

    /** Text, or null. */
    public @Nullable String textOrNull(String column) {
        try {
            return rows.getString(column);
        } catch (SQLException e) {
            throw engine.failure("reading column " + column, e);
        }
    }

    /** Bytes, the caller's own; empty for null. */
    public byte[] bytes(String column) {
        try {
            byte[] bytes = rows.getBytes(column);
            return bytes == null ? new byte[0] : bytes;
        } catch (SQLException e) {
            throw engine.failure("reading column " + column, e);
        }
    }
}
