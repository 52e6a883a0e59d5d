package dev.carve.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * What a JFR recording says about time and allocation. CPU-time samples, not the usual ones: most
 * of a gateway's time is spent in system calls below native methods, which the usual ones leave
 * out.
 */
final class Recording {

    private static final int FRAMES_TOLD = 25;
    private static final int SITES_TOLD = 15;
    private static final String OWN = "dev.carve.";

    private final Map<String, Double> threads = new HashMap<>();
    private final Map<String, Double> self = new HashMap<>();
    private final Map<String, Double> inclusive = new HashMap<>();
    private final Map<String, Double> allocatedTypes = new HashMap<>();
    private final Map<String, Double> allocatingSites = new HashMap<>();
    private long samples;
    private long unwalked;

    private Recording() {}

    static Recording read(Path file) throws IOException {
        Recording recording = new Recording();
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                RecordedEvent event = events.readEvent();
                switch (event.getEventType().getName()) {
                    case "jdk.CPUTimeSample" -> recording.sample(event);
                    case "jdk.ObjectAllocationSample" -> recording.allocation(event);
                    default -> {}
                }
            }
        }
        return recording;
    }

    String report(long requests) {
        StringBuilder text = new StringBuilder();
        text.append("%d samples of CPU time, %d without a stack%n".formatted(samples, unwalked));
        table(text, "threads, % of samples", threads, 100.0 / Math.max(1, samples), 8);
        table(
                text,
                "top frames, % of samples (system calls count for their native method)",
                self,
                100.0 / Math.max(1, samples),
                FRAMES_TOLD);
        table(
                text,
                "Carve's methods with all they call, % of samples",
                inclusive,
                100.0 / Math.max(1, samples),
                FRAMES_TOLD);
        table(
                text,
                "allocated types, bytes a request (estimated)",
                allocatedTypes,
                1.0 / Math.max(1, requests),
                SITES_TOLD);
        table(
                text,
                "where, bytes a request (estimated)",
                allocatingSites,
                1.0 / Math.max(1, requests),
                SITES_TOLD);
        return text.toString();
    }

    private void sample(RecordedEvent event) {
        samples++;
        RecordedThread thread = event.getThread("eventThread");
        String name = thread == null ? null : thread.getJavaName();
        add(threads, name == null ? "(a thread of the JVM)" : name, 1);
        RecordedStackTrace stack = event.getStackTrace();
        if (stack == null || stack.getFrames().isEmpty()) {
            unwalked++;
            return;
        }
        List<RecordedFrame> frames = stack.getFrames();
        add(self, method(frames.getFirst()), 1);
        Set<String> own = new HashSet<>();
        for (RecordedFrame frame : frames) {
            String method = method(frame);
            if (method.startsWith(OWN) && own.add(method)) {
                add(inclusive, method, 1);
            }
        }
    }

    private void allocation(RecordedEvent event) {
        double bytes = event.getLong("weight");
        add(allocatedTypes, event.getClass("objectClass").getName(), bytes);
        RecordedStackTrace stack = event.getStackTrace();
        if (stack == null || stack.getFrames().isEmpty()) {
            return;
        }
        List<RecordedFrame> frames = stack.getFrames();
        String site = method(frames.getFirst());
        String owner =
                frames.stream()
                        .map(Recording::method)
                        .filter(method -> method.startsWith(OWN))
                        .findFirst()
                        .orElse("");
        add(
                allocatingSites,
                owner.isEmpty() || owner.equals(site) ? site : site + " from " + owner,
                bytes);
    }

    private static String method(RecordedFrame frame) {
        RecordedMethod method = frame.getMethod();
        return method.getType().getName() + "." + method.getName();
    }

    private static void add(Map<String, Double> sums, String key, double amount) {
        sums.merge(key, amount, Double::sum);
    }

    private static void table(
            StringBuilder text, String title, Map<String, Double> sums, double scale, int most) {
        text.append('\n').append(title).append('\n');
        sums.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(most)
                .forEach(entry ->
                        text.append(
                                "%9s  %s%n"
                                        .formatted(
                                                Numbers.plain(entry.getValue() * scale),
                                                entry.getKey())));
    }
}
