package dev.carve.gateway.settings;

import dev.carve.config.Diagnostics;
import dev.carve.config.KeyPath;
import dev.carve.http.PemFile;
import dev.carve.http.UpstreamTls;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the types of a service's TLS can not say, its files among it. Stateless; any thread. */
final class TlsChecks {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,253}");

    private TlsChecks() {}

    static void check(
            KeyPath at, ServiceSettings service, ServiceTlsSettings tls, Diagnostics diagnostics) {
        boolean used =
                service.dns().isPresent()
                        || service.urls().stream()
                                .anyMatch(each -> "https".equalsIgnoreCase(each.url().getScheme()));
        if (!used) {
            diagnostics.error(at, "no URL asks for it (expected: https:// URLs, or dns)");
        }
        tls.name().ifPresent(name -> name(at.key("name"), name, diagnostics));
        if (!tls.verify()) {
            diagnostics.warning(
                    at.key("verify"),
                    "false believes whoever answers at the address (expected: true, and ca for an"
                            + " authority of your own)");
        }
        boolean authorities = certificates(at.key("ca"), tls.ca(), diagnostics);
        boolean chain = certificates(at.key("certificate"), tls.certificate(), diagnostics);
        boolean key = key(at.key("key"), tls.key(), diagnostics);
        if (tls.certificate().isPresent() != tls.key().isPresent()) {
            boolean lacksKey = tls.key().isEmpty();
            diagnostics.error(
                    at.key(lacksKey ? "certificate" : "key"),
                    lacksKey
                            ? "without its key (expected: key too)"
                            : "without its certificate (expected: certificate too)");
        } else if (authorities && chain && key && tls.key().isPresent()) {
            pair(at.key("key"), tls, diagnostics);
        }
    }

    private static void name(KeyPath at, String name, Diagnostics diagnostics) {
        if (!NAME.matcher(name).matches() || name.endsWith(".") || name.startsWith(".")) {
            diagnostics.error(
                    at,
                    Diagnostics.quote(name)
                            + " is no host (expected: a name such as users.internal, or an"
                            + " address)");
        }
    }

    /** Whether the file, if there is one, can be used. */
    private static boolean certificates(
            KeyPath at, Optional<String> file, Diagnostics diagnostics) {
        try {
            if (file.isPresent()) {
                PemFile.certificates(file.get());
            }
            return true;
        } catch (PemFile.UnusableException unusable) {
            diagnostics.error(at, String.valueOf(unusable.getMessage()));
            return false;
        }
    }

    private static boolean key(KeyPath at, Optional<String> file, Diagnostics diagnostics) {
        try {
            if (file.isPresent()) {
                PemFile.key(file.get());
            }
            return true;
        } catch (PemFile.UnusableException unusable) {
            diagnostics.error(at, String.valueOf(unusable.getMessage()));
            return false;
        }
    }

    private static void pair(KeyPath at, ServiceTlsSettings tls, Diagnostics diagnostics) {
        try {
            UpstreamTls.Material material = material(tls);
            PrivateKey key = material.key();
            if (key != null && !isPair(key, material.chain().getFirst())) {
                diagnostics.error(
                        at,
                        Diagnostics.quote(tls.key().orElse(""))
                                + " is not the key of the first certificate in "
                                + Diagnostics.quote(tls.certificate().orElse(""))
                                + " (expected: its own)");
            }
        } catch (PemFile.UnusableException changedMeanwhile) {
            diagnostics.error(at, String.valueOf(changedMeanwhile.getMessage()));
        }
    }

    /** Signs with the one and checks with the other, which works for every kind of key. */
    private static boolean isPair(PrivateKey key, X509Certificate certificate) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    case "RSASSA-PSS" -> "RSASSA-PSS";
                    default -> "EdDSA";
                };
        byte[] message = "carve".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(message);
            byte[] signature = signing.sign();
            Signature checking = Signature.getInstance(algorithm);
            checking.initVerify(certificate.getPublicKey());
            checking.update(message);
            return checking.verify(signature);
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }

    /** See {@link GatewayChecks#filesOf}. */
    static Set<Path> files(Collection<ServiceSettings> services) {
        Set<Path> files = new LinkedHashSet<>();
        for (ServiceSettings each : services) {
            each.tls()
                    .ifPresent(tls ->
                            Stream.of(tls.ca(), tls.certificate(), tls.key())
                                    .flatMap(Optional::stream)
                                    .forEach(file -> add(files, file)));
        }
        return files;
    }

    private static void add(Set<Path> files, String file) {
        try {
            files.add(Path.of(file).toAbsolutePath().normalize());
        } catch (InvalidPathException noFile) {
            // Told as a problem where it is read.
        }
    }

    /** See {@link GatewayChecks#materialOf}. */
    static UpstreamTls.Material material(ServiceTlsSettings tls) throws PemFile.UnusableException {
        return new UpstreamTls.Material(
                tls.ca().isPresent() ? PemFile.certificates(tls.ca().get()) : List.of(),
                tls.certificate().isPresent()
                        ? PemFile.certificates(tls.certificate().get())
                        : List.of(),
                tls.key().isPresent() ? PemFile.key(tls.key().get()) : null,
                tls.verify());
    }
}
