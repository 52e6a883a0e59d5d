package dev.carve.load;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Results as JSON: figures for programs, and the whole histograms (HdrHistogram's compressed V2
 * form in base64, which its own tools read too) for a later comparison. Any thread.
 */
public final class LoadFile {

    private static final String FORMAT = "carve-load/1";
    private static final long FILE_BYTES_MAX = 16L << 20;
    private static final JsonFactory JSON = new JsonFactory();

    private LoadFile() {}

    /** The figures, without the histograms, on one line. */
    public static String json(LoadResult result) {
        return json(result, false);
    }

    /** Writes figures and histograms; the file is whole or not there. */
    public static void save(Path file, LoadResult result) throws IOException {
        Path whole = file.toAbsolutePath();
        Path part = whole.resolveSibling(whole.getFileName() + ".part");
        Files.writeString(part, json(result, true) + "\n");
        Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IOException if it cannot be read or is not such a file
     */
    public static LoadResult read(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException(file + ": is too long (expected: at most 16MiB)");
        }
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), Files.readString(file))) {
            return new Reading(in).result();
        } catch (JacksonException | IllegalArgumentException | DataFormatException broken) {
            throw new IOException(
                    file
                            + ": is no saved load run: "
                            + firstLine(broken)
                            + " (expected: a file that --save wrote)",
                    broken);
        }
    }

    private static String firstLine(Exception failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    private static String json(LoadResult result, boolean histograms) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            out.writeStartObject();
            out.writeStringProperty("format", FORMAT);
            title(out, result.title());
            counts(out, result);
            figures(out, "latencyMillis", result.times().latency());
            figures(out, "failedMillis", result.times().failed());
            figures(out, "latenessMillis", result.times().lateness());
            if (histograms) {
                out.writeArrayPropertyStart("windows");
                for (LoadResult.Window window : result.windows()) {
                    out.writeStartArray();
                    out.writeNumber(window.count());
                    out.writeNumber(window.meanNanos());
                    out.writeEndArray();
                }
                out.writeEndArray();
                out.writeStringProperty("latencyHistogram", encode(result.times().latency()));
                out.writeStringProperty("failedHistogram", encode(result.times().failed()));
                out.writeStringProperty("latenessHistogram", encode(result.times().lateness()));
            }
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void title(JsonGenerator out, LoadResult.Title title) {
        out.writeStringProperty("request", title.request());
        out.writeStringProperty("pace", title.pace());
        out.writeNumberProperty("seed", title.seed());
        out.writeStringProperty("startedAt", title.startedAt().toString());
        out.writeNumberProperty("sendingNanos", title.sending().toNanos());
        out.writeNumberProperty("elapsedNanos", title.elapsed().toNanos());
        out.writeBooleanProperty("interrupted", title.interrupted());
    }

    private static void counts(JsonGenerator out, LoadResult result) {
        LoadResult.Counts counts = result.counts();
        out.writeNumberProperty("intended", counts.intended());
        out.writeNumberProperty("sent", counts.sent());
        out.writeNumberProperty("answered", counts.answered());
        out.writeNumberProperty("expected", counts.expected());
        out.writeNumberProperty("bytesIn", counts.bytesIn());
        out.writeNumberProperty("bytesOut", counts.bytesOut());
        out.writeNumberProperty("connectionsOpened", counts.connectionsOpened());
        out.writeNumberProperty("strayConnections", counts.strayConnections());
        out.writeNumberProperty("intendedPerSecond", result.intendedPerSecond());
        out.writeNumberProperty("answeredPerSecond", result.answeredPerSecond());
        out.writeObjectPropertyStart("statuses");
        result.statuses()
                .forEach((status, count) -> out.writeNumberProperty(status.toString(), count));
        out.writeEndObject();
        out.writeNumberProperty("errorCount", result.errorCount());
        out.writeObjectPropertyStart("errors");
        result.errors()
                .forEach((kind, some) -> {
                    out.writeObjectPropertyStart(kind.name());
                    out.writeNumberProperty("count", some.count());
                    out.writeStringProperty("first", some.example());
                    out.writeEndObject();
                });
        out.writeEndObject();
    }

    private static void figures(JsonGenerator out, String name, Histogram histogram) {
        LatencyFigures figures = LatencyFigures.of(histogram);
        out.writeObjectPropertyStart(name);
        out.writeNumberProperty("count", figures.count());
        out.writeNumberProperty("min", figures.min());
        out.writeNumberProperty("mean", figures.mean());
        out.writeNumberProperty("median", figures.median());
        out.writeNumberProperty("p75", figures.p75());
        out.writeNumberProperty("p95", figures.p95());
        out.writeNumberProperty("p99", figures.p99());
        out.writeNumberProperty("p99.9", figures.p999());
        out.writeNumberProperty("max", figures.max());
        out.writeNumberProperty("standardDeviation", figures.standardDeviation());
        out.writeEndObject();
    }

    private static String encode(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes, Deflater.DEFAULT_COMPRESSION);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }

    private static Histogram decode(String text) throws DataFormatException {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        return Histogram.decodeFromCompressedByteBuffer(bytes, Tally.LATENCY_NANOS_MAX);
    }

    /** One pass over a saved file; what is derived or unknown is passed over. */
    private static final class Reading {

        private final JsonParser in;
        private String format = "";
        private String request = "";
        private String pace = "";
        private String startedAt = "";
        private String latency = "";
        private String failed = "";
        private String lateness = "";
        private boolean interrupted;
        private final TreeMap<String, Long> numbers = new TreeMap<>();
        private final TreeMap<Integer, Long> statuses = new TreeMap<>();
        private final TreeMap<LoadError, LoadResult.Failures> errors = new TreeMap<>();
        private final List<LoadResult.Window> windows = new ArrayList<>();

        Reading(JsonParser in) {
            this.in = in;
        }

        LoadResult result() throws DataFormatException {
            need(JsonToken.START_OBJECT);
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                in.nextToken();
                property(name);
            }
            if (!format.equals(FORMAT)) {
                throw new IllegalArgumentException("format is \"" + format + "\"");
            }
            return new LoadResult(
                    new LoadResult.Title(
                            request,
                            pace,
                            number("seed"),
                            instant(),
                            Duration.ofNanos(number("sendingNanos")),
                            Duration.ofNanos(number("elapsedNanos")),
                            interrupted),
                    new LoadResult.Counts(
                            number("intended"),
                            number("sent"),
                            number("answered"),
                            number("expected"),
                            number("bytesIn"),
                            number("bytesOut"),
                            number("connectionsOpened"),
                            number("strayConnections")),
                    errors,
                    statuses,
                    new LoadResult.Times(decode(latency), decode(failed), decode(lateness)),
                    List.copyOf(windows));
        }

        private void property(String name) {
            switch (name) {
                case "format" -> format = in.getString();
                case "request" -> request = in.getString();
                case "pace" -> pace = in.getString();
                case "startedAt" -> startedAt = in.getString();
                case "latencyHistogram" -> latency = in.getString();
                case "failedHistogram" -> failed = in.getString();
                case "latenessHistogram" -> lateness = in.getString();
                case "interrupted" -> interrupted = in.getBooleanValue();
                case "statuses" -> statuses();
                case "errors" -> errors();
                case "windows" -> windows();
                default -> {
                    if (in.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                        numbers.put(name, in.getLongValue());
                    } else {
                        in.skipChildren();
                    }
                }
            }
        }

        private void statuses() {
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                int status = Integer.parseInt(in.currentName());
                in.nextToken();
                statuses.put(status, in.getLongValue());
            }
        }

        private void errors() {
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                LoadError kind = LoadError.valueOf(in.currentName());
                need(JsonToken.START_OBJECT);
                long count = 0;
                String example = "";
                while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = in.currentName();
                    in.nextToken();
                    switch (name) {
                        case "count" -> count = in.getLongValue();
                        case "first" -> example = in.getString();
                        default -> in.skipChildren();
                    }
                }
                errors.put(kind, new LoadResult.Failures(count, example));
            }
        }

        private void windows() {
            while (in.nextToken() == JsonToken.START_ARRAY) {
                in.nextToken();
                long count = in.getLongValue();
                in.nextToken();
                windows.add(new LoadResult.Window(count, in.getDoubleValue()));
                need(JsonToken.END_ARRAY);
                if (windows.size() > 2 * LoadResult.WINDOWS_MAX) {
                    throw new IllegalArgumentException("too many windows");
                }
            }
        }

        private void need(JsonToken token) {
            JsonToken next = in.nextToken();
            if (next != token) {
                throw new IllegalArgumentException(
                        "found " + next + " where " + token + " belongs");
            }
        }

        private long number(String name) {
            Long value = numbers.get(name);
            if (value == null) {
                throw new IllegalArgumentException("\"" + name + "\" is missing");
            }
            return value;
        }

        private Instant instant() {
            try {
                return Instant.parse(startedAt);
            } catch (DateTimeParseException broken) {
                throw new IllegalArgumentException("startedAt is no instant", broken);
            }
        }
    }
}
