package dev.carve.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sends another JVM the JDK's diagnostic commands. */
public final class JvmTool {

    private JvmTool() {}

    /** A full collection; returns when it is done. */
    public static void collect(long pid) throws IOException, InterruptedException {
        ask(pid, "GC.run");
    }

    /** Sends a diagnostic command; answers what it printed. */
    public static String ask(long pid, String... command) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        List<String> line = new ArrayList<>(List.of(jcmd.toString(), Long.toString(pid)));
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(
                    "jcmd %d %s: %s".formatted(pid, String.join(" ", command), said.strip()));
        }
        return said;
    }
}
