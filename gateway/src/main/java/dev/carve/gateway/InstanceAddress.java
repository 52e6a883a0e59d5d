package dev.carve.gateway;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;

/** What the URL of an instance says. Stateless. */
final class InstanceAddress {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private InstanceAddress() {}

    /** The URL of an address that was found under a name. */
    static URI url(String scheme, InetAddress address, int port) {
        String host = address.getHostAddress();
        String shown = address instanceof Inet6Address ? "[" + host + "]" : host;
        return URI.create(scheme + "://" + shown + ":" + port);
    }

    static boolean isSecure(URI url) {
        return url.getScheme().equalsIgnoreCase("https");
    }

    /** The host without the brackets of an IPv6 address. */
    static String host(URI url) {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Where to connect. A name is resolved here, once. */
    static SocketAddress socket(URI url) {
        if (url.getScheme().equalsIgnoreCase("unix")) {
            return UnixDomainSocketAddress.of(url.getPath());
        }
        int usual = isSecure(url) ? HTTPS_PORT : HTTP_PORT;
        return new InetSocketAddress(host(url), url.getPort() < 0 ? usual : url.getPort());
    }
}
