package org.novagpubinder.domain.needs;

import java.util.Set;
import org.novagpubinder.domain.needs.StartNeed.Kind;
import org.novagpubinder.domain.xml.DeviceReader;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;

/** What the devices of a domain need at its start; a device that is not listed here is unknown. */
record DeviceNeeds(XmlElement domain, NeedList needs, ChardevNeeds chardevs) {
    private static final Set<String> NEED_NOTHING =
            Set.of("hub", "sound", "memballoon", "watchdog", "panic", "iommu", "nvram", "redirfilter");
    private static final Set<String> CONTROLLERS =
            Set.of("pci", "usb", "scsi", "sata", "ide", "fdc", "virtio-serial", "ccid", "isa", "nvme");

    /** What makes sound on the host itself (ALSA and its like) may be busy or gone. */
    private static final Set<String> AUDIO = Set.of("none", "spice", "dbus");

    DeviceNeeds(XmlElement domain, NeedList needs) {
        this(domain, needs, new ChardevNeeds(needs));
    }

    void read(XmlElement devices) throws InvalidDomainXml {
        for (XmlElement e : devices.children()) {
            if (!e.namespace().isEmpty()) {
                needs.unknown("<" + e.name() + "> of " + e.namespace());
            } else if (!NEED_NOTHING.contains(e.name())) {
                device(e);
            }
        }
    }

    private void device(XmlElement e) throws InvalidDomainXml {
        String type = e.attributes().getOrDefault("type", "");
        switch (e.name()) {
            case "emulator" -> needs.path("its emulator", e.text());
            case "disk" -> new DiskNeeds(needs).read(e);
            case "interface" -> new InterfaceNeeds(needs).read(e);
            case "hostdev" -> new HostdevNeeds(needs).read(e);
            case "tpm" -> new TpmNeeds(domain, needs).read(e);
            case "graphics", "video" -> new DisplayNeeds(needs).read(e);
            case "serial", "parallel", "console", "channel", "redirdev" -> chardevs.read(e, name(e));
            case "filesystem" -> filesystem(e, type);
            case "rng" -> rng(e);
            case "controller" -> known(e, CONTROLLERS.contains(type));
            case "audio" -> known(e, AUDIO.contains(type));
            case "input" -> input(e, type);
            case "memory" -> memory(e);
            case "shmem" -> shmem(e);
            case "vsock" -> needs.path("the host's vsock", "/dev/vhost-vsock");
            case "crypto" -> known(e, "builtin".equals(e.childAttribute("backend", "model")));
            case "smartcard" -> {
                if (e.has("mode", "passthrough")) {
                    chardevs.read(e, name(e));
                } else {
                    needs.unknown("<smartcard mode='" + e.attribute("mode") + "'>");
                }
            }
            case "pstore" -> e.all("path").forEach(p -> needs.directoryOf("its pstore", p.text()));
            default -> needs.unknown(NeedList.tag(e));
        }
    }

    /** A device in words: what it is, and the name that it has for people if it has one. */
    static String name(XmlElement device) {
        String target = device.childAttribute("target", "dev");
        String which =
                switch (device.name()) {
                    case "disk" -> target;
                    case "interface" -> target != null ? target : device.childAttribute("mac", "address");
                    case "filesystem" -> device.childAttribute("target", "dir");
                    case "channel" -> device.childAttribute("target", "name");
                    default -> null;
                };
        return "its " + device.name() + (which == null ? "" : " " + which);
    }

    private void known(XmlElement e, boolean known) {
        if (!known) {
            needs.unknown(NeedList.tag(e));
        }
    }

