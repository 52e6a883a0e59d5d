package dev.carve.gateway;

import dev.carve.gateway.settings.ForwardedSettings;
import dev.carve.gateway.settings.Network;
import dev.carve.http.Ascii;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Peer;
import java.net.InetAddress;

/**
 * Adds what an upstream can not know of the client: address, scheme, host, request id, trace. What
 * a peer that is not trusted says of these is replaced. Immutable; any event loop.
 */
final class Forwarded {

    private static final long CLAIMS =
            Head.bit(Field.X_FORWARDED_FOR)
                    | Head.bit(Field.X_FORWARDED_PROTO)
                    | Head.bit(Field.X_FORWARDED_HOST)
                    | Head.bit(Field.X_FORWARDED_PORT);

    private final ForwardedSettings settings;
    private final Network[] trusted;

    Forwarded(ForwardedSettings settings) {
        this.settings = settings;
        this.trusted = settings.trusted().toArray(new Network[0]);
    }

    void apply(HeadEdits edits, Exchange exchange) {
        if (settings.mode() == ForwardedSettings.Mode.OFF) {
            return;
        }
        Head head = exchange.head();
        Peer peer = exchange.stream().peer();
        boolean claims = head.hasAny(CLAIMS);
        boolean believed = claims && isTrusted(peer.inet());
        if (claims) {
            dropClaims(edits, head, believed);
        }
        addFor(edits, head, peer, believed);
        if (!believed || !head.has(Field.X_FORWARDED_PROTO)) {
            edits.addLine(peer.isSecure() ? PROTO_HTTPS : PROTO_HTTP);
        }
        int host = HostPort.start(head);
        if (host != HostPort.NONE && (!believed || !head.has(Field.X_FORWARDED_HOST))) {
            edits.addLine(HOST_START);
            edits.append(head.bytes(), host, HostPort.end(head)).end();
        }
        addIds(edits, exchange, head);
    }

    private static final byte[] PROTO_HTTP = bytes("X-Forwarded-Proto: http\r\n");
    private static final byte[] PROTO_HTTPS = bytes("X-Forwarded-Proto: https\r\n");
    private static final byte[] FOR_START = bytes("X-Forwarded-For: ");
    private static final byte[] HOST_START = bytes("X-Forwarded-Host: ");
    private static final byte[] ID_START = bytes("X-Request-Id: ");
    private static final byte[] TRACE_START = bytes("Traceparent: 00-");

    private static byte[] bytes(String text) {
        return Ascii.bytes(text);
    }

    private static void dropClaims(HeadEdits edits, Head head, boolean believed) {
        edits.drop(head, Field.X_FORWARDED_FOR);
        if (!believed) {
            edits.drop(head, Field.X_FORWARDED_PROTO);
            edits.drop(head, Field.X_FORWARDED_HOST);
            edits.drop(head, Field.X_FORWARDED_PORT);
        }
    }

    private static void addFor(HeadEdits edits, Head head, Peer peer, boolean believed) {
        edits.addLine(FOR_START);
        if (believed) {
            for (int i = head.find(Field.X_FORWARDED_FOR);
                    i != Head.NONE;
                    i = head.next(Field.X_FORWARDED_FOR, i)) {
                edits.append(head.bytes(), head.valueStart(i), head.valueEnd(i));
                edits.append(", ");
            }
        }
        peer.appendAddress(edits);
        edits.end();
    }

    private void addIds(HeadEdits edits, Exchange exchange, Head head) {
        if (settings.requestId() && !exchange.id.isGiven()) {
            edits.drop(head, Field.X_REQUEST_ID);
            edits.addLine(ID_START);
            exchange.id.appendTo(edits);
            edits.end();
        }
        if (settings.traceparent() && !head.has(Field.TRACEPARENT)) {
            edits.addLine(TRACE_START);
            exchange.id.appendTrace(edits);
            edits.end();
        }
    }

    private boolean isTrusted(InetAddress address) {
        for (Network network : trusted) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
