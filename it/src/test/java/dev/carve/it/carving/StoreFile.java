package dev.carve.it.carving;

import dev.carve.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A gateway's SQLite file seen by another process, which the test is: what has been committed to
 * it, and nothing else. Stateless.
 */
final class StoreFile {

    private static final Duration WITHIN = Duration.ofSeconds(30);

    private StoreFile() {}

    static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    /** Waits until the carve is kept like that, such as {@code shift 5000}. */
    static void awaitState(Path file, String expected, Supplier<String> otherwise) {
        Await.until(
                expected + " in " + file.getFileName(),
                WITHIN,
                () -> state(file).equals(expected),
                () -> state(file) + "\n" + otherwise.get());
    }

    private static String state(Path file) {
        try {
            return String.join(",", read(file, "SELECT stage || ' ' || share FROM carving_state"));
        } catch (SQLException e) {
            return e.toString();
        }
    }

    /** Every change that was kept, the first one first, as {@code FROM > TO by BY}. */
    static List<String> ledger(Path file) throws SQLException {
        return read(
                file,
                "SELECT from_stage || ' > ' || to_stage || ' by ' || done_by FROM carving_ledger"
                        + " ORDER BY id");
    }

    /** The bodies of the differing answers that were kept, old and new. */
    static List<String> differences(Path file) throws SQLException {
        return read(
                file,
                "SELECT CAST(old_body AS TEXT) || ' ' || CAST(new_body AS TEXT)"
                        + " FROM carving_difference ORDER BY id");
    }

    private static List<String> read(Path file, String query) throws SQLException {
        if (!Files.exists(file)) {
            throw new SQLException("no file " + file); // Opening it would make one.
        }
        List<String> rows = new ArrayList<>();
        try (Connection connection = open(file);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                rows.add(found.getString(1));
            }
        }
        return rows;
    }
}
