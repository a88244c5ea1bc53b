package org.novagpubinder.binding.release;

import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;

/** The pins of the running guest, and what else belongs to them: that it is the same guest still, and who remembers them. */
public record GuestPins(LivePins pins, StartPins atStart, SameProcess same) {
    @Inject
    public GuestPins {}

    /** Of a guest that has just started; no record tells of them yet. */
    public List<String> setAtStart(Planned planned) throws LibvirtFailure {
        // first: a pin that libvirt sets before it fails is to be known too
        atStart.set(planned.observation());
        return set(planned);
    }

    /** In words what was set. */
    public List<String> set(Planned planned) throws LibvirtFailure {
        return pins.set(
                planned.plan().uuid(),
                planned.plan().ours().pins(),
                planned.observation().current().tuning().pins());
    }

    /** If the process is another one than was looked at, its pins come off again. */
    public void sameOrTakeOff(Planned planned) throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        same.orTakeOff(planned.observation(), planned.plan().ours(), planned.topology());
    }

    /** The record tells of them now. */
    public void recorded(UUID uuid) {
        atStart.gone(uuid);
    }
}
