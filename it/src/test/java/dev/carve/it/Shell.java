package dev.carve.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program with exactly the environment given, and waits for it. */
final class Shell {

    private static final long SECONDS_MAX = 60;

    private Shell() {}

    /** What a program left behind. */
    record Result(int status, String out, String err) {}

    static Result run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        return await(start(folder, environment, command));
    }

    /** A program under way, with the files that take its output. */
    record Running(Process process, Path out, Path err) {}

    static Running start(Path folder, Map<String, String> environment, List<String> command)
            throws IOException {
        Path out = Files.createTempFile("carve-it", ".out");
        Path err = Files.createTempFile("carve-it", ".err");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        return new Running(builder.start(), out, err);
    }

    static Result await(Running running) throws IOException, InterruptedException {
        if (!running.process().waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            running.process().destroyForcibly();
            throw new AssertionError("still running after " + SECONDS_MAX + " s");
        }
        Result result =
                new Result(
                        running.process().exitValue(),
                        Files.readString(running.out(), StandardCharsets.UTF_8),
                        Files.readString(running.err(), StandardCharsets.UTF_8));
        Files.delete(running.out());
        Files.delete(running.err());
        return result;
    }
}
