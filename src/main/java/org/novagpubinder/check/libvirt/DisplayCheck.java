package org.novagpubinder.check.libvirt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.check.host.HostProbe;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.libvirt.LibvirtDaemon;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.sysfs.HostFacts;

/** Whether QEMU can use render nodes: distributions put that into packages of their own. */
public record DisplayCheck(LibvirtProbe look, HostProbe host, HostFacts facts) implements Check {
    private static final String VIDEO = "hw-display-virtio-gpu-gl";

    @Override
    public List<CheckResult> run() {
        boolean renderNodes =
                host.readable().stream().flatMap(h -> h.gpus().stream()).anyMatch(g -> g.renderNode() != null);
        Optional<LibvirtOnce> libvirt = look.usable();
        if (!renderNodes || libvirt.isEmpty()) {
            return List.of();
        }
        List<String> missing = new ArrayList<>();
        try {
            if (!libvirt.get().graphics().contains("egl-headless")) {
                missing.add("graphics egl-headless");
            }
        } catch (LibvirtFailure e) {
            return CheckResult.warning(e.text(), LibvirtDaemon.lookIntoLog());
        }
        if (!facts.qemuModule(VIDEO).orElse(true)) {
            missing.add("video virtio with 3D (" + VIDEO + ".so)");
        }
        return missing.isEmpty()
                ? CheckResult.ok("QEMU can use render nodes")
                : CheckResult.warning(
                        "QEMU lacks " + String.join(" and ", missing) + ": guests with a render node would not start",
                        remedy());
    }

    private String remedy() {
        return facts.directory("etc/yum.repos.d")
                ? "install QEMU's modules, if this system's QEMU has them (Fedora's has):\ndnf install qemu-ui-egl-headless"
                        + " qemu-device-display-virtio-gpu-gl qemu-device-display-virtio-vga-gl"
                : "install QEMU's modules (Debian 12 and Ubuntu: qemu-system-gui; Debian 13 and later: qemu-system-modules-opengl):\n"
                        + "apt install qemu-system-gui";
    }
}
