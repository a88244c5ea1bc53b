package org.novagpubinder.start;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
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
        return known(() -> missing(libvirt, libvirt.inactiveXml(uuid)));
    }

    interface Look {
        Optional<Reason> found() throws LibvirtFailure, InvalidDomainXml;
    }

    /** What the look finds; what cannot be read, or libvirt cannot say, counts as missing. */
    static Optional<Reason> known(Look look) throws LibvirtFailure {
        return known(look, why -> because("what it needs is not known (" + why + ")", TILL_THEN));
    }

    /** @param unknown what to say instead of the same */
    static Optional<Reason> known(Look look, Function<String, Optional<Reason>> unknown) throws LibvirtFailure {
        try {
            return look.found();
        } catch (InvalidDomainXml | LibvirtFailure e) {
            if (e instanceof LibvirtFailure failure && failure.gone()) {
                throw failure;
            }
            return unknown.apply(e.getMessage());
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

    /** The same of a definition that was fetched just now. */
    Optional<Reason> missing(Libvirt libvirt, String definition) throws LibvirtFailure, InvalidDomainXml {
        NeedLook look = new NeedLook(libvirt, files.look(), devices);
        for (StartNeed need : xml.startNeeds(definition)) {
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
        return Code.START_NEEDS_MISSING.because("it could not be started again: " + what + ": " + then);
    }
}