    private void filesystem(XmlElement e, String type) {
        String driver = e.first("driver").map(d -> d.attribute("type")).orElse("path");
        String what = name(e);
        if ((!type.isEmpty() && !type.equals("mount"))
                || !Set.of("path", "handle", "virtiofs").contains(driver)) {
            needs.unknown(NeedList.tag(e) + " of driver " + driver);
            return;
        }
        String socket = e.childAttribute("source", "socket");
        if (socket != null) {
            needs.socket("the socket of " + what, socket);
            return;
        }
        needs.path("the directory of " + what, e.childAttribute("source", "dir"));
        if (driver.equals("virtiofs")) {
            String binary = e.childAttribute("binary", "path");
            // qemu_vhost_user.c finds it by descriptions, which name one of these
            needs.path(
                    "virtiofsd for " + what,
                    binary != null
                            ? new String[] {binary}
                            : new String[] {
                                "/usr/libexec/virtiofsd",
                                "/usr/lib/qemu/virtiofsd",
                                "/usr/lib/virtiofsd",
                                "/usr/bin/virtiofsd"
                            });
        }
    }

    private void rng(XmlElement e) {
        for (XmlElement backend : e.all("backend")) {
            switch (backend.attributes().getOrDefault("model", "")) {
                case "random" ->
                    needs.path(
                            "the source of its random numbers",
                            backend.text().isBlank() ? "/dev/urandom" : backend.text());
                case "builtin" -> {}
                case "egd" -> chardevs.read(backend, "the source of its random numbers");
                default -> needs.unknown("<rng> of backend " + backend.attribute("model"));
            }
        }
    }

    private void input(XmlElement e, String type) {
        switch (type) {
            case "keyboard", "mouse", "tablet" -> {}
            case "passthrough" -> needs.path("its input", e.childAttribute("source", "evdev"));
            case "evdev" -> needs.path("its input", e.childAttribute("source", "dev"));
            default -> needs.unknown(NeedList.tag(e));
        }
    }

    private void memory(XmlElement e) {
        switch (e.attributes().getOrDefault("model", "")) {
            case "dimm", "virtio-mem" -> {}
            case "nvdimm", "virtio-pmem" ->
                needs.path(
                        "the file of its memory device",
                        e.first("source", "path").map(XmlElement::text).orElse(null));
            case "sgx-epc" -> needs.path("the host's SGX", "/dev/sgx_vepc");
            default -> needs.unknown("<memory model='" + e.attribute("model") + "'>");
        }
    }

    private void shmem(XmlElement e) {
        String model = e.childAttribute("model", "type");
        if (e.first("server").isPresent()) {
            String path = e.childAttribute("server", "path");
            // domain_conf.c:virDomainShmemDefParseXML leaves it out; qemu_domain.c:qemuDomainPrepareShmemChardev names
            // it
            needs.socket(
                    "the server of its shmem",
                    path != null ? path : "/var/lib/libvirt/shmem-" + e.attribute("name") + "-sock");
        } else if (model != null && !model.equals("ivshmem") && !model.equals("ivshmem-plain")) {
            needs.unknown("<shmem> of model " + model);
        }
    }

    /**
     * A PCI function of the host.
     *
     * @param device the device in words
     * @param e the device, which says whether libvirt is to give it a driver, and which one
     */
    static void pci(NeedList needs, String device, XmlElement e, XmlElement address) throws InvalidDomainXml {
        String what = device + ": PCI function";
        String function = DeviceReader.address(address).toString();
        String driver = e.childAttribute("driver", "model");
        e.all("driver").forEach(d -> iommufd(needs, d, "iommufd"));
        if (!e.has("managed", "yes")) {
            needs.add(Kind.PCI_UNMANAGED, what, function);
        } else if (driver == null) {
            needs.add(Kind.PCI, what, function);
        } else {
            needs.add(Kind.PCI, what, function, driver);
        }
    }

    /** Where it says so PCI functions are passed through by another file than their group's. */
    static void iommufd(NeedList needs, XmlElement e, String attribute) {
        if (e.has(attribute, "yes")) {
            needs.path("the host's IOMMUFD", "/dev/iommu");
        }
    }
}
