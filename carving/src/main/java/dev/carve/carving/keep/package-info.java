/**
 * What a carve must not forget: its stage, the ledger of its changes, exchanges whose answers
 * differed, and what was learnt of noise. Start with {@link dev.carve.carving.keep.Keep}; each part
 * is a few records and the class that writes and reads them through the store.
 *
 * <p>Nothing here waits: results are futures, and what must be written although the store is
 * unreachable waits in bounded memory. Secrets are taken out before anything is handed to the
 * store.
 *
 * <p>Threads: control, workers and virtual threads call; event loops do not. Futures are completed
 * by the store thread, so what depends on them hands over at once.
 */
@NullMarked
package dev.carve.carving.keep;

import org.jspecify.annotations.NullMarked;
