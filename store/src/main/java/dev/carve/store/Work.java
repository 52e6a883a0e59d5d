package dev.carve.store;

import org.jspecify.annotations.Nullable;

/**
 * What a feature does with the database, in one go: a part of one transaction, done wholly or not
 * at all. Runs on the store thread.
 *
 * <p>It has no effect but through the session, for it is run again if the transaction that it
 * shared had to be rolled back; and it waits for nothing, least of all for the store.
 */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {

    /**
     * Reads or writes.
     *
     * @param session valid until this returns
     * @throws StoreException if a statement fails; not to be caught here
     */
    T run(Session session);
}
