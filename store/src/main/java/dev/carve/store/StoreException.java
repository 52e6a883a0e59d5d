package dev.carve.store;

import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Why the store did not do what it was asked for. The message names the store and the reason, for
 * logs and operators; the kind decides what to do next. Immutable.
 */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What kept the store from it. */
    public enum Kind {
        /** Another process holds the database's own lock; passes by itself. */
        LOCKED,
        /** Another running Carve uses this database. */
        HELD,
        /** The disk or the quota is full. */
        FULL,
        /** The file, its folder or its file system can not be written. */
        READ_ONLY,
        /** The file is no database, or a damaged one. */
        CORRUPT,
        /** A newer Carve has changed the tables. */
        NEWER,
        /** The database belongs to another program. */
        FOREIGN,
        /** Not there, not to be opened, or not to be read. */
        UNREACHABLE,
        /** More work waits than may wait. */
        QUEUE_FULL,
        /** Not done in time; it may still have been done if it was under way. */
        DEADLINE,
        /** The store was closed. */
        CLOSED,
        /** The statement or the work itself is wrong; trying again changes nothing. */
        REFUSED;

        private final String code = name().toLowerCase(Locale.ROOT);

        /** The stable word: label of the metric, value in views. */
        public String code() {
            return code;
        }

        /** Whether the connection is of no use after this. */
        boolean losesConnection() {
            return switch (this) {
                case READ_ONLY, CORRUPT, NEWER, FOREIGN, UNREACHABLE, HELD, CLOSED -> true;
                case LOCKED, FULL, QUEUE_FULL, DEADLINE, REFUSED -> false;
            };
        }

        /** Whether only a person can end it. */
        boolean needsPerson() {
            return switch (this) {
                case CORRUPT, NEWER, FOREIGN, FULL, READ_ONLY -> true;
                case LOCKED, HELD, UNREACHABLE, QUEUE_FULL, DEADLINE, CLOSED, REFUSED -> false;
            };
        }
    }

    private final Kind kind;
    private final String reason;

    StoreException(Kind kind, String address, String reason) {
        this(kind, address, reason, null);
    }

    StoreException(Kind kind, String address, String reason, @Nullable Throwable cause) {
        super("store " + address + ": " + reason, cause);
        this.kind = kind;
        this.reason = reason;
    }

    public Kind kind() {
        return kind;
    }

    /** The message without the store's address. */
    public String reason() {
        return reason;
    }

    /** What made a future of the store fail, without what futures wrap it in. */
    public static StoreException of(Throwable thrown) {
        Throwable at = thrown;
        while ((at instanceof CompletionException || at instanceof ExecutionException)
                && at.getCause() != null) {
            at = at.getCause();
        }
        return at instanceof StoreException known
                ? known
                : new StoreException(Kind.REFUSED, "(unknown)", at.toString(), at);
    }
}
