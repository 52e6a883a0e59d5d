package dev.carve.gateway;

import dev.carve.gateway.service.Instance;
import dev.carve.gateway.settings.DnsName;
import dev.carve.gateway.settings.InstanceSettings;
import dev.carve.gateway.settings.ServiceSettings;
import dev.carve.gateway.settings.ServiceTlsSettings;
import dev.carve.http.HeadLimits;
import dev.carve.http.Loops;
import dev.carve.http.Upstream;
import dev.carve.http.UpstreamSettings;
import dev.carve.http.UpstreamTls;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What the file says of one instance. Immutable.
 *
 * @param tls null where its connections are plain
 * @param tlsName what its certificate must be for
 * @param host what stands in a Host field where the client sent none; null for its own address
 */
record InstanceDefinition(
        UpstreamSettings upstream,
        int weight,
        int requestsMax,
        @Nullable UpstreamTls tls,
        String tlsName,
        @Nullable String host) {

    static InstanceDefinition of(
            InstanceSettings one,
            ServiceSettings service,
            HeadLimits limits,
            @Nullable UpstreamTls tls) {
        DnsName dns = service.dns().map(each -> each.name()).orElse(null);
        boolean secure = InstanceAddress.isSecure(one.url());
        return new InstanceDefinition(
                upstreamSettings(service, limits),
                one.weight(),
                one.requests().or(service::requests).orElse(Instance.UNBOUNDED),
                secure ? tls : null,
                secure ? tlsName(one.url(), service, dns) : "",
                dns == null ? null : withoutLastDot(dns.host()) + ":" + dns.port());
    }

    private static String tlsName(URI url, ServiceSettings service, @Nullable DnsName dns) {
        String usual = dns == null ? InstanceAddress.host(url) : withoutLastDot(dns.host());
        return service.tls().flatMap(ServiceTlsSettings::name).orElse(usual);
    }

    private static String withoutLastDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** A new instance. */
    Instance make(Loops loops, URI url) {
        Upstream to = new Upstream(loops, InstanceAddress.socket(url), upstream);
        Instance instance = host == null ? new Instance(url, to) : new Instance(url, host, to);
        applyTo(instance);
        return instance;
    }

    void applyTo(Instance instance) {
        instance.reconfigure(upstream);
        instance.upstream().secure(tls, tlsName);
        instance.define(weight, requestsMax);
    }

    private static UpstreamSettings upstreamSettings(ServiceSettings from, HeadLimits limits) {
        ServiceSettings.Timeouts timeouts = from.timeouts();
        return new UpstreamSettings(
                timeouts.connect(),
                timeouts.response(),
                timeouts.idle(),
                timeouts.tunnel(),
                from.idleKept(),
                from.idleExcess(),
                from.connections(),
                limits);
    }
}
