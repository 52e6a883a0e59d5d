package dev.carve.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connection, as work sees it: parametrised statements within the transaction that the store
 * has begun. Lives as long as the connection.
 *
 * <p>Threads: the store thread; {@link #cancel} by any.
 */
public final class Session {

    private final Connection connection;
    private final Engine engine;
    private final Object lock = new Object();

    // Store thread only.
    private boolean written;

    // Guarded by lock.
    private @Nullable Command<?> current;
    private boolean cancelled;
    private @Nullable Statement running;

    Session(Connection connection, Engine engine) {
        this.connection = connection;
        this.engine = engine;
    }

    /**
     * Changes rows.
     *
     * @param arguments for the question marks in order: text, whole numbers, booleans, byte arrays,
     *     null
     * @return how many rows were changed
     */
    public int update(String sql, @Nullable Object... arguments) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            start(statement);
            try {
                int changed = statement.executeUpdate();
                written |= changed > 0;
                return changed;
            } finally {
                end();
            }
        } catch (SQLException e) {
            throw engine.failure(sql, e);
        }
    }

    /**
     * Reads rows, or changes them and reads what they became ({@code RETURNING}).
     *
     * @param reader called for each row
     * @param arguments as for {@link #update}
     * @return every row: the statement bounds how many
     */
    public <T> List<T> query(String sql, Row.Reader<T> reader, @Nullable Object... arguments) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            start(statement);
            try (ResultSet rows = statement.executeQuery()) {
                Row row = new Row(rows, engine);
                List<T> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(reader.read(row));
                }
                return read;
            } finally {
                end();
            }
        } catch (SQLException e) {
            throw engine.failure(sql, e);
        }
    }

    /** The first row of a query, if there is any. */
    public <T> Optional<T> first(String sql, Row.Reader<T> reader, @Nullable Object... arguments) {
        return query(sql, reader, arguments).stream().findFirst();
    }

    /** A statement without parameters that returns no rows. */
    void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            start(statement);
            try {
                statement.execute(sql);
            } finally {
                end();
            }
        } catch (SQLException e) {
            throw engine.failure(sql, e);
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... arguments)
            throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            switch (argument) {
                case null -> statement.setObject(i + 1, null);
                case String text -> statement.setString(i + 1, text);
                case Long number -> statement.setLong(i + 1, number);
                case Integer number -> statement.setLong(i + 1, number);
                case Boolean flag -> statement.setLong(i + 1, flag ? 1 : 0);
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                default ->
                        throw new IllegalArgumentException(
                                "argument %d is a %s (expected: text, number, boolean, bytes, null)"
                                        .formatted(i + 1, argument.getClass().getName()));
            }
        }
    }

    /** Forgets what was written; at the begin of a transaction. */
    void beginWith(String begin) {
        execute(begin);
        written = false;
    }

    /** Whether {@link #update} has changed anything in this transaction. */
    boolean hasWritten() {
        return written;
    }

    /** From now on statements belong to that command. */
    void enter(Command<?> command) {
        synchronized (lock) {
            current = command;
            cancelled = command.isDone();
        }
    }

    /** From now on statements are the store's own. */
    void leave() {
        synchronized (lock) {
            current = null;
            cancelled = false;
        }
    }

    /**
     * Stops the command's statement, if it is this command's turn, and lets it begin no other.
     *
     * @return whether it is its turn
     */
    boolean cancel(Command<?> command) {
        synchronized (lock) {
            if (current != command) {
                return false;
            }
            cancelled = true;
            if (running != null) {
                try {
                    running.cancel();
                } catch (SQLException e) {
                    // Then it runs to its end; nobody waits for it.
                }
            }
            return true;
        }
    }

    private void start(Statement statement) {
        synchronized (lock) {
            if (cancelled) {
                throw new StoreException(
                        StoreException.Kind.DEADLINE, engine.address(), "nobody waits for it");
            }
            running = statement;
        }
    }

    private void end() {
        synchronized (lock) {
            running = null;
        }
    }

    void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // What was committed is safe, and nothing else was promised.
        }
    }
}
