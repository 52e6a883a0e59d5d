package dev.carve.gateway;

import dev.carve.gateway.log.LineBuffer;
import dev.carve.gateway.log.LogWriter;
import dev.carve.gateway.settings.AccessLogSettings;
import dev.carve.gateway.settings.AccessLogSettings.Format;
import dev.carve.http.Loop;
import dev.carve.http.ServerStream;
import dev.carve.runtime.Clock;
import dev.carve.runtime.Failure;

/**
 * The access log of one configuration: a line for every exchange, formatted on its loop (copying
 * out what a line needs would cost as much) and written by the {@link LogWriter}.
 *
 * <p>Threads: any event loop, each with a {@link LoopLog} of its own.
 */
final class ExchangeLog implements AccessLog {

    private final LogWriter writer;
    private final AccessLine line;
    private final Clock clock;

    ExchangeLog(AccessLogSettings settings, LogWriter writer, Clock clock) {
        this.writer = writer;
        this.clock = clock;
        Redaction redaction = new Redaction(settings.redact());
        line =
                settings.format() == Format.COMMON
                        ? new CommonLine(redaction)
                        : new JsonLine(redaction);
    }

    /** Writes the parts of one line. */
    interface AccessLine {

        void write(LineBuffer out, LoopLog time, Exchange exchange);

        void malformed(
                LineBuffer out, LoopLog time, ServerStream stream, Failure why, String requestId);
    }

    @Override
    public void finished(Exchange exchange) {
        LoopLog log = of(exchange.loop());
        log.begin(exchange.startedNanos);
        line.write(log.lines(), log, exchange);
        log.end();
    }

    @Override
    public void malformed(ServerStream stream, Failure why, String requestId) {
        LoopLog log = of(stream.loop());
        log.begin(stream.loop().now());
        line.malformed(log.lines(), log, stream, why, requestId);
        log.end();
    }

    private LoopLog of(Loop loop) {
        LoopLog log = LoopLog.of(loop);
        log.use(writer, clock);
        return log;
    }
}
