package org.novagpubinder.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.novagpubinder.domain.xml.XmlPatch;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.picture.svg.Markup;
import org.novagpubinder.testing.XmlMeaning;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** Whatever a guest, a flavor or a device is called: it stays one line, one cell, one label, one attribute. */
public final class NamesFuzz {
    private static final PatternLayout LOG = layout();

    private NamesFuzz() {}

    /** One input: a name. */
    public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
        String name = new String(bytes, StandardCharsets.UTF_8);
        Shown.oneLine(Printable.of(name));
        Shown.oneLine(Markup.escaped(name));
        Shown.oneLine(logged(name));
        if (Markup.escaped(name).matches("(?s).*[<>\"'].*|.*&(?!(amp|lt|gt|quot|#39);).*")) {
            throw new AssertionError("leaves its place in a page: " + Markup.escaped(name));
        }
        Element root = XmlMeaning.dom("<a b='" + XmlPatch.escaped(name) + "'>" + XmlPatch.escaped(name) + "</a>");
        if (root.getAttributes().getLength() != 1
                || root.getElementsByTagName("*").getLength() != 0) {
            throw new AssertionError("leaves its place in a definition: " + XmlPatch.escaped(name));
        }
        if (metric(name).chars().filter(c -> c == '\n').count() != 2) {
            throw new AssertionError("is more than one metric: " + metric(name));
        }
    }

    private static String logged(String name) {
        Logger logger = (Logger) LoggerFactory.getLogger(NamesFuzz.class);
        String line = LOG.doLayout(new LoggingEvent("", logger, Level.INFO, "guest {}", null, new Object[] {name}));
        return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
    }

    private static PatternLayout layout() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern("%level " + context.getProperty("MESSAGE"));
        layout.start();
        return layout;
    }

    private static String metric(String name) throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        Gauge.builder()
                .name("guest")
                .labelNames("name")
                .register(registry)
                .labelValues(name)
                .set(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        return out.toString(StandardCharsets.UTF_8);
    }
}
