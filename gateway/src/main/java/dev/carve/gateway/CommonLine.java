package dev.carve.gateway;

import dev.carve.gateway.log.LineBuffer;
import dev.carve.http.Ascii;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.ServerStream;
import dev.carve.runtime.Failure;
import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.util.Locale;

/** The common log format with referrer and user agent, as most tools read it. Any event loop. */
final class CommonLine implements ExchangeLog.AccessLine {

    private static final byte[] NOBODY = Ascii.bytes(" - - [");
    private static final byte[] ZONE = Ascii.bytes(" +0000] \"");
    private static final byte[] VERSION = Ascii.bytes(" HTTP/1.");
    private static final byte[] QUOTE_SPACE = Ascii.bytes("\" ");
    private static final byte[] NOT_READ = Ascii.bytes("-\" ");

    private final Redaction redaction;

    CommonLine(Redaction redaction) {
        this.redaction = redaction;
    }

    @Override
    public void write(LineBuffer out, LoopLog time, Exchange exchange) {
        Head head = exchange.head();
        ServerStream stream = exchange.stream();
        start(out, time, stream);
        out.addEscaped(head.bytes(), 0, head.methodEnd()).add(' ');
        redaction.write(out, head.bytes(), head.targetStart(), head.targetEnd());
        out.add(VERSION).add(head.minorVersion()).add(QUOTE_SPACE).add(exchange.status).add(' ');
        out.add(stream.bytesSent());
        quoted(out, head, Field.REFERER);
        quoted(out, head, Field.USER_AGENT);
        out.add('\n');
    }

    @Override
    public void malformed(
            LineBuffer out, LoopLog time, ServerStream stream, Failure why, String requestId) {
        start(out, time, stream);
        out.add(NOT_READ).add(why.kind().status()).add(' ').add(stream.bytesSent());
        out.add(' ').add('"').add('-').add('"').add(' ').add('"').add('-').add('"').add('\n');
    }

    private static void start(LineBuffer out, LoopLog time, ServerStream stream) {
        LocalDateTime date = time.date();
        stream.peer().writeAddress(out::addEscaped);
        out.add(NOBODY).addPadded(date.getDayOfMonth(), 2).add('/');
        out.add(Ascii.bytes(date.getMonth().getDisplayName(TextStyle.SHORT, Locale.ROOT)));
        out.add('/').addPadded(date.getYear(), 4).add(':').addPadded(date.getHour(), 2).add(':');
        out.addPadded(date.getMinute(), 2).add(':').addPadded(date.getSecond(), 2).add(ZONE);
    }

    private void quoted(LineBuffer out, Head head, Field field) {
        out.add(' ').add('"');
        int number = head.find(field);
        if (number == Head.NONE) {
            out.add('-');
        } else {
            redaction.write(out, head.bytes(), head.valueStart(number), head.valueEnd(number));
        }
        out.add('"');
    }
}
