package dev.carve.config;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets two processes compare their configurations although neither tells the other its secrets. Who
 * asks numbers its own secrets and sends a keyed hash of each. Who answers writes its configuration
 * with such a number where it holds the same secret, and 0 where it holds another. So nothing about
 * a secret leaves the process that holds it but whether it is one of those that the other knows
 * already: there is no hash of it to be guessed at elsewhere.
 *
 * <p>Immutable but for {@link #numbering}, which belongs to one thread.
 */
public final class SecretMarks {

    /** More secrets than these pass for changed; a bound on what one question can try. */
    public static final int COUNT_MAX = 256;

    /** A word that also fits where a part of a URL is hidden. */
    private static final String MARK = "carve-secret-";

    private static final Pattern MARKS = Pattern.compile(MARK + "[0-9]{1,4}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{32}");
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 16;
    private static final int HASH_BYTES = 16;
    private static final HexFormat HEX = HexFormat.of();

    private final String key;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final boolean numbering;

    private SecretMarks(String key, boolean numbering) {
        this.key = key;
        this.numbering = numbering;
    }

    /** For who asks: gives a number to each secret that it comes across. */
    public static SecretMarks numbering() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new SecretMarks(HEX.formatHex(key), true);
    }

    /**
     * For who answers.
     *
     * @throws IllegalArgumentException if the key or a hash is malformed, or there are too many
     */
    public static SecretMarks known(String key, List<String> hashes) {
        if (!HASH.matcher(key).matches() || hashes.size() > COUNT_MAX) {
            throw new IllegalArgumentException(
                    "malformed key or more than " + COUNT_MAX + " hashes");
        }
        SecretMarks marks = new SecretMarks(key, false);
        for (String each : hashes) {
            if (!HASH.matcher(each).matches()) {
                throw new IllegalArgumentException("malformed hash");
            }
            marks.numbers.putIfAbsent(each, marks.numbers.size() + 1);
        }
        return marks;
    }

    /** Knows no secret: each is another. */
    public static SecretMarks none() {
        return new SecretMarks("", false);
    }

    /** What the other side is to be given beside {@link #hashes}. */
    public String key() {
        return key;
    }

    /** Of the secrets that were numbered, in the order of their numbers. */
    public List<String> hashes() {
        return new ArrayList<>(numbers.keySet());
    }

    /** The configuration as YAML with marks for secrets; it loads where secrets are text. */
    public String render(Loaded loaded) {
        return Renderer.render(loaded, this::mark);
    }

    /** Text in which marks stand as people are shown secrets everywhere. */
    public static String shown(String text) {
        return MARKS.matcher(text).replaceAll(Display.SECRET);
    }

    String mark(String secret) {
        if (MARKS.matcher(secret).matches()) {
            return secret; // Told by the other side, for a secret that only it has.
        }
        if (numbers.isEmpty() && !numbering) {
            return MARK + 0;
        }
        String hash = hash(secret);
        if (numbering && numbers.size() < COUNT_MAX) {
            numbers.putIfAbsent(hash, numbers.size() + 1);
        }
        // Beyond the bound the asking side needs a number that the other never gives.
        return MARK + numbers.getOrDefault(hash, numbering ? COUNT_MAX + 1 : 0);
    }

    private String hash(String secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(HEX.parseHex(key), ALGORITHM));
            byte[] hash = mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
            return HEX.formatHex(hash, 0, HASH_BYTES);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java has " + ALGORITHM, missing);
        }
    }
}
