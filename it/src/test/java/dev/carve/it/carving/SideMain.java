package dev.carve.it.carving;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * One side of a carve as a program of its own: {@code SideMain PORT NAME}. Answers each request
 * with what it asked for.
 */
final class SideMain {

    /** What it prints once it accepts. */
    static final String LISTENING = "side listening";

    private SideMain() {}

    public static void main(String[] args) throws IOException {
        try (SideServer _ =
                SideServer.start(
                        Integer.parseInt(args[0]),
                        (target, _) ->
                                SideServer.answer(
                                        200, args[1], "{\"target\":\"" + target + "\"}"))) {
            System.out.println(LISTENING);
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
        }
    }
}
