package org.novagpubinder.check.libvirt;

import java.util.List;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.libvirt.LibvirtDaemon;
import org.novagpubinder.domain.libvirt.LibvirtFailure;

/** libvirt: reached, of QEMU's, for writing, with events. */
public record LibvirtCheck(BinderConfig config, LibvirtProbe look) implements Check {
    @Override
    public List<CheckResult> run() {
        String uri = LibvirtOnce.shown(config.connectionUri());
        if (!uri.matches("qemu(\\+[a-z0-9]+)?:.*")) {
            return CheckResult.failure(
                    uri + " is not QEMU's: only its domains (QEMU, KVM) can be bound",
                    "correct connection_uri where it is set ([gpu_binder], or [libvirt] of nova.conf), or virt_type there; usually"
                            + " it is qemu:///system");
        }
        LibvirtOnce libvirt;
        try {
            libvirt = look.open();
        } catch (LibvirtFailure e) {
            return CheckResult.failure(e.text(), e.remedy().isEmpty() ? LibvirtDaemon.lookIntoLog() : e.remedy());
        }
        try {
            String version = libvirt.version();
            if (!libvirt.writable()) {
                return CheckResult.failure(
                        uri + " lets this user only look, not change domains",
                        "run as root, or as a user of the group libvirt");
            }
            libvirt.tryEvents();
            return CheckResult.ok(uri + ": version " + version + ", for writing, with events");
        } catch (LibvirtFailure e) {
            return CheckResult.failure(e.text(), LibvirtDaemon.lookIntoLog());
        }
    }
}
