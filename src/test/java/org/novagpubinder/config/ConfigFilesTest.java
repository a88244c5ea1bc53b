package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.NovaNotifications;
import org.novagpubinder.host.proc.NovaComputeProcess;
import org.novagpubinder.host.proc.PatientReader;

class ConfigFilesTest {
    @TempDir
    Path directory;

    @Test
    void laterFilesWinAndDirectoriesComeLastSortedByName() throws Exception {
        Path one = write("z.conf", "[DEFAULT]\nhost = one\ncontrol_exchange = one\ncpu_allocation_ratio = 1\n");
        Path two = write("a.conf", "[DEFAULT]\ncontrol_exchange = two\ncpu_allocation_ratio = 2\n");
        Path dir = Files.createDirectory(directory.resolve("d"));
        Path second = write("d/20.conf", "[DEFAULT]\ncpu_allocation_ratio = 20\n");
        Path first = write("d/10.conf", "[DEFAULT]\ncpu_allocation_ratio = 10\n");
        write("d/.30.conf", "[DEFAULT]\ncpu_allocation_ratio = 30\n");
        write("d/40.conf~", "[DEFAULT]\ncpu_allocation_ratio = 40\n");
        BinderConfig config =
                TestConfig.loader().report(List.of(one, two), List.of(dir)).checked();
        assertThat(config.host()).isEqualTo("one");
        assertThat(config.broker().exchange()).isEqualTo("two");
        assertThat(config.cpuAllocationRatio()).isEqualTo(20);
        assertThat(config.files()).containsExactly(one, two, first, second);
    }

    @Test
    void withoutFilesTheDefaultOnesAreReadAsFarAsTheyExist() throws Exception {
        Path nova = write("nova.conf", "[DEFAULT]\nhost = a\n");
        Path ours = write("ours.conf", "[gpu_binder]\nhost = b\n");
        ConfigLoader loader = TestConfig.loader(nova, directory.resolve("absent.conf"), ours);
        assertThat(loader.report(List.of(), List.of()).checked().host()).isEqualTo("b");
        assertThat(loader.report(List.of(), List.of()).checked().files()).containsExactly(nova, ours);
        assertThat(loader.report(List.of(nova), List.of()).checked().host()).isEqualTo("a");
    }

    @Test
    void aDirectoryAloneComesOnTopOfTheDefaultFilesAsInOsloConfig() throws Exception {
        Path nova = write("nova.conf", "[DEFAULT]\nhost = a\n");
        Files.createDirectories(directory.resolve("d"));
        Path dropIn = write("d/10.conf", "[gpu_binder]\npolicy = report\n");
        BinderConfig config = TestConfig.loader(nova)
                .report(List.of(), List.of(directory.resolve("d")))
                .checked();
        assertThat(config.host()).isEqualTo("a");
        assertThat(config.binding().policy()).isEqualTo("report");
        assertThat(config.files()).containsExactly(nova, dropIn);
    }

    @Test
    void theLastFileCountsWhateverFilesAreNamed() throws Exception {
        Path last = write("observe.conf", "[gpu_binder]\nobserve_only = true\n");
        Path named = write("named.conf", "[gpu_binder]\nobserve_only = false\n");
        ConfigLoader loader = new ConfigLoader(new ConfigEnvironment(
                List.of(),
                List.of(),
                List.of(last),
                () -> TestConfig.HOSTNAME,
                UrlCredential.NONE,
                OptionalInt::empty,
                null));

        assertThat(loader.report(List.of(named), List.of()).checked().binding().observeOnly())
                .isTrue();
        Files.delete(last);
        assertThat(loader.report(List.of(named), List.of()).checked().binding().observeOnly())
                .isFalse();
    }

    @Test
    void novasOwnDirectoriesAreReadUnlessOneIsNamedAsInOsloConfig() throws Exception {
        Path nova = write("nova.conf", "[DEFAULT]\nhost = nova\n");
        Path ours = write("ours.conf", "[gpu_binder]\npolicy = report\n");
        Files.createDirectories(directory.resolve("nova.conf.d"));
        Files.createDirectories(directory.resolve("named.d"));
        Path own = write("nova.conf.d/01.conf", "[DEFAULT]\nhost = d\n[compute]\ncpu_shared_set = 16-19\n");
        Path named = write("named.d/01.conf", "[DEFAULT]\nhost = named\n");
        ConfigLoader loader = new ConfigLoader(new ConfigEnvironment(
                List.of(
                        nova,
                        directory.resolve("absent.conf"),
                        directory.resolve("nova.conf.d"),
                        directory.resolve("absent.d")),
                List.of(ours),
                List.of(),
                () -> TestConfig.HOSTNAME,
                UrlCredential.NONE,
                OptionalInt::empty,
                null));

        assertThat(loader.report(List.of(), List.of()).checked().files()).containsExactly(nova, own, ours);
        assertThat(loader.report(List.of(), List.of()).checked().cpus()).hasToString("16-19");
        assertThat(loader.report(List.of(nova), List.of()).checked().files())
                .as("a named file counts before the directories that are read by themselves")
                .containsExactly(own, nova);
        assertThat(loader.report(List.of(), List.of(named.getParent()))
                        .checked()
                        .files())
                .containsExactly(nova, ours, named);
    }

    /** @param threads who read what processes tell; one that they never read has hung for too long at once */
    private NovaPlaces found(Executor threads, Map<String, String> environment) {
        return NovaPlaces.find(
                new NovaComputeProcess(directory, new PatientReader(Duration.ZERO, 64, threads)), environment);
    }

