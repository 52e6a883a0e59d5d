package dev.carve.gateway.settings;

import dev.carve.config.Diagnostics;
import dev.carve.config.KeyPath;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the types of a service's settings can not say. Stateless; any thread. */
final class ServiceChecks {

    /** What a message says was expected of an address. */
    static final String URL_EXPECTED = "a URL such as http://127.0.0.1:3000";

    /** What tables of instances are made for. */
    static final int INSTANCES_MAX = 10_000;

    /** What the system takes as the path of a socket: sun_path of Linux, its end included. */
    private static final int SOCKET_PATH_BYTES = 107;

    private ServiceChecks() {}

    static void check(KeyPath at, ServiceSettings settings, Diagnostics diagnostics) {
        instances(at, settings, diagnostics);
        settings.tls().ifPresent(tls -> TlsChecks.check(at.key("tls"), settings, tls, diagnostics));
        settings.health().ifPresent(health -> health(at.key("health"), health, diagnostics));
        ProtectionChecks.check(at, settings, diagnostics);
        KeyPath balance = at.key("balance");
        switch (settings.balance()) {
            case BalanceSettings.By _ -> {}
            case BalanceSettings.Hash _ -> {
                if (settings.slowStart().compareTo(Duration.ZERO) > 0) {
                    diagnostics.warning(
                            at.key("slow_start"),
                            "changes nothing, since balance is hash (expected: none)");
                }
            }
            case BalanceSettings.Sticky sticky ->
                    sticky(balance.key("sticky"), sticky, diagnostics);
        }
    }

    private static void instances(KeyPath at, ServiceSettings settings, Diagnostics diagnostics) {
        int count = settings.urls().size();
        if (settings.dns().isPresent()) {
            if (count > 0) {
                diagnostics.error(at.key("dns"), "beside urls (expected: one of both)");
            }
            dns(at.key("dns"), settings.dns().get(), diagnostics);
        } else if (count == 0) {
            diagnostics.error(
                    at.key("urls"), "no instance (expected: " + URL_EXPECTED + ", or dns)");
        }
        if (count > INSTANCES_MAX) {
            diagnostics.error(
                    at.key("urls"), count + " instances (expected: at most " + INSTANCES_MAX + ")");
        }
        urls(at.key("urls"), settings.urls(), diagnostics);
    }

    private static void dns(KeyPath at, DnsSettings dns, Diagnostics diagnostics) {
        if (dns.server().isPresent() && serverOf(dns) == null) {
            diagnostics.error(
                    at.key("server"),
                    quote(dns.server().get().toString())
                            + " is no address of a name server (expected: an address with a port"
                            + " such as 127.0.0.1:8600)");
        }
        if (dns.ttlMin().compareTo(dns.ttlMax()) > 0) {
            diagnostics.error(
                    at.key("ttl_min"),
                    quote(dns.ttlMin().toSeconds() + "s")
                            + " is more than ttl_max (expected: at most "
                            + dns.ttlMax().toSeconds()
                            + "s)");
        }
    }

