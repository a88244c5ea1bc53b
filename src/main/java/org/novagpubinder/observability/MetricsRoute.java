package org.novagpubinder.observability;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import org.novagpubinder.observability.http.HttpReply;
import org.novagpubinder.observability.http.HttpRoute;
import org.novagpubinder.observability.metrics.Meters;

/** {@code /metrics}: all metrics, in Prometheus' text format or in OpenMetrics', as the client asks. */
@Singleton
public final class MetricsRoute implements HttpRoute {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();

    @Inject
    MetricsRoute(Set<Meters> meters) {
        meters.forEach(m -> m.register(registry));
    }

    @Override
    public String path() {
        return "/metrics";
    }

    /** A Prometheus with native histograms asks for protobuf before all else, which the library would choose and cannot write. */
    private ExpositionFormatWriter writer(Optional<String> accept) {
        ExpositionFormatWriter open = formats.getOpenMetricsTextFormatWriter();
        return accept.filter(open::accepts).isPresent() ? open : formats.getPrometheusTextFormatWriter();
    }

    @Override
    public HttpReply reply(Optional<String> accept) {
        ExpositionFormatWriter writer = writer(accept);
        ByteArrayOutputStream body = new ByteArrayOutputStream(32 * 1024);
        try {
            writer.write(body, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new HttpReply(200, writer.getContentType(), body.toByteArray());
    }
}
