package dev.carve.gateway;

import dev.carve.gateway.log.LineBuffer;
import dev.carve.http.Ascii;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.ServerStream;
import dev.carve.runtime.Failure;
import java.time.LocalDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A line as one JSON object; times in milliseconds, sizes in bytes. Any event loop. */
final class JsonLine implements ExchangeLog.AccessLine {

    private static final byte[] TIME = Ascii.bytes("{\"time\":\"");
    private static final byte[] ID = Ascii.bytes("\",\"request_id\":\"");
    private static final byte[] CLIENT = Ascii.bytes("\",\"client\":\"");
    private static final byte[] METHOD = Ascii.bytes("\",\"method\":\"");
    private static final byte[] HOST = Ascii.bytes("\",\"host\":\"");
    private static final byte[] TARGET = Ascii.bytes("\",\"target\":\"");
    private static final byte[] VERSION = Ascii.bytes("\",\"version\":\"1.");
    private static final byte[] STATUS = Ascii.bytes("\",\"status\":");
    private static final byte[] ROUTE = Ascii.bytes(",\"route\":\"");
    private static final byte[] SERVICE = Ascii.bytes("\",\"service\":\"");
    private static final byte[] INSTANCE = Ascii.bytes("\",\"instance\":\"");
    private static final byte[] ATTEMPTS = Ascii.bytes("\",\"attempts\":");
    private static final byte[] RECEIVED = Ascii.bytes(",\"received\":");
    private static final byte[] SENT = Ascii.bytes(",\"sent\":");
    private static final byte[] CONNECT = Ascii.bytes(",\"connect_ms\":");
    private static final byte[] FIRST = Ascii.bytes(",\"head_ms\":");
    private static final byte[] TOTAL = Ascii.bytes(",\"total_ms\":");
    private static final byte[] TRACE = Ascii.bytes(",\"trace\":\"");
    private static final byte[] OUTCOME = Ascii.bytes(",\"outcome\":\"");
    private static final byte[] ENDED = Ascii.bytes("\",\"ended_by\":\"");
    private static final byte[] DETAIL = Ascii.bytes("\",\"detail\":\"");
    private static final byte[] END = Ascii.bytes("\"}\n");
    private static final byte[] OK = Ascii.bytes(",\"outcome\":\"ok\"}\n");

    private static final int TRACE_ID_START = 3;
    private static final int TRACE_ID_END = 35;
    private static final int TRACEPARENT_LENGTH_MIN = 55;

    private final Redaction redaction;

    JsonLine(Redaction redaction) {
        this.redaction = redaction;
    }

    @Override
    public void write(LineBuffer out, LoopLog time, Exchange exchange) {
        Head head = exchange.head();
        ServerStream stream = exchange.stream();
        byte[] bytes = head.bytes();
        time(out.add(TIME), time);
        exchange.id.writeTo(out.add(ID));
        stream.peer().writeAddress(out.add(CLIENT)::addEscaped);
        out.add(METHOD).addEscaped(bytes, 0, head.methodEnd());
        int host = head.find(Field.HOST);
        if (host != Head.NONE) {
            out.add(HOST).addEscaped(bytes, head.valueStart(host), head.valueEnd(host));
        }
        redaction.write(out.add(TARGET), bytes, head.targetStart(), head.targetEnd());
        out.add(VERSION).add(head.minorVersion());
        out.add(STATUS).add(exchange.status);
        where(out, exchange);
        out.add(RECEIVED).add(stream.bytesReceived()).add(SENT).add(stream.bytesSent());
        times(out, exchange);
        trace(out, head);
        outcome(out, exchange.failure);
    }

    private static void where(LineBuffer out, Exchange exchange) {
        Route route = exchange.route;
        if (route == null) {
            return;
        }
        out.add(ROUTE).add(route.escapedName());
        if (exchange.service != null && exchange.instance != null) {
            out.add(SERVICE).add(exchange.service.escapedName());
            out.add(INSTANCE).add(exchange.instance.authority());
            out.add(ATTEMPTS).add(exchange.attempts);
        } else {
            out.add('"');
        }
    }

    private static void times(LineBuffer out, Exchange exchange) {
        long start = exchange.startedNanos;
        if (exchange.connectedNanos != 0) {
            out.add(CONNECT).addMillis(exchange.connectedNanos - start);
        }
        if (exchange.answeredNanos != 0) {
            out.add(FIRST).addMillis(exchange.answeredNanos - start);
        }
        out.add(TOTAL).addMillis(exchange.loop().now() - start);
    }

    private static void trace(LineBuffer out, Head head) {
        int number = head.find(Field.TRACEPARENT);
        if (number != Head.NONE) {
            int from = head.valueStart(number);
            if (head.valueEnd(number) - from >= TRACEPARENT_LENGTH_MIN) {
                out.add(TRACE)
                        .addEscaped(head.bytes(), from + TRACE_ID_START, from + TRACE_ID_END)
                        .add('"');
            }
        }
    }

    private static void outcome(LineBuffer out, @Nullable Failure why) {
        if (why == null) {
            out.add(OK);
            return;
        }
        out.add(OUTCOME).add(Ascii.bytes(why.kind().code()));
        out.add(ENDED).add(Ascii.bytes(why.side().name().toLowerCase(Locale.ROOT)));
        byte[] detail = Ascii.bytes(why.detail());
        out.add(DETAIL).addEscaped(detail, 0, detail.length).add(END);
    }

    @Override
    public void malformed(
            LineBuffer out, LoopLog time, ServerStream stream, Failure why, String requestId) {
        byte[] id = Ascii.bytes(requestId);
        time(out.add(TIME), time);
        out.add(ID).addEscaped(id, 0, id.length);
        stream.peer().writeAddress(out.add(CLIENT)::addEscaped);
        out.add(STATUS).add(why.kind().status());
        out.add(RECEIVED).add(stream.bytesReceived()).add(SENT).add(stream.bytesSent());
        outcome(out, why);
    }

    /** RFC 3339, in UTC. */
    private static void time(LineBuffer out, LoopLog time) {
        LocalDateTime date = time.date();
        out.addPadded(date.getYear(), 4).add('-').addPadded(date.getMonthValue(), 2).add('-');
        out.addPadded(date.getDayOfMonth(), 2).add('T').addPadded(date.getHour(), 2).add(':');
        out.addPadded(date.getMinute(), 2).add(':').addPadded(date.getSecond(), 2).add('.');
        out.addPadded(time.millisOfSecond(), 3).add('Z');
    }
}
