package dev.carve.example.monolith;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The embedded database. It is opened when the first statement needs it and each table is filled
 * when the first statement needs that one, so that a monolith that only counts pays for neither.
 *
 * <p>A table is made in one immediate transaction together with a note of how it was made: a
 * process that dies meanwhile leaves nothing behind, a second process on the same file waits and
 * then finds it made, and a file made with another number of rows is made anew.
 *
 * <p>Application thread only, for its whole life.
 */
final class Database implements AutoCloseable {

    /** The tables, each filled by the script of its name. */
    enum Table {
        DATA,
        STORIES,
        ORDERS,
        BADGES
    }

    private static final Logger LOG = System.getLogger(Database.class.getName());

    /** Goes up when a script changes, so that older files are made anew. */
    private static final int SCRIPTS_VERSION = 1;

    private static final int STORIES_MAX = 10_000;
    private static final int BADGES_MAX = 1_000;
    private static final int ORDERS = 100;
    private static final String FILE = "monolith.db";

    /** The primary part of SQLite's result code for what another process holds. */
    private static final int BUSY = 5;

    private static final int WAL_ATTEMPTS = 20;

    private final @Nullable Path chosenFile;
    private final int rows;
    private final Set<Table> made = EnumSet.noneOf(Table.class);
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private @Nullable Path temporary;
    private @Nullable Connection connection;

    Database(@Nullable Path file, int rows) {
        this.chosenFile = file;
        this.rows = rows;
    }

    /** Makes every table now. */
    void prepare() throws SQLException {
        for (Table table : Table.values()) {
            make(table);
        }
    }

    /**
     * A statement that reads or writes that table, with its parameters set. It is kept and used
     * again: close the result set, not the statement.
     */
    PreparedStatement statement(Table table, String sql, Object... parameters) throws SQLException {
        make(table);
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection().prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    private void make(Table table) throws SQLException {
        if (made.contains(table)) {
            return;
        }
        Connection open = connection();
        try (Statement statement = open.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            try {
                fill(table, open, statement);
                statement.execute("COMMIT");
            } catch (SQLException | RuntimeException e) {
                statement.execute("ROLLBACK");
                throw e;
            }
        }
        made.add(table);
    }

    private void fill(Table table, Connection open, Statement statement) throws SQLException {
        statement.execute(
                "CREATE TABLE IF NOT EXISTS made (name TEXT PRIMARY KEY, note TEXT NOT NULL)");
        int count = rowsOf(table);
        String name = table.name().toLowerCase(Locale.ROOT);
        String note = "version %d, %d rows".formatted(SCRIPTS_VERSION, count);
        try (PreparedStatement query =
                open.prepareStatement("SELECT note FROM made WHERE name = ?")) {
            query.setString(1, name);
            try (ResultSet found = query.executeQuery()) {
                // Orders belong to their customers: they are never made anew.
                if (found.next() && (table == Table.ORDERS || found.getString(1).equals(note))) {
                    return;
                }
            }
        }
        LOG.log(Level.INFO, "making table {0} with {1,number,#} rows", name, count);
        long start = System.nanoTime();
        for (String part :
                script(name).replace(":rows", Integer.toString(count)).split(";\n", -1)) {
            if (!part.isBlank()) {
                statement.execute(part);
            }
        }
        try (PreparedStatement write =
                open.prepareStatement("INSERT OR REPLACE INTO made VALUES (?, ?)")) {
            write.setString(1, name);
            write.setString(2, note);
            write.executeUpdate();
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        LOG.log(Level.INFO, "made table {0} in {1,number,#} ms", name, millis);
    }

    private int rowsOf(Table table) {
        return switch (table) {
            case DATA -> rows;
            case STORIES -> Math.min(rows, STORIES_MAX);
            case BADGES -> Math.min(rows, BADGES_MAX);
            case ORDERS -> ORDERS;
        };
    }

    private Connection connection() throws SQLException {
        if (connection != null) {
            return connection;
        }
        Connection opened = DriverManager.getConnection("jdbc:sqlite:" + file());
        try (Statement statement = opened.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 30000");
            useWal(statement);
            statement.execute("PRAGMA synchronous = NORMAL");
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
        connection = opened;
        return opened;
    }

    /**
     * The mode belongs to the file, and changing it does not wait for others as a transaction does
     * (<a href="https://sqlite.org/wal.html">Write-Ahead Logging</a>): another process that opens
     * the same new file is waited for by a transaction that does nothing.
     */
    private static void useWal(Statement statement) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                statement.execute("PRAGMA journal_mode = WAL");
                return;
            } catch (SQLException failed) {
                boolean busy = (failed.getErrorCode() & 0xff) == BUSY;
                if (!busy || attempt == WAL_ATTEMPTS) {
                    throw failed;
                }
            }
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("ROLLBACK");
        }
    }

    private Path file() {
        if (chosenFile != null) {
            return chosenFile;
        }
        try {
            Path folder = Files.createTempDirectory("carve-monolith-");
            temporary = folder;
            return folder.resolve(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder for the database", e);
        }
    }

    private static String script(String name) {
        try (InputStream in = Database.class.getResourceAsStream(name + ".sql")) {
            if (in == null) {
                throw new IllegalStateException(name + ".sql is not beside this class");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + ".sql cannot be read", e);
        }
    }

    @Override
    public void close() {
        try {
            if (connection != null) {
                for (PreparedStatement statement : statements.values()) {
                    statement.close();
                }
                connection.close();
            }
            if (temporary != null) {
                for (String name : List.of("", "-wal", "-shm")) {
                    Files.deleteIfExists(temporary.resolve(FILE + name));
                }
                Files.delete(temporary);
            }
        } catch (SQLException | IOException e) {
            LOG.log(Level.WARNING, "the database is not closed in order", e);
        }
    }
}
