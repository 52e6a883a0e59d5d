package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.config.Loaded;
import dev.carve.config.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a reload would do to services whose instances are the addresses of a name. */
class ReloadPlanTest {

    private static final String URLS = "{urls: [\"http://10.0.0.5:80\", \"http://10.0.0.6:80\"]}";
    private static final String NAME = "{dns: \"users.internal:80\"}";

    /** Checks aside: the name need not be there. */
    private static Loaded load(String users) {
        String yaml =
                "services: {users: "
                        + users
                        + ", other: \"http://10.0.0.9:80\"}\nroutes: [{match: /, to: users}]\n";
        return (Loaded) Configuration.UNCHECKED.load(Source.text("carve.yaml", yaml));
    }

    private static List<String> steps(String before, String after) {
        return ReloadPlan.of(load(before), load(after)).stream()
                .filter(step -> !step.startsWith("keeps"))
                .toList();
    }

    @Test
    void aNewServiceIsMadeWithTheAddressesOfItsName() {
        Loaded none =
                (Loaded)
                        Configuration.UNCHECKED.load(
                                Source.text("carve.yaml", "services: {}\nroutes: []\n"));
        assertThat(ReloadPlan.of(none, load(NAME)))
                .contains("makes service users with the addresses of users.internal:80");
    }

    @Test
    void whatIsFoundUnderTheSameNameStays() {
        assertThat(steps(NAME, "{dns: {name: \"users.internal:80\", ttl_max: 30s}}"))
                .containsExactly(
                        "changes service users; the addresses of users.internal:80 stay,"
                                + " connections included");
    }

    @Test
    void anotherNameHasOtherInstancesThoughTheirAddressesMayBeTheSame() {
        assertThat(steps(NAME, "{dns: \"people.internal:80\"}"))
                .containsExactly(
                        "changes service users; adds the addresses of people.internal:80; drains"
                                + " and removes the addresses of users.internal:80");
    }

    @Test
    void urlsMayBecomeANameAndANameUrls() {
        assertThat(steps(URLS, NAME))
                .containsExactly(
                        "changes service users; adds the addresses of users.internal:80; drains"
                                + " and removes http://10.0.0.5:80; drains and removes"
                                + " http://10.0.0.6:80");
        assertThat(steps(NAME, URLS))
                .containsExactly(
                        "changes service users; adds http://10.0.0.5:80; adds http://10.0.0.6:80;"
                                + " drains and removes the addresses of users.internal:80");
    }

    @Test
    void urlsThatStayAreCounted() {
        assertThat(steps(URLS, "{urls: [\"http://10.0.0.6:80\"]}"))
                .containsExactly(
                        "changes service users; 1 instance stays, connections included; drains"
                                + " and removes http://10.0.0.5:80");
    }
}