    @Test
    void aNovaComputeThatDoesNotAnswerIsNone() throws Exception {
        Files.createDirectories(directory.resolve("etc"));
        Files.createDirectories(directory.resolve("proc/41/root/srv"));
        Path conf = write("etc/nova.conf", "[DEFAULT]\nhost = cmp-a\n");
        Path own = write("proc/41/root/srv/own.conf", "[DEFAULT]\nhost = cmp-a\n");
        write("proc/41/comm", "python3\n");
        write("proc/41/cmdline", "/usr/bin/python3\0/usr/bin/nova-compute\0--config-file=/srv/own.conf\0");
        Path environment = write("proc/41/environ", "OS_DEFAULT__HOST=cmp-b\0");
        Map<String, String> none = Map.of();
        assertThat(found(Runnable::run, none)).isEqualTo(new NovaPlaces(List.of(own, environment)));

        assertThat(found(hangs -> {}, none)).isEqualTo(new NovaPlaces(List.of(conf)));

        AtomicInteger asked = new AtomicInteger();
        assertThat(found(
                        look -> {
                            if (asked.incrementAndGet() == 1) {
                                look.run();
                            }
                        },
                        none))
                .as("it hangs before it has told its environment")
                .isEqualTo(new NovaPlaces(List.of(own)));
    }

    @Test
    void novaIsFoundWhereDistributionsAndContainersHaveIt() throws Exception {
        Map<String, String> none = Map.of();
        assertThat(found(Runnable::run, none)).isEqualTo(new NovaPlaces(List.of()));

        Path edpm = Files.createDirectories(directory.resolve("var/lib/openstack/nova"));
        assertThat(found(Runnable::run, none)).isEqualTo(new NovaPlaces(List.of()));
        Path own = write("var/lib/openstack/nova/01-nova.conf", "");
        write("var/lib/openstack/nova/pinning.conf", "");
        assertThat(found(Runnable::run, none)).isEqualTo(new NovaPlaces(List.of(own)));

        Files.createDirectories(directory.resolve("etc/kolla/nova-compute"));
        Path kolla = write("etc/kolla/nova-compute/nova.conf", "");
        assertThat(found(Runnable::run, none)).isEqualTo(new NovaPlaces(List.of(kolla)));

        Path dropIns = Files.createDirectories(directory.resolve("etc/nova/nova-compute.conf.d"));
        Files.createDirectories(directory.resolve("usr/share/nova"));
        Path dist = write("usr/share/nova/nova-dist.conf", "");
        Path conf = write("etc/nova.conf", "");
        assertThat(found(Runnable::run, none)).isEqualTo(new NovaPlaces(List.of(dist, conf, dropIns)));

        assertThat(found(Runnable::run, Map.of(NovaPlaces.VARIABLE, kolla + ":" + edpm)))
                .isEqualTo(new NovaPlaces(List.of(kolla, edpm)));
    }

    @Test
    void withoutAnyFileEverythingHasItsDefault() throws Exception {
        assertThat(TestConfig.loader(directory.resolve("absent"))
                        .report(List.of(), List.of())
                        .checked()
                        .host())
                .isEqualTo(TestConfig.HOSTNAME);
    }

    @Test
    void whatCannotBeReadIsToldAllAtOnce() throws Exception {
        Path latin = directory.resolve("latin.conf");
        Files.write(latin, "[DEFAULT]\n# ä\n".getBytes(StandardCharsets.ISO_8859_1));
        Path cut = directory.resolve("cut.conf");
        Files.write(cut, new byte[] {'#', (byte) 0xc3});
        Path bom = write("bom.conf", "\ufeff[DEFAULT]\n");
        Path huge = directory.resolve("huge.conf");
        Files.write(huge, new byte[4 * 1024 * 1024 + 1]);
        Path absent = directory.resolve("absent.conf");
        Path file = write("good.conf", "[gpu_binder]\npolicy = x\n");
        assertThatThrownBy(() -> TestConfig.loader()
                        .report(
                                List.of(absent, directory, latin, cut, bom, huge, file),
                                List.of(directory.resolve("none"), file))
                        .checked())
                .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.errors())
                        .contains(
                                absent + ": no such file; --config-file needs one that exists",
                                directory + ": is a directory, not a file; name a directory with --config-dir",
                                latin + ":2: not UTF-8; save the file as UTF-8",
                                cut + ":1: not UTF-8; save the file as UTF-8",
                                bom + ":1: begins with a byte order mark; save the file as UTF-8 without one",
                                huge + ": larger than 4 MiB; is it a configuration file?",
                                directory.resolve("none") + ": no such directory; --config-dir needs one that exists",
                                file + ": is no directory; name a file with --config-file")
                        .anyMatch(line -> line.startsWith(file + ":2: [gpu_binder] policy"))
                        .hasSize(9));
    }

    @Test
    void thisMachinesNameIsTheKernels() throws Exception {
        assertThat(ConfigEnvironment.ofThisMachine(new PatientReader())
                        .hostname()
                        .get())
                .isEqualTo(
                        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip())
                .isNotEmpty();
        assertThat(ConfigEnvironment.ofThisMachine(new PatientReader()).defaultFiles())
                .hasSize(1);
    }

    @Test
    void whoAsksForAPartOfTheConfigurationIsGivenIt() throws Exception {
        BinderConfig config = TestConfig.loader().report(List.of(), List.of()).checked();
        Injector injector = Guice.createInjector(new ConfigModule(config));
        assertThat(injector.getInstance(BinderConfig.class)).isSameAs(config);
        assertThat(injector.getInstance(BrokerConfig.class)).isSameAs(config.broker());
        assertThat(injector.getInstance(BindingConfig.class)).isSameAs(config.binding());
        assertThat(Optional.of(injector.getInstance(NovaNotifications.class))).contains(config.notifications());
    }

    private Path write(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text);
    }
}
