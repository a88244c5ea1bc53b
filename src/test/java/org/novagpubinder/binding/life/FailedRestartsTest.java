package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.binding.report.Previews;
import org.novagpubinder.binding.report.Reconciler;
import org.novagpubinder.binding.report.StatusService;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.LogLines;

/** A restart that failed must not be made again at each of the guest's starts, nor on to the next guest. */
class FailedRestartsTest {
    private static final UUID ANOTHER = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final UUID THIRD = UUID.fromString("00000000-0000-4000-8000-000000000002");
    private static final String NOVAS = guest("", vfio());

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() throws Exception {
        rig = begunAnew();
    }

    /** The daemon begins, and finds the guest as Nova has defined and started it. */
    private BinderRig begunAnew() throws Exception {
        BinderRig now = new BinderRig(root, Restart.BOOT_WINDOW).age(1);
        now.libvirt.running(NOVAS);
        now.tree.file("proc/sys/kernel/random/boot_id", "boot-1");
        return now;
    }

    private void boots() {
        rig.tree.file("proc/sys/kernel/random/boot_id", "boot-2").file("proc/uptime", "10000.00 0.00");
    }

    private RestartFailures failures() {
        return rig.get(RestartFailures.class);
    }

    private void itsRestartFails() throws Exception {
        rig.libvirt.failing("create", Kind.ERROR, "TPM secret not found");
        assertThat(codes(rig.bind(Trigger.TASK_ENDED))).startsWith("restart-failed");
    }

    private void novaDefinesAndStartsItAnew() throws Exception {
        rig.libvirt.stops(GUEST);
        rig.libvirt.redefines(GUEST, NOVAS);
        rig.libvirt.starts(GUEST);
    }

    private BindResult isLeftAlone() throws Exception {
        int calls = rig.libvirt.calls().size();
        BindResult result = rig.bind(Trigger.TASK_ENDED);
        List<String> since =
                rig.libvirt.calls().subList(calls, rig.libvirt.calls().size());
        assertThat(since).doesNotContain("destroy", "create", "define");
        return result;
    }

    private void isRestarted() throws Exception {
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
    }

