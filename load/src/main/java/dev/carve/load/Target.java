package dev.carve.load;

import java.util.Locale;

/**
 * Where requests go, taken apart by hand since {@link java.net.URI} refuses template fields.
 *
 * @param host name or address, without the brackets of IPv6
 * @param port from 1 to 65535
 * @param authority as written, for {@code Host}
 * @param pathAndQuery from the slash on, with template fields
 */
record Target(String host, int port, String authority, String pathAndQuery) {

    private static final String EXPECTED = "a URL such as http://127.0.0.1:8080/path";

    /**
     * Reads an {@code http:} URL.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static Target parse(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        if (lower.startsWith("https://")) {
            throw LoadOptions.invalid("URL", url, "needs TLS, which is not supported", "http://…");
        }
        if (!lower.startsWith("http://")) {
            throw LoadOptions.invalid("URL", url, "is no http URL", EXPECTED);
        }
        int start = "http://".length();
        int end = start;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        String authority = url.substring(start, end);
        String path = url.substring(end);
        if (path.indexOf('#') >= 0) {
            throw LoadOptions.invalid("URL", url, "has a fragment", "a URL without #…");
        }
        if (authority.indexOf('@') >= 0) {
            throw LoadOptions.invalid(
                    "URL",
                    url.replaceAll("//.*@", "//***@"),
                    "holds a user",
                    "an Authorization header");
        }
        int portAt = portAt(url, authority);
        String host = authority.substring(0, portAt < 0 ? authority.length() : portAt);
        if (host.isEmpty() || !host.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '{')) {
            throw LoadOptions.invalid("URL", url, "has no usable host", EXPECTED);
        }
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        String target = path.startsWith("/") ? path : "/" + path;
        return new Target(host, portAt < 0 ? 80 : port(url, authority, portAt), authority, target);
    }

    /** Where the colon before the port is, or -1. */
    private static int portAt(String url, String authority) {
        if (!authority.startsWith("[")) {
            int colon = authority.indexOf(':');
            if (colon >= 0 && authority.indexOf(':', colon + 1) >= 0) {
                throw LoadOptions.invalid(
                        "URL", url, "has an IPv6 address without brackets", "http://[::1]:8080/");
            }
            return colon;
        }
        int close = authority.indexOf(']');
        if (close < 0 || (close + 1 < authority.length() && authority.charAt(close + 1) != ':')) {
            throw LoadOptions.invalid("URL", url, "has no usable host", EXPECTED);
        }
        return close + 1 < authority.length() ? close + 1 : -1;
    }

    private static int port(String url, String authority, int portAt) {
        String text = authority.substring(portAt + 1);
        if (!text.matches("[0-9]{1,5}")
                || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > 65535) {
            throw LoadOptions.invalid("URL", url, "has no usable port", "a port from 1 to 65535");
        }
        return Integer.parseInt(text);
    }
}
