package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.compare.Fields;
import dev.carve.http.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadFieldsTest {

    private static final List<String> NAMES = List.of("Location", "Vary", "location", "Link");
    private static final List<String> VALUES = List.of("a", "b", "");

    private static HeadFields fields(Random random) {
        Head head = new Head().startResponse(200, "OK");
        for (int i = random.nextInt(4); i > 0; i--) {
            head.add(
                    NAMES.get(random.nextInt(NAMES.size())),
                    VALUES.get(random.nextInt(VALUES.size())));
        }
        return new HeadFields().of(head);
    }

    private static List<String> values(Fields of, String name) {
        List<String> values = new ArrayList<>();
        for (String each = of.value(name, 0); each != null; each = of.value(name, values.size())) {
            values.add(each);
        }
        return values;
    }

    @Test
    void valuesAreTheSameWhereEachOneIsAndNoneIsLeft() {
        int same = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            Random random = new Random(seed);
            HeadFields one = fields(random);
            HeadFields other = fields(random);
            List<String> ofOne = values(one, "location");
            boolean equal = ofOne.equals(values(other, "location"));
            assertThat(one.sameValues("location", other)).as("seed %d", seed).isEqualTo(equal);
            same += equal && !ofOne.isEmpty() ? 1 : 0;
        }
        assertThat(same).isGreaterThan(100);
    }

    @Test
    void fieldsOfAnotherKindAreNotKnownToBeTheSame() {
        HeadFields none = fields(new Random(4));
        assertThat(none.sameValues("location", (_, _) -> null)).isFalse();
    }
}
