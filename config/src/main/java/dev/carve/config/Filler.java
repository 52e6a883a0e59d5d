package dev.carve.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills in {@code ${NAME}}, {@code ${NAME:-default}} and {@code ${file:/run/secrets/x}}; {@code $$}
 * is a dollar sign. What is filled in is not filled in again, and never becomes YAML.
 */
final class Filler {

    /** A secret is a password, key or certificate, not a data set. */
    static final int FILE_BYTES_MAX = 256 * 1024;

    private static final String FILE = "file:";

    /** Leaves text as it is. */
    static final Filler NONE = new Filler(null);

    private final @Nullable Map<String, String> environment;

    private Filler(@Nullable Map<String, String> environment) {
        this.environment = environment;
    }

    static Filler from(Map<String, String> environment) {
        return new Filler(environment);
    }

    /** Returns a broken scalar, its problem told, if something cannot be filled in. */
    Node.Scalar fill(Node.Scalar scalar, KeyPath path, Diagnostics diagnostics) {
        if (environment == null || scalar.text().indexOf('$') < 0) {
            return scalar;
        }
        String text = scalar.text();
        StringBuilder out = new StringBuilder(text.length() + 32);
        boolean secret = false;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            char next = at + 1 < text.length() ? text.charAt(at + 1) : 0;
            if (c == '$' && next == '$') {
                out.append('$');
                at += 2;
            } else if (c == '$' && next == '{') {
                int end = text.indexOf('}', at);
                String name = end < 0 ? "" : text.substring(at + 2, end);
                try {
                    String value = valueOf(name, environment, diagnostics);
                    out.append(value);
                    if (name.startsWith(FILE)) {
                        secret = true;
                        diagnostics.hide(value);
                    }
                } catch (BadValueException unusable) {
                    diagnostics.error(scalar.place(), path, unusable.predicate());
                    return new Node.Scalar(
                            scalar.place(), text, false, secret, Node.Scalar.Flaw.BROKEN);
                }
                at = end + 1;
            } else {
                out.append(c);
                at++;
            }
        }
        // No longer plain: a value filled in is text even if it is empty or "null".
        return new Node.Scalar(scalar.place(), out.toString(), false, secret, null);
    }

    /** A variable or flag is taken as it is, but for a value that is one file of secrets. */
    static Node.Scalar fillFile(Node.Scalar scalar, KeyPath path, Diagnostics diagnostics) {
        boolean file = scalar.text().startsWith("${" + FILE) && scalar.text().endsWith("}");
        return file ? from(Map.of()).fill(scalar, path, diagnostics) : scalar;
    }

    private static String valueOf(
            String expression, Map<String, String> environment, Diagnostics diagnostics) {
        if (expression.startsWith(FILE)) {
            return contents(expression.substring(FILE.length()), diagnostics);
        }
        int dash = expression.indexOf(":-");
        String name = dash < 0 ? expression : expression.substring(0, dash);
        if (!isName(name)) {
            throw new BadValueException(
                    "a reference is malformed (expected: ${NAME}, ${NAME:-default} or"
                            + " ${file:/path}; a dollar sign itself is written $$)");
        }
        String value = environment.get(name);
        if (value == null || (value.isEmpty() && dash >= 0)) {
            if (dash >= 0) {
                return expression.substring(dash + 2);
            }
            throw new BadValueException(
                    "variable "
                            + name
                            + " is not set (expected: it in the environment, or ${"
                            + name
                            + ":-default})");
        }
        return value;
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !(i > 0 && c >= '0' && c <= '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** The text of a file without its last line end. */
    private static String contents(String name, Diagnostics diagnostics) {
        String file = "file " + Display.quote(name);
        try (InputStream in = Files.newInputStream(told(Path.of(name), diagnostics))) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw new BadValueException(
                        file + " is larger than " + FILE_BYTES_MAX / 1024 + "KiB");
            }
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            String cut = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
            return cut.endsWith("\r") ? cut.substring(0, cut.length() - 1) : cut;
        } catch (NoSuchFileException | InvalidPathException absent) {
            throw new BadValueException(file + " does not exist");
        } catch (CharacterCodingException binary) {
            throw new BadValueException(file + " is not utf-8 text");
        } catch (IOException unreadable) {
            throw new BadValueException(file + " cannot be read");
        }
    }

    private static Path told(Path file, Diagnostics diagnostics) {
        diagnostics.reads(file);
        return file;
    }
}
