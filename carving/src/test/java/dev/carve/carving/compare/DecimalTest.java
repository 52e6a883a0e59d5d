package dev.carve.carving.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecimalTest {

    private static Decimal read(String text) {
        byte[] bytes = Answers.bytes("-" + text + "9.9");
        Decimal decimal = new Decimal();
        decimal.read(bytes, 1, bytes.length - 3);
        return decimal;
    }

    @ParameterizedTest
    @CsvSource({
        "1,1.0",
        "1,1e0",
        "100,1e2",
        "100,1E+02",
        "0.001,1e-3",
        "-0,0.0e99",
        "12.50,1250e-2",
        "123456789012345678901234567890,123456789012345678901234567890.00",
        "123456789012345678901234567890,12345678901234567890.1234567890e10",
        "1e400,10e399",
        "1e1000000000000000,1e1000000000000000",
        "0e9999999999999999999,0"
    })
    void oneNumberHasManySpellings(String one, String other) {
        assertThat(read(one).sameAs(read(other))).isTrue();
        assertThat(read(other).sameAs(read(one))).isTrue();
        assertThat(read(one).hash(7)).isEqualTo(read(other).hash(7));
    }

    @ParameterizedTest
    @CsvSource({
        "1,-1",
        "1,10",
        "1,1.0000000000000000000001",
        "9007199254740993,9007199254740992",
        "123456789012345678901234567890,123456789012345678901234567891",
        "1234567890123456789,12345678901234567890",
        "1e400,1e401",
        "123456789012345678901234567891,123456789012345678901234567892",
        "0,1e-400",
        "1e9999999999999999,1e99999999999999999"
    })
    void differentNumbersDiffer(String one, String other) {
        assertThat(read(one).sameAs(read(other))).isFalse();
        assertThat(read(one).hash(7)).isNotEqualTo(read(other).hash(7));
    }

    @Test
    void agreesWithBigDecimal() {
        for (long seed = 1; seed <= 50_000; seed++) {
            Random random = new Random(seed);
            String one = random(random);
            String other = random(random);
            BigDecimal exact = new BigDecimal(one);
            boolean same = exact.compareTo(new BigDecimal(other)) == 0;
            assertThat(read(one).sameAs(read(other)))
                    .as("seed %d: %s, %s", seed, one, other)
                    .isEqualTo(same);
            double value = exact.doubleValue();
            assertThat(read(one).approximate())
                    .as("seed %d: %s", seed, one)
                    .isBetween(value - Math.abs(value) * 1e-14, value + Math.abs(value) * 1e-14);
        }
    }

    private static String random(Random random) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
        text.append(random.nextInt(3));
        if (text.charAt(text.length() - 1) != '0') {
            text.append("0".repeat(random.nextInt(3)))
                    .append("12345678901234567890", 0, random.nextInt(4) * 6);
        }
        if (random.nextBoolean()) {
            text.append('.').append(random.nextInt(3)).append("0".repeat(random.nextInt(3)));
        }
        if (random.nextBoolean()) {
            text.append(random.nextBoolean() ? "e" : "E-").append(random.nextInt(30));
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "0.5%,200,199,true",
        "0.5%,200,198.9999999999999999,false",
        "0.5%,-200,-199,true",
        "0.5%,1,-1,false",
        "0.01,1.01,1.00,true",
        "0.01,1.0100000000000000001,1.00,false",
        "0,1,1.0000001,false",
        "100%,0,5,true",
        "100%,-1,1,false",
        "0.5%,4950000,4925250,true",
        "0.5%,4950000,4925249,false",
        "1%,1e-330,1.005e-330,true",
        "1%,1e-330,1.02e-330,false",
        "1%,1e400,1.005e400,true",
        "1%,1e9999,1.005e9999,false",
        "0.1,1e400,2e400,false"
    })
    void tolerancesAreExact(String tolerance, String one, String other, boolean covered) {
        Tolerance compiled = Tolerance.parse("tolerance", tolerance);
        assertThat(compiled.covers(read(one), read(other))).isEqualTo(covered);
        assertThat(compiled.covers(read(other), read(one))).isEqualTo(covered);
    }
}
