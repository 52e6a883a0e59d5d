package dev.carve.app;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that a gateway does for a while: a command begins it, the view of the same name tells
 * how far it is. One thread.
 */
final class Awaited {

    /** Hears how far it is. */
    @FunctionalInterface
    interface Progress {
        void tell(JsonTree view);
    }

    private final AdminClient client;
    private final String name;
    private final String route;

    Awaited(AdminClient client, String name, String route) {
        this.client = client;
        this.name = name;
        this.route = route;
    }

    /** Begins it; the reply says whether. */
    AdminClient.Reply begin(Map<String, String> arguments) throws InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(arguments);
        all.put("route", route);
        return client.run(name, all);
    }

    /** Waits for its end, at the gateway. */
    AdminClient.Reply end(Progress progress) throws InterruptedException {
        while (true) {
            AdminClient.Reply now = client.read(name, Map.of("route", route, "wait", "1"));
            if (!now.tree().get("state").text().equals("running")) {
                return now;
            }
            progress.tell(now.tree());
        }
    }
}
