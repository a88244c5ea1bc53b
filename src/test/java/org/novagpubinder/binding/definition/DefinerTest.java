package org.novagpubinder.binding.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.ScriptedLibvirt;

class DefinerTest {
    private static final String FORMER = guest("", renderNode(RENDER0));
    private static final String NOVAS = guest("<cputune><shares>1</shares></cputune>", renderNode(RENDER0));
    private static final String VOLUME = "<disk type='file' device='disk'><target dev='vdb' bus='virtio'/></disk>";

    private final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 3));
    private final Definer definer = new Definer(libvirt, new DomainXml());

    private static String toTheOtherGpu(String definition) {
        return definition.replace(RENDER0, RENDER1);
    }

    private String change() throws Exception {
        return definer.change(GUEST, true, DefinerTest::toTheOtherGpu);
    }

    private static void givesWay(ThrowingCallable change, Code code) {
        assertThatThrownBy(change).isInstanceOfSatisfying(ConcurrentChangeException.class, e -> assertThat(
                        e.reason().code())
                .isEqualTo(code));
    }

    @Test
    void theDefinitionThatIsThereIsChanged() throws Exception {
        libvirt.running(FORMER);

        assertThat(change()).isEqualTo(toTheOtherGpu(FORMER));

        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(toTheOtherGpu(FORMER));
    }

    @Test
    void whatSomebodyElseChangesWhileTheEditIsMadeIsKept() throws Exception {
        libvirt.running(FORMER);
        String withVolume = FORMER.replace("</devices>", VOLUME + "</devices>");

        definer.change(GUEST, true, definition -> {
            if (definition.equals(FORMER)) {
                libvirt.redefines(GUEST, withVolume);
            }
            return toTheOtherGpu(definition);
        });

        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(toTheOtherGpu(withVolume));
        assertThat(libvirt.calls()).containsExactly("define");
    }

    @Test
    void aDefinitionThatChangesAtEachLookIsLeftToWhoeverChangesIt() throws Exception {
        libvirt.running(FORMER);

        givesWay(
                () -> definer.change(GUEST, true, definition -> {
                    libvirt.redefines(GUEST, definition + " ");
                    return definition;
                }),
                Code.NOVA_CHANGED_IT);

        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void whoeverHasToWaitForALaneLooksInsideIt() throws Exception {
        libvirt.running(FORMER);
        libvirt.before("lane", () -> libvirt.stops(GUEST));

        givesWay(this::change, Code.NOVA_CHANGED_IT);

        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void aDefinitionThatNovaMakesInTheSameMomentStays() throws Exception {
        libvirt.running(FORMER);
        libvirt.before("define", () -> libvirt.before("inactiveXml", () -> libvirt.redefines(GUEST, NOVAS)));

        givesWay(this::change, Code.NOVA_CHANGED_IT);

        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
    }

    @Test
    void aDeletedDomainIsNotBroughtBack() throws Exception {
        libvirt.running(FORMER);
        libvirt.before("find", () -> libvirt.deletes(GUEST));

        assertThatThrownBy(this::change).isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.NO_DOMAIN));
        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void aDomainThatIsDeletedWhileTheEditIsMadeIsNotBroughtBack() throws Exception {
        libvirt.running(FORMER);

        assertThatThrownBy(() -> definer.change(GUEST, true, definition -> {
                    libvirt.deletes(GUEST);
                    return toTheOtherGpu(definition);
                }))
                .isInstanceOfSatisfying(
                        LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_DOMAIN));
        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void aDomainThatNovaHasStoppedMeanwhileIsLeftToIt() throws Exception {
        libvirt.running(FORMER);
        libvirt.before("find", () -> libvirt.stops(GUEST));

        givesWay(this::change, Code.NOVA_CHANGED_IT);
        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void aDomainInALiveSnapshotStaysTransient() throws Exception {
        libvirt.running(FORMER);
        libvirt.undefines(GUEST);

        givesWay(this::change, Code.TRANSIENT);
        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void thatADomainIsTransientSaysMoreThanThatItsDefinitionIsAnother() throws Exception {
        libvirt.running(FORMER);
        libvirt.undefines(GUEST);

        givesWay(
                () -> definer.change(GUEST, true, definition -> {
                    throw Definer.changed();
                }),
                Code.TRANSIENT);
        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void aDefinitionThatIsTakenAwayInTheSameMomentIsNotWrittenAgain() throws Exception {
        libvirt.running(FORMER);
        libvirt.before("define", () -> libvirt.before("inactiveXml", () -> libvirt.undefines(GUEST)));

        givesWay(this::change, Code.NOVA_CHANGED_IT);
        assertThat(libvirt.calls()).containsExactly("define");
    }
}
