package dev.carve.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** The two ends of a client's connection, the address as text ready to be appended. Immutable. */
public final class Peer {

    private final byte[] address;
    private final int port;
    private final int localPort;
    private final boolean secure;
    private final InetAddress inet;

    public Peer(InetAddress inet, int port, int localPort, boolean secure) {
        this.inet = inet;
        this.port = port;
        this.localPort = localPort;
        this.secure = secure;
        address = Ascii.bytes(withoutZone(inet.getHostAddress()));
    }

    static Peer of(SocketAddress remote, SocketAddress local) {
        int localPort = local instanceof InetSocketAddress inet ? inet.getPort() : 0;
        if (remote instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return new Peer(inet.getAddress(), inet.getPort(), localPort, false);
        }
        return new Peer(InetAddress.getLoopbackAddress(), 0, localPort, false);
    }

    private static String withoutZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    /** The client's address as it stands in {@code X-Forwarded-For}. */
    public void appendAddress(HeadEdits to) {
        to.append(address, 0, address.length);
    }

    /** Gives the same text as a range of bytes. */
    public void writeAddress(BytesTaker to) {
        to.take(address, 0, address.length);
    }

    /** Takes a range of bytes; must not keep or change them. */
    public interface BytesTaker {

        void take(byte[] bytes, int from, int to);
    }

    public String addressText() {
        return Ascii.text(address, 0, address.length);
    }

    public int port() {
        return port;
    }

    /** The port it came in at. */
    public int localPort() {
        return localPort;
    }

    /** Whether it came over TLS. */
    public boolean isSecure() {
        return secure;
    }

    /** The client's address, for comparing with networks. */
    public InetAddress inet() {
        return inet;
    }
}
