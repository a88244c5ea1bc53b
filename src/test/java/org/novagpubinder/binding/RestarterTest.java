package org.novagpubinder.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.LibvirtFailure.Kind;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Reason;
import org.novagpubinder.testing.ScriptedLibvirt;

class RestarterTest {
    private static final String FORMER = domain("/dev/dri/renderD128");
    private static final String WANTED = domain("/dev/dri/renderD129");

    private final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 3));
    private final Restarter restarter = new Restarter(libvirt, new Definer(libvirt, new DomainXml()), 2);

    private Optional<Reason> restart(UUID uuid) throws Exception {
        return restarter.restart(uuid, FORMER, FORMER, WANTED, Optional::empty);
    }

    private static String domain(String renderNode) {
        return """
                <domain type='qemu'>
                  <name>instance-00000001</name>
                  <uuid>5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11</uuid>
                  <memory unit='KiB'>262144</memory>
                  <vcpu>2</vcpu>
                  <os><type>hvm</type></os>
                  <devices>
                    <graphics type='egl-headless'><gl rendernode='%s'/></graphics>
                  </devices>
                </domain>
                """.formatted(renderNode);
    }

    private String renderNode(UUID uuid) throws Exception {
        return new DomainXml().read(libvirt.liveXml(uuid)).renderNode().orElseThrow();
    }

    @Test
    void theGuestRunsWithTheNewDefinition() throws Exception {
        UUID uuid = libvirt.running(FORMER);

        Optional<Reason> failed = restart(uuid);

        assertThat(failed).isEmpty();
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create");
        assertThat(renderNode(uuid)).isEqualTo("/dev/dri/renderD129");
    }

    @Test
    void aGuestThatDoesNotStartAnyMoreRunsWithItsFormerDefinition() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirt.failing(
                "create", Kind.ERROR, "Path '/dev/dri/renderD129' is not accessible: No such file or directory");

        Optional<Reason> failed = restart(uuid);

        assertThat(failed.orElseThrow().code()).isEqualTo(Reason.Code.RESTART_FAILED);
        assertThat(failed.orElseThrow().text()).contains("/dev/dri/renderD129");
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create", "define", "create");
        assertThat(renderNode(uuid)).isEqualTo("/dev/dri/renderD128");
    }

    @Test
    void aGuestThatCannotBeStoppedKeepsRunningWithItsFormerDefinition() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirt.failing("destroy", Kind.BUSY, "cannot acquire state change lock");

        Optional<Reason> failed = restart(uuid);

        assertThat(failed.orElseThrow().text()).contains("state change lock");
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "define");
        assertThat(libvirt.inactiveXml(uuid)).isEqualTo(FORMER);
        assertThat(renderNode(uuid)).isEqualTo("/dev/dri/renderD128");
    }

    @Test
    void theWayBackIsTriedAgainUntilTheGuestRuns() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        for (int i = 0; i < 4; i++) {
            libvirt.failing("create", Kind.ERROR, "no");
        }

        Optional<Reason> failed = restart(uuid);

        assertThat(failed).isPresent();
        assertThat(renderNode(uuid)).isEqualTo("/dev/dri/renderD128");
    }

    @Test
    void aDomainThatIsDeletedMeanwhileIsNotBroughtBack() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirt.failing("destroy", Kind.NO_DOMAIN, "no domain");

        assertThatThrownBy(() -> restart(uuid)).isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.NO_DOMAIN));
        assertThat(libvirt.calls()).containsExactly("define", "destroy");
    }

    @Test
    void aDomainThatIsDeletedWhileItIsOffIsNotBroughtBack() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirt.before("create", () -> libvirt.deletes(uuid));

        assertThatThrownBy(() -> restart(uuid)).isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.NO_DOMAIN));
        assertThat(libvirt.find(uuid)).isEmpty();
    }

    @Test
    void aDomainThatIsDeletedAfterItsStartFailedIsNotBroughtBack() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirt.failing("create", Kind.ERROR, "no");
        libvirt.before("create", () -> libvirt.before("find", () -> libvirt.deletes(uuid)));

        assertThatThrownBy(() -> restart(uuid)).isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.NO_DOMAIN));
        assertThat(libvirt.find(uuid)).isEmpty();
    }

    @Test
    void aGuestThatNovaStopsInTheSameMomentStaysOff() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirt.before("destroy", () -> libvirt.stops(uuid));

        assertThatThrownBy(() -> restart(uuid)).isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.BUSY));
        assertThat(libvirt.find(uuid).orElseThrow().active()).isFalse();
        assertThat(libvirt.inactiveXml(uuid)).isEqualTo(FORMER);
    }

    @Test
    void theGuestIsBroughtBackThoughLibvirtCannotBeAskedWhetherItRuns() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirt.failing("create", Kind.CONNECTION, "connection lost");
        libvirt.before("create", () -> libvirt.failing("find", Kind.CONNECTION, "no connection"));

        assertThat(restart(uuid)).isPresent();

        assertThat(libvirt.find(uuid).orElseThrow().active()).isTrue();
    }

    private void libvirtCannotStop() {
        libvirt.failing(
                "destroy", Kind.ERROR, "Failed to terminate process 4711 with SIGKILL: Device or resource busy");
    }

    private Thread dies(UUID uuid) {
        Thread dying = new Thread(() -> {
            try {
                Thread.sleep(200);
                libvirt.stops(uuid);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        dying.start();
        return dying;
    }

    private GaveWay takenOver(UUID uuid) {
        return catchThrowableOfType(
                GaveWay.class,
                () -> restarter.restart(uuid, FORMER, FORMER, WANTED, new Restarter.LastLook() {
                    @Override
                    public Optional<Reason> forbids() {
                        return Optional.empty();
                    }

                    @Override
                    public Optional<Reason> takenOver() {
                        return Optional.of(new Reason(Reason.Code.TASK_RUNNING, "suspend"));
                    }
                }));
    }

    @Test
    void aGuestThatGoesOffAfterLibvirtCouldNotStopItIsStartedAgain() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirtCannotStop();
        Thread dying = dies(uuid);

        Optional<Reason> failed = restart(uuid);
        dying.join();

        assertThat(failed).isPresent();
        assertThat(renderNode(uuid)).isEqualTo("/dev/dri/renderD128");
        assertThat(libvirt.find(uuid).orElseThrow().active()).isTrue();
    }

    @Test
    void aGuestThatGoesOffSoWhileNovaTakesItOverIsKnownToBeOffThroughUs() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirtCannotStop();
        Thread dying = dies(uuid);

        assertThat(takenOver(uuid).off()).isTrue();
        dying.join();
    }

    @Test
    void aGuestThatRunsOnWhileNovaTakesItOverIsNot() throws Exception {
        UUID uuid = libvirt.running(FORMER);
        libvirtCannotStop();

        assertThat(takenOver(uuid).off()).isFalse();
    }
}
