package org.novagpubinder.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.BindingModule;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.observability.http.HttpReply;
import org.novagpubinder.picture.PictureModule;
import org.novagpubinder.testing.ScriptedLibvirt;
import org.novagpubinder.testing.SysfsTree;

class PageRouteTest {
    private static final UUID GUEST = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");

    @TempDir
    Path root;

    private final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 15));
    private PageRoute route;

    @BeforeEach
    void wire() throws Exception {
        SysfsTree.twoNodes(root).pci("0000:41:00.0", d -> d.node(1).render(129));
        Path file = Files.writeString(root.resolve("nova.conf"), "[DEFAULT]\nhost = cmp-a\n");
        Injector injector = Guice.createInjector(
                new ConfigModule(new ConfigLoader(new PatientReader())
                        .report(List.of(file), List.of())
                        .checked()),
                new HostModule(root, List.of()),
                new BindingModule(),
                new PictureModule(),
                binder -> binder.bind(Libvirt.class).toInstance(libvirt));
        route = injector.getInstance(PageRoute.class);
    }

    private static String definition(String name) {
        return "<domain type='kvm'><name>n</name><uuid>" + GUEST + "</uuid><metadata>"
                + "<nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'><nova:name>" + name
                + "</nova:name></nova:instance></metadata><memory>1048576</memory><vcpu>2</vcpu><devices>"
                + "<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD129'/></graphics></devices></domain>";
    }

    private HttpReply reply() {
        return route.reply(Optional.empty());
    }

    private static String text(HttpReply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    @Test
    void theHostAndItsGuestsAreShownAndNothingMayBeLoadedOrFramed() throws Exception {
        libvirt.running(definition("&lt;img src=x&gt;"));

        await().untilAsserted(() -> assertThat(text(reply())).contains("instance-5b0d1a9e"));
        HttpReply reply = reply();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.contentType()).isEqualTo("text/html; charset=utf-8");
        assertThat(reply.headers())
                .containsAllEntriesOf(Map.of("X-Frame-Options", "DENY", "Referrer-Policy", "no-referrer"))
                .hasEntrySatisfying(
                        "Content-Security-Policy", policy -> assertThat(policy).startsWith("default-src 'none'"));
        assertThat(text(reply))
                .contains("<bdi>cmp-a</bdi>", "0000:41:00.0", "deferred", "&lt;img src=x&gt;", "connecting to libvirt")
                .doesNotContain("<img");
    }

    @Test
    void aLibvirtThatIsAwayIsSaidAndTheHostIsShown() {
        for (int i = 0; i < 10; i++) {
            libvirt.failing("list", Kind.CONNECTION, "no connection to qemu:///system");
        }

        await().untilAsserted(() -> assertThat(text(reply()))
                .contains("The guests are not known: no connection to qemu:///system", "0000:41:00.0"));
    }
}
