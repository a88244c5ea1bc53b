package org.novagpubinder.domain.needs;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.libvirt.SecretUsage;
import org.novagpubinder.domain.needs.StartNeed.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.common.WordList;

/**
 * What a start of a domain needs on its host. A whitelist: elements, types and sources that are not listed here and in the
 * readers of the devices are unknown. Element names and their meaning: libvirt's docs/formatdomain.rst.
 */
public final class NeedsReader {
    /** Numbers and names: nothing on the host is asked for. */
    private static final Set<String> NEED_NOTHING = Set.copyOf(WordList.of("""
            name uuid genid title description metadata memory currentMemory maxMemory vcpu vcpus iothreads
            iothreadids defaultiothread cputune numatune memtune resource features cpu clock on_poweroff on_reboot
            on_crash on_lockfailure pm perf seclabel keywrap throttlegroups"""));

    /** Huge pages and shared files are where the running guest has them, and its own become free when it is stopped. */
    private static final Set<String> BACKING =
            Set.of("hugepages", "nosharepages", "locked", "source", "access", "allocation", "discard");

    private static final Set<String> OS_NEEDS_NOTHING =
            Set.of("boot", "bootmenu", "bios", "smbios", "cmdline", "firmware");
    private static final String QEMU = "http://libvirt.org/schemas/domain/qemu/1.0";
    private static final Set<String> QEMU_NEEDS_NOTHING = Set.of("capabilities", "override", "deprecation");

    private final XmlElement domain;
    private final NeedList needs = new NeedList();

    public NeedsReader(XmlElement domain) {
        this.domain = domain;
    }

    /** All of them, in the order of the definition; secrets last. */
    public List<StartNeed> read() throws InvalidDomainXml {
        type();
        for (XmlElement e : domain.children()) {
            if (!e.namespace().isEmpty()) {
                if (!e.namespace().equals(QEMU) || !QEMU_NEEDS_NOTHING.contains(e.name())) {
                    needs.unknown("<" + e.name() + "> of " + e.namespace());
                }
                continue;
            }
            switch (e.name()) {
                case "os" -> os(e);
                case "sysinfo" -> sysinfo(e);
                case "memoryBacking" -> needs.onlyKnows(e, BACKING);
                case "blkiotune" ->
                    e.all("device", "path").forEach(p -> needs.path("a disk of its blkiotune", p.text()));
                case "launchSecurity" -> launchSecurity(e);
                case "iommufd" -> iommufd(e);
                case "devices" -> new DeviceNeeds(domain, needs).read(e);
                default -> {
                    if (!NEED_NOTHING.contains(e.name())) {
                        needs.unknown(NeedList.tag(e));
                    }
                }
            }
        }
        secrets(domain);
        return needs.all();
    }

    private void type() {
        if (domain.has("type", "kvm")) {
            needs.path("KVM", "/dev/kvm");
        } else if (!domain.has("type", "qemu")) {
            needs.unknown(NeedList.tag(domain));
        }
    }

    private void os(XmlElement os) {
        for (XmlElement e : os.children()) {
            switch (e.name()) {
                case "type" -> {
                    if (!e.text().strip().equals("hvm")) {
                        needs.unknown("<os> of type " + e.text().strip());
                    }
                }
                case "loader" -> needs.pathIfNamed("its firmware", e.text());
                case "nvram", "varstore" -> nvram(e);
                case "kernel" -> needs.pathIfNamed("its kernel", e.text());
                case "initrd" -> needs.pathIfNamed("its initrd", e.text());
                case "dtb" -> needs.pathIfNamed("its device tree", e.text());
                case "shim" -> needs.pathIfNamed("its shim", e.text());
                case "acpi" -> e.all("table").forEach(t -> needs.path("its ACPI table", t.text()));
                default -> {
                    if (!e.namespace().isEmpty() || !OS_NEEDS_NOTHING.contains(e.name())) {
                        needs.unknown("<" + e.name() + "> in <os>");
                    }
                }
            }
        }
        if (os.attribute("firmware") != null && os.first("loader").isEmpty()) {
            // libvirt then chooses one by these descriptions (qemu_firmware.c:qemuFirmwareFetchConfigs)
            needs.path("the descriptions of firmware", "/usr/share/qemu/firmware", "/etc/qemu/firmware");
        }
    }

