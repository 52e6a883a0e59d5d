package dev.carve.admin;

import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.Method;
import dev.carve.http.Peer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what on the admin listener.
 *
 * <ul>
 *   <li>Probes and metrics: everybody, under any name; scrapers come by names of their own.
 *   <li>Everything else, from this machine: only under a name that is known to mean this machine,
 *       so that a page whose own name was rebound to loopback reads and changes nothing.
 *   <li>Views, from elsewhere: with the token if there is one.
 *   <li>Changes: never from a page of another origin; from elsewhere only with the token. What came
 *       through a proxy counts as from elsewhere, whatever its peer.
 * </ul>
 *
 * <p>Immutable; any thread.
 */
final class Access {

    private static final String BEARER = "bearer ";

    private final byte @Nullable [] token;
    private final List<String> hosts;

    Access(Optional<String> token, List<String> hosts) {
        this.token = token.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
        this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    }

    /** Why a request is refused; null if it may go on. */
    @Nullable Answer refuse(Head request, Peer peer, AdminPath path) {
        boolean open =
                switch (path) {
                    case HEALTH, READY, METRICS -> true;
                    case API_LIST, API, UNKNOWN -> false;
                };
        if (open) {
            return null;
        }
        boolean local = peer.inet().isLoopbackAddress();
        if (local && !isKnownHost(request.value(Field.HOST))) {
            return Answer.error(
                    403, "unknown_host", "call by an address, localhost, or a name of admin.hosts");
        }
        boolean change = request.method() == Method.POST;
        if (change && isForeign(request.value(Field.ORIGIN), request.value(Field.HOST))) {
            return Answer.error(403, "foreign_origin", "a page of another origin may not do this");
        }
        boolean near = local && !isProxied(request);
        if (near || (!change && token == null) || holdsToken(request)) {
            return null;
        }
        return token == null
                ? Answer.error(403, "no_token_set", "set admin.token to allow this from elsewhere")
                : Answer.error(401, "token_required", "send Authorization: Bearer and the token")
                        .with("WWW-Authenticate", "Bearer");
    }

    private static boolean isProxied(Head request) {
        return request.has(Field.X_FORWARDED_FOR) || request.has(Field.FORWARDED);
    }

    private boolean holdsToken(Head request) {
        byte[] wanted = token;
        String given = request.value(Field.AUTHORIZATION);
        if (wanted == null
                || given == null
                || request.isRepeated(Field.AUTHORIZATION)
                || !given.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return false;
        }
        byte[] sent = given.substring(BEARER.length()).getBytes(StandardCharsets.ISO_8859_1);
        // Takes the same time wherever they differ.
        return MessageDigest.isEqual(sent, wanted);
    }

    /** An address can not be rebound; a name can, so only these are taken. */
    private boolean isKnownHost(@Nullable String host) {
        if (host == null) {
            return true; // HTTP/1.0: no browser.
        }
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.startsWith("[")
                || isFourNumbers(name)
                || hosts.contains(name);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static boolean isFourNumbers(String name) {
        int dots = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                dots++;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        return dots == 3;
    }

    /** Browsers send an origin with every cross-origin POST (Fetch, section 3.2). */
    private static boolean isForeign(@Nullable String origin, @Nullable String host) {
        if (origin == null) {
            return false;
        }
        int authority = origin.indexOf("://");
        return host == null
                || authority < 0
                || !origin.substring(authority + 3).equalsIgnoreCase(host);
    }
}
