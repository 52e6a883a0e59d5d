package dev.carve.http;

import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * Makes the secure layer of each connection to one instance: TLS 1.3 or 1.2, HTTP/1.1 inside, the
 * service's certificate checked against one name, sessions resumed.
 *
 * <p>Immutable but for the JDK's store of sessions, which any thread may use. Made by control.
 */
final class TlsClient {

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    /** RFC 7301. */
    private static final String[] PROTOCOLS = {"http/1.1"};

    private final UpstreamTls tls;
    private final String name;
    private final int port;
    private final SSLContext context;
    private final List<SNIServerName> serverNames;

    /**
     * @param name what the certificate must be for: a host name, or an address without brackets
     * @param port sessions are kept by name and port
     */
    TlsClient(UpstreamTls tls, String name, int port) {
        this.tls = tls;
        this.name = name;
        this.port = port;
        // An address is no server name (RFC 6066 section 3). Given as bytes, since the JDK refuses
        // names of one label or with an underscore otherwise, which are common inside clusters.
        boolean address = NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
        serverNames =
                address
                        ? List.of()
                        : List.of(new SNIHostName(name.getBytes(StandardCharsets.US_ASCII)));
        try {
            context = tls.context();
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException(unusable.toString(), unusable);
        }
    }

    /** Whether it would be the same if it were made of these. */
    boolean isOf(UpstreamTls tls, String name) {
        return this.tls.equals(tls) && this.name.equals(name);
    }

    /**
     * The layer of one connection, which begins its handshake when the connection is open.
     *
     * @param costly where the steps run that would hold up an event loop
     */
    SslHandler layer(Executor costly) {
        SSLEngine engine = context.createSSLEngine(name, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        parameters.setApplicationProtocols(PROTOCOLS);
        parameters.setServerNames(serverNames);
        if (tls.material().verify()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        SslHandler layer = new SslHandler(engine, costly);
        // The time to connect bounds the handshake too; see UpstreamTimeout.
        layer.setHandshakeTimeoutMillis(0);
        return layer;
    }
}
