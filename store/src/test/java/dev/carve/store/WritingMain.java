package dev.carve.store;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * Writes numbers into the store of its first argument, each into two tables at once, and prints a
 * number once it is told that it is written; until it is killed. Run as a process of its own.
 */
final class WritingMain {

    static final Schema PAIRS =
            new Schema(
                    "pairs",
                    java.util.List.of(
                            new Schema.Step(
                                    1,
                                    "CREATE TABLE pairs_left (number BIGINT PRIMARY KEY)",
                                    "CREATE TABLE pairs_right (number BIGINT PRIMARY KEY)")));

    private static final int UNDER_WAY_MAX = 50;

    private WritingMain() {}

    static void main(String[] arguments) throws InterruptedException {
        PrintStream out = System.out;
        // Several under way, so that transactions hold more than one.
        Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
        Store store = new OpenStore(Path.of(arguments[0]), OpenStore.BOUNDS, PAIRS).store;
        for (long i = 1; ; i++) {
            underWay.acquire();
            long number = i;
            CompletableFuture<Boolean> written =
                    store.submit(session -> {
                        session.update("INSERT INTO pairs_left VALUES (?)", number);
                        session.update("INSERT INTO pairs_right VALUES (?)", number);
                        return true;
                    });
            written.whenComplete((_, failure) -> {
                out.println(failure == null ? Long.toString(number) : failure.toString());
                out.flush();
                underWay.release();
            });
        }
    }
}