    @Test
    void aGuestWhoseRestartFailedIsNotStoppedAgainAfterNovaHasDefinedItAnew() throws Exception {
        itsRestartFails();
        novaDefinesAndStartsItAnew();

        BindResult again = isLeftAlone();

        assertThat(again.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(codes(again)).startsWith("restart-failed");
        assertThat(again.reasons().get(0).text()).contains("TPM secret not found", "bind --restart instance-", "boots");
    }

    @Test
    void aGuestWhoseRestartFailedIsNotStoppedAgainAfterTheDaemonHasBegunAnew() throws Exception {
        itsRestartFails();
        rig = begunAnew();

        assertThat(codes(isLeftAlone())).startsWith("restart-failed");
    }

    @Test
    void aGuestThatCouldNotBeBroughtBackIsNotStoppedAgainEither() throws Exception {
        for (int i = 0; i < 2; i++) {
            rig.libvirt.failing("create", Kind.ERROR, "TPM secret not found");
        }
        rig.libvirt.killedInThe("create", 3);
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        // the next daemon finds it off, on its way back
        rig.get(Recovery.class).finish(GUEST);
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isTrue();
        novaDefinesAndStartsItAnew();

        assertThat(codes(isLeftAlone())).startsWith("restart-failed");
    }

    @Test
    void aGuestThatTheNextDaemonCannotStartWithTheNewDefinitionIsNotStoppedAgain() throws Exception {
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        rig.libvirt.failing("create", Kind.ERROR, "TPM secret not found");
        rig.get(Recovery.class).finish(GUEST);
        novaDefinesAndStartsItAnew();

        assertThat(codes(isLeftAlone())).startsWith("restart-failed");
    }

    @Test
    void aBindingThatItCannotStartWithAnyMoreIsTakenOff() throws Exception {
        isRestarted();
        failures().failed(GUEST, "instance-00000001", "cannot acquire state change lock");
        rig.tree.file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "0-1");

        BindingRecord before = rig.record();
        BindResult result = rig.bind(Trigger.SWEEP, Map.of("gpu_binder:policy", "preferred"));

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(rig.libvirt.inactiveXml(GUEST)).doesNotContain("cpuset");
        isLeftAlone();
        assertThat(rig.record().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(rig.record().isNote()).isTrue();
        assertThat(rig.record().start()).as("it had its one restart").isEqualTo(before.start());
        assertThat(rig.record().extraSpecs()).containsEntry("gpu_binder:policy", "preferred");
    }

    @Test
    void atItsStartItGetsItsPinsAllTheSame() throws Exception {
        rig.libvirt.running(guest("", BinderRig.renderNode(BinderRig.RENDER1)));
        failures().failed(GUEST, "instance-00000001", "TPM secret not found");

        rig.bind(Trigger.STARTED);

        assertThat(rig.libvirt.calls())
                .contains("pinVcpu 0 2-3")
                .doesNotContain("define", "setRecord", "setLiveRecord");
    }

    @Test
    void twoFailedRestartsWithinAnHourSuspendAllOthers() throws Exception {
        try (LogLines log = LogLines.of(RestartFailures.class.getName())) {
            failures().failed(ANOTHER, "instance-00000002", "no TPM");
            assertThat(log.lines()).isEmpty();
            failures().failed(THIRD, "instance-00000003", "no bridge");
            failures().failed(THIRD, "instance-00000003", "told twice");

            assertThat(log.lines()).singleElement().satisfies(line -> assertThat(line)
                    .startsWith("ERROR no guest is restarted on this host any more")
                    .contains("instance-00000002", ANOTHER.toString(), "no TPM")
                    .contains("instance-00000003", THIRD.toString(), "no bridge")
                    .contains("nova-gpu-binder restarts --allow"));
        }
        int calls = rig.libvirt.calls().size();

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("restarts-suspended");
        assertThat(rig.libvirt.calls().subList(calls, rig.libvirt.calls().size()))
                .doesNotContain("destroy");
        rig = begunAnew();
        assertThat(codes(rig.bind(Trigger.TASK_ENDED))).contains("restarts-suspended");
    }

    @Test
    void oneGuestThatFailedDoesNotKeepOthersFromTheirRestart() throws Exception {
        failures().failed(ANOTHER, "instance-00000002", "no TPM");

        isRestarted();
    }

    @Test
    void twoFailuresMoreThanAnHourApartSuspendNobodyHoweverTheClockWasSet() throws Exception {
        failures().failed(ANOTHER, "instance-00000002", "no TPM");
        rig.tree.file("proc/uptime", "13600.00 0.00");
        failures().failed(THIRD, "instance-00000003", "no TPM");

        rig.tree.file("proc/uptime", "10000.00 0.00");
        isRestarted();
    }

    @Test
    void anOperatorsReleaseOfTheHostLetsEveryGuestBeRestarted() throws Exception {
        itsRestartFails();
        failures().failed(ANOTHER, "instance-00000002", "no TPM");
        novaDefinesAndStartsItAnew();

        // another process: the command
        begunAnewFailures().allowAll();

        isRestarted();
        assertThat(failures().standing().guests()).isEmpty();
    }

    private RestartFailures begunAnewFailures() {
        return new BinderRig(root, Restart.BOOT_WINDOW).get(RestartFailures.class);
    }

    @Test
    void anOperatorsWordForOneGuestHoldsForThatGuest() throws Exception {
        itsRestartFails();
        failures().failed(ANOTHER, "instance-00000002", "no TPM");
        novaDefinesAndStartsItAnew();

        assertThat(rig.bind(Trigger.COMMAND_WITH_RESTART).restarted()).isTrue();

        assertThat(failures().remembered(GUEST)).isEmpty();
        assertThat(failures().forbids(THIRD)).isPresent();
    }

    @Test
    void theHostsNextBootEndsIt() throws Exception {
        itsRestartFails();
        failures().failed(ANOTHER, "instance-00000002", "no TPM");
        boots();
        novaDefinesAndStartsItAnew();

        isRestarted();
    }

    @Test
    void aDeletedInstanceIsForgottenAndStillCountsForTheHost() throws Exception {
        failures().failed(GUEST, "instance-00000001", "no TPM");
        rig.get(EventRouter.class).handle(Events.of("instance.delete.end", Action.FORGET, GUEST, "req-user"), () -> {});

        assertThat(failures().standing().guests()).isEmpty();
        failures().failed(ANOTHER, "instance-00000002", "no TPM");
        assertThat(failures().forbids(THIRD)).isPresent();
    }

    @Test
    void aShelvedInstanceThatComesBackIsStillRemembered() throws Exception {
        failures().failed(GUEST, "instance-00000001", "no TPM");
        rig.get(EventRouter.class)
                .handle(Events.of("instance.shelve_offload.end", Action.FORGET, GUEST, "req-user"), () -> {});

        assertThat(failures().remembered(GUEST)).isPresent();
    }

    @Test
    void statusTellsOfBoth() throws Exception {
        failures().failed(ANOTHER, "instance-00000002", "no TPM");
        failures().failed(THIRD, "instance-00000003", "no TPM");
        StatusService status = rig.get(StatusService.class);
        assertThat(status.of(GUEST).orElseThrow().reasons().get(0).code().word())
                .isEqualTo("restarts-suspended");

        failures().allowAll();
        failures().failed(GUEST, "instance-00000001", "no TPM");
        DomainStatus failed = status.of(GUEST).orElseThrow();
        assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(failed.reasons().get(0).code().word()).isEqualTo("restart-failed");
        assertThat(rig.get(Reconciler.class).of(GUEST).orElseThrow().next())
                .containsExactly("wait for bind --restart: its restart failed");
    }

    @Test
    void aPlanTellsItBeforehand() throws Exception {
        failures().failed(ANOTHER, "instance-00000002", "no TPM");
        assertThat(plan().restart()).isTrue();

        failures().failed(THIRD, "instance-00000003", "no TPM");
        assertThat(plan().restart()).isFalse();

        failures().failed(GUEST, "instance-00000001", "no TPM");
        assertThat(plan().plan().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(plan().definition()).isNull();
    }

    private Preview plan() throws Exception {
        return rig.get(Previews.class).online(GUEST, java.util.Optional.empty()).orElseThrow();
    }
}
