package dev.carve.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

    @Test
    void textWithoutFieldsIsItselfBracesIncluded() {
        Template template = compile("{\"a\":{\"b\":1}} é }}");
        assertThat(template.isFixed()).isTrue();
        assertThat(render(template, 1)).isEqualTo("{\"a\":{\"b\":1}} é }}");
    }

    @Test
    void fieldsStandBetweenJsonBraces() {
        assertThat(render(compile("{\"a\":{\"n\":{{seq}}}}"), 7)).isEqualTo("{\"a\":{\"n\":7}}");
        assertThat(render(compile("{{{seq}}}"), 7)).isEqualTo("{7}");
    }

    @Test
    void wholeNumbersReachBothEndsEvenly() {
        Map<String, Integer> seen = new HashMap<>();
        Template template = compile("{{int -1..2}}");
        for (int i = 1; i <= 8000; i++) {
            seen.merge(render(template, i), 1, Integer::sum);
        }
        assertThat(seen).containsOnlyKeys("-1", "0", "1", "2");
        // Five standard deviations of a binomial count around 2000.
        assertThat(seen.values()).allSatisfy(count -> assertThat(count).isBetween(1806, 2194));
    }

    @Test
    void uuidsAreRandomOnesOfVersion4() {
        Template template = compile("{{uuid}}");
        UUID one = UUID.fromString(render(template, 1));
        assertThat(one.version()).isEqualTo(4);
        assertThat(one.variant()).isEqualTo(2);
        assertThat(one).isNotEqualTo(UUID.fromString(render(template, 2)));
    }

    @Test
    void picksComeFromTheList() {
        Template template = compile("{{pick a,bc,}}");
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 1; i <= 300; i++) {
            seen.merge(render(template, i), 1, Integer::sum);
        }
        assertThat(seen).containsOnlyKeys("a", "bc", "");
    }

    @Test
    void largeNumbersAreWrittenWhole() {
        assertThat(render(compile("{{int 999999999999999999..999999999999999999}}"), 1))
                .isEqualTo("999999999999999999");
        assertThat(render(compile("{{int 0..0}}"), 1)).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{",
                "{{}}",
                "{{uid}}",
                "{{int}}",
                "{{int 5}}",
                "{{int 2..1}}",
                "{{int a..b}}",
                "{{int 1..99999999999999999999}}",
                "{{pick}}",
                "a{{seq"
            })
    void unknownAndMalformedFieldsAreRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compile(text))
                .withMessageStartingWith("body: \"{{")
                .withMessageContaining("(expected: {{int 1..1000000}}");
    }

    @Test
    void aTargetHoldsNoSpaces() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Template.compile("URL", "/a b", HttpBytes::isTargetByte));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Template.compile("URL", "/{{pick a b}}", HttpBytes::isTargetByte));
    }

    private static Template compile(String text) {
        return Template.compile("body", text, c -> true);
    }

    private static String render(Template template, long number) {
        RequestRandom random = new RequestRandom(1);
        random.turnTo(number);
        ByteBuf out = Unpooled.buffer();
        template.render(out, random);
        return out.toString(StandardCharsets.UTF_8);
    }
}
