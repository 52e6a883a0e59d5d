package dev.carve.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads certificates and private keys from PEM files (RFC 7468). What stands between the blocks is
 * passed over, so that one file may hold both and their names.
 *
 * <p>Stateless; any thread that may read files.
 */
public final class PemFile {

    private static final int BYTES_MAX = 1024 * 1024;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";

    /** What a key in PKCS #8 may be: the bytes say so themselves, but only to their own factory. */
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");

    private PemFile() {}

    /** A file that can not be used; the message names it, and what was expected. */
    public static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableException(String file, String problem) {
            super(quoted(file) + " " + problem);
        }

        /** As the name may hold anything that a file may. */
        private static String quoted(String file) {
            String cut = file.length() > 80 ? file.substring(0, 77) + "..." : file;
            return '"' + cut.replaceAll("\\p{Cntrl}", "?") + '"';
        }
    }

    private record Block(String label, String base64) {}

    /**
     * All certificates of a file, in their order.
     *
     * @throws UnusableException if there is none, or something that is none
     */
    public static List<X509Certificate> certificates(String file) throws UnusableException {
        List<X509Certificate> found = new ArrayList<>();
        for (Block each : blocks(file)) {
            if (each.label().equals(CERTIFICATE)) {
                found.add(certificate(file, bytes(file, each)));
            }
        }
        if (found.isEmpty()) {
            throw new UnusableException(
                    file, "holds no certificate (expected: PEM, from -----BEGIN CERTIFICATE-----)");
        }
        return List.copyOf(found);
    }

    private static X509Certificate certificate(String file, byte[] bytes) throws UnusableException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes));
        } catch (CertificateException malformed) {
            throw new UnusableException(
                    file, "holds a certificate that is damaged (expected: X.509)");
        }
    }

    /**
     * The private key of a file.
     *
     * @throws UnusableException if there is none, or none that can be read without a password
     */
    public static PrivateKey key(String file) throws UnusableException {
        String other = "";
        for (Block each : blocks(file)) {
            if (each.label().equals(KEY)) {
                return key(file, bytes(file, each));
            }
            if (each.label().endsWith(KEY)) {
                other = each.label();
            }
        }
        if (other.startsWith("ENCRYPTED")) {
            throw new UnusableException(
                    file, "holds a key with a password (expected: one without)");
        }
        if (!other.isEmpty()) {
            throw new UnusableException(
                    file,
                    "holds a key as \""
                            + other
                            + "\" (expected: PKCS #8, as openssl pkcs8 -topk8 -nocrypt writes it)");
        }
        throw new UnusableException(
                file, "holds no key (expected: PEM, from -----BEGIN PRIVATE KEY-----)");
    }

    private static PrivateKey key(String file, byte[] bytes) throws UnusableException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(bytes);
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException another) {
                // Not of this kind.
            } catch (GeneralSecurityException missing) {
                throw new IllegalStateException(algorithm + " is not part of this JDK", missing);
            }
        }
        throw new UnusableException(
                file, "holds a key that is damaged (expected: RSA, EC or EdDSA)");
    }

    private static List<Block> blocks(String file) throws UnusableException {
        Matcher matcher = BLOCK.matcher(text(file));
        List<Block> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }

    private static byte[] bytes(String file, Block block) throws UnusableException {
        try {
            return Base64.getMimeDecoder().decode(block.base64());
        } catch (IllegalArgumentException malformed) {
            throw new UnusableException(file, "holds a block that is damaged (expected: Base64)");
        }
    }

    private static String text(String file) throws UnusableException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new UnusableException(file, "is larger than 1MiB (expected: a PEM file)");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException | InvalidPathException absent) {
            throw new UnusableException(file, "does not exist (expected: a PEM file)");
        } catch (IOException unreadable) {
            throw new UnusableException(file, "can not be read (expected: a PEM file)");
        }
    }
}
