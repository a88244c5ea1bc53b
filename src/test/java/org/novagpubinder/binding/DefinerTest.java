package org.novagpubinder.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.BinderRig.GUEST;
import static org.novagpubinder.binding.BinderRig.RENDER0;
import static org.novagpubinder.binding.BinderRig.RENDER1;
import static org.novagpubinder.binding.BinderRig.guest;
import static org.novagpubinder.binding.BinderRig.renderNode;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.LibvirtFailure.Kind;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Reason.Code;
import org.novagpubinder.testing.ScriptedLibvirt;

class DefinerTest {
    private static final String FORMER = guest("", renderNode(RENDER0));
    private static final String WANTED = guest("", renderNode(RENDER1));
    private static final String NOVAS = guest("<cputune><shares>1</shares></cputune>", renderNode(RENDER0));

    private final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 3));
    private final Definer definer = new Definer(libvirt, new DomainXml());

    private static void givesWay(ThrowingCallable define, Code code) {
        assertThatThrownBy(define)
                .isInstanceOfSatisfying(
                        GaveWay.class, e -> assertThat(e.reason().code()).isEqualTo(code));
    }

    @Test
    void whatIsDefinedIsReadBack() throws Exception {
        libvirt.running(FORMER);

        definer.define(GUEST, WANTED, true);

        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(WANTED);
        assertThat(definer.holds(GUEST, WANTED)).isTrue();
        assertThat(definer.holds(GUEST, FORMER)).isFalse();
    }

    @Test
    void aDefinitionThatNovaMakesInTheSameMomentStays() throws Exception {
        libvirt.running(FORMER);
        libvirt.before("define", () -> libvirt.before("inactiveXml", () -> libvirt.redefines(GUEST, NOVAS)));

        givesWay(() -> definer.define(GUEST, WANTED, true), Code.NOVA_CHANGED_IT);

        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
    }

    @Test
    void aDeletedDomainIsNotBroughtBack() throws Exception {
        libvirt.running(FORMER);
        libvirt.before("find", () -> libvirt.deletes(GUEST));

        assertThatThrownBy(() -> definer.define(GUEST, WANTED, true))
                .isInstanceOfSatisfying(
                        LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_DOMAIN));
        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void aDomainThatNovaHasStoppedMeanwhileIsHers() throws Exception {
        libvirt.running(FORMER);
        libvirt.before("find", () -> libvirt.stops(GUEST));

        givesWay(() -> definer.define(GUEST, WANTED, true), Code.NOVA_CHANGED_IT);
        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void aDomainInALiveSnapshotStaysTransient() throws Exception {
        libvirt.running(FORMER);
        libvirt.undefines(GUEST);

        givesWay(() -> definer.define(GUEST, WANTED, true), Code.TRANSIENT);
        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void aDefinitionThatIsTakenAwayInTheSameMomentIsNotWrittenAgain() throws Exception {
        libvirt.running(FORMER);
        libvirt.before("define", () -> libvirt.before("inactiveXml", () -> libvirt.undefines(GUEST)));

        givesWay(() -> definer.define(GUEST, WANTED, true), Code.NOVA_CHANGED_IT);
        assertThat(libvirt.calls()).containsExactly("define");
    }
}
