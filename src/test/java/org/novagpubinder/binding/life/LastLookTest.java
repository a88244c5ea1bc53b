package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.SubscribedQueue;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.notification.decode.InstanceEvent.Action;

/** What becomes of a guest between the look at what its start needs and its stop: Nova's messages are read meanwhile. */
class LastLookTest {
    private static final String NOVAS = guest("", vfio());

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void aGuestIsToBeRestarted() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(0, 200_000L));
        rig.libvirt.running(NOVAS);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void happens(String what) {
        switch (what) {
            case "defined anew" -> rig.libvirt.redefines(GUEST, NOVAS);
            case "transient" -> rig.libvirt.undefines(GUEST);
            default ->
                rig.libvirt.live(
                        GUEST,
                        xml -> xml.replace(
                                "</devices>",
                                "<disk type='file'><source file='/b'/><target dev='vdb'/></disk></devices>"));
        }
    }

    /** Once it has its new definition. */
    private void whileNovasMessagesAreRead(String what) {
        rig.libvirt.before(
                "define",
                () -> rig.queue = () -> {
                    rig.queue = Optional::empty;
                    happens(what);
                    return Optional.empty();
                });
    }

    private void isNotStopped() throws LibvirtFailure {
        assertThat(rig.libvirt.calls()).contains("define").doesNotContain("destroy");
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"defined anew, nova-changed-it", "transient, transient", "given a disk, restart-not-allowed"})
    void aGuestThatIsAnotherOneByThenIsNotStopped(String what, String code) throws Exception {
        whileNovasMessagesAreRead(what);

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        isNotStopped();
        assertThat(codes(result)).contains(code);
    }

    @Test
    void aGuestThatNovaTakesUpWhileLibvirtAnswersIsNotStopped() throws Exception {
        rig.libvirt.before(
                "define",
                () -> rig.libvirt.before("activity", () -> rig.get(NovaTasks.class)
                        .heard(GUEST, Events.of("instance.snapshot.start", Action.IGNORE, GUEST, "req-9"))));

        rig.bind(Trigger.TASK_ENDED);

        isNotStopped();
    }

    @Test
    void whyItIsNotStoppedIsNotHiddenByAMarkThatCannotBeRewritten() throws Exception {
        rig.libvirt.before(
                "define",
                () -> rig.libvirt.before("activity", () -> {
                    rig.get(NovaTasks.class)
                            .heard(GUEST, Events.of("instance.snapshot.start", Action.IGNORE, GUEST, "req-9"));
                    rig.libvirt.failing("inactiveXml", Kind.BUSY, "busy");
                }));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        isNotStopped();
        assertThat(codes(result)).contains("task-running");
        assertThat(rig.record().state()).isEqualTo(State.SET);
    }

    @Test
    void aGuestWhoseFlavorIsToldOnlyByTheNextMessageIsNotStoppedByWhatWasKnownBefore() throws Exception {
        rig.queue = () -> {
            rig.queue = Optional::empty;
            rig.get(EventRouter.class)
                    .handle(
                            Events.versioned(
                                    "instance.create.end", Action.BIND, GUEST, Map.of("gpu_binder:policy", "report")),
                            () -> {});
            return Optional.empty();
        };

        new Nova(rig).unversioned("req-1", "create.end", Nova.HERE, Nova.HERE);
        new Nova(rig).libvirt();

        assertThat(rig.libvirt.calls()).doesNotContain("destroy").noneMatch(call -> call.startsWith("pin"));
    }

    @Test
    void nothingIsTooOldByHowLongNovasMessagesMayBeWaitedFor() throws Exception {
        rig.queue = () -> {
            rig.passes(SubscribedQueue.PATIENCE.minusMillis(500));
            return Optional.empty();
        };

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.restarted()).as("%s", result).isTrue();
    }
}
