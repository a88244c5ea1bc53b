package org.novagpubinder.binding.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.early.EarlyOutcomes;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.binding.work.Stages;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.testing.CallPoints;
import org.novagpubinder.testing.LogLines;

class SweeperTest {
    private static final UUID OTHER = UUID.fromString("8c1f2a4e-3a35-4c49-8e7c-2ac14dcb7d12");

    @TempDir
    Path root;

    private final LogLines log = LogLines.of(DomainWork.class.getName(), DecisionLog.class.getName());
    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(60).memory(Map.of(1, 200_000L));
    }

    @AfterEach
    void stop() {
        log.close();
        rig.get(Sweeper.class).close();
        rig.close();
    }

    @Test
    void theEndOfASweepIsToldWithTheDomainsThatThereAre() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        List<Set<UUID>> told = new CopyOnWriteArrayList<>();
        DecisionListener listener = new DecisionListener() {
            @Override
            public void decided(Decision decision) {}

            @Override
            public void swept(Set<UUID> present, Instant began, Duration took) {
                told.add(present);
            }
        };
        DomainWork work = new DomainWork(
                rig.get(DomainQueues.class), rig.get(RestartWatch.class), Set.of(listener), rig.get(Stages.class));
        BindingService service = new BindingService(
                rig.get(Binder.class),
                new UnfinishedRestarts(
                        rig.get(Recovery.class), rig.get(RestartWatch.class), rig.get(EarlyOutcomes.class), work),
                rig.get(Releaser.class),
                work,
                rig.get(NovaTasks.class),
                rig.libvirt,
                Set.of(listener),
                Clock.systemUTC(),
                rig.get(Stages.class));
        try (Sweeper sweeper = new Sweeper(
                rig.libvirt,
                service,
                work,
                rig.get(EventRouter.class),
                rig.get(HostAllocations.class),
                Clock.systemUTC(),
                rig.get(BinderConfig.class))) {
            sweeper.sweep();
            assertThat(told).containsExactly(Set.of(GUEST));

            rig.libvirt.failing("list", Kind.CONNECTION, "libvirt is away");
            sweeper.sweep();
            assertThat(told).as("a sweep that could not be done is none").hasSize(1);

            rig.libvirt.failing("find", Kind.CONNECTION, "libvirt is away");
            sweeper.sweep();
            assertThat(told).as("nor is one that has lost libvirt on its way").hasSize(1);
        }
    }

    @Test
    void thatLibvirtRefusesToListIsSaidOnce() throws Exception {
        try (LogLines lines = LogLines.of(Sweeper.class.getName())) {
            rig.libvirt.failing("list", Kind.ERROR, "access denied");
            rig.get(Sweeper.class).sweep();
            rig.libvirt.failing("list", Kind.ERROR, "access denied");
            rig.get(Sweeper.class).sweep();
            assertThat(lines.lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR ")
                    .contains("access denied", "tried again each");

            rig.libvirt.failing("list", Kind.CONNECTION, "libvirt is away");
            rig.get(Sweeper.class).sweep();
            assertThat(lines.lines()).as("the connection says so itself").hasSize(1);
        }
    }

    /** Sweeps once, and waits until every domain was looked at. */
    private void sweep() throws InterruptedException {
        rig.get(Sweeper.class).sweep();
        CountDownLatch drained = new CountDownLatch(2);
        rig.get(DomainQueues.class).submit(GUEST, drained::countDown);
        rig.get(DomainQueues.class).submit(OTHER, drained::countDown);
        assertThat(drained.await(30, TimeUnit.SECONDS)).as("drained").isTrue();
    }

    private static String other(String xml) {
        return xml.replace(GUEST.toString(), OTHER.toString()).replace("instance-00000001", "instance-00000002");
    }

    private void twoGuests() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.running(other(guest("", renderNode(RENDER1))));
        rig.process(OTHER, 0);
    }

    @Test
    void aSweepLooksAtAllDomains() throws Exception {
        twoGuests();

        sweep();

        assertThat(rig.libvirt.record(GUEST)).isNotNull();
        assertThat(rig.libvirt.record(OTHER)).isNotNull();
        assertThat(log.lines()).hasSize(2);
    }

    @Test
    void aGuestThatIsOffIsLookedAtFirstItsRestartMayBeHalfDone() throws Exception {
        twoGuests();
        for (UUID off : List.of(GUEST, OTHER)) {
            twoGuests();
            rig.libvirt.stops(off);
            log.clear();

            sweep();

            assertThat(log.lines()).isNotEmpty().first().asString().contains(off.toString());
        }
    }

    @Test
    void aSweepGoesOnAfterADomainThatFails() throws Exception {
        twoGuests();
        // whichever domain is asked for first
        rig.libvirt.failing("find", Kind.ERROR, "libvirt says no");

        sweep();

        assertThat(log.lines())
                .hasSize(2)
                .filteredOn(l -> l.startsWith("ERROR"))
                .hasSize(1);
        assertThat(new String[] {rig.libvirt.record(GUEST), rig.libvirt.record(OTHER)})
                .doesNotHaveDuplicates()
                .containsNull();

        sweep();
        assertThat(rig.libvirt.record(GUEST)).isNotNull();
        assertThat(rig.libvirt.record(OTHER)).isNotNull();
    }

    @Test
    void aSweepThatCannotEvenListIsMadeUpForByTheNext() throws Exception {
        twoGuests();
        rig.libvirt.failing("list", Kind.CONNECTION, "libvirt is away");

        sweep();
        assertThat(rig.libvirt.calls()).isEmpty();

        rig.libvirt.killedIn("list");
        sweep();
        assertThat(rig.libvirt.calls()).isEmpty();

        sweep();
        assertThat(rig.libvirt.record(OTHER)).isNotNull();
    }

    @Test
    @Timeout(60)
    void aSweepThatLosesLibvirtOnItsWayDoesNotWaitForIt() throws Exception {
        twoGuests();
        rig.libvirt
                .failing("find", Kind.CONNECTION, "libvirt is away")
                .failing("find", Kind.CONNECTION, "libvirt is away");

        sweep();
        assertThat(rig.libvirt.calls()).isEmpty();

        sweep();
        assertThat(rig.libvirt.record(GUEST)).isNotNull();
        assertThat(rig.libvirt.record(OTHER)).isNotNull();
    }

    @Test
    void libvirtsLossIsOneLineForAllDomains() throws Exception {
        twoGuests();
        for (int i = 0; i < 2; i++) {
            rig.libvirt
                    .failing("find", Kind.CONNECTION, "libvirt is away")
                    .failing("find", Kind.CONNECTION, "libvirt is away");
            sweep();
        }
        assertThat(log.lines()).singleElement().asString().startsWith("WARN").endsWith("libvirt is away");

        sweep();
        rig.libvirt.failing("find", Kind.CONNECTION, "libvirt is away again");
        sweep();
        assertThat(log.lines().stream().filter(l -> l.startsWith("WARN")))
                .as("the next loss is told again")
                .hasSize(2);
    }

    @Test
    void aGuestThatStaysDeferredIsToldOnce() throws Exception {
        rig.memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", vfio()));

        sweep();
        int calls = rig.libvirt.calls().size();
        sweep();
        sweep();

        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN instance " + GUEST)
                .contains(": deferred: ");
        assertThat(rig.libvirt.calls()).as("nothing is written again").hasSize(calls);
    }

    @Test
    void aGuestThatIsOffIsToldAtMostOnceAndItsDefinitionIsNovas() throws Exception {
        String definition = guest("", vfio());
        rig.libvirt.defined(definition);

        sweep();
        sweep();

        assertThat(log.lines()).hasSizeLessThanOrEqualTo(1);
        assertThat(rig.libvirt.inactiveXml(GUEST)).isEqualTo(definition);
    }

    @Test
    void aGuestWithoutAGpuIsNotWorthALine() throws Exception {
        rig.libvirt.running(guest("", ""));

        sweep();

        assertThat(log.lines()).isEmpty();
        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void aSweepKnowsTheExtraSpecsThatANotificationTold() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.get(EventRouter.class)
                .handle(
                        Events.versioned(
                                "instance.create.start", Action.RESERVE, GUEST, Map.of("gpu_binder:policy", "off")),
                        () -> {});

        sweep();

        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void aFlavorsMistakeIsAWarningOnceForAllItsGuestsAndSweeps() throws Exception {
        Map<String, String> wrong = Map.of("gpu_binder:rendernode", "auto");
        String first = BinderRig.ofFlavor(guest("", ""), "desktop", wrong);
        rig.libvirt.running(first);
        rig.libvirt.running(other(first));

        try (LogLines warnings = LogLines.of(Policies.class.getName())) {
            sweep();
            sweep();

            assertThat(warnings.lines())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "WARN extra spec gpu_binder:rendernode='auto' of flavor desktop (in the domain's metadata)");
        }
        assertThat(log.lines()).as("they have no GPU").isEmpty();
    }

    @Test
    void whatWasMissedWithoutTheBrokerIsFoundWhenMessagesComeAgain() throws Exception {
        twoGuests();
        Resubscription listener = rig.get(Resubscription.class);

        listener.changed(new SubscriptionState(SubscriptionState.Kind.DISCONNECTED, "the broker is away"));
        listener.changed(new SubscriptionState(SubscriptionState.Kind.SUBSCRIBED, "subscribed"));

        await().atMost(Duration.ofSeconds(30))
                .until(() -> rig.libvirt.record(GUEST) != null && rig.libvirt.record(OTHER) != null);
    }

    /** A host topic's queue of errors comes with Nova's first error, and nothing that was sent before is lost by that. */
    @Test
    void aFurtherQueueIsNoLossOfWhatNovaHasTold() {
        Resubscription listener = rig.get(Resubscription.class);
        NovaTasks tasks = rig.get(NovaTasks.class);
        listener.changed(new SubscriptionState(SubscriptionState.Kind.SUBSCRIBED, "subscribed to one"));
        tasks.heard(GUEST, Events.of("instance.snapshot.start", Action.IGNORE, GUEST, "req-1"));

        listener.changed(new SubscriptionState(SubscriptionState.Kind.SUBSCRIBED, "subscribed to both"));
        rig.steady.updateAndGet(t -> t.plus(Duration.ofMinutes(20)));
        assertThat(tasks.running(GUEST)).isPresent();

        listener.changed(new SubscriptionState(SubscriptionState.Kind.WAITING, "one was lost"));
        listener.changed(new SubscriptionState(SubscriptionState.Kind.SUBSCRIBED, "subscribed to both"));
        rig.steady.updateAndGet(t -> t.plus(Duration.ofMinutes(20)));
        assertThat(tasks.running(GUEST)).as("its end may have been lost").isEmpty();
    }

    @Test
    void theTimerSweepsByItself() throws Exception {
        twoGuests();

        rig.get(Sweeper.class).soon();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> rig.get(DomainQueues.class).busy() == 0
                        && rig.libvirt.calls().stream()
                                        .filter("setLiveRecord"::equals)
                                        .count()
                                == 2);
    }

    @Test
    void aDomainThatLibvirtIsBusyWithHoldsUpNoOther() throws Exception {
        twoGuests();
        CountDownLatch job = new CountDownLatch(1);
        rig.libvirt.busyWith(GUEST, job);

        rig.get(Sweeper.class).soon();

        await().atMost(Duration.ofSeconds(30)).until(() -> rig.libvirt.record(OTHER) != null);
        assertThat(rig.libvirt.record(GUEST)).isNull();
        job.countDown();
        await().atMost(Duration.ofSeconds(30)).until(() -> rig.libvirt.record(GUEST) != null);
    }

    @Test
    void sweepsThatAreAskedForWhileOneWaitsAreOne() throws Exception {
        Sweeper sweeper = rig.get(Sweeper.class);
        CountDownLatch inTheFirst = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger sweeps = new AtomicInteger();
        rig.libvirt.before("list", () -> {
            sweeps.incrementAndGet();
            inTheFirst.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            rig.libvirt.before("list", new CallPoints.Deed() {
                @Override
                public void happens() {
                    sweeps.incrementAndGet();
                    rig.libvirt.before("list", this);
                }
            });
        });
        sweeper.soon();
        inTheFirst.await();

        for (int i = 0; i < 50; i++) {
            sweeper.soon();
        }
        goOn.countDown();
        await().atMost(Duration.ofSeconds(30)).until(() -> sweeps.get() == 2);
        sweeper.soon();

        await().atMost(Duration.ofSeconds(30)).until(() -> sweeps.get() >= 3);
        assertThat(sweeps).as("one for the fifty").hasValue(3);
    }

    @Test
    void sweepsThatHaveStoppedAreNoticed() throws Exception {
        Sweeper sweeper = rig.get(Sweeper.class);
        long hours = System.nanoTime() + TimeUnit.HOURS.toNanos(26);
        sweep();
        assertThat(sweeper.responsive()).isTrue();
        assertThat(sweeper.responsive(hours)).as("none for hours").isFalse();
    }

    @Test
    void aConnectionThatComesDuringTheStopIsNoError() {
        Sweeper sweeper = rig.get(Sweeper.class);
        sweeper.close();
        assertThatCode(sweeper::soon).doesNotThrowAnyException();
        assertThatCode(sweeper::start).as("or a stop during the start").doesNotThrowAnyException();
    }
}
