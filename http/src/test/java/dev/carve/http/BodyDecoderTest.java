package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyDecoderTest {

    private static final HeadLimits LIMITS = new HeadLimits(128, 64, 4);

    private final HeadParser parser = new HeadParser();

    private String read(Framing.Kind kind, long length, String text, int... cuts) {
        BodyDecoder decoder = new BodyDecoder();
        decoder.start(kind, length);
        StringBuilder body = new StringBuilder();
        int from = 0;
        int left = 0;
        for (int i = 0; i <= cuts.length; i++) {
            int to = i == cuts.length ? text.length() : cuts[i];
            ByteBuf in =
                    Unpooled.copiedBuffer(text.substring(from, to), StandardCharsets.ISO_8859_1);
            from = to;
            if (decoder.isDone() || decoder.isBad()) {
                left += in.readableBytes();
            } else {
                ByteBuf chunk = decoder.next(in, parser, LIMITS);
                while (chunk != null) {
                    body.append(chunk.toString(StandardCharsets.ISO_8859_1));
                    chunk.release();
                    chunk = decoder.next(in, parser, LIMITS);
                }
                left += in.readableBytes();
            }
            in.release();
            assertThat(in.refCnt()).isZero();
        }
        if (decoder.isBad()) {
            return body + " bad: " + decoder.problem();
        }
        Head trailer = decoder.trailer();
        return "%s %s left %d trailer %s"
                .formatted(body, decoder.isDone() ? "done" : "more", left, trailer);
    }

    private void sameForAllCuts(Framing.Kind kind, long length, String text) {
        String whole = read(kind, length, text);
        int[] each = new int[text.length() - 1];
        for (int cut = 1; cut < text.length(); cut++) {
            each[cut - 1] = cut;
            assertThat(read(kind, length, text, cut)).as("cut at %d", cut).isEqualTo(whole);
        }
        assertThat(read(kind, length, text, each)).as("byte by byte").isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\r\nhello\r\n0\r\n\r\n",
                "5;a=b\r\nhello\r\n00A\r\n0123456789\r\n0\r\n\r\nnext",
                "0\r\nX: y\r\nZ: w\r\n\r\nnext",
                "0\r\nContent-Length: 5\r\n\r\n",
                "0\r\nX : y\r\n\r\n",
                "0\r\na:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\n\r\n",
                "5\nhello\r\n0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5 \r\nhello\r\n",
                "0x5\r\nhello\r\n",
                "-5\r\nhello\r\n",
                "5;\n\r\nhello\r\n",
                "\r\n",
                "1000000000000000\r\n",
            })
    void aChunkedBodyIsReadTheSameWhereverItIsCut(String text) {
        sameForAllCuts(Framing.Kind.CHUNKED, 0, text);
    }

    @ParameterizedTest
    @CsvSource({
        "5,hello,'hello done left 0'",
        "5,hello!!,'hello done left 2'",
        "7,hello,'hello more left 0'"
    })
    void aBodyWithALengthEndsThere(long length, String text, String expected) {
        assertThat(read(Framing.Kind.LENGTH, length, text)).startsWith(expected);
        sameForAllCuts(Framing.Kind.LENGTH, length, text);
    }

    @ParameterizedTest
    @CsvSource({
        "'5\r\nhello\r\n0\r\n\r\nnext','hello done left 4 trailer null'",
        "'0\r\nX: y\r\n\r\n',' done left 0 trailer X: y\r\n'",
        "'0\r\nHost: y\r\n\r\n',' bad: TRAILER'",
        "'zz\r\n',' bad: CHUNK_SIZE'",
        "'5\r\nhello0',hello bad: CHUNK_END",
    })
    void chunksAreReadStrictly(String text, String expected) {
        assertThat(read(Framing.Kind.CHUNKED, 0, text)).isEqualTo(expected);
    }
}
