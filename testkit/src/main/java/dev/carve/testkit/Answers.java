package dev.carve.testkit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of a scripted upstream's answers. Stateless. */
final class Answers {

    private Answers() {}

    static Octets text(int status, List<Field> fields, String body) {
        return Octets.of(
                "HTTP/1.1 %d %s\r\n%sContent-Length: %d\r\n\r\n%s"
                        .formatted(status, reason(status), lines(fields), body.length(), body));
    }

    static Octets closing(int status, String body) {
        return text(status, List.of(new Field("Connection", "close")), body);
    }

    static Octets echo(@Nullable RecordedRequest request) {
        Octets body = request == null ? Octets.EMPTY : request.body().kept();
        return text(200, List.of(), body.text());
    }

    static Octets interim(int status, List<Field> fields) {
        return Octets.of(
                "HTTP/1.1 %d %s\r\n%s\r\n".formatted(status, reason(status), lines(fields)));
    }

    static Octets declaring(int bytes, String body) {
        return Octets.of("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(bytes, body));
    }

    static Octets badChunk(String goodChunk) {
        return Octets.of(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\nzz\r\n"
                        .formatted(
                                goodChunk.getBytes(StandardCharsets.ISO_8859_1).length, goodChunk));
    }

    private static String lines(List<Field> fields) {
        var lines = new StringBuilder();
        for (Field field : fields) {
            lines.append(field).append("\r\n");
        }
        return lines.toString();
    }

    private static String reason(int status) {
        return switch (status) {
            case 100 -> "Continue";
            case 103 -> "Early Hints";
            case 200 -> "OK";
            case 404 -> "Not Found";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            default -> "Status " + status;
        };
    }
}
