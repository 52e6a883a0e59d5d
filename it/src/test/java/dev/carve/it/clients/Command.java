package dev.carve.it.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs an outside program and keeps all it prints. Stateless. */
final class Command {

    private static final long SECONDS_MAX = 60;

    private Command() {}

    /** What it printed on both streams, with its exit code in the last line. */
    static String run(Path program, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        Thread watch =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                                    process.destroyForcibly();
                                }
                            } catch (InterruptedException e) {
                                process.destroyForcibly();
                            }
                        });
        byte[] out = process.getInputStream().readAllBytes();
        int code = process.waitFor();
        watch.join();
        return new String(out, StandardCharsets.ISO_8859_1) + "exit " + code + "\n";
    }
}
