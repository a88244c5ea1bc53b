package org.novagpubinder.binding.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Tuning;

class EventRouterTest {
    private static final Map<Integer, Long> ON_NODE_0 = Map.of(0, 200_000L);
    private static final Map<Integer, Long> ON_NODE_1 = Map.of(1, 200_000L);
    private static final Map<String, String> AUTO = Map.of("gpu_binder:render_node", "auto", "hw:numa_nodes", "1");
    private static final String VIRTIO = "<video><model type='virtio'/></video>";

    @TempDir
    Path root;

    private BinderRig rig;
    private EventRouter router;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(ON_NODE_1);
        router = rig.get(EventRouter.class);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /** Hands an event in and waits until it is acknowledged. */
    private void hear(InstanceEvent event) throws InterruptedException {
        CountDownLatch acked = new CountDownLatch(1);
        router.handle(event, acked::countDown);
        assertThat(acked.await(30, TimeUnit.SECONDS)).as("acknowledged").isTrue();
    }

    private DomainDefinition definition() throws Exception {
        return new DomainXml().read(rig.libvirt.inactiveXml(GUEST));
    }

    @Test
    void theEndOfATaskLeadsToTheFullBinding() throws Exception {
        rig.memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));
        rig.memory(ON_NODE_1);

        hear(Events.versioned("instance.create.end", Action.BIND, GUEST, Map.of()));

        assertThat(rig.libvirt.calls()).containsExactly("define", "destroy", "create", "setRecord");
        assertThat(definition().tuning().memory().nodeset()).isEqualTo(IdSet.of(1));
    }

    @Test
    void theBeginningOfATaskLeadsToNothingOnLibvirt() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        hear(Events.versioned("instance.create.start", Action.RESERVE, GUEST, AUTO));
        hear(Events.versioned("instance.update", Action.IGNORE, GUEST, AUTO));

        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void libvirtsStartLeadsToPinsOnly() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        router.happened(new DomainEvent(GUEST, "instance-00000001", Kind.STARTED, 0, System.nanoTime()));
        rig.close();

        assertThat(rig.libvirt.calls())
                .containsExactlyInAnyOrder("pinVcpu 0 2-3", "pinVcpu 1 2-3", "pinEmulator 2-3", "pinIothread 1 2-3");
    }

    @Test
    void noOtherEventOfLibvirtsLeadsToAnything() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        for (Kind kind : Kind.values()) {
            if (kind != Kind.STARTED) {
                router.happened(new DomainEvent(GUEST, "instance-00000001", kind, 0, System.nanoTime()));
            }
        }
        rig.close();

        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void extraSpecsOfTheVersionedStartHoldForTheUnversionedEnd() throws Exception {
        rig.libvirt.running(guest(placedOn(1), VIRTIO));

        hear(Events.versioned("instance.create.start", Action.RESERVE, GUEST, AUTO));
        hear(Events.unversioned("instance.create.end", Action.BIND, GUEST));

        assertThat(definition().tuning().renderNode()).isEqualTo(RENDER1);
    }

    @Test
    void extraSpecsOfTheVersionedStartHoldForLibvirtsStart() throws Exception {
        rig.memory(Map.of(0, 3_000L, 1, 3_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        hear(Events.versioned("instance.create.start", Action.RESERVE, GUEST, Map.of("gpu_binder:policy", "off")));
        router.happened(new DomainEvent(GUEST, "instance-00000001", Kind.STARTED, 0, System.nanoTime()));
        rig.close();

        assertThat(rig.libvirt.calls()).as("the flavor opted out").isEmpty();
    }

    @Test
    void theFlavorsNameInAMessageIsEnoughForARule() throws Exception {
        rig.close();
        String off = "flavor_policy = gpu.small=off";
        rig = new BinderRig(root.resolve("other"), Restart.BOOT_WINDOW, off)
                .age(1)
                .memory(ON_NODE_1);
        router = rig.get(EventRouter.class);
        rig.libvirt.running(guest("", vfio()));

        hear(Events.versioned("instance.create.end", Action.BIND, GUEST, Map.of()));
        assertThat(rig.libvirt.calls()).isEmpty();

        hear(Events.unversioned("instance.reboot.end", Action.BIND, GUEST));
        assertThat(rig.libvirt.calls())
                .as("a message without a name does not take it back")
                .isEmpty();
    }

    @Test
    void withoutAnyoneSayingSoNoRenderNodeIsAdded() throws Exception {
        rig.libvirt.running(guest(placedOn(1), VIRTIO));

        hear(Events.unversioned("instance.create.end", Action.BIND, GUEST));

        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void aResizeThatTakesTheExtraSpecAwayIsHeard() throws Exception {
        rig.libvirt.running(guest(placedOn(1), VIRTIO));
        hear(Events.versioned("instance.create.start", Action.RESERVE, GUEST, AUTO));

        hear(Events.versioned("instance.resize_finish.end", Action.BIND, GUEST, Map.of("hw:numa_nodes", "1")));

        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void whatWasRememberedIsForgottenWithTheInstance() throws Exception {
        hear(Events.versioned("instance.create.start", Action.RESERVE, GUEST, AUTO));
        assertThat(router.flavor(GUEST).extraSpecs()).isEqualTo(Map.of("gpu_binder:render_node", "auto"));

        hear(Events.unversioned("instance.delete.end", Action.FORGET, GUEST));

        assertThat(router.flavor(GUEST)).isEqualTo(Flavor.UNKNOWN);
        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void ourOwnPinsComeOffBeforeTheGuestLeavesThisHost() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        hear(Events.unversioned("instance.create.end", Action.BIND, GUEST));
        assertThat(definition().tuning()).isNotEqualTo(Tuning.NONE);

        hear(Events.moving("instance.live_migration_pre.start", Action.RELEASE, GUEST, Events.HERE));

        Tuning left = definition().tuning();
        assertThat(left.pins().vcpus()).isEmpty();
        assertThat(left.pins().emulator()).isNull();
        assertThat(left.memory()).isNull();
        assertThat(rig.libvirt.vcpuPins(GUEST))
                .allSatisfy((v, cpus) -> assertThat(cpus).isEqualTo(IdSet.range(0, 3)));
        assertThat(rig.libvirt.record(GUEST)).isNull();
    }

    @Test
    void aGuestThatComesFromAnotherHostIsNotReleased() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        hear(Events.unversioned("instance.create.end", Action.BIND, GUEST));
        int calls = rig.libvirt.calls().size();

        hear(Events.moving("instance.live_migration_pre.start", Action.RELEASE, GUEST, "cmp-b"));

        assertThat(rig.libvirt.calls()).hasSize(calls);
        assertThat(rig.libvirt.record(GUEST)).isNotNull();
    }

    @Test
    void aGuestThatWeNeverTouchedIsLeftAloneBeforeItLeaves() throws Exception {
        rig.libvirt.running(guest(placedOn(0), renderNode(RENDER0)));

        hear(Events.moving("instance.live_migration_pre.start", Action.RELEASE, GUEST, Events.HERE));

        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void anEventWithoutAnInstanceIsAcknowledged() throws Exception {
        for (Action action : Action.values()) {
            hear(Events.unversioned("scheduler.select_destinations.end", action, null));
        }
        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void anInstanceThatLibvirtDoesNotHaveIsAcknowledged() throws Exception {
        for (Action action : Action.values()) {
            hear(Events.unversioned("instance.create.end", action, GUEST));
        }
        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void aGuestWhoseTaskNovaHasGivenUpIsBoundByTheNextSweepAsFarAsThatIsPossibleLive() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        NovaTasks tasks = rig.get(NovaTasks.class);
        router.handle(Events.of("instance.reboot.start", Action.IGNORE, GUEST, "req-1"), () -> {});
        sweep();
        assertThat(rig.libvirt.calls()).as("while it waits").doesNotContain("define");

        tasks.endInterrupted(Instant.now().plusSeconds(60));
        sweep();

        assertThat(rig.libvirt.calls()).contains("define").doesNotContain("destroy");
        assertThat(definition().tuning().pins().vcpus()).isNotEmpty();
    }

    private void sweep() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        rig.get(BindingService.class).bind(GUEST, Trigger.SWEEP, Flavor.UNKNOWN, null, done::countDown);
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
}
