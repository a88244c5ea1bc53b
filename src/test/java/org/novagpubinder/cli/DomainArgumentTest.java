package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.testing.ScriptedLibvirt;

class DomainArgumentTest {
    private static final UUID A = UUID.fromString("aaaaaaaa-0000-4000-8000-000000000001");
    private static final UUID B = UUID.fromString("bbbbbbbb-0000-4000-8000-000000000002");
    private static final UUID C = UUID.fromString("cccccccc-0000-4000-8000-000000000003");

    private final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 3));
    private final DomainArgument argument = new DomainArgument(libvirt, new DomainXml());

    /** libvirt's name of it begins with "instance-" and the UUID's first eight digits. */
    private static String domain(UUID uuid, String instanceName) {
        return "<domain type='kvm'><name>n</name><uuid>" + uuid + "</uuid><metadata>"
                + "<nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'><nova:name>" + instanceName
                + "</nova:name></nova:instance></metadata><memory>1024</memory><vcpu>1</vcpu></domain>";
    }

    private UUID found(String text) throws Exception {
        return argument.find(text).uuid();
    }

    private CommandFailure failure(String text) {
        return catchThrowableOfType(CommandFailure.class, () -> argument.find(text));
    }

    @Test
    void aDomainIsFoundByEachOfItsNames() throws Exception {
        libvirt.running(domain(A, "web-1"));
        libvirt.defined(domain(B, "größe 🚀"));

        assertThat(found(A.toString())).isEqualTo(A);
        assertThat(found("AAAAAAAA-0000-4000-8000-000000000001")).isEqualTo(A);
        assertThat(found("instance-bbbbbbbb")).isEqualTo(B);
        assertThat(found("web-1")).isEqualTo(A);
        assertThat(found("größe 🚀")).isEqualTo(B);
    }

    @Test
    void anOwnerCannotTakeTheNameOfAnotherGuest() throws Exception {
        libvirt.running(domain(A, "instance-bbbbbbbb"));
        libvirt.running(domain(B, "web"));
        libvirt.running(domain(C, A.toString().replace('a', 'd')));

        assertThat(found("instance-bbbbbbbb")).isEqualTo(B);
        assertThat(failure(A.toString().replace('a', 'd')))
                .as("what has the form of a UUID is never taken for a name")
                .hasMessageStartingWith("libvirt has no domain 'dddddddd");
    }

    @Test
    void whoMeansADomainThatHasGoneDoesNotGetTheGuestOfAnOwnerWhoHasTakenItsName() throws Exception {
        libvirt.running(domain(A, "instance-0000002a"));

        assertThat(failure("instance-0000002a")).hasMessageStartingWith("libvirt has no domain 'instance-0000002a'");
    }

    @Test
    void ofSeveralInstancesOfOneNameEachIsListed() throws Exception {
        libvirt.running(domain(A, "web"));
        libvirt.defined(domain(B, "web"));
        libvirt.running(domain(C, "db"));

        CommandFailure failure = failure("web");

        assertThat(failure).hasMessage("2 instances are called 'web': say libvirt's name or the UUID");
        assertThat(failure.more()).containsExactly("instance-aaaaaaaa  " + A, "instance-bbbbbbbb  " + B + "  (off)");
    }

    @Test
    void whatIsMeantIsGuessedFromAllNames() throws Exception {
        libvirt.running(domain(A, "render-farm-7"));
        libvirt.running(domain(B, "db"));

        assertThat(failure("instance-aaaaaaab")).hasMessageContaining("; did you mean instance-aaaaaaaa?");
        assertThat(failure("render-farm-8")).hasMessageEndingWith("; did you mean render-farm-7?");
        assertThat(failure("Farm")).hasMessageEndingWith("; did you mean render-farm-7?");
        assertThat(failure("bbbb"))
                .hasMessageEndingWith("; did you mean bbbbbbbb-0000-4000-8000-000000000002 or instance-bbbbbbbb?");
        assertThat(failure("zzz")).hasMessageContaining("`virsh list --all`");
    }

    @Test
    void aLibvirtWithoutDomainsSaysSo() {
        assertThat(failure("web")).hasMessage("libvirt has no domain 'web'; it has no domain at all");
        assertThat(failure("a".repeat(9_000)))
                .as("a file's content by mistake")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void aNameThatTheLocaleCannotSpellIsSaidToBeThat() throws Exception {
        libvirt.running(domain(A, "größe"));

        assertThat(failure("gr\ufffd\ufffd\ufffd\ufffde")).hasMessageContaining("set LC_ALL=C.UTF-8, or say the UUID");
    }

    @Test
    void anEmptyTextIsNotTheOnlyDomainThatNobodyHasNamed() throws Exception {
        libvirt.running(
                "<domain type='kvm'><name>n</name><uuid>" + A + "</uuid><memory>1024</memory><vcpu>1</vcpu></domain>");

        assertThat(failure("")).hasMessage("an empty text names no domain");
        assertThat(failure(" ")).hasMessage("an empty text names no domain");
    }

    @Test
    void aDomainThatGoesAwayMeanwhileHindersNobody() throws Exception {
        libvirt.running(domain(A, "web"));
        libvirt.running(domain(B, "db"));
        libvirt.failing("liveXml", Kind.NO_DOMAIN, "gone");

        assertThat(found("db")).isEqualTo(B);
    }
}
