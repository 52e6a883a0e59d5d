package dev.carve.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A backend that is a class of the harness in a process of its own. It is given its port, and tells
 * at {@value #COUNT} how many other requests arrived.
 */
abstract class JvmBackend implements Backend {

    static final String COUNT = "/count";

    final Running running;

    JvmBackend(Running running) {
        this.running = running;
    }

    /** Starts the class and waits until it answers. */
    static Running launch(
            String label,
            Path folder,
            String cores,
            List<String> flags,
            Class<?> main,
            String... arguments)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int port = Tools.freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.add(Integer.toString(port));
        command.addAll(List.of(arguments));
        Running started = Running.start(label, port, cores, folder.resolve("output.log"), command);
        try {
            Probe.untilOk(started, COUNT);
        } catch (IOException | InterruptedException e) {
            started.close();
            throw e;
        }
        return started;
    }

    @Override
    public final int port() {
        return running.port();
    }

    @Override
    public final long requests() throws IOException {
        return Long.parseLong(Probe.get(port(), COUNT).body());
    }

    @Override
    public final List<Long> family() {
        return running.family();
    }

    @Override
    public final Running running() {
        return running;
    }

    @Override
    public final void close() {
        running.close();
    }
}
