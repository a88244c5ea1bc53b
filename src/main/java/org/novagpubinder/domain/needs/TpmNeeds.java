package org.novagpubinder.domain.needs;

import java.util.Optional;
import org.novagpubinder.domain.needs.StartNeed.Kind;
import org.novagpubinder.domain.xml.XmlElement;

/**
 * What a TPM needs. Nova gives a guest with {@code hw:tpm_version} an emulated one, and defines its secret for its own start
 * only (nova/virt/libvirt/driver.py, _create_guest).
 */
record TpmNeeds(XmlElement domain, NeedList needs) {
    void read(XmlElement tpm) {
        for (XmlElement backend : tpm.all("backend")) {
            switch (backend.attributes().getOrDefault("type", "")) {
                case "emulator" -> emulator(backend);
                case "passthrough" ->
                    needs.path(
                            "its TPM",
                            backend.first("device")
                                    .map(d -> d.attribute("path"))
                                    .orElse("/dev/tpm0"));
                case "external" -> {
                    Optional<XmlElement> source = backend.first("source");
                    if (source.filter(s -> s.has("type", "unix")).isPresent()) {
                        needs.socket("the socket of its TPM", source.get().attribute("path"));
                    } else {
                        needs.unknown("the source of its external TPM");
                    }
                }
                default -> needs.unknown("<tpm> of backend " + backend.attribute("type"));
            }
        }
    }

    private void emulator(XmlElement backend) {
        // virtpm.c:virTPMEmulatorInit wants all three, whatever the start will use
        for (String program : new String[] {"swtpm", "swtpm_setup", "swtpm_ioctl"}) {
            needs.program("for its emulated TPM the program", program);
        }
        Optional<XmlElement> source = backend.first("source");
        String uuid = domain.first("uuid").map(e -> e.text().strip()).orElse("");
        // without it libvirt would make a new, empty TPM (qemu_tpm.c:qemuTPMEmulatorBuildCommand)
        needs.path(
                "its emulated TPM's state",
                source.isPresent() ? source.get().attribute("path") : "/var/lib/libvirt/swtpm/" + uuid);
        for (XmlElement encryption : backend.all("encryption")) {
            needs.named(Kind.TPM_SECRET, "its emulated TPM's secret", encryption, "secret");
        }
    }
}
