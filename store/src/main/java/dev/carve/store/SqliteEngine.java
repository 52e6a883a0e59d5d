package dev.carve.store;

import dev.carve.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A SQLite file. The driver and its native library are loaded with the first {@link #connect}, not
 * before. Store thread only, as {@link Engine} says.
 *
 * <p>The write-ahead log with {@code synchronous=FULL}: a committed transaction is on the disk, so
 * that it survives the end of the process and that of the power. {@code NORMAL} would survive the
 * first only, and a roll-back forgotten by a power cut sends clients to the broken side again. The
 * price, one flush of the log for each transaction, is paid by the store thread alone, for a whole
 * batch at once.
 */
final class SqliteEngine implements Engine {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteEngine.class);

    /** "CARV", in the header of each database that Carve made. */
    private static final int APPLICATION_ID = 0x43415256;

    /** The log is cut back to this after a peak. */
    private static final int LOG_BYTES_MAX = 8 << 20;

    private final Path path;
    private final int lockWaitMillis;

    // Store thread only.
    private @Nullable HeldFile held;
    private @Nullable Object fileKey;

    SqliteEngine(StoreUrl.SqliteFile file, Duration lockWait) {
        path = file.path();
        lockWaitMillis = (int) lockWait.toMillis();
    }

    @Override
    public String address() {
        return path.toString();
    }

    @Override
    public Connection connect() {
        boolean connected = false;
        try {
            Path file = realPath();
            held = HeldFile.take(file);
            Connection connection = open(file);
            fileKey = keyOf(file);
            connected = true;
            return connection;
        } catch (SQLException e) {
            throw failure("opening it", e);
        } catch (IOException e) {
            throw failure(e);
        } catch (LinkageError e) {
            throw new StoreException(
                    Kind.UNREACHABLE,
                    address(),
                    "SQLite's native library can not be loaded: "
                            + e
                            + " (expected: a folder for temporary files that allows programs; it"
                            + " can be named by -Dorg.sqlite.tmpdir)",
                    e);
        } finally {
            if (!connected) {
                release();
            }
        }
    }

    /** The database itself, if the path is a link to it: its helper files lie beside it. */
    private Path realPath() throws IOException {
        Path folder = path.getParent();
        if (folder == null || Files.isDirectory(path)) {
            throw new StoreException(Kind.UNREACHABLE, address(), "is a folder (expected: a file)");
        }
        if (!Files.isDirectory(folder)) {
            throw new StoreException(
                    Kind.UNREACHABLE,
                    address(),
                    "no folder " + folder + " (expected: an existing folder)");
        }
        return Files.exists(path)
                ? path.toRealPath()
                : folder.toRealPath().resolve(path.getFileName());
    }

    /**
     * Shares the index of the log with other programs in a file, so that they can read along; where
     * that file can not be made, as on a full disk, keeps it in memory: what is there must be
     * found.
     */
    private Connection open(Path file) throws SQLException {
        try {
            return open(file, "NORMAL");
        } catch (SQLException e) {
            if (!concernsSharedIndex(e)) {
                throw e;
            }
            LOG.atWarn()
                    .addKeyValue("store", address())
                    .addKeyValue("cause", e.getMessage())
                    .log("store closed to other programs: no room for what is shared with them");
            return open(file, "EXCLUSIVE");
        }
    }

    private static boolean concernsSharedIndex(SQLException e) {
        return e instanceof SQLiteException known
                && (known.getResultCode().name().startsWith("SQLITE_IOERR_SHM")
                        || known.getResultCode().name().startsWith("SQLITE_CANTOPEN"));
    }

    private Connection open(Path file, String locking) throws SQLException {
        Connection connection = connect(file);
        boolean prepared = false;
        try {
            prepare(connection, locking);
            prepared = true;
            return connection;
        } finally {
            if (!prepared) {
                closeQuietly(connection);
            }
        }
    }

    private Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(lockWaitMillis);
        config.enforceForeignKeys(true);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source.getConnection();
    }

    private void prepare(Connection connection, String locking) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Counts from the first access on, so it comes before that.
            read(statement, "PRAGMA locking_mode = " + locking);
            // Before anything that writes: the file may be somebody else's.
            claim(statement);
            String mode = read(statement, "PRAGMA journal_mode = WAL");
            if (!mode.equals("wal")) {
                // Some file systems can not; slower, and as safe.
                LOG.atWarn()
                        .addKeyValue("store", address())
                        .addKeyValue("journal", mode)
                        .log("store without write-ahead log");
            }
            statement.execute("PRAGMA synchronous = FULL");
            read(statement, "PRAGMA journal_size_limit = " + LOG_BYTES_MAX);
        }
    }

    private void claim(Statement statement) throws SQLException {
        String id = read(statement, "PRAGMA application_id");
        if (id.equals(Integer.toString(APPLICATION_ID))) {
            return;
        }
        // Rises with each change of tables: 0 in an empty database.
        if (!id.equals("0") || !read(statement, "PRAGMA schema_version").equals("0")) {
            throw new StoreException(
                    Kind.FOREIGN,
                    address(),
                    "a database of another program (expected: one made by Carve, or no file)");
        }
        statement.execute("PRAGMA application_id = " + APPLICATION_ID);
    }

    private static String read(Statement statement, String pragma) throws SQLException {
        try (ResultSet rows = statement.executeQuery(pragma)) {
            return rows.next() ? rows.getString(1).toLowerCase(Locale.ROOT) : "";
        }
    }

    /** Takes the write lock at once: a lock asked for later may be refused without waiting. */
    @Override
    public String begin() {
        return "BEGIN IMMEDIATE";
    }

    @Override
    public List<String> statements(Schema.Step step) {
        return step.sqlite();
    }

    /**
     * SQLite goes on writing to a file that was deleted or replaced, and all of it would be lost
     * with the process.
     */
    @Override
    public boolean isInPlace() {
        try {
            Object key = keyOf(path);
            return key == null || key.equals(fileKey);
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Override
    public StoreException failure(String doing, SQLException cause) {
        if (!(cause instanceof SQLiteException known)) {
            Throwable deeper = cause.getCause();
            return new StoreException(
                    Kind.UNREACHABLE,
                    address(),
                    cause.getMessage() + (deeper == null ? "" : ": " + deeper) + " when " + doing,
                    cause);
        }
        SQLiteErrorCode code = known.getResultCode();
        String detail = " (" + code.name() + ")";
        return switch (Primary.of(code)) {
            case BUSY -> failure(Kind.LOCKED, "locked by another process" + detail, cause);
            case FULL -> failure(Kind.FULL, "the disk or the quota is full" + detail, cause);
            case READ_ONLY ->
                    code == SQLiteErrorCode.SQLITE_READONLY_DBMOVED
                            ? failure(Kind.UNREACHABLE, "the file was moved" + detail, cause)
                            : failure(Kind.READ_ONLY, "can not be written" + detail, cause);
            case CORRUPT ->
                    failure(Kind.CORRUPT, "damaged, or not a SQLite database" + detail, cause);
            case INTERRUPT -> failure(Kind.DEADLINE, "stopped, nobody waits for it", cause);
            case SYSTEM -> failure(Kind.UNREACHABLE, code.message + detail, cause);
            case STATEMENT -> failure(Kind.REFUSED, known.getMessage() + " when " + doing, cause);
        };
    }

    private StoreException failure(Kind kind, String reason, SQLException cause) {
        return new StoreException(kind, address(), reason, cause);
    }

    private StoreException failure(IOException e) {
        return switch (e) {
            case AccessDeniedException denied ->
                    new StoreException(
                            Kind.READ_ONLY, address(), "no right to write " + denied.getFile(), e);
            case NoSuchFileException missing ->
                    new StoreException(
                            Kind.UNREACHABLE, address(), "no file " + missing.getFile(), e);
            case FileSystemException other ->
                    new StoreException(
                            Kind.UNREACHABLE,
                            address(),
                            other.getFile() + ": " + other.getReason(),
                            e);
            default -> new StoreException(Kind.UNREACHABLE, address(), e.toString(), e);
        };
    }

    /** What SQLite's primary result codes come to (sqlite.org/rescode.html). */
    private enum Primary {
        BUSY,
        FULL,
        READ_ONLY,
        CORRUPT,
        INTERRUPT,
        SYSTEM,
        STATEMENT;

        static Primary of(SQLiteErrorCode code) {
            // Extended codes carry the primary one in their lowest byte.
            return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
                case SQLITE_BUSY, SQLITE_LOCKED -> BUSY;
                case SQLITE_FULL -> FULL;
                case SQLITE_READONLY -> READ_ONLY;
                case SQLITE_CORRUPT, SQLITE_NOTADB -> CORRUPT;
                case SQLITE_INTERRUPT -> INTERRUPT;
                case SQLITE_CANTOPEN,
                        SQLITE_IOERR,
                        SQLITE_PERM,
                        SQLITE_AUTH,
                        SQLITE_NOMEM,
                        SQLITE_PROTOCOL,
                        SQLITE_NOLFS,
                        SQLITE_INTERNAL,
                        SQLITE_MISUSE ->
                        SYSTEM;
                default -> STATEMENT;
            };
        }
    }

    @Override
    public void release() {
        HeldFile mine = held;
        held = null;
        if (mine != null) {
            mine.release();
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The reason for closing it is being told already.
        }
    }
}
