package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.testing.SysfsTree;
import picocli.CommandLine;

class TopologyCommandTest {
    @TempDir
    Path root;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @Test
    void jsonHasTheNamesAndTheOrderOfTheContract() throws Exception {
        SysfsTree.in(root)
                .node(0, "0-7", 16, 15)
                .node(1, "", 2, 2)
                .distances(0, "10 21")
                .distances(1, "21 10")
                .pci(
                        "0000:41:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1))
                .pci("0000:05:00.0", d -> d.ids("1a03", "2000"))
                .pci("0000:21:00.0", d -> d.ids("1002", "74a1")
                        .pciClass("120000")
                        .driver("amdgpu")
                        .attribute("local_cpulist", "0-7")
                        .render(128));

        assertThat(run("topology", "--root", root.toString(), "--json")).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(new ObjectMapper().readTree(out.toString()).toString())
                .isEqualTo(("{'nodes':["
                                + "{'id':0,'cpus':'0-7','memoryKiB':16777216,'freeKiB':15728640,"
                                + "'distances':{'0':10,'1':21},'socket':0},"
                                + "{'id':1,'cpus':'','memoryKiB':2097152,'freeKiB':2097152,"
                                + "'distances':{'0':21,'1':10},'socket':null}],"
                                + "'gpus':["
                                + "{'address':'0000:05:00.0','vendor':'1a03','device':'2000','class':'030000',"
                                + "'driver':null,'node':null,'nodeSource':'unknown','renderNode':null,"
                                + "'physicalFunction':null,'vgpuType':null,'bindable':false,'users':null},"
                                + "{'address':'0000:21:00.0','vendor':'1002','device':'74a1','class':'120000',"
                                + "'driver':'amdgpu','node':0,'nodeSource':'local_cpus',"
                                + "'renderNode':'/dev/dri/renderD128','physicalFunction':null,'vgpuType':null,'bindable':true,'users':null},"
                                + "{'address':'0000:41:00.0','vendor':'10de','device':'2330','class':'030200',"
                                + "'driver':'vfio-pci','node':1,'nodeSource':'numa_node','renderNode':null,"
                                + "'physicalFunction':null,'vgpuType':null,'bindable':true,'users':null}]}")
                        .replace('\'', '"'));
    }

    @Test
    void aHostWithoutGpusStillHasTheList() throws Exception {
        SysfsTree.in(root).node(0, "0", 1, 1);

        assertThat(run("topology", "--root", root.toString(), "--json")).isZero();
        assertThat(new ObjectMapper().readTree(out.toString()).path("gpus").isArray())
                .isTrue();
    }

    @Test
    void aRootThatIsNoHostIsAFailureWithItsName() {
        assertThat(run("topology", "--root", root.resolve("absent").toString())).isEqualTo(Exit.FAILURE);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .isEqualTo("nova-gpu-binder: cannot read the host below " + root.resolve("absent")
                        + ": there is no such directory" + System.lineSeparator());
    }

    @Test
    void aConfigurationFileThatWasAskedForHasToBeRight() {
        SysfsTree.twoNodes(root);

        assertThat(run(
                        "topology",
                        "--root",
                        root.toString(),
                        "--config-file",
                        root.resolve("absent.conf").toString()))
                .isEqualTo(Exit.FAILURE);
        assertThat(err.toString()).startsWith("nova-gpu-binder: ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aLibvirtThatWasAskedForAndIsNotThereIsTold() {
        SysfsTree.twoNodes(root);

        assertThat(run(
                        "topology",
                        "--root",
                        root.toString(),
                        "--connect",
                        "qemu+unix:///system?socket=" + root + "/none"))
                .isZero();
        assertThat(err.toString())
                .startsWith("nova-gpu-binder: warning: the users of GPUs are not known: cannot reach");
    }

    @Test
    void anUnknownOptionIsBadUsage() {
        assertThat(run("topology", "--sideways")).isEqualTo(Exit.USAGE);
    }

    @Test
    void aTreeThatWasCopiedWithoutItsLinksIsNoHostWithoutGpus() {
        String gpu = "sys/bus/pci/devices/0000:41:00.0/";
        SysfsTree.twoNodes(root).file(gpu + "class", "0x030200\n").file(gpu + "numa_node", "1\n");

        assertThat(run("topology", "--root", root.toString(), "--matrix")).isEqualTo(Exit.FAILURE);
        assertThat(err.toString()).contains("the links in sys/bus/pci/devices");
        assertThat(out.toString()).isEmpty();
    }
}
