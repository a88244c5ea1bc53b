package org.novagpubinder.binding.nova;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.BindingModule;
import org.novagpubinder.binding.daemon.DaemonModule;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.notification.NotificationModule;
import org.novagpubinder.placement.model.Reason.Code;

class NovaQueueTest {
    @TempDir
    Path root;

    @Test
    void withoutABrokerTheDaemonDoesNotKnowWhatNovaHasBegun() {
        Injector daemon = Guice.createInjector(
                new ConfigModule(BinderRig.config(Restart.BOOT_WINDOW)),
                new HostModule(root, List.of()),
                new BindingModule(),
                new DaemonModule(),
                new NotificationModule(List::of),
                binder -> binder.bind(Libvirt.class)
                        .toInstance(new BinderRig(root.resolve("rig"), Restart.BOOT_WINDOW).libvirt));

        assertThat(daemon.getInstance(NovaQueue.class).unread())
                .hasValueSatisfying(r -> assertThat(r.code()).isEqualTo(Code.TASK_RUNNING));
    }

    @Test
    void aCommandHearsNothingOfNovaAndDoesNotWaitForIt() {
        assertThat(new BinderRig(root, Restart.BOOT_WINDOW).get(NovaQueue.class).unread())
                .isEmpty();
    }
}
