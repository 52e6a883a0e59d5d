package dev.carve.carving.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExcerptTest {

    private static Answer answer(String body) {
        return Answer.of(200, Fields.NONE, body.getBytes(StandardCharsets.UTF_8));
    }

    private static Excerpt.@Nullable Pair at(String place, String old, String fresh) {
        Place parsed = Place.parse(place);
        assertThat(parsed).isNotNull();
        return parsed == null ? null : Excerpt.of(parsed, answer(old), answer(fresh));
    }

    @Test
    void everyPlaceIsReadAsItIsWritten() {
        for (Place each :
                new Place[] {
                    Place.STATUS,
                    Place.WHOLE_BODY,
                    Place.header("Location"),
                    new Place(Part.BODY, "/a/*/b"),
                    new Place(Part.BODY, "/status")
                }) {
            assertThat(Place.parse(each.toString())).isEqualTo(each);
        }
        assertThat(Place.parse("nowhere")).isNull();
    }

    @Test
    void valuesOfAPathAreFoundWhereverTheKeyStands() {
        assertThat(at("/a/b", "{\"a\":{\"b\":1}}", "{\"x\":[],\"a\":{\"c\":3,\"b\":\"two\"}}"))
                .isEqualTo(new Excerpt.Pair("1", "\"two\""));
    }

    @Test
    void ofAnArrayTheFirstThatDifferIsShown() {
        assertThat(at("/*/n", "[{\"n\":1},{\"n\":2},{\"n\":3}]", "[{\"n\":1},{\"n\":5},{\"n\":6}]"))
                .isEqualTo(new Excerpt.Pair("2", "5"));
    }

    @Test
    void whatOneSideLacksIsNothing() {
        assertThat(at("/*/n", "[{\"n\":1},{\"n\":2}]", "[{\"n\":1},{}]"))
                .isEqualTo(new Excerpt.Pair("2", null));
        assertThat(at("/a", "{}", "{\"a\":null}")).isEqualTo(new Excerpt.Pair(null, "null"));
    }

    @Test
    void ofATextThePlaceWhereItBeginsToDifferIsShown() {
        assertThat(at("body", "a".repeat(100) + "one", "a".repeat(100) + "two"))
                .isEqualTo(
                        new Excerpt.Pair(
                                "…" + "a".repeat(20) + "one", "…" + "a".repeat(20) + "two"));
    }

    @Test
    void bytesAreToldByTheirNumber() {
        assertThat(at("body", "a\u0000", "b\u0000c"))
                .isEqualTo(new Excerpt.Pair("2 bytes", "3 bytes"));
    }

    @Test
    void whatWasCutIsNotGuessed() {
        assertThat(at("/a", "{\"a\":1}", "{\"a\":")).isNull();
    }

    @Test
    void longValuesAreCut() {
        assertThat(at("/a", "{\"a\":1}", "{\"a\":\"" + "x".repeat(500) + "\"}"))
                .satisfies(pair ->
                        assertThat(String.valueOf(pair == null ? null : pair.fresh()))
                                .hasSize(121)
                                .endsWith("…"));
    }
}
