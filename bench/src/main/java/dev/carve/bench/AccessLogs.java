package dev.carve.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** The files that gateways log to: a gateway that should log and does not saves what others pay. */
final class AccessLogs {

    /** Drops are allowed by Carve's bound, and told; beyond this the work was not equal. */
    private static final double WRITTEN_MIN = 0.99;

    private AccessLogs() {}

    /** A log of a million lines has served once it is counted. */
    static void empty(Optional<Path> log) throws IOException {
        if (log.isPresent() && Files.exists(log.get())) {
            FileChannel.open(
                            log.get(),
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING)
                    .close();
        }
    }

    static List<String> faults(Optional<Path> log, long requests) throws IOException {
        if (log.isEmpty()) {
            return List.of();
        }
        long lines = Files.exists(log.get()) ? lines(log.get()) : 0;
        return lines >= requests * WRITTEN_MIN
                ? List.of()
                : List.of("%d lines in the access log for %d requests".formatted(lines, requests));
    }

    private static long lines(Path log) throws IOException {
        long lines = 0;
        byte[] part = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(log)) {
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                for (int i = 0; i < count; i++) {
                    lines += part[i] == '\n' ? 1 : 0;
                }
            }
        }
        return lines;
    }
}
