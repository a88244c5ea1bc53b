package org.novagpubinder.observability.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.NotificationCounters;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.observability.metrics.Guests;
import org.novagpubinder.observability.metrics.Silence;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/** What systemd hears of the daemon, and when. */
class SystemdTest {
    private static final SubscriptionState SUBSCRIBED = new SubscriptionState(Kind.SUBSCRIBED, "subscribed to q");
    private static final SubscriptionState AWAY =
            new SubscriptionState(Kind.DISCONNECTED, "cannot connect to RabbitMQ at broker:5672");

    private final Guests guests = new Guests(Clock.systemUTC());
    private final NotificationCounters counters = new NotificationCounters();
    private final Silence silence =
            new Silence(counters, InstantSource.system(), new HostBoot(Path.of("/nowhere")), TestConfig.of());
    private NotifySocket socket;
    private Systemd systemd;

    @BeforeEach
    void listen(@TempDir Path directory) {
        socket = NotifySocket.at(directory.resolve("notify"));
        systemd = new Systemd(new SdNotify(socket.environment()), new StatusLine(guests, counters, silence, false));
    }

    @AfterEach
    void close() {
        socket.close();
    }

    @Test
    void itIsReadyOnceOnly() {
        systemd.changed(status(true, SUBSCRIBED, false));
        assertThat(socket.heard())
                .containsExactly("STATUS=looking at all domains for the first time; libvirt up, broker up");
        systemd.changed(status(true, SUBSCRIBED, true));
        assertThat(socket.heard()).containsExactly("READY=1\nSTATUS=no GPU guests; libvirt up, broker up");
        systemd.changed(status(true, AWAY, true));
        systemd.changed(status(true, SUBSCRIBED, true));
        assertThat(socket.heard())
                .containsExactly(
                        "STATUS=no GPU guests; libvirt up; cannot connect to RabbitMQ at broker:5672",
                        "STATUS=no GPU guests; libvirt up, broker up");
    }

    @Test
    void eachBeatFeedsTheWatchdogAndTellsOnlyWhatIsNew() {
        systemd.changed(status(true, SUBSCRIBED, true));
        socket.heard();
        systemd.alive();
        assertThat(socket.heard()).containsExactly("WATCHDOG=1");
        decided(Outcome.BOUND);
        decided(Outcome.ALIGNED);
        decided(Outcome.DEFERRED);
        decided(Outcome.IGNORED);
        systemd.alive();
        systemd.alive();
        assertThat(socket.heard())
                .containsExactly(
                        "WATCHDOG=1",
                        "STATUS=3 GPU guests: 2 aligned, 1 deferred; libvirt up, broker up",
                        "WATCHDOG=1");
    }

    @Test
    void aStartThatWaitsForTheBrokerIsGivenTime() {
        systemd.changed(status(true, AWAY, false));
        socket.heard();
        systemd.alive();
        assertThat(socket.heard()).containsExactly("WATCHDOG=1", "EXTEND_TIMEOUT_USEC=30000000");
    }

    @Test
    void whatIsNotUpIsToldInFull() {
        systemd.changed(ServiceStatus.STARTING);
        systemd.changed(status(false, AWAY, false));
        assertThat(socket.heard())
                .containsExactly(
                        "STATUS=connecting to libvirt; connecting to the broker",
                        "STATUS=libvirt is away; cannot connect to RabbitMQ at broker:5672");
    }

    @Test
    void aStopIsTold() {
        systemd.changed(new ServiceStatus(true, "libvirt", SUBSCRIBED, true, true));
        assertThat(socket.heard()).contains("STOPPING=1");
    }

    private static ServiceStatus status(boolean libvirtUp, SubscriptionState subscription, boolean ready) {
        return new ServiceStatus(libvirtUp, libvirtUp ? "libvirt at x" : "libvirt is away", subscription, ready, false);
    }

    private void decided(Outcome outcome) {
        Instant now = Instant.now();
        BindResult result = new BindResult(
                UUID.randomUUID(),
                "instance-00000001",
                outcome,
                List.of(new Reason(Reason.Code.CHOSEN, "because")),
                IdSet.of(1),
                List.of(),
                false,
                1);
        guests.decided(new Decision(result, Trigger.SWEEP, now, now, null));
    }
}
