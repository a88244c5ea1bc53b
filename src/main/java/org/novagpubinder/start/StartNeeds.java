package org.novagpubinder.start;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.needs.StartNeed;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.files.LibvirtView;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * Whether a guest could be started again now. Nova prepares things around its own launch and takes some of them away again,
 * the secret of an emulated TPM among them: a guest that is stopped without it starts for nobody but Nova.
 */
public record StartNeeds(DomainXml xml, LibvirtView files, HostDevices devices) {
    private static final String TILL_THEN = "it keeps its present binding until Nova's next start";

    @Inject
    public StartNeeds {}

    /**
     * Why the guest's start cannot be repeated: the first thing that its definition, fetched anew, needs and that is not there
     * now, or of which nobody can tell. Costs a call of libvirt's, one more for each secret, network and volume, and a stat for
     * each part of each path; meant to be asked right before the guest is stopped.
     *
     * @param libvirt what to ask it by
     * @return empty if all is there
     * @throws LibvirtFailure of kind CONNECTION or NO_DOMAIN; whatever else libvirt cannot say counts as missing
     */
    public Optional<Reason> missing(Libvirt libvirt, UUID uuid) throws LibvirtFailure {
        try {
            return missing(libvirt, xml.startNeeds(libvirt.inactiveXml(uuid)));
        } catch (InvalidDomainXml e) {
            return because("its definition cannot be read (" + e.getMessage() + ")", TILL_THEN);
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.CONNECTION || e.kind() == Kind.NO_DOMAIN) {
                throw e;
            }
            return because("what it needs is not known (" + e.getMessage() + ")", TILL_THEN);
        }
    }

    /**
     * What of a definition this version does not know, so that nothing need be looked at; for a definition from a file, which
     * may be another host's.
     *
     * @return empty if it knows all of it
     */
    public Optional<Reason> unknown(String definition) throws InvalidDomainXml {
        return xml.startNeeds(definition).stream()
                .filter(n -> n.kind() == StartNeed.Kind.UNKNOWN)
                .findFirst()
                .flatMap(n -> because(NeedLook.UNKNOWN.formatted(n.what()), TILL_THEN));
    }

    /** Finds libvirt's daemon and loads what a look takes, so that the first guest does not wait for it. */
    public void warm() {
        files.look().at("/dev/kvm");
    }

    private Optional<Reason> missing(Libvirt libvirt, List<StartNeed> needs) throws LibvirtFailure {
        NeedLook look = new NeedLook(libvirt, files.look(), devices);
        for (StartNeed need : needs) {
            Optional<String> what = look.missing(need);
            if (what.isPresent()) {
                String then = need.kind() == StartNeed.Kind.TPM_SECRET
                        ? "Nova defines it only for its own start; " + TILL_THEN
                        : TILL_THEN;
                return because(what.get(), then);
            }
        }
        return Optional.empty();
    }

    private static Optional<Reason> because(String what, String then) {
        return Optional.of(
                new Reason(Code.START_NEEDS_MISSING, "it could not be started again: " + what + ": " + then));
    }
}
