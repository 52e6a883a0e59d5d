package dev.carve.it.broken.runtime.util;

import dev.carve.it.broken.gateway.Route;
import java.util.logging.Logger;

/** Breaks a rule with each line. */
final class Manager {

    static final ThreadLocal<String> HIDDEN = new ThreadLocal<>();

    static final class ThingImpl {}

    private Manager() {}

    @SuppressWarnings("CatchAndPrintStackTrace")
    static void run(Route route) {
        System.out.println(route);
        Logger.getLogger("foreign").info("line");
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            e.printStackTrace();
        }
    }
}
