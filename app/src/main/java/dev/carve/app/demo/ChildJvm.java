package dev.carve.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A Java program in a process of its own, on the class path and with the flags of this one, so that
 * what it costs can be read from the operating system. Lives until {@link #close}, which any thread
 * may call, and more than once.
 */
final class ChildJvm implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final String name;
    private final Process process;
    private final Path errors;
    private volatile boolean expected;

    private ChildJvm(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
    }

    /**
     * What to start.
     *
     * @param name for messages
     * @param mainClass of this class path
     * @param arguments of the program
     * @param output where its standard output goes
     * @param errors where its standard error goes
     */
    record Program(
            String name, String mainClass, List<String> arguments, Path output, Path errors) {}

    static ChildJvm start(Program program) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // A debugger's port is taken, and a cache being recorded is this process's own.
            if (!flag.startsWith("-agentlib") && !flag.startsWith("-XX:AOT")) {
                command.add(flag);
            } else if (flag.startsWith("-XX:AOTCache=")) {
                command.add(flag);
            }
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(program.mainClass());
        command.addAll(program.arguments());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(Redirect.to(program.output().toFile()))
                        .redirectError(Redirect.to(program.errors().toFile()));
        // It would decide the port of both children.
        builder.environment().remove("PORT");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return new ChildJvm(program.name(), process, program.errors());
        } catch (IOException e) {
            throw new DemoFailure("cannot start " + program.name() + ": " + e.getMessage());
        }
    }

    /** Asks again and again until there is an answer. */
    <T> T await(Supplier<Optional<T>> question) {
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            Optional<T> answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (hasEndedWithin(LOOK)) {
                throw new DemoFailure(ended());
            }
            if (System.nanoTime() > deadline) {
                throw new DemoFailure(
                        name + " did not answer within " + START.toSeconds() + " s" + told());
            }
        }
    }

    private boolean hasEndedWithin(Duration time) {
        try {
            return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoFailure("interrupted");
        }
    }

    /** Why it is no longer there, in the words of its own log. */
    String ended() {
        return name + " ended by itself with exit status " + process.exitValue() + told();
    }

    private String told() {
        try {
            String text = Files.readString(errors).strip();
            return text.isEmpty() ? "" : ":\n" + text.substring(Math.max(0, text.length() - 2000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Completes when it has ended, whoever ended it. */
    CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /** Processor time since it started, as far as the operating system tells. */
    Optional<Duration> cpu() {
        return process.toHandle().info().totalCpuDuration();
    }

    /** Ends it as a crash does, and waits until it is gone. */
    void kill() {
        expected = true;
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether its end was meant. */
    boolean isExpectedToEnd() {
        return expected;
    }

    /** Asks it to end, without waiting. */
    void stop() {
        process.destroy();
    }

    @Override
    public void close() {
        stop();
        try {
            if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
