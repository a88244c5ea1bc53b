package org.novagpubinder.check.broker;

import java.util.List;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.NovaFacts;

/** Whether we listen where Nova speaks. */
public record TopicsCheck(ConfigReport report) implements Check {
    @Override
    public List<CheckResult> run() {
        BrokerConfig broker = report.config().broker();
        NovaFacts nova = report.nova();
        if (!nova.seen() || report.notificationsWrong()) {
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
        if (nova.sentTo().isEmpty()) {
            return CheckResult.failure(
                    "Nova sends to no topic: "
                            + emptyOptions(report.config().notifications().format()),
                    "take that line out of nova.conf of nova-compute and restart it: Nova's default then holds");
        }
        List<String> heard =
                nova.sentTo().stream().filter(broker.topics()::contains).toList();
        if (heard.isEmpty()) {
            return CheckResult.failure(
                    "[gpu_binder] topics = " + String.join(", ", broker.topics()) + ", but Nova sends to "
                            + String.join(", ", nova.sentTo()),
                    "take topics out of [gpu_binder]: those of nova.conf then hold");
        }
        return CheckResult.ok(String.join(", ", heard)
                + ", which tell of all hosts; from some 200 hosts on each should have a topic of its own: gpu-binder-"
                + report.config().host());
    }

    private static String emptyOptions(String format) {
        String unversioned = "topics in [oslo_messaging_notifications]";
        String versioned = "versioned_notifications_topics in [notifications]";
        return switch (format) {
            case "versioned" -> versioned + " is empty";
            case "unversioned" -> unversioned + " is empty";
            default -> unversioned + " and " + versioned + " are empty";
        };
    }
}