    /** See {@link GatewayChecks#serverOf}. */
    static @Nullable InetSocketAddress serverOf(DnsSettings dns) {
        Address server = dns.server().orElse(null);
        if (server == null || server.host().isEmpty() || server.port() == 0) {
            return null;
        }
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(server.host()), server.port());
        } catch (IllegalArgumentException name) {
            // It would have to be looked up itself.
            return null;
        }
    }

    private static void urls(KeyPath at, List<InstanceSettings> all, Diagnostics diagnostics) {
        Set<URI> seen = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            URI url = all.get(i).url();
            String problem = urlProblem(url);
            if (problem != null) {
                // Never the user's part, which may hold a password.
                boolean showable = url.getRawUserInfo() == null && !url.toString().contains("@");
                diagnostics.error(
                        at.index(i),
                        (showable ? quote(url.toString()) : "the URL") + " " + problem);
            } else if (!seen.add(url)) {
                diagnostics.error(at.index(i), quote(url.toString()) + " is listed twice");
            }
        }
    }

    private static void health(KeyPath at, HealthSettings health, Diagnostics diagnostics) {
        boolean clean =
                health.path().startsWith("/")
                        && health.path().chars().allMatch(c -> c > 0x20 && c < 0x7F && c != '#');
        if (!clean) {
            diagnostics.error(
                    at.key("path"),
                    quote(health.path()) + " is no path (expected: a path such as /healthz)");
        }
        if (!HashKey.isToken(health.method()) || health.method().equals("CONNECT")) {
            diagnostics.error(
                    at.key("method"),
                    quote(health.method())
                            + " can not be a check's method (expected: a method such as GET)");
        }
        if (health.method().equals("HEAD") && health.body().isPresent()) {
            diagnostics.error(
                    at.key("body"), "an answer to HEAD has none (expected: another method)");
        }
        if (health.status().isEmpty()) {
            diagnostics.error(
                    at.key("status"), "no status (expected: " + StatusRange.EXPECTED + ")");
        }
        if (health.body().isPresent() && health.body().get().isEmpty()) {
            diagnostics.error(at.key("body"), "\"\" is in every body (expected: a text)");
        }
    }

    private static void sticky(KeyPath at, BalanceSettings.Sticky sticky, Diagnostics diagnostics) {
        if (!HashKey.isToken(sticky.cookie())) {
            diagnostics.error(
                    at.key("cookie"),
                    quote(sticky.cookie()) + " is no cookie's name (expected: a token such as lb)");
        }
        boolean clean =
                sticky.path().startsWith("/")
                        && sticky.path().chars().allMatch(c -> c > 0x20 && c < 0x7F && c != ';');
        if (!clean) {
            diagnostics.error(
                    at.key("path"),
                    quote(sticky.path()) + " is no cookie's path (expected: a path such as /)");
        }
        if (sticky.sameSite() == BalanceSettings.SameSite.NONE && !sticky.secure()) {
            diagnostics.error(
                    at.key("same_site"),
                    "\"none\" without secure, which browsers refuse (expected: secure: true)");
        }
    }

    /** See {@link GatewayChecks#urlProblem}. */
    static @Nullable String urlProblem(String url) {
        try {
            return urlProblem(new URI(url));
        } catch (URISyntaxException malformed) {
            return "is no URL (expected: " + URL_EXPECTED + ")";
        }
    }

    private static @Nullable String urlProblem(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "http", "https" -> httpProblem(url);
            case "unix" -> unixProblem(url);
            default -> "does not begin with http:// (expected: " + URL_EXPECTED + ")";
        };
    }

    private static @Nullable String httpProblem(URI url) {
        if (url.getRawUserInfo() != null) {
            return "holds a user (expected: host and port only; credentials go into"
                    + " headers.request.set)";
        }
        if (url.getHost() == null) {
            return "has no host (expected: " + URL_EXPECTED + ")";
        }
        if (url.getPort() == 0 || url.getPort() > 65_535) {
            return "has a port outside 1 to 65535";
        }
        String path = url.getRawPath();
        boolean more = path != null && !path.isEmpty() && !path.equals("/");
        if (more || url.getRawQuery() != null || url.getRawFragment() != null) {
            return "has something after host and port (expected: none; a route's rewrite.path"
                    + " changes the path)";
        }
        return null;
    }

    private static @Nullable String unixProblem(URI url) {
        String path = url.getPath();
        if (url.getRawAuthority() != null || path == null || !path.startsWith("/")) {
            return "names no socket (expected: a path from the root, such as unix:/run/app.sock)";
        }
        if (path.length() < 2 || path.endsWith("/")) {
            return "names a folder (expected: a socket such as unix:/run/app.sock)";
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            return "has something after its path (expected: none)";
        }
        int bytes = path.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        if (bytes > SOCKET_PATH_BYTES) {
            return "is "
                    + bytes
                    + " bytes long, more than the system takes (expected: at most "
                    + SOCKET_PATH_BYTES
                    + ")";
        }
        return null;
    }

    private static String quote(String value) {
        return Diagnostics.quote(value);
    }
}
