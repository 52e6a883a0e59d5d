package dev.carve.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which parts of a URL are secrets, how deep they may be buried in it. */
class QuerySecretsTest {

    private static final QuerySecrets SECRETS = new QuerySecrets(List.of("token", "Code"));

    private static String hidden(QuerySecrets secrets, String url, boolean form) {
        byte[] bytes = url.getBytes(StandardCharsets.ISO_8859_1);
        StringBuilder out = new StringBuilder();
        int written = 0;
        long found =
                form
                        ? secrets.firstOfForm(bytes, 0, bytes.length)
                        : secrets.first(bytes, 0, bytes.length);
        while (found != QuerySecrets.NONE) {
            out.append(url, written, QuerySecrets.from(found)).append("***");
            assertThat(QuerySecrets.to(found)).isGreaterThan(QuerySecrets.from(found));
            written = QuerySecrets.to(found);
            found = secrets.next(bytes, found, bytes.length);
        }
        return out.append(url.substring(written)).toString();
    }

    private static String hidden(String url) {
        return hidden(SECRETS, url, false);
    }

    @ParameterizedTest
    @CsvSource({
        "/a, /a",
        "/token=1, /token=1",
        "/a?, /a?",
        "/a?token, /a?token",
        "/a?token=, /a?token=",
        "/a?token=&x=1, /a?token=&x=1",
        "/a?token=1, /a?token=***",
        "/a?x=1&TOKEN=1&y=2&code=3, /a?x=1&TOKEN=***&y=2&code=***",
        "/a?x=1;token=1;y=2&z=3, /a?x=1;token=***&z=3",
        "/a?tokens=1&mytoken=2, /a?tokens=1&mytoken=2",
        "/a#token=1&x=2, /a#token=***&x=2",
        "/a?x=1#token=1, /a?x=1#token=***",
        "/a?token=1#code=2, /a?token=***#code=***",
        "/a?tok%65n=1&x=2, /a?tok%65n=***&x=2",
        "/a?token==a=b, /a?token=***",
    })
    void namedParametersAreFound(String url, String expected) {
        assertThat(hidden(url)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/a?u=/b?token=1&x=2, /a?u=/b?token=***&x=2",
        "/a?u=%2Fb%3Ftoken%3D1, /a?u=%2Fb%3Ftoken%3D***",
        "/a?u=%2fb%3ftoken%3d1%26x%3d2&y=3, /a?u=%2fb%3ftoken%3d***%26x%3d2&y=3",
        "/a?u=%2Fb%3Fx%3D2%26token%3D1, /a?u=%2Fb%3Fx%3D2%26token%3D***",
        "/a?u=b%23token%3D1, /a?u=b%23token%3D***",
        "/a?u=b%3Btoken%3D1, /a?u=b%3Btoken%3D***",
        "/a?u=%252Fb%253Ftoken%253D1%2526x%253D2%26y%3D3, /a?u=%252Fb%253Ftoken%253D***%2526x%253D2%26y%3D3",
        // What is escaped in a secret belongs to it.
        "/a?token=1%26x%3D2&y=3, /a?token=***&y=3",
        "/a?u=%3Ftoken%3D1%2526x%253D2%26y%3D3, /a?u=%3Ftoken%3D***%26y%3D3",
        // No URL, and no parameter of that name.
        "/a?pad=abc%3D%3D&x=1, /a?pad=abc%3D%3D&x=1",
        "/a?q=100%25&x=1, /a?q=100%25&x=1",
        "/a?q=a%26b%3Dc, /a?q=a%26b%3Dc",
        "/a?q=%, /a?q=%",
        "/a?q=%2, /a?q=%2",
        "/a?q=%25, /a?q=%25",
        "/a?q=%zz&token=1, /a?q=%zz&token=***",
    })
    void urlsInsideAreLookedInto(String url, String expected) {
        assertThat(hidden(url)).isEqualTo(expected);
    }

    @Test
    void formBeginsWithAName() {
        assertThat(hidden(SECRETS, "token=1&x=2", true)).isEqualTo("token=***&x=2");
        assertThat(hidden(SECRETS, "", true)).isEmpty();
        assertThat(hidden(SECRETS, "x=2", true)).isEqualTo("x=2");
    }

    @Test
    void withoutNamesNothingIsASecret() {
        assertThat(hidden(new QuerySecrets(List.of()), "/a?tok%65n=1&token=2", false))
                .isEqualTo("/a?tok%65n=1&token=2");
    }

    /** A secret's mark, in any place and however often escaped, is never left. */
    @Test
    void noSecretSurvivesHoweverOftenItsUrlIsEscaped() {
        for (long seed = 1; seed <= 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String url = "/inner?" + pair(random) + "&token=SECRET&" + pair(random);
            for (int depth = random.nextInt(4); depth > 0; depth--) {
                url = "/outer?" + pair(random) + "&u=" + escaped(url) + "&" + pair(random);
            }
            assertThat(hidden(url)).as("seed %d: %s", seed, url).doesNotContain("SECRET");
        }
    }

    private static String pair(SplittableRandom random) {
        String[] values = {"", "1", "a%26b", "%3D", "x/y", "100%25", "é", "a%2", "a%"};
        return "p" + random.nextInt(9) + "=" + values[random.nextInt(values.length)];
    }

    private static String escaped(String url) {
        StringBuilder out = new StringBuilder();
        for (byte each : url.getBytes(StandardCharsets.ISO_8859_1)) {
            boolean plain = Character.isLetterOrDigit((char) (each & 0xFF)) && each > 0;
            out.append(plain ? String.valueOf((char) each) : "%%%02X".formatted(each));
        }
        return out.toString();
    }
}
