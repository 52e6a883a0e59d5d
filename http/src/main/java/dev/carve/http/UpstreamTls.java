package dev.carve.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom the connections to a service trust, and as whom they come. Shared by all instances of a
 * service, since the JDK's own authorities take memory; what belongs to one instance is its {@link
 * TlsClient}.
 *
 * <p>Immutable. Made by control: the first one without authorities of its own reads those of the
 * JDK.
 */
public final class UpstreamTls {

    /** The key store lives in this process only, so nothing is gained by a password. */
    private static final char[] NO_PASSWORD = {};

    private final Material material;
    private final KeyManager @Nullable [] keys;
    private final TrustManager[] trust;

    /**
     * What it is made of. Equal files give equal values.
     *
     * @param authorities who may sign the service's certificate; empty for those of the JDK
     * @param chain the client certificate and those between it and its authority; empty for none
     * @param key of the client certificate
     * @param verify whether certificate and name are checked at all
     */
    public record Material(
            List<X509Certificate> authorities,
            List<X509Certificate> chain,
            @Nullable PrivateKey key,
            boolean verify) {

        /** The JDK's authorities, no client certificate. */
        public static final Material DEFAULT = new Material(List.of(), List.of(), null, true);

        public Material {
            authorities = List.copyOf(authorities);
            chain = List.copyOf(chain);
            if (chain.isEmpty() != (key == null)) {
                throw new IllegalArgumentException("a certificate and a key need each other");
            }
        }

        /** Nothing of the key. */
        @Override
        public String toString() {
            return "Material[authorities="
                    + authorities.size()
                    + ", chain="
                    + chain.size()
                    + ", verify="
                    + verify
                    + "]";
        }
    }

    private UpstreamTls(Material material, KeyManager @Nullable [] keys, TrustManager[] trust) {
        this.material = material;
        this.keys = keys;
        this.trust = trust;
    }

    /**
     * Takes certificates and key in.
     *
     * @throws IllegalArgumentException if the JDK can not use them
     */
    public static UpstreamTls of(Material material) {
        try {
            UpstreamTls made = new UpstreamTls(material, keys(material), trust(material));
            made.warm();
            return made;
        } catch (GeneralSecurityException | IOException unusable) {
            throw new IllegalArgumentException(unusable.toString(), unusable);
        }
    }

    /**
     * Takes the first step of a handshake with nobody: event loops take that one themselves, and
     * the first of a process loads many classes.
     */
    private void warm() throws GeneralSecurityException, IOException {
        SSLEngine engine = context().createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        engine.beginHandshake();
        int size = engine.getSession().getPacketBufferSize();
        engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(size));
    }

    public Material material() {
        return material;
    }

    /** A context of its own for each instance, so that sessions are resumed where they began. */
    SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust, null);
        return context;
    }

    private static KeyManager @Nullable [] keys(Material from)
            throws GeneralSecurityException, IOException {
        PrivateKey key = from.key();
        if (key == null) {
            return null;
        }
        KeyStore store = emptyStore();
        X509Certificate[] chain = from.chain().toArray(new X509Certificate[0]);
        store.setKeyEntry("client", key, NO_PASSWORD, chain);
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static TrustManager[] trust(Material from)
            throws GeneralSecurityException, IOException {
        if (!from.verify()) {
            return new TrustManager[] {new TrustAnybody()};
        }
        KeyStore store = null;
        if (!from.authorities().isEmpty()) {
            store = emptyStore();
            for (int i = 0; i < from.authorities().size(); i++) {
                store.setCertificateEntry(Integer.toString(i), from.authorities().get(i));
            }
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }

    /** For {@code verify: false}, of which a person is warned when the file is read. */
    private static final class TrustAnybody extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new UnsupportedOperationException("only for clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new UnsupportedOperationException("only for clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException("only for clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** By value: a reload that reads the same files keeps sessions. */
    @Override
    public boolean equals(Object other) {
        return other instanceof UpstreamTls tls && material.equals(tls.material);
    }

    @Override
    public int hashCode() {
        return Objects.hash(material);
    }
}
