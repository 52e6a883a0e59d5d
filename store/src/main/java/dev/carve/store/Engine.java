package dev.carve.store;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * One kind of database at one address: what differs between databases, and nothing else. Store
 * thread only, but for {@link #address} and {@link #failure}.
 */
interface Engine {

    /** As messages name it, without credentials. */
    String address();

    /**
     * Connects, and sees to it that no other Carve uses the database meanwhile.
     *
     * @throws StoreException if it can not, in which case nothing is held
     */
    Connection connect();

    /** The statement that begins a transaction which may write. */
    String begin();

    /** The statements of a step in this database's words. */
    Iterable<String> statements(Schema.Step step);

    /** Whether the connection still leads to what the address names. */
    boolean isInPlace();

    /** What a failed statement means. */
    StoreException failure(String doing, SQLException cause);

    /** Lets others use the database; after the connection was closed. */
    void release();
}
