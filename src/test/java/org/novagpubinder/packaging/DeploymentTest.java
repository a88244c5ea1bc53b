package org.novagpubinder.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.novagpubinder.check.CheckRig;
import org.novagpubinder.check.broker.TopicsCheck;
import org.novagpubinder.check.config.ConfigurationCheck;
import org.novagpubinder.check.config.NotificationsCheck;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What is shipped for deployment tools, in etc/deploy. */
class DeploymentTest {
    private static final Path DEPLOY = Path.of("etc/deploy");
    private static final Pattern VERSION = Pattern.compile("nova-gpu-binder[:_]([0-9.]*[0-9])");

    /** Of podman, of Kubernetes, of quadlets. */
    private static final Pattern CAPABILITY =
            Pattern.compile("\\b(SYS_PTRACE|SYS_NICE|DAC_READ_SEARCH|[A-Z]+_ADMIN)\\b");

    @TempDir
    Path directory;

    static Stream<Path> yaml() throws Exception {
        try (Stream<Path> all = Files.walk(DEPLOY)) {
            return all.filter(f -> f.toString().matches(".*\\.ya?ml")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void isYamlWithoutAKeyTwice(Path file) throws Exception {
        assertThat(read(file)).isNotNull();
    }

    /** What each tool puts over its own nova.conf; that of OpenStack-Ansible has no topics where there is no Ceilometer. */
    static Stream<String> novaConf() throws Exception {
        return Stream.of(
                Files.readString(DEPLOY.resolve("kolla-ansible/nova-compute.conf")),
                "[oslo_messaging_notifications]\ntopics =\n"
                        + ini(at(
                                read(DEPLOY.resolve("openstack-ansible/nova_compute.yml")),
                                "nova_nova_conf_overrides")),
                ini(at(read(DEPLOY.resolve("openstack-helm/values.yaml")), "conf", "nova")));
    }

    @ParameterizedTest
    @MethodSource("novaConf")
    void whatAToolMakesOfItLeavesTheChecksNothingToSay(String novaConf) throws Exception {
        try (CheckRig rig = CheckRig.of(directory, "[DEFAULT]\nhost = cmp-a\n" + novaConf)) {
            for (var check : List.of(ConfigurationCheck.class, NotificationsCheck.class, TopicsCheck.class)) {
                assertThat(rig.run(check))
                        .as(novaConf)
                        .extracting(CheckResult::state)
                        .containsOnly(State.OK);
            }
            assertThat(rig.told(NotificationsCheck.class))
                    .startsWith(
                            "OK sent by messagingv2, " + (novaConf.contains("topics =\n") ? "versioned only" : "both"));
        }
    }

    @Test
    void theContainerIsSharedAndConfinedAlikeHoweverItIsRun() throws Exception {
        String run = Files.readString(DEPLOY.resolve("container/run"));
        String quadlet = Files.readString(DEPLOY.resolve("container/nova-gpu-binder.container"));
        String helm = Files.readString(DEPLOY.resolve("openstack-helm/values.yaml"));
        Set<String> unit = matches(
                CAPABILITY,
                Files.readAllLines(Path.of("systemd/nova-gpu-binder.service")).stream()
                        .filter(l -> l.startsWith("CapabilityBoundingSet="))
                        .collect(Collectors.joining())
                        .replace("CAP_", ""));

        assertThat(unit).hasSize(3);
        for (String way : List.of(run, quadlet, helm)) {
            assertThat(matches(CAPABILITY, way.replace("CAP_", ""))).isEqualTo(unit);
            assertThat(way).contains("/run/libvirt", "/run/nova-gpu-binder", "/etc/nova-gpu-binder", "/tmp");
            assertThat(way)
                    .containsPattern("pid[ =]host|hostPID: true")
                    .containsPattern("(?i)network[:= ]+(host|true)");
            assertThat(way.toLowerCase(Locale.ROOT)).contains("seccomp");
        }
    }

    @Test
    void aQuadletIsNotStartedAgainWhereTheUnitIsNot() throws Exception {
        Pattern setting = Pattern.compile("(?m)^RestartPreventExitStatus=.*$");

        assertThat(matches(setting, Files.readString(DEPLOY.resolve("container/nova-gpu-binder.container"))))
                .isEqualTo(matches(setting, Files.readString(Path.of("systemd/nova-gpu-binder.service"))))
                .hasSize(1);
    }

    @Test
    void theFilterOfSystemCallsLetsMemoryBeMovedAndIsJson() throws Exception {
        Object filter = yaml(Files.readString(DEPLOY.resolve("container/seccomp.json")));

        assertThat(at(filter, "defaultAction")).isEqualTo("SCMP_ACT_ALLOW");
        assertThat(list(filter, "syscalls")).singleElement().satisfies(rule -> assertThat(list(rule, "names"))
                .doesNotContain("migrate_pages")
                .contains("mount", "ptrace", "setns", "unshare"));
    }

    @Test
    void aPlaybookInAServiceOfEdpmIsOne() throws Exception {
        Object service = read(DEPLOY.resolve("edpm/nova-gpu-binder.yaml"));

        assertThat(list(yaml((String) at(service, "spec", "playbookContents"))))
                .singleElement()
                .satisfies(play -> assertThat(list(play, "tasks")).isNotEmpty());
        assertThat(at(read(DEPLOY.resolve("edpm/notifications.yaml")), "spec", "nova", "template", "notificationsBus"))
                .isNotNull();
    }

    @Test
    void everyVersionThatIsNamedIsThisOne() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        String version = pom.replaceFirst("(?s).*?<version>([^<]+)</version>.*", "$1");
        try (Stream<Path> all = Files.walk(DEPLOY)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(VERSION.matcher(Files.readString(file)).results().map(m -> m.group(1)))
                        .as(file.toString())
                        .allMatch(version::equals);
            }
        }
    }

    private static Set<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Object read(Path file) throws Exception {
        return yaml(Files.readString(file));
    }

    private static Object yaml(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options)).load(text);
    }

    private static Object at(Object tree, String... keys) {
        Object at = tree;
        for (String key : keys) {
            at = ((Map<?, ?>) at).get(key);
        }
        return at;
    }

    private static List<Object> list(Object tree, String... keys) {
        return new ArrayList<>((List<?>) at(tree, keys));
    }

    /** As oslo.config writes a dictionary of sections. */
    private static String ini(Object sections) {
        List<String> lines = new ArrayList<>();
        ((Map<?, ?>) sections).forEach((section, options) -> {
            lines.add("[" + section + "]");
            ((Map<?, ?>) options).forEach((name, value) -> lines.add(name + " = " + value));
        });
        return String.join("\n", lines) + "\n";
    }

    /** /run is empty after a boot, and podman starts no container whose directory is missing. */
    @Test
    void whatRunStartsFindsItsDirectoryAfterABoot() throws Exception {
        assertThat(Files.readString(DEPLOY.resolve("container/run")))
                .contains("--restart always", "d /run/nova-gpu-binder 0700", "/etc/tmpfiles.d/");
    }

    /** `release --all` refuses to run beside the daemon, and `podman exec` needs its container: so it needs one of its own. */
    @Test
    void aCommandHasAContainerOfItsOwnThatGoesWithIt() throws Exception {
        String run = Files.readString(DEPLOY.resolve("container/run"));

        assertThat(run).contains("as='--rm'").endsWith(" \"$image\" ${COMMAND:-}\n");
        assertThat(run.lines().filter(l -> l.contains("--detach")))
                .singleElement()
                .asString()
                .contains("as=", "--name", "--restart");
        assertThat(Files.readString(DEPLOY.resolve("container/Containerfile")))
                .as("so that the words after the image are the command's")
                .contains("ENTRYPOINT [\"/usr/bin/nova-gpu-binder\"]\nCMD [\"run\"]");
        assertThat(Files.readString(DEPLOY.resolve("container").resolve("README.md")))
                .contains("COMMAND='release --all --yes'");
    }
}
