package dev.carve.it.gateway;

import dev.carve.gateway.Forward;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Balance;
import dev.carve.gateway.service.Control;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.http.Loops;
import dev.carve.http.Upstream;
import dev.carve.http.UpstreamSettings;
import dev.carve.runtime.Clock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/** Forwards to ports of loopback, outside any file. Stateless. */
public final class PortForward {

    private PortForward() {}

    /** A service of one instance at that port, with the product's defaults. */
    public static Forward to(Loops loops, int port) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        var upstream = new Upstream(loops, address, UpstreamSettings.DEFAULT);
        var instance = new Instance(URI.create("http://127.0.0.1:" + port), upstream);
        var members = new Service.Members(List.of(instance), new Balance.RoundRobin(), 2, false);
        var metrics = new TrafficMetrics(loops.all().size());
        return new Forward(
                new Service("port-" + port, metrics, members, Control.own(Clock.system())), 0);
    }
}
