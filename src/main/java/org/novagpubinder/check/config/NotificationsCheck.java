package org.novagpubinder.check.config;

import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.NovaFacts;
import org.novagpubinder.config.settings.NovaNotifications;

/** Whether this host's Nova sends notifications at all: by default it does not. */
public record NotificationsCheck(ConfigReport report) implements Check {
    private static final String SECTION = "[oslo_messaging_notifications]";

    @Override
    public List<CheckResult> run() {
        NovaNotifications nova = report.config().notifications();
        if (!report.nova().seen()) {
            return report.incomplete()
                    ? List.of()
                    : CheckResult.warning(
                            "not known whether Nova sends them: nothing of nova.conf was read",
                            ConfigurationCheck.NAME_NOVAS_FILES);
        }
        if (report.notificationsWrong()) {
            return CheckResult.unknown("not known: the configuration is wrong there");
        }
        if (!nova.sent()) {
            return CheckResult.failure(
                    "Nova sends none: " + SECTION + " driver "
                            + (nova.drivers().isEmpty() ? "is not set" : "= " + String.join(", ", nova.drivers())),
                    "in nova.conf of nova-compute, as below, then restart nova-compute. Nova then also fills queues that nobody"
                            + " may read: run this check again afterwards, it names them and has a policy that bounds them\n"
                            + SECTION + "\ndriver = messagingv2");
        }
        if (!nova.readable()) {
            return CheckResult.failure(
                    nova.unknownToKombu()
                            ? "Nova can send none: its library kombu knows no kombu_compression = bz2, whatever the"
                                    + " option's help says; it calls that bzip2"
                            : "Nova compresses them by " + nova.compression()
                                    + " (kombu_compression), which is not understood: none is read",
                    "where it is set in nova.conf of nova-compute (in [oslo_messaging_rabbit], or in the query of"
                            + " transport_url, which counts before), then restart nova-compute; gzip and bzip2 are"
                            + " read:\nkombu_compression = gzip");
        }
        List<CheckResult> results = new ArrayList<>(sent(nova));
        NovaFacts.Messaging messaging = report.nova().messaging();
        if (messaging.ownBroker() && messaging.retry() < 0) {
            results.addAll(CheckResult.warning(
                    "they have a broker of their own, and " + SECTION
                            + " retry = -1, its default: while that broker is away, nova-compute"
                            + " waits for it for ever in the midst of each task",
                    "in nova.conf of nova-compute, and of the other services of Nova, then restart them one after the"
                            + " other; what cannot be sent is then lost, and the daemon finds it by its next sweep:\n"
                            + SECTION + "\nretry = 3"));
        }
        return results;
    }

    private static List<CheckResult> sent(NovaNotifications nova) {
        // that there is no topic at all TopicsCheck tells
        return nova.sentIn().isEmpty()
                ? List.of()
                : CheckResult.ok("sent by " + String.join(", ", nova.drivers())
                        + (nova.compression().isEmpty() ? "" : ", compressed by " + nova.compression())
                        + ", " + format(nova)
                        + (nova.sentIn().contains("versioned") ? "" : ", so without extra specs: " + remedy(nova)));
    }

    private static String format(NovaNotifications nova) {
        if (!nova.format().equals("both") || nova.sentIn().size() == 2) {
            return nova.format();
        }
        return nova.sentIn().contains("versioned")
                ? "versioned only (notification_format = both, but topics in " + SECTION + " is empty)"
                : "unversioned only (notification_format = both, but versioned_notifications_topics is empty)";
    }

    private static String remedy(NovaNotifications nova) {
        return "if flavors have gpu_binder: ones, "
                + (nova.format().equals("both")
                        ? "take versioned_notifications_topics out of nova.conf"
                        : "set notification_format = both (versioned alone would silence readers of unversioned ones,"
                                + " such as Ceilometer)")
                + ", or use rules by the flavor's name (flavor_policy), which need no change of Nova";
    }
}
