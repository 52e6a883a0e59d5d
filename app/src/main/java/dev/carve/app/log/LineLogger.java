package dev.carve.app.log;

import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/**
 * Writes {@code 11:08:01.475 INFO configuration reloaded changes="3"}: INFO and above, of libraries
 * WARN and above. Any thread; a line is written in one call, so that lines do not mix.
 */
final class LineLogger extends AbstractLogger implements LoggingEventAware {

    private static final long serialVersionUID = 1;
    private static final int FRAMES_MAX = 5;

    private final int lowest;

    LineLogger(String name) {
        this.name = name;
        lowest = (name.startsWith("dev.carve.") ? Level.INFO : Level.WARN).toInt();
    }

    @Override
    public void log(LoggingEvent event) {
        if (event.getLevel().toInt() < lowest) {
            return;
        }
        StringBuilder text = new StringBuilder();
        text.append(
                MessageFormatter.basicArrayFormat(event.getMessage(), event.getArgumentArray()));
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                text.append(' ').append(pair.key).append("=\"");
                value(text, String.valueOf(pair.value));
                text.append('"');
            }
        }
        write(event.getLevel(), text, event.getThrowable());
    }

    /** A quote inside can not end the value, so that none passes for another pair. */
    private static void value(StringBuilder text, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\');
            }
            text.append(c);
        }
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String message,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        write(
                level,
                new StringBuilder().append(MessageFormatter.basicArrayFormat(message, arguments)),
                failure);
    }

    private static void write(Level level, StringBuilder text, @Nullable Throwable failure) {
        StringBuilder line = new StringBuilder(text.length() + 32);
        LocalTime time = LocalTime.now(ZoneOffset.UTC);
        digits(line, time.getHour(), 10).append(':');
        digits(line, time.getMinute(), 10).append(':');
        digits(line, time.getSecond(), 10).append('.');
        digits(line, time.getNano() / 1_000_000, 100);
        line.append("Z ").append(level).append(" ".repeat(6 - level.toString().length()));
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // One event, one line: a value from outside can not forge another.
            line.append(c < 0x20 || c == 0x7F ? ' ' : c);
        }
        line.append(System.lineSeparator());
        for (Throwable each = failure; each != null; each = each.getCause()) {
            line.append("    ").append(each).append(System.lineSeparator());
            StackTraceElement[] frames = each.getStackTrace();
            for (int i = 0; i < Math.min(FRAMES_MAX, frames.length); i++) {
                line.append("        at ").append(frames[i]).append(System.lineSeparator());
            }
        }
        System.err.print(line);
    }

    /** At least as many digits as {@code unit} has. */
    private static StringBuilder digits(StringBuilder line, int value, int unit) {
        for (int each = unit; each > 1 && value < each; each /= 10) {
            line.append('0');
        }
        return line.append(value);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    private boolean isOn(Level level) {
        return level.toInt() >= lowest;
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isTraceEnabled(Marker marker) {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled(Marker marker) {
        return false;
    }

    @Override
    public boolean isInfoEnabled() {
        return isOn(Level.INFO);
    }

    @Override
    public boolean isInfoEnabled(Marker marker) {
        return isOn(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return true;
    }

    @Override
    public boolean isWarnEnabled(Marker marker) {
        return true;
    }

    @Override
    public boolean isErrorEnabled() {
        return true;
    }

    @Override
    public boolean isErrorEnabled(Marker marker) {
        return true;
    }
}
