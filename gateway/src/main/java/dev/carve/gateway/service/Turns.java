package dev.carve.gateway.service;

import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what protects services and routes every 100 ms, as long as there is something to turn.
 *
 * <p>Thread: control.
 */
public final class Turns {

    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

    private final Control control;
    private final Collection<Service> services;
    private final Limits routes;
    private boolean running;

    /**
     * @param services those that there are, as a view that changes with them
     */
    public Turns(Control control, Collection<Service> services, Limits routes) {
        this.control = control;
        this.services = services;
        this.routes = routes;
    }

    /** Begins if there is something to turn and it does not run already. */
    public void begin() {
        boolean wanted =
                !routes.all().isEmpty()
                        || services.stream().anyMatch(each -> each.protection().isTimed());
        if (wanted && !running) {
            running = true;
            control.executeLater(this::turn, Protection.TURN_NANOS);
        }
    }

    private void turn() {
        running = false;
        for (Service each : services) {
            if (each.protection().isTimed()) {
                turn(each);
            }
        }
        routes.turn(control.clock().nanos());
        begin();
    }

    private static void turn(Service service) {
        try {
            service.turn();
        } catch (RuntimeException fault) {
            // Whatever is wrong with one, the others need theirs.
            LOG.atError()
                    .setCause(fault)
                    .addKeyValue("service", service.name())
                    .log("fault in what protects a service");
        }
    }
}
