package dev.carve.carving.compare;

import static dev.carve.carving.compare.Answers.bytes;
import static dev.carve.carving.compare.Answers.fields;
import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class UnpackerTest {

    private static final String DOCUMENT =
            "{\"text\":\"" + "words and words ".repeat(1_000) + "\"}";

    private final Comparer comparer = new Comparer(Bounds.DEFAULT);

    @AfterEach
    void close() {
        comparer.close();
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] body, boolean raw) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, raw);
        try (OutputStream deflate = new DeflaterOutputStream(out, deflater)) {
            deflate.write(body);
        }
        deflater.end();
        return out.toByteArray();
    }

    private static Answer coded(String coding, byte[] body) {
        return Answer.of(
                200, fields("Content-Type", "application/json", "Content-Encoding", coding), body);
    }

    private Comparison withPlain(String coding, byte[] body) {
        return comparer.compare(
                Answers.rules(RuleSource.NONE), coded(coding, body), Answers.json(DOCUMENT));
    }

    private static final Comparison SAME = new Comparison.Same(Way.SAME_BYTES, null);

    private static Comparison skipped(Reason reason) {
        return new Comparison.Skipped(reason);
    }

    @Test
    void undoesGzipAndDeflate() throws IOException {
        assertThat(withPlain("gzip", gzip(bytes(DOCUMENT)))).isEqualTo(SAME);
        assertThat(withPlain("X-Gzip", gzip(bytes(DOCUMENT)))).isEqualTo(SAME);
        assertThat(withPlain("deflate", deflate(bytes(DOCUMENT), false))).isEqualTo(SAME);
        assertThat(withPlain("deflate", deflate(bytes(DOCUMENT), true))).isEqualTo(SAME);
        assertThat(withPlain("identity", bytes(DOCUMENT))).isEqualTo(SAME);
    }

    @Test
    void undoesBrotli() throws IOException {
        Assumptions.assumeTrue(Brotli4jLoader.isAvailable(), "no native brotli on this platform");
        byte[] packed = Encoder.compress(bytes(DOCUMENT));
        assertThat(withPlain("br", packed)).isEqualTo(SAME);
        assertThat(withPlain("br", Arrays.copyOf(packed, packed.length / 2)))
                .isEqualTo(skipped(Reason.BAD_CODING));
        assertThat(withPlain("br", bytes("this is no brotli at all")))
                .isEqualTo(skipped(Reason.BAD_CODING));
        assertThat(withPlain("br", Encoder.compress(new byte[5 << 20])))
                .isEqualTo(skipped(Reason.TOO_LONG));
    }

    @Test
    void gzipMayHaveSeveralMembersAndAllFields() throws IOException {
        int half = DOCUMENT.length() / 2;
        byte[] first = gzip(bytes(DOCUMENT.substring(0, half)));
        byte[] second = gzip(bytes(DOCUMENT.substring(half)));
        byte[] named = new byte[second.length + 4 + 3 + 2 + 2];
        System.arraycopy(second, 0, named, 0, 10);
        named[3] = 2 | 4 | 8 | 16;
        // Two bytes of extra field, a name, a comment, a sum.
        byte[] fields = {2, 0, 7, 7, 'n', 'm', 0, 'c', 0, 1, 1};
        System.arraycopy(fields, 0, named, 10, fields.length);
        System.arraycopy(second, 10, named, 10 + fields.length, second.length - 10);
        byte[] both = Arrays.copyOf(first, first.length + named.length);
        System.arraycopy(named, 0, both, first.length, named.length);
        assertThat(withPlain("gzip", both)).isEqualTo(SAME);
    }

    @Test
    void brokenBodiesAreSkipped() throws IOException {
        byte[] packed = gzip(bytes(DOCUMENT));
        byte[] wrongSum = packed.clone();
        wrongSum[packed.length - 8] ^= 1;
        assertThat(withPlain("gzip", wrongSum)).isEqualTo(skipped(Reason.BAD_CODING));
        assertThat(withPlain("gzip", bytes(DOCUMENT))).isEqualTo(skipped(Reason.BAD_CODING));
        assertThat(withPlain("deflate", bytes(DOCUMENT))).isEqualTo(skipped(Reason.BAD_CODING));
        assertThat(withPlain("compress", packed)).isEqualTo(skipped(Reason.UNKNOWN_CODING));
        assertThat(withPlain("gzip, br", packed)).isEqualTo(skipped(Reason.UNKNOWN_CODING));
        for (int length = 1; length < packed.length; length++) {
            assertThat(withPlain("gzip", Arrays.copyOf(packed, length)))
                    .as("cut to %d bytes", length)
                    .isEqualTo(skipped(Reason.BAD_CODING));
        }
    }

    @Test
    void damagedBodiesNeverThrow() throws IOException {
        byte[] packed = gzip(bytes(DOCUMENT));
        byte[] deflated = deflate(bytes(DOCUMENT), false);
        for (long seed = 1; seed <= 5_000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = (random.nextBoolean() ? packed : deflated).clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            Comparison comparison = withPlain(random.nextBoolean() ? "gzip" : "deflate", damaged);
            assertThat(comparison.way()).as("seed %d", seed).isNotEqualTo(Way.STATUS);
        }
    }

    @Test
    void stopsAtTheBound() throws IOException {
        byte[] exact = new byte[Bounds.DEFAULT.decodedBytes()];
        Rules rules = Answers.rules(RuleSource.NONE);
        assertThat(comparer.compare(rules, coded("gzip", gzip(exact)), coded("identity", exact)))
                .isEqualTo(SAME);
        byte[] bomb = gzip(new byte[exact.length + 1]);
        assertThat(comparer.compare(rules, coded("gzip", bomb), coded("identity", exact)))
                .isEqualTo(skipped(Reason.TOO_LONG));
    }

    @Test
    void equalPackedBodiesAreNotUnpacked() {
        byte[] nonsense = bytes("no gzip");
        assertThat(
                        comparer.compare(
                                Answers.rules(RuleSource.NONE),
                                coded("gzip", nonsense),
                                coded("GZIP", nonsense.clone())))
                .isEqualTo(SAME);
    }
}
