package dev.carve.gateway.service;

import dev.carve.gateway.protect.Ejection;
import dev.carve.gateway.service.Standing.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the verdicts of an {@link Ejection} to the instances of a service, and what else is known
 * of these to the ejection.
 *
 * <p>Thread: control.
 */
final class Ejections {

    private static final Logger LOG = LoggerFactory.getLogger(Ejections.class);

    private final Service service;
    private final Control control;
    private final Ejection ejection;
    private final Map<Instance, Ejection.Member> members = new HashMap<>();

    Ejections(Service service, Control control, Ejection.Rule rule) {
        this.service = service;
        this.control = control;
        ejection = new Ejection(rule);
    }

    /** These and no others are judged from now on. */
    void instances(Iterable<Instance> now) {
        Map<Instance, Ejection.Member> before = new HashMap<>(members);
        members.clear();
        for (Instance each : now) {
            Ejection.Member known = before.remove(each);
            Ejection.Member member =
                    known == null ? ejection.join(each.name(), control.clock().nanos()) : known;
            members.put(each, member);
            each.judgedBy(member);
        }
        before.forEach((instance, member) -> {
            ejection.leave(member);
            instance.judgedBy(null);
        });
    }

    /** Nobody is ejected any more. */
    void end() {
        for (Iterator<Instance> all = members.keySet().iterator(); all.hasNext(); ) {
            Instance each = all.next();
            all.remove();
            each.judgedBy(null);
            service.restore(each);
        }
    }

    void turn(long nowNanos) {
        members.forEach((instance, member) -> {
            Judgement of = instance.judgement();
            member.available(of.command == State.UP && of.unhealthy == null);
            if (of.ejected == null) {
                // The service had no other instance left and took it back.
                ejection.restore(member, "no other was left", nowNanos);
            }
        });
        for (Ejection.Change change : ejection.turn(nowNanos)) {
            members.forEach((instance, member) -> {
                if (Objects.equals(member, change.member())) {
                    apply(instance, change, nowNanos);
                }
            });
        }
    }

    private void apply(Instance instance, Ejection.Change change, long nowNanos) {
        Ejection.Member member = change.member();
        if (!change.ejected()) {
            service.restore(instance);
            LOG.atInfo()
                    .addKeyValue("service", service.name())
                    .addKeyValue("instance", instance.name())
                    .addKeyValue("reason", change.reason())
                    .log("instance returned");
        } else if (service.eject(instance, change.reason())) {
            LOG.atWarn()
                    .addKeyValue("service", service.name())
                    .addKeyValue("instance", instance.name())
                    .addKeyValue("reason", change.reason())
                    .addKeyValue(
                            "for_millis",
                            Duration.ofNanos(member.untilNanos() - nowNanos).toMillis())
                    .log("instance ejected");
        } else {
            ejection.restore(member, "no other was left", nowNanos);
        }
    }
}
