package dev.carve.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Loader;
import dev.carve.config.Schema;
import dev.carve.config.Source;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class AdminSettingsTest {

    private static AdminSettings load(String yaml) {
        LoadResult result =
                Loader.of(Schema.of(new ArrayList<>(AdminBlocks.all())))
                        .load(Source.text("carve.yaml", yaml));
        assertThat(result).isInstanceOf(Loaded.class);
        return ((Loaded) result).value(AdminBlocks.ADMIN);
    }

    @Test
    void listensOnLoopbackUnlessTold() {
        assertThat(load("").address()).hasToString("127.0.0.1:9900");
        assertThat(load("admin: 9000").address()).hasToString("127.0.0.1:9000");
        assertThat(load("admin: '*:9000'").address()).hasToString("*:9000");
        assertThat(load("admin: '[::1]:9000'").address()).hasToString("[::1]:9000");
    }

    @Test
    void canBeOff() {
        assertThat(load("admin: off").address().isOff()).isTrue();
        assertThat(load("admin: {address: off, token: x}").token()).contains("x");
    }
}
