package dev.carve.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a plan's request into bytes: once before the run where no field differs, else per request.
 * One per event loop, used on it only; {@link #close} releases what was rendered ahead.
 */
final class RequestWriter implements AutoCloseable {

    static final int BODY_BYTES_MAX = 64 << 20;
    private static final List<String> METHODS_WITH_BODY = List.of("POST", "PUT", "PATCH");

    /** Everything of a request that is known before it is sent. Immutable, shared by the loops. */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere, written once
    record Prepared(Template head, Template body, byte[] file, boolean lengthSent) {

        /**
         * Compiles the templates and reads the file.
         *
         * @throws IllegalArgumentException if a template is wrong or the body too long
         * @throws IOException if the file cannot be read
         */
        static Prepared of(LoadRequest request, Target target) throws IOException {
            // Compiled apart only to hold the target to its own characters.
            Template.compile("URL", target.pathAndQuery(), HttpBytes::isTargetByte);
            StringBuilder head = new StringBuilder();
            head.append(request.method()).append(' ').append(target.pathAndQuery());
            head.append(" HTTP/1.1\r\n");
            if (request.headers().stream().noneMatch(h -> h.name().equalsIgnoreCase("host"))) {
                head.append("Host: ").append(target.authority()).append("\r\n");
            }
            for (LoadRequest.Header header : request.headers()) {
                head.append(header.name()).append(": ").append(header.value()).append("\r\n");
            }
            if (!request.keepAlive()) {
                head.append("Connection: close\r\n");
            }
            byte[] file = new byte[0];
            String text = "";
            switch (request.body()) {
                case LoadBody.None() -> {}
                case LoadBody.Text(String given) -> text = given;
                case LoadBody.File(var path) -> {
                    if (Files.size(path) > BODY_BYTES_MAX) {
                        throw LoadOptions.invalid(
                                "body", path.toString(), "is too long", "at most 64MiB");
                    }
                    file = Files.readAllBytes(path);
                }
            }
            boolean lengthSent =
                    !(request.body() instanceof LoadBody.None)
                            || METHODS_WITH_BODY.contains(request.method());
            return new Prepared(
                    Template.compile("request", head.toString(), c -> true),
                    Template.compile("body", text, c -> true),
                    file,
                    lengthSent);
        }
    }

    private final Prepared prepared;
    private final RequestRandom random;
    private final ByteBuf body = Unpooled.buffer(256, BODY_BYTES_MAX);
    // Null where each request differs.
    private final @Nullable ByteBuf fixed;

    RequestWriter(Prepared prepared, long seed) {
        this.prepared = prepared;
        this.random = new RequestRandom(seed);
        if (prepared.head().isFixed() && prepared.body().isFixed()) {
            ByteBuf rendered = Unpooled.directBuffer(256);
            render(rendered);
            fixed = rendered;
        } else {
            fixed = null;
        }
    }

    /** The bytes of a request, counted from 1; the caller releases them. */
    ByteBuf next(long number, ByteBufAllocator allocator) {
        if (fixed != null) {
            return fixed.retainedDuplicate();
        }
        random.turnTo(number);
        ByteBuf out = allocator.directBuffer(512);
        render(out);
        return out;
    }

    private void render(ByteBuf out) {
        prepared.head().render(out, random);
        body.clear();
        prepared.body().render(body, random);
        if (prepared.lengthSent()) {
            out.writeCharSequence("Content-Length: ", StandardCharsets.US_ASCII);
            Template.writeDecimal(out, body.readableBytes() + (long) prepared.file().length);
            out.writeShort('\r' << 8 | '\n');
        }
        out.writeShort('\r' << 8 | '\n');
        out.writeBytes(body);
        out.writeBytes(prepared.file());
    }

    @Override
    public void close() {
        body.release();
        if (fixed != null) {
            fixed.release();
        }
    }
}
