package org.novagpubinder.check;

import jakarta.inject.Inject;
import java.util.List;
import org.novagpubinder.config.BinderConfig.BrokerConfig;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.NovaFacts;

/** Whether we listen where Nova speaks. */
final class TopicsCheck implements Check {
    private final ConfigReport report;

    @Inject
    TopicsCheck(ConfigReport report) {
        this.report = report;
    }

    @Override
    public String name() {
        return "topics";
    }

    @Override
    public List<CheckResult> run() {
        BrokerConfig broker = report.config().broker();
        NovaFacts nova = report.nova();
        if (!nova.seen()) {
            return List.of();
        }
        String topic = broker.hostTopic();
        if (topic != null) {
            return CheckResult.ok("this host's own: " + topic);
        }
        if (!broker.exchange().equals(nova.exchange())) {
            return CheckResult.failure(
                    "[gpu_binder] exchange = " + broker.exchange() + ", but Nova publishes to " + nova.exchange(),
                    "take exchange out of [gpu_binder]: what nova.conf says then holds");
        }
        List<String> heard =
                nova.sentTo().stream().filter(broker.topics()::contains).toList();
        if (heard.isEmpty()) {
            return CheckResult.failure(
                    "[gpu_binder] topics = " + String.join(", ", broker.topics()) + ", but Nova sends to "
                            + (nova.sentTo().isEmpty() ? "none" : String.join(", ", nova.sentTo())),
                    nova.sentTo().isEmpty()
                            ? "see versioned_notifications_topics and topics in nova.conf"
                            : "take topics out of [gpu_binder]: those of nova.conf then hold");
        }
        return CheckResult.ok(String.join(", ", heard)
                + ", which tell of all hosts; a hundred hosts or more should have a topic each: gpu-binder-"
                + report.config().host());
    }
}
