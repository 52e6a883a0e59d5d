package dev.carve.it.express;

import dev.carve.config.Doc;
import dev.carve.config.Key;
import dev.carve.config.Short;
import dev.carve.gateway.Action;
import dev.carve.gateway.ActiveCall;
import dev.carve.gateway.Call;
import dev.carve.gateway.Forward;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.Loops;
import dev.carve.http.ResponseSink;
import dev.carve.it.gateway.PortForward;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Forwards each call to the port of loopback that its Host names. For a request whose test sets a
 * Host of its own, a field says the port instead; it is taken away again.
 *
 * <p>Any event loop. Holds one upstream for each port ever seen: at most 65,535, and a few thousand
 * in a run of the suite.
 */
final class ForwardByPort implements Action {

    /** What the file says. */
    @Key("port_of_host")
    @Doc("Forwards to the port that Host names.")
    record Settings(@Doc("The field that goes before Host.") @Short String field)
            implements ActionSettings {}

    private final Loops loops;
    private final byte[] field;
    private final AtomicLong calls;
    private final ConcurrentHashMap<Integer, Forward> forwards = new ConcurrentHashMap<>();

    /**
     * @param calls counts what came here
     */
    ForwardByPort(Loops loops, String field, AtomicLong calls) {
        this.loops = loops;
        this.field = field.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1);
        this.calls = calls;
    }

    @Override
    public ActiveCall start(Call call, ResponseSink sink) {
        calls.incrementAndGet();
        Forward forward =
                forwards.computeIfAbsent(port(call.head()), to -> PortForward.to(loops, to));
        return forward.start(new WithoutField(call, field), sink);
    }

    private Integer port(Head head) {
        int number = head.next(field, -1);
        if (number == Head.NONE) {
            number = head.find(Field.HOST);
        }
        String value = number == Head.NONE ? "" : head.value(number);
        return Integer.valueOf(value.substring(value.lastIndexOf(':') + 1));
    }
}
