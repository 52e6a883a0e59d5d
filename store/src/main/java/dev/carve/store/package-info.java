/**
 * What Carve keeps beyond its own life: one database named by one URL, today a SQLite file. A
 * feature brings its tables as a {@link dev.carve.store.Schema} and its statements as {@link
 * dev.carve.store.Work}; {@link dev.carve.store.Store} runs them, many in one transaction, and says
 * plainly why it can not. Nothing that answers a client waits for it.
 *
 * <p>Threads: one store thread owns the only connection; any thread but an event loop submits work
 * and gets a future, which the store thread completes.
 */
@NullMarked
package dev.carve.store;

import org.jspecify.annotations.NullMarked;
