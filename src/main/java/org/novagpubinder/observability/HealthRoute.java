package org.novagpubinder.observability;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Inject;
import java.util.Optional;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.common.OwnVersion;
import org.novagpubinder.observability.http.HttpReply;
import org.novagpubinder.observability.http.HttpRoute;
import org.novagpubinder.observability.metrics.Health;
import org.novagpubinder.observability.metrics.ServiceWatch;
import org.novagpubinder.observability.metrics.Silence;
import org.novagpubinder.restarts.RestartFailures;

/**
 * {@code /health}: 200 if all is as it should be, else 503 with the causes. That restarts are suspended, or that Nova
 * keeps silent, is told among them with 200 too.
 */
public record HealthRoute(ServiceWatch service, RestartFailures failures, Silence silence, BinderConfig config)
        implements HttpRoute {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    @Inject
    public HealthRoute {}

    @Override
    public String path() {
        return "/health";
    }

    @Override
    public HttpReply reply(Optional<String> accept) {
        Health health = service.health();
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("state", health.state().word())
                .put("host", config.host())
                .put("observeOnly", config.binding().observeOnly())
                .put("version", OwnVersion.word());
        ArrayNode causes = body.putArray("causes");
        health.causes().forEach(c -> causes.addObject().put("part", c.part()).put("text", c.text()));
        // guests are still bound as far as that goes without a restart: worth telling, but the daemon is as it should
        // be, and a new start of it would not help
        failures.suspended()
                .ifPresent(r -> causes.addObject().put("part", "restarts").put("text", r.text()));
        silence.words()
                .ifPresent(t -> causes.addObject().put("part", "notifications").put("text", t));
        return HttpReply.json(health.ready() ? OK : UNAVAILABLE, JsonParts.text(body));
    }
}
