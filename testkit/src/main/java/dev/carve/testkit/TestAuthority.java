package dev.carve.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An authority of a test's own that signs certificates for any name and any time: the JDK has no
 * public way to make one, so the few structures of X.509 (RFC 5280) are written by hand. Keys are
 * on the curve P-256. Any thread.
 */
public final class TestAuthority {

    private static final Duration LONG = Duration.ofDays(3650);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final int BOOLEAN = 0x01;
    private static final int INTEGER = 0x02;
    private static final int BITS = 0x03;
    private static final int OCTETS = 0x04;
    private static final int OBJECT = 0x06;
    private static final int UTF8 = 0x0C;
    private static final int UTC_TIME = 0x17;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int VERSION_TAG = 0xA0;
    private static final int EXTENSIONS_TAG = 0xA3;
    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;

    private static final byte[] TRUE = {(byte) 0xFF};
    private static final byte[] ECDSA_SHA256 = {
        0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 4, 3, 2
    };
    private static final byte[] COMMON_NAME = {0x55, 4, 3};
    private static final byte[] BASIC_CONSTRAINTS = {0x55, 0x1D, 0x13};
    private static final byte[] ALTERNATIVE_NAMES = {0x55, 0x1D, 0x11};

    private final String name;
    private final KeyPair keys = newKeys();
    private final AtomicInteger serial = new AtomicInteger(1);
    private final X509Certificate certificate;

    /**
     * A certificate with its key.
     *
     * @param certificate for the names that were asked for
     * @param key its private key
     */
    public record Identity(X509Certificate certificate, PrivateKey key) {

        /** The certificate as a PEM file holds it. */
        public String certificatePem() {
            return pemOf(certificate);
        }

        /** The key as PKCS #8. */
        public String keyPem() {
            return pem("PRIVATE KEY", key.getEncoded());
        }
    }

    /** An authority that has signed itself. */
    public TestAuthority(String name) {
        this.name = name;
        Instant now = Instant.now();
        byte[] constraints = der(SEQUENCE, der(BOOLEAN, TRUE));
        byte[] extension =
                der(
                        SEQUENCE,
                        der(OBJECT, BASIC_CONSTRAINTS),
                        der(BOOLEAN, TRUE),
                        der(OCTETS, constraints));
        certificate =
                sign(
                        name,
                        keys.getPublic(),
                        now.minus(LONG),
                        now.plus(LONG),
                        der(SEQUENCE, extension));
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** Its certificate as a PEM file holds it. */
    public String pem() {
        return pemOf(certificate);
    }

    /** A certificate for host names and addresses, valid since yesterday and for years. */
    public Identity issue(String... names) {
        Instant now = Instant.now();
        return issue(now.minus(Duration.ofDays(1)), now.plus(LONG), names);
    }

    /** A certificate that is valid between two instants. */
    public Identity issue(Instant from, Instant to, String... names) {
        KeyPair pair = newKeys();
        List<byte[]> alternatives = new ArrayList<>();
        for (String each : names) {
            alternatives.add(alternative(each));
        }
        byte[] extension =
                der(
                        SEQUENCE,
                        der(OBJECT, ALTERNATIVE_NAMES),
                        der(OCTETS, der(SEQUENCE, alternatives.toArray(new byte[0][]))));
        X509Certificate made = sign("test", pair.getPublic(), from, to, der(SEQUENCE, extension));
        return new Identity(made, pair.getPrivate());
    }

    private static byte[] alternative(String name) {
        try {
            return der(IP_ADDRESS, InetAddress.ofLiteral(name).getAddress());
        } catch (IllegalArgumentException noAddress) {
            return der(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private X509Certificate sign(
            String subject, PublicKey key, Instant from, Instant to, byte[] extensions) {
        byte[] algorithm = der(SEQUENCE, der(OBJECT, ECDSA_SHA256));
        byte[] number = {(byte) serial.getAndIncrement()};
        byte[] content =
                der(
                        SEQUENCE,
                        der(VERSION_TAG, der(INTEGER, new byte[] {2})),
                        der(INTEGER, number),
                        algorithm,
                        commonName(name),
                        der(SEQUENCE, time(from), time(to)),
                        commonName(subject),
                        key.getEncoded(),
                        der(EXTENSIONS_TAG, extensions));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(content);
            byte[] bits = join(new byte[] {0}, signature.sign());
            byte[] whole = der(SEQUENCE, content, algorithm, der(BITS, bits));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign for " + subject, e);
        }
    }

    private static byte[] commonName(String name) {
        byte[] text = der(UTF8, name.getBytes(StandardCharsets.UTF_8));
        return der(SEQUENCE, der(SET, der(SEQUENCE, der(OBJECT, COMMON_NAME), text)));
    }

    private static byte[] time(Instant instant) {
        return der(UTC_TIME, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot make keys", e);
        }
    }

    private static String pemOf(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encode a certificate", e);
        }
    }

    /** A block of a PEM file. */
    public static String pem(String label, byte[] bytes) {
        byte[] lineEnd = {'\n'};
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, lineEnd).encodeToString(bytes)
                + "\n-----END "
                + label
                + "-----\n";
    }

    // The distinguished encoding (X.690).

    private static byte[] der(int tag, byte[]... parts) {
        byte[] content = join(parts);
        int length = content.length;
        byte[] start;
        if (length < 0x80) {
            start = new byte[] {(byte) tag, (byte) length};
        } else if (length < 0x100) {
            start = new byte[] {(byte) tag, (byte) 0x81, (byte) length};
        } else {
            start = new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        }
        return join(start, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] each : parts) {
            out.writeBytes(each);
        }
        return out.toByteArray();
    }
}
