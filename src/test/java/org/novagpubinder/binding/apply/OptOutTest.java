package org.novagpubinder.binding.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.ofFlavor;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;

class OptOutTest {
    private static final Map<String, String> OFF = Map.of("gpu_binder:policy", "off");
    private static final Map<String, String> REPORT = Map.of("gpu_binder:policy", "report");

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(60).memory(Map.of(1, 200_000L));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Tuning tuning() throws Exception {
        return new DomainXml().read(rig.libvirt.inactiveXml(GUEST)).tuning();
    }

    @Test
    void aNewDaemonStillKnowsThatAFlavorOptedOut() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED, OFF);
        assertThat(rig.record().set()).isEqualTo(Tuning.NONE);
        assertThat(rig.record().extraSpecs()).isEqualTo(OFF);

        // a new daemon's first sweep: nobody has told it anything
        BindResult swept = rig.bind(Trigger.SWEEP, Flavor.UNKNOWN);

        assertThat(swept.outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(codes(swept)).containsExactly("policy-off");
        assertThat(rig.libvirt.calls()).containsExactly("setRecord");
    }

    @Test
    void aNewDaemonStillKnowsThatAFlavorAsksForAReportOnly() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED, REPORT);

        rig.bind(Trigger.SWEEP, Flavor.UNKNOWN);

        assertThat(rig.libvirt.calls()).containsExactly("setRecord");
        assertThat(tuning().pins().vcpus()).isEmpty();
    }

    @Test
    void whatTheFlavorSaysAgainIsNotWrittenAgain() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        rig.bind(Trigger.TASK_ENDED, OFF);
        rig.bind(Trigger.TASK_ENDED, OFF);
        rig.bind(Trigger.SWEEP, OFF);

        assertThat(rig.libvirt.calls()).containsExactly("setRecord");
    }

    @Test
    void aGuestWhosePolicyTurnsOffLosesItsBinding() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        String before = rig.libvirt.inactiveXml(GUEST);
        rig.bind(Trigger.TASK_ENDED, Map.of());
        assertThat(tuning().pins().vcpus()).isNotEmpty();

        BindResult result = rig.bind(Trigger.TASK_ENDED, OFF);

        assertThat(result.outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(result.done()).contains("took its pins off", "put its definition back");
        assertThat(tuning()).isEqualTo(new DomainXml().read(before).tuning());
        assertThat(rig.libvirt.vcpuPins(GUEST))
                .allSatisfy((vcpu, cpus) -> assertThat(cpus).isEqualTo(IdSet.range(0, 3)));
        assertThat(rig.record().extraSpecs()).isEqualTo(OFF);
    }

    @Test
    void aGuestThatIsBoundOnlyWhileItRunsLosesThatTooWhenItsPolicyTurnsOff() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        String before = rig.libvirt.inactiveXml(GUEST);
        rig.bind(Trigger.TASK_ENDED, Map.of());
        rig.libvirt.redefines(GUEST, before);

        rig.bind(Trigger.TASK_ENDED, OFF);

        assertThat(rig.libvirt.vcpuPins(GUEST))
                .allSatisfy((vcpu, cpus) -> assertThat(cpus).isEqualTo(IdSet.range(0, 3)));
    }

    @Test
    void pinsOfAStartWhoseFlavorWasNotKnownYetGoWhenItSaysOff() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.STARTED, Map.of());
        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).isEqualTo(IdSet.range(2, 3));

        rig.bind(Trigger.TASK_ENDED, OFF);

        assertThat(rig.libvirt.vcpuPins(GUEST))
                .allSatisfy((vcpu, cpus) -> assertThat(cpus).isEqualTo(IdSet.range(0, 3)));
    }

    @Test
    void pinsThatSomebodyElseHasSetStayWhenItSaysOff() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(3));

        rig.bind(Trigger.TASK_ENDED, OFF);

        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).isEqualTo(IdSet.of(3));
    }

    @Test
    void aGuestWhosePolicyBecomesReportKeepsItsBinding() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED, Map.of());
        Tuning bound = tuning();
        int calls = rig.libvirt.calls().size();

        rig.bind(Trigger.TASK_ENDED, REPORT);

        assertThat(tuning()).isEqualTo(bound);
        assertThat(rig.libvirt.calls()).hasSize(calls);
    }

    @Test
    void libvirtsStartIsTooEarlyToTakeABindingOff() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED, Map.of());
        int calls = rig.libvirt.calls().size();

        rig.bind(Trigger.STARTED, OFF);

        assertThat(rig.libvirt.calls()).hasSize(calls);
    }

    @Test
    void aGuestThatOptsInAgainIsBound() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED, OFF);

        assertThat(rig.bind(Trigger.TASK_ENDED, Map.of()).outcome()).isEqualTo(Outcome.BOUND);
        assertThat(rig.record().extraSpecs()).isEmpty();
    }

    @Test
    void whereNovaWritesTheExtraSpecsHerselfNoneNeedsToRememberThem() throws Exception {
        rig.libvirt.running(ofFlavor(guest("", renderNode(RENDER1)), "gpu.small", OFF));

        rig.bind(Trigger.TASK_ENDED, OFF);

        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void aGuestWithoutAGpuNeedsNoRecordOfItsOptingOut() throws Exception {
        rig.libvirt.running(guest("", ""));

        rig.bind(Trigger.TASK_ENDED, OFF);

        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void pinsOfAStartWhoseFlavorWasNotKnownYetMakeNoNextDaemonBindAGuestThatIsToBeReportedOnly() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.STARTED, Map.of());
        rig.bind(Trigger.TASK_ENDED, REPORT);
        assertThat(rig.record().extraSpecs()).isEqualTo(REPORT);

        rig.anotherDaemon().getInstance(Binder.class).bind(GUEST, Trigger.SWEEP, Flavor.UNKNOWN);

        assertThat(tuning().pins().vcpus()).isEmpty();
    }

    @Test
    void aNewDaemonStillKnowsThatAGuestIsRefusedByItsFlavorsWord() throws Exception {
        Map<String, String> required = Map.of("gpu_binder:policy", "required");
        rig.libvirt.running(guest("", renderNode(RENDER1)).replace("<vcpu>2<", "<vcpu>3<"));
        rig.bind(Trigger.TASK_ENDED, required);
        rig.bind(Trigger.TASK_ENDED, required);
        assertThat(rig.libvirt.calls()).containsExactly("setRecord");
        assertThat(rig.record().outcome()).isEqualTo(Outcome.REFUSED);

        BindResult swept = rig.anotherDaemon()
                .getInstance(Binder.class)
                .bind(GUEST, Trigger.SWEEP, Flavor.UNKNOWN)
                .orElseThrow();

        assertThat(swept.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(tuning().pins().vcpus()).isEmpty();
    }
}
