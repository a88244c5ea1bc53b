package org.novagpubinder.domain.connection;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.List;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.domain.libvirt.LibvirtFailure;

/** What virConnectListAllDomains gives, copied and freed. */
final class DomainList {
    private DomainList() {}

    static List<DomainName> fetch(LibvirtSession session, ConnectionPointer connection, int flags)
            throws LibvirtFailure {
        LibvirtLibrary library = session.library();
        PointerByReference array = new PointerByReference();
        int count = library.extra().virConnectListAllDomains(connection, array, flags);
        if (count < 0) {
            throw library.lastError("cannot list the domains", session::alive);
        }
        Pointer domains = array.getValue();
        List<DomainName> found = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            DomainPointer domain = new DomainPointer(domains.getPointer((long) i * Native.POINTER_SIZE));
            boolean active = library.vir().virDomainGetID(domain) >= 0;
            found.add(new DomainName(library.uuid(domain), library.name(domain), active));
            library.vir().virDomainFree(domain);
        }
        if (domains != null) {
            Native.free(Pointer.nativeValue(domains));
        }
        return found;
    }
}
