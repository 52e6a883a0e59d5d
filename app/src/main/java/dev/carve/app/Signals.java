package dev.carve.app;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals of a running gateway: TERM and INT stop it, a second one ends it at once, HUP
 * reloads.
 *
 * <p>By reflection: the JDK supports {@code sun.misc.Signal} (JEP 260) and has nothing else for
 * this, yet javac warns of it in a way that nothing switches off, and a warning stops our build.
 *
 * <p>Threads: handlers run on threads of the JVM and only hand over to control.
 */
final class Signals {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    /** A process ended by a signal has this plus the signal's number as its exit code. */
    private static final int ENDED_BY_SIGNAL = 128;

    private static final int INT = 2;
    private static final int TERM = 15;

    private final Server server;
    private final AtomicBoolean stopping = new AtomicBoolean();

    private Signals(Server server) {
        this.server = server;
    }

    static void connect(Server server) {
        Signals signals = new Signals(server);
        handle("TERM", () -> signals.stop(TERM));
        handle("INT", () -> signals.stop(INT));
        handle("HUP", server::reload);
    }

    private void stop(int number) {
        if (stopping.compareAndSet(false, true)) {
            server.stop();
        } else {
            Runtime.getRuntime().halt(ENDED_BY_SIGNAL + number);
        }
    }

    private static void handle(String name, Runnable then) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) -> {
                                if (method.getName().equals("handle")) {
                                    then.run();
                                }
                                return null;
                            });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException unavailable) {
            // Another system (no HUP on Windows), or a JVM started with -Xrs.
            LOG.atDebug()
                    .addKeyValue("signal", name)
                    .addKeyValue("cause", unavailable.toString())
                    .log("signal is not handled");
        }
    }
}