    /** If the file is not there libvirt makes it from the template (qemu_process.c:qemuPrepareNVRAM). */
    private void nvram(XmlElement e) {
        Optional<XmlElement> source = e.first("source");
        @Nullable String own = e.attribute("path") != null ? e.attribute("path") : e.text();
        String type = e.attribute("type") == null ? "file" : e.attribute("type");
        if (source.isPresent()) {
            switch (type) {
                case "file" -> own = source.get().attribute("file");
                case "block" -> own = source.get().attribute("dev");
                default -> {
                    needs.unknown("its NVRAM of type " + type);
                    return;
                }
            }
        }
        needs.pathIfNamed("its NVRAM", own, e.attribute("template"));
    }

    private void sysinfo(XmlElement e) {
        switch (e.attributes().getOrDefault("type", "")) {
            case "smbios" -> {}
            case "fwcfg" ->
                e.all("entry").forEach(entry -> needs.pathIfNamed("a file of its fw_cfg", entry.attribute("file")));
            default -> needs.unknown(NeedList.tag(e));
        }
    }

    private void iommufd(XmlElement e) {
        if (e.attribute("fdgroup") != null) {
            needs.unknown("its IOMMUFD, which was handed to libvirt as a descriptor");
        } else {
            DeviceNeeds.iommufd(needs, e, "enabled");
        }
    }

    private void launchSecurity(XmlElement e) {
        switch (e.attributes().getOrDefault("type", "")) {
            case "sev", "sev-snp" -> {
                needs.path("the host's SEV", "/dev/sev");
                if (e.first("session").isPresent() || e.first("dhCert").isPresent()) {
                    needs.unknown("its owner's SEV session, which may hold for one start only");
                }
            }
            case "tdx" ->
                e.all("quoteGenerationService")
                        .forEach(q -> needs.pathIfNamed("its TDX quote service", q.attribute("path")));
            case "s390-pv" -> {}
            default -> needs.unknown(NeedList.tag(e));
        }
    }

    /**
     * Each {@code <secret>}, wherever it stands but in the metadata: of a disk's encryption or of the login at its storage. An
     * emulated TPM names its secret in another way ({@link TpmNeeds}).
     */
    private void secrets(XmlElement below) {
        for (XmlElement e : below.children()) {
            if (e.is("secret")) {
                secret(e);
            } else if (!e.is("metadata")) {
                secrets(e);
            }
        }
    }

    private void secret(XmlElement e) {
        String what = "the secret of " + device(e);
        String uuid = e.attribute("uuid");
        String usage = e.attribute("usage");
        // storage_encryption_conf.h and domain_conf.c:virDomainStorageSourceParse: what a passphrase is for is a volume
        String type = e.attributes().getOrDefault("type", "").toLowerCase(Locale.ROOT);
        Optional<SecretUsage> of = SecretUsage.of(type.equals("passphrase") ? "volume" : type);
        if (uuid != null) {
            needs.add(Kind.SECRET, what, uuid);
        } else if (usage != null && of.isPresent()) {
            needs.add(Kind.SECRET_OF_USAGE, what, of.get().name(), usage);
        } else {
            needs.unknown(what + " (" + NeedList.tag(e) + ")");
        }
    }

    private static String device(XmlElement e) {
        XmlElement at = e;
        while (at.parent().isPresent() && !at.parent().get().is("devices")) {
            at = at.parent().get();
        }
        return DeviceNeeds.name(at);
    }
}
