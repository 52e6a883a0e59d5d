package dev.carve.load;

import java.util.List;

/**
 * What each request is.
 *
 * @param method a token such as {@code GET}
 * @param url {@code http://host[:port]/path}; path and query may hold template fields
 * @param headers sent in this order after {@code Host}; a {@code Host} here replaces it; values may
 *     hold template fields
 * @param body what follows the head
 * @param keepAlive whether a connection serves more than one request
 */
public record LoadRequest(
        String method, String url, List<Header> headers, LoadBody body, boolean keepAlive) {

    static final int HEADERS_MAX = 100;

    public LoadRequest {
        headers = List.copyOf(headers);
        if (!HttpBytes.isToken(method)) {
            throw LoadOptions.invalid("method", method, "is no method", "a token such as GET");
        }
        if (method.equals("CONNECT")) {
            throw LoadOptions.invalid("method", method, "opens a tunnel", "GET, POST, PUT …");
        }
        if (headers.size() > HEADERS_MAX) {
            throw new IllegalArgumentException("more than 100 headers: " + headers.size());
        }
    }

    /** A request without headers or body on kept-alive connections. */
    public static LoadRequest of(String method, String url) {
        return new LoadRequest(method, url, List.of(), new LoadBody.None(), true);
    }

    /** One field; framing is the generator's own, so the fields that set it are refused. */
    public record Header(String name, String value) {
        public Header {
            if (!HttpBytes.isToken(name)) {
                throw LoadOptions.invalid("header", name, "is no field name", "a token");
            }
            if (!HttpBytes.isFieldValue(value)) {
                throw LoadOptions.invalid(
                        "header " + name, value, "holds control characters", "visible characters");
            }
            for (String own : List.of("content-length", "transfer-encoding", "connection")) {
                if (name.equalsIgnoreCase(own)) {
                    throw LoadOptions.invalid(
                            "header", name, "is set by carve load itself", "another header");
                }
            }
        }
    }
}
