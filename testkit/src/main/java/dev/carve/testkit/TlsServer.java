package dev.carve.testkit;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The secure side of a scripted upstream: one certificate, perhaps a client's certificate that is
 * demanded, and what it saw of the handshakes. Any thread.
 */
public final class TlsServer {

    private final TestAuthority.Identity identity;
    private final @Nullable X509Certificate clients;
    private final List<String> versions;
    private final List<String> protocols;
    private final SSLContext context;
    private final List<String> serverNames = new CopyOnWriteArrayList<>();

    private TlsServer(
            TestAuthority.Identity identity,
            @Nullable X509Certificate clients,
            List<String> versions,
            List<String> protocols) {
        this.identity = identity;
        this.clients = clients;
        this.versions = versions;
        this.protocols = protocols;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Keys()}, trust(clients), null);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot set TLS up", e);
        }
    }

    /** One that shows this certificate. */
    public static TlsServer of(TestAuthority.Identity identity) {
        return new TlsServer(identity, null, List.of(), List.of());
    }

    /** The same, but with a client certificate demanded that this authority signed. */
    public TlsServer requiring(TestAuthority authority) {
        return new TlsServer(identity, authority.certificate(), versions, protocols);
    }

    /** The same with these versions only, such as {@code TLSv1.2}. */
    public TlsServer speaking(String... only) {
        return new TlsServer(identity, clients, List.of(only), protocols);
    }

    /** The same with these protocols inside only, such as {@code h2}. */
    public TlsServer inside(String... only) {
        return new TlsServer(identity, clients, versions, List.of(only));
    }

    private static TrustManager @Nullable [] trust(@Nullable X509Certificate clients)
            throws GeneralSecurityException, IOException {
        if (clients == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("clients", clients);
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** The secure layer over an accepted connection; its first read or write shakes hands. */
    public SSLSocket over(Socket raw) throws IOException {
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(raw, null, raw.getPort(), true);
        socket.setUseClientMode(false);
        SSLParameters parameters = socket.getSSLParameters();
        if (clients != null) {
            parameters.setNeedClientAuth(true);
        }
        if (!versions.isEmpty()) {
            parameters.setProtocols(versions.toArray(new String[0]));
        }
        if (!protocols.isEmpty()) {
            parameters.setApplicationProtocols(protocols.toArray(new String[0]));
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    /**
     * The names that clients asked for, one for each full handshake; empty where there was none.
     */
    public List<String> serverNames() {
        return List.copyOf(serverNames);
    }

    /** Hands the one certificate out, and sees who asks. */
    private final class Keys extends X509ExtendedKeyManager {

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            if (!keyType.equals("EC")) {
                return null;
            }
            // Without a socket it is a session that is brought back.
            if (socket instanceof SSLSocket secure
                    && secure.getHandshakeSession() instanceof ExtendedSSLSession session) {
                List<String> names = new ArrayList<>();
                session.getRequestedServerNames()
                        .forEach(each -> names.add(((SNIHostName) each).getAsciiName()));
                serverNames.add(String.join(",", names));
            }
            return "server";
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {identity.certificate()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.key();
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {"server"};
        }

        @Override
        public String @Nullable [] getClientAliases(
                String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }
    }
}
